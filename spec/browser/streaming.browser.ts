import { join } from 'node:path';
import { expect } from 'chai';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { root } from '../support/project.ts';
import { openBrowser } from './chromium.ts';
import { rowsOf, textOf } from './streaming.ts';

const count = 300;

describe('browser: models of streams', () => {
  let browser: Browser;
  let page: Page;

  before(async () => {
    browser = await openBrowser();
    page = await browser.newPage();
    const { outputFiles } = await build({
      entryPoints: [join(root, 'spec', 'browser', 'streaming.ts')],
      bundle: true,
      write: false,
      // Fails at an import that only Node has.
      platform: 'browser',
      format: 'iife',
      globalName: 'streaming',
    });
    await page.addScriptTag({ content: outputFiles[0].text });
  });

  after(() => browser?.close());

  it('train on rows in a page, with the scores that Node has, and resume from a copy of their snapshot', async () => {
    const here = rowsOf(count);
    const there = (await page.evaluate(`streaming.rowsOf(${count})`)) as ReturnType<typeof rowsOf>;
    expect(there.scores).to.have.length(count);
    const mean = (scores: readonly number[]) => scores.reduce((sum, score) => sum + score, 0) / scores.length;
    expect(mean(there.scores.slice(-50)), 'it learns').to.be.below(0.5 * mean(there.scores.slice(5, 55)));
    // V8 rounds sin and exp alike everywhere, but versions of it may differ.
    for (const [i, score] of there.scores.entries())
      expect(score, `record ${i}`).to.be.closeTo(here.scores[i], 1e-3 * (1 + score));
    expect(there.resumed).to.equal(there.prediction);
    expect(there.prediction).to.be.closeTo(here.prediction, 1e-3 * Math.abs(here.prediction));
  });

  it('read and write a text', async () => {
    expect(await page.evaluate('streaming.textOf()')).to.equal(await textOf());
  });
});
