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
      // Before the page is made, which may take longer than the command to say its address.
      let said = '';
      child.stderr?.on('data', (chunk: string) => {
        said += chunk;
      });
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      const complaints = complaintsOf(page);
      const address = () => /http:\/\/127\.0\.0\.1:\d+\/(?=\s)/.exec(said)?.[0];
      await until('the address of the page', () => address() !== undefined || child.exitCode !== null);
      expect(address(), said).to.be.a('string');
      await page.goto(address() as string);
      child.stdin?.write(head);
      const more = setInterval(() => child.stdin?.write(content.repeat(3)), 50);
      try {
        await page.waitForSelector('#state[data-state=live]');
        const before = await lookAt(page, tape);
        expect(before.charts).to.equal(charts);
        await until(
          `more records than ${before.records}`,
          async () => (await lookAt(page, tape)).records !== before.records,
        );
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
        expect((await within('the end of the command', result)).code).to.equal(0);
        expect(complaints).to.deep.equal([]);
      } finally {
        clearInterval(more);
        child.kill();
        await page.close();
      }
    });
});

/** The result of a promise. @throws Error after thirty seconds, naming what was waited for. */
async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited thirty seconds for ${what}`)), 30_000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Waits until a condition holds. @throws Error after thirty seconds, naming what was waited for. */
function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  let isOver = false;
  const look = async () => {
    while (!isOver && !(await holds())) await new Promise((resolve) => setTimeout(resolve, 200));
  };
  return within(what, look()).finally(() => {
    isOver = true;
  });
}

/** Console messages, script errors, and policy violations of a page. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // At the end of the run, the page itself closes its events.
    if (!(request.url().endsWith('/events') && reason === 'net::ERR_ABORTED'))
      complaints.push(`${request.url()} failed: ${reason}`);
  });
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
  const look = page.evaluate<Look>(`(() => {
    const canvases = [...document.querySelectorAll('canvas')].filter((canvas) => canvas.getClientRects().length > 0);
    const [canvas] = canvases;
    return {
      charts: canvases.length,
      records: document.querySelector('#figures dd').textContent.replaceAll(',', ''),
      painted: canvas.toDataURL(),
      pieces: document.querySelectorAll(${JSON.stringify(selector)}).length,
    };
  })()`);
  return within('an answer of the page', look);
}

async function takePictures(page: Page, name: string): Promise<void> {
  mkdirSync(pictures as string, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(700);
    await page.screenshot({ path: join(pictures as string, `${name}-${colorScheme}.png`), fullPage: true });
  }
}
