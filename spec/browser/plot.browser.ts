import { join } from 'node:path';
import { expect } from 'chai';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { plot } from '../../cli/plot/index.ts';
import { root } from '../support/project.ts';
import { openBrowser } from './chromium.ts';

describe('browser: norewind/plot', () => {
  let browser: Browser;

  before(async () => {
    browser = await openBrowser();
  });

  after(() => browser?.close());

  it('draws in a page as in Node, and a notebook shows it as an element', async () => {
    const { outputFiles } = await build({
      entryPoints: [join(root, 'cli', 'plot', 'index.ts')],
      bundle: true,
      write: false,
      platform: 'browser',
      format: 'iife',
      globalName: 'plots',
      logLevel: 'error',
    });
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.addScriptTag({ content: outputFiles[0].text });
    const losses = { uoro: [3, 2, 1], tbptt: [3, 2.5, 2] };
    const text = await page.evaluate(`plots.plot(${JSON.stringify(losses)})`);
    expect(text).to.equal(plot(losses));
    const legend = await page.evaluate(`(() => {
      const element = Object.assign(document.createElement('div'), { innerHTML: plots.plot(${JSON.stringify(losses)}) });
      document.body.append(element);
      const labels = [...element.querySelectorAll('svg > text')];
      return labels.filter((label) => label.getBoundingClientRect().width > 0).map((label) => label.textContent);
    })()`);
    expect(legend).to.deep.equal(['uoro', 'tbptt']);
    expect(errors).to.deep.equal([]);
    await page.close();
  });
});
