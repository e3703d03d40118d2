import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { levelsOf } from '../../cli/compare/levels.ts';
import { readRun } from '../../cli/compare/readRun.ts';
import { compareReport, comparisonOf } from '../../cli/compare/report.ts';
import { resolveWish } from '../../cli/experiments/resolve.ts';
import { follow } from '../../cli/probing/follow.ts';
import { probeReport } from '../../cli/report/probeReport.ts';
import { runReport } from '../../cli/report/runReport.ts';
import { openFolder } from '../../cli/training/folder.ts';
import { openRunFiles } from '../../cli/training/runFiles.ts';
import { train } from '../../cli/training/train.ts';
import { makeEstimator } from '../../trainers/registry/index.ts';
import { openBrowser } from './chromium.ts';
import { contrast } from './contrast.ts';

/** A folder for pictures of the pages, if given. */
const pictures = process.env.PICTURES || undefined;

const widths = [1280, 390];
const schemes = ['light', 'dark'] as const;

describe('browser: reports', () => {
  let browser: Browser;
  let folder: string;
  const pages = new Map<string, string>();

  before(async function () {
    this.timeout(180_000);
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind reports ')));
    const put = (name: string, html: string) => {
      const path = join(folder, `${name}.html`);
      writeFileSync(path, html);
      pages.set(name, pathToFileURL(path).href);
    };
    put('comparison of 100 runs', await comparison(folder, 20, 5));
    put('comparison of 3 runs', await comparison(folder, 3, 1));
    const plan = resolveWish({ experiment: 'anbn', cell: { units: 3 }, steps: 200 });
    const own = join(folder, 'run');
    const outcome = await train(plan, openRunFiles(openFolder(own), plan), { signal: undefined });
    put('report of a run', runReport(plan, outcome));
    const findings: Parameters<typeof probeReport>[1][number][] = [];
    const estimators = {
      UORO: makeEstimator({ name: 'uoro' }),
      'SnAp-1': makeEstimator({ name: 'snap', n: 1 }),
    };
    await follow(plan, { estimators, copies: 2, replay: 4 }, { signal: undefined }, (finding) => {
      findings.push(finding);
    });
    put('probe', probeReport('a probe', findings));
    browser = await openBrowser();
  });

  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const name of ['comparison of 100 runs', 'comparison of 3 runs', 'report of a run', 'probe'])
    for (const width of widths)
      for (const colorScheme of schemes)
        it(`${name}, ${width} pixels wide, ${colorScheme}: nothing sticks out, labels are apart, contrast is that of AA`, async () => {
          const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
          await page.goto(pages.get(name) ?? '');
          const found = (await page.evaluate(`(${inspect})()`)) as Found;
          if (pictures !== undefined) {
            mkdirSync(pictures, { recursive: true });
            await page.screenshot({
              path: join(pictures, `${name} ${width} ${colorScheme}.png`),
              fullPage: true,
            });
          }
          await page.close();
          expect(found.figures, 'figures').to.be.at.least(2);
          expect(found.texts, 'texts').to.be.above(30);
          expect(found.overflow, 'pixels that the page is too wide').to.be.at.most(0);
          expect(found.overlaps, 'labels upon each other').to.deep.equal([]);
          expect(found.pale, 'too little contrast').to.deep.equal([]);
          expect(found.small, 'text below 11 pixels').to.deep.equal([]);
        });
});

interface Found {
  readonly figures: number;
  readonly texts: number;
  readonly overflow: number;
  readonly overlaps: readonly string[];
  readonly pale: readonly string[];
  readonly small: readonly string[];
}

/** Looks at the page, in the page. WCAG 2.2: 4.5 to 1 for text, 3 to 1 for lines. */
const inspect = `() => {
  ${contrast}
  const shown = (element) => element.getClientRects().length > 0;
  const figures = [...document.querySelectorAll('figure svg[role="img"]')].filter(shown);
  const labels = figures.map((svg) => [...svg.querySelectorAll('text')].filter((each) => each.textContent.trim() !== ''));
  const texts = [...document.querySelectorAll('h1, h2, p, th, td, pre, figcaption span')].filter(shown);
  const all = [...texts, ...labels.flat()];
  const pale = [];
  const small = [];
  for (const element of all) {
    const style = getComputedStyle(element);
    const isSvg = element.namespaceURI.endsWith('svg');
    const color = channels(isSvg ? (style.fill === 'currentcolor' ? style.color : style.fill) : style.color);
    const back = backOf(isSvg ? element.closest('figure') : element);
    const own = ratio(over(color, back), back);
    if (own < 4.5) pale.push(element.textContent.slice(0, 40) + ' ' + own.toFixed(2));
    if (Number.parseFloat(style.fontSize) < 11) small.push(element.textContent.slice(0, 40));
  }
  for (const line of document.querySelectorAll('figcaption line')) {
    const own = ratio(channels(getComputedStyle(line).stroke), page);
    if (own < 3) pale.push('the line of ' + line.closest('span').textContent + ' ' + own.toFixed(2));
  }
  const overlaps = [];
  for (const own of labels) {
    const boxes = own.map((each) => [each.textContent, each.getBoundingClientRect()]);
    boxes.forEach(([a, one], i) => {
      for (const [b, other] of boxes.slice(i + 1))
        if (one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1)
          overlaps.push(a + ' and ' + b);
    });
  }
  return {
    figures: figures.length,
    texts: all.length,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    overlaps,
    pale: [...new Set(pale)],
    small,
  };
}`;

/** A page on groups of runs that learn at different paces. */
async function comparison(folder: string, groups: number, seeds: number): Promise<string> {
  const runs = [];
  for (let group = 0; group < groups; group++)
    for (let seed = 1; seed <= seeds; seed++) {
      const own = join(folder, `${groups}-${group}-${seed}`);
      mkdirSync(own);
      const { config } = resolveWish({
        experiment: 'anbn',
        estimator: group % 2 === 0 ? { name: 'uoro' } : { name: 'tbptt', window: 2 + group },
        optimizer: { name: 'adam', rate: Number((1e-4 * (1 + group)).toFixed(4)) },
        steps: 100_000,
        seed,
      });
      writeFileSync(join(own, 'config.json'), JSON.stringify(config));
      writeFileSync(
        join(own, 'outcome.json'),
        JSON.stringify({
          status: 'done',
          steps: 100_000,
          seconds: 9,
          cpuSeconds: 8,
          microseconds: 50 + group,
        }),
      );
      const lines = Array.from({ length: 60 }, (_, i) => {
        const step = Math.round(10 ** (i / 11.8));
        const bits = 0.15 + 1.4 / (1 + (step / (300 * (1 + group))) ** 0.8) + 0.02 * Math.sin(seed * i);
        return {
          step,
          unit: 'bits',
          loss: bits,
          mean: bits + 0.1,
          recent: bits,
          gradientNorm: 1 / (1 + step / 100) + 0.01 * seed,
          baselines: { 'entropy of the sample': { mean: 0.1429, recent: 0.1429 } },
        };
      });
      writeFileSync(join(own, 'metrics.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      runs.push(await readRun(own, () => {}, groups * seeds));
    }
  return compareReport(runs, comparisonOf(runs, { levels: levelsOf(runs) }));
}
