import { join } from 'node:path';
import { expect } from 'chai';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { root } from '../support/project.ts';
import { openBrowser } from './chromium.ts';
import { lossesOf } from './training.ts';

const steps = 600;

describe('browser: the library', () => {
  let browser: Browser;

  before(async () => {
    browser = await openBrowser();
  });

  after(() => browser?.close());

  for (const estimator of ['uoro', 'rtrl'] as const)
    it(`trains a GRU with ${estimator} in a page, with the same losses as in Node`, async () => {
      const { outputFiles } = await build({
        entryPoints: [join(root, 'spec', 'browser', 'training.ts')],
        bundle: true,
        write: false,
        platform: 'browser',
        format: 'iife',
        globalName: 'training',
      });
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.addScriptTag({ content: outputFiles[0].text });
      const here = lossesOf(estimator, steps);
      const there = (await page.evaluate(`training.lossesOf('${estimator}', ${steps})`)) as number[];
      expect(errors).to.deep.equal([]);
      expect(there).to.have.length(steps);
      // The network has learnt something, so equal losses mean equal learning.
      const mean = (losses: readonly number[]) => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      expect(mean(there.slice(-50))).to.be.below(0.8 * mean(there.slice(0, 50)));
      // A hundred units in the last place of float32.
      for (const [i, loss] of there.entries())
        expect(loss, `step ${i}`).to.be.closeTo(here[i], 1e-5 * Math.max(1, here[i]));
    });
});
