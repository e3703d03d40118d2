import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { createDesk, type Desk } from '../cli/command.ts';
import { feed } from '../cli/feed.ts';
import { openBrowser } from './chromium.ts';

/** A folder for pictures of the page, if given. */
const pictures = process.env.PICTURES;

const runs = [
  {
    name: 'text',
    args: '--format text --estimator uoro',
    content: 'It was the best of times, it was the worst of times.\n',
    tape: '.tape span',
    charts: 4,
  },
  {
    name: 'numbers',
    args: '--format csv --target x --estimator rtrl',
    content: Array.from({ length: 63 }, (_, i) => `${(20 + 8 * Math.sin(i / 10)).toFixed(2)}\n`).join(''),
    head: 'x\n',
    tape: '#trail canvas',
    charts: 5,
  },
];

describe('browser: norewind train --watch', () => {
  let browser: Browser;
  let desk: Desk;

  before(async () => {
    desk = createDesk();
    browser = await openBrowser();
  });

  after(async () => {
    await browser?.close();
    desk.dispose();
  });

  for (const { name, args, content, head = '', tape, charts } of runs)
    it(`${name}: shows charts that move, without errors and within its policy, and says when the run is over`, async function () {
      this.timeout(180_000);
      const { child, result } = feed(desk, `train - ${args} --units 8 --watch 0 --out ${name}`.split(' '));
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      const complaints = complaintsOf(page);
      let address = '';
      child.stderr?.on('data', (chunk: string) => {
        address ||= /http:\/\/127\.0\.0\.1:\d+\//.exec(chunk)?.[0] ?? '';
      });
      while (address === '' && child.exitCode === null) await page.waitForTimeout(100);
      await page.goto(address);
      child.stdin?.write(head);
      const more = setInterval(() => child.stdin?.write(content.repeat(3)), 50);
      try {
        await page.waitForSelector('#state[data-state=live]');
        const before = await lookAt(page, tape);
        expect(before.charts).to.equal(charts);
        for (let { records } = before; records === before.records; { records } = await lookAt(page, tape))
          await page.waitForTimeout(200);
        await page.waitForTimeout(1500);
        const later = await lookAt(page, tape);
        expect(Number(later.records)).to.be.above(Number(before.records));
        // The painted charts change, not only the text.
        expect(later.painted).not.to.equal(before.painted);
        expect(later.pieces).to.be.above(0);
        if (pictures !== undefined) await takePictures(page, name);
        clearInterval(more);
        child.stdin?.end();
        await page.waitForSelector('#state[data-state=ended]');
        expect((await result).code).to.equal(0);
        expect(complaints).to.deep.equal([]);
      } finally {
        clearInterval(more);
        child.kill();
        await page.close();
      }
    });
});

/** Console messages, script errors, and policy violations of a page. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  return complaints;
}

interface Look {
  readonly charts: number;
  readonly records: string;
  readonly painted: string;
  readonly pieces: number;
}

/** The contents of the page, as text: the specs do not have the DOM's types. */
function lookAt(page: Page, selector: string): Promise<Look> {
  return page.evaluate(`(() => {
    const canvases = [...document.querySelectorAll('canvas')].filter((canvas) => canvas.getClientRects().length > 0);
    const [canvas] = canvases;
    return {
      charts: canvases.length,
      records: document.querySelector('#figures dd').textContent.replaceAll(',', ''),
      painted: canvas.toDataURL(),
      pieces: document.querySelectorAll(${JSON.stringify(selector)}).length,
    };
  })()`);
}

async function takePictures(page: Page, name: string): Promise<void> {
  mkdirSync(pictures as string, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(700);
    await page.screenshot({ path: join(pictures as string, `${name}-${colorScheme}.png`), fullPage: true });
  }
}
