import { expect } from 'chai';
import { DOMParser } from 'linkedom';
import { bandOf, viewOf } from '../../../cli/compare/bands.ts';
import type { Entry } from '../../../cli/compare/entries.ts';
import { groupsOf } from '../../../cli/compare/groups.ts';
import type { PastRun } from '../../../cli/compare/readRun.ts';
import { compareReport, comparisonOf } from '../../../cli/compare/report.ts';
import { median, pairedDifference } from '../../../cli/compare/statistics.ts';
import { bestRates, groupTable } from '../../../cli/compare/tables.ts';
import { drawSvg } from '../../../cli/report/plots.ts';
import { UsageError } from '../../../lib/index.ts';

const entry = (at: number, recent: number): Entry => ({
  at,
  score: 'bits',
  mean: recent + 1,
  recent,
  gradientNorm: 1,
  baselines: {},
});

function run(
  settings: Readonly<Record<string, string>>,
  points: readonly (readonly [number, number])[],
): PastRun {
  const entries = points.map(([at, value]) => entry(at, value));
  return {
    folder: `runs/${Object.values(settings).join('-')}`,
    metrics: '',
    config: '',
    command: 'run',
    score: 'bits',
    microseconds: 7,
    settings: new Map(Object.entries(settings)),
    entries,
    last: entries[entries.length - 1],
  };
}

const grid = ['uoro', 'rtrl'].flatMap((name, i) =>
  ['0.001', '0.01'].flatMap((rate, j) =>
    [1, 2, 3].map((seed) =>
      run(
        { 'estimator.name': name, 'optimizer.rate': rate, seed: String(seed), 'task.seed': String(9 + seed) },
        [
          [1, 2],
          [10, 1 + i + j],
          [100, 0.1 * seed + i + j],
        ],
      ),
    ),
  ),
);

describe('cli: groups of runs', () => {
  it('are those that differ in their seeds alone, named by as few settings as tell them apart', () => {
    expect(groupsOf(grid).map(({ name, runs }) => [name, runs.length])).to.deep.equal([
      ['UORO, rate 0.001', 3],
      ['UORO, rate 0.01', 3],
      ['RTRL, rate 0.001', 3],
      ['RTRL, rate 0.01', 3],
    ]);
    const names = (...all: Readonly<Record<string, string>>[]) =>
      groupsOf(all.map((settings) => run(settings, [[1, 1]]))).map(({ name }) => name);
    // The window is in the title, the stride follows from it, and the last window from the steps.
    expect(
      names(
        {
          'estimator.name': 'tbptt',
          'estimator.window': '4',
          'estimator.stride': '4',
          steps: '10',
          lastWindow: '1',
        },
        {
          'estimator.name': 'tbptt',
          'estimator.window': '8',
          'estimator.stride': '8',
          steps: '10',
          lastWindow: '1',
        },
        {
          'estimator.name': 'tbptt',
          'estimator.window': '8',
          'estimator.stride': '8',
          steps: '20',
          lastWindow: '2',
        },
      ),
    ).to.deep.equal(['TBPTT-4, steps 10', 'TBPTT-8, steps 10', 'TBPTT-8, steps 20']);
    expect(
      names(
        { 'cell.name': '/a/b/mgu.ts', 'cell.sha256': 'a'.repeat(64) },
        { 'cell.name': '/a/b/mgu.ts', 'cell.sha256': 'b'.repeat(64) },
      ),
    ).to.deep.equal(['sha256 aaaaaaa', 'sha256 bbbbbbb']);
    expect(names({ 'cell.name': '/a/b/mgu.ts' }, { 'cell.name': 'gru' })).to.deep.equal(['mgu', 'gru']);
    // Equal runs are no independent samples.
    expect(names({ seed: '1' }, { seed: '1' })).to.deep.equal(['runs/1', 'runs/1']);
    expect(names({ seed: '1' }, { seed: '2' })).to.deep.equal(['runs/1']);
  });

  it('have a median and a range at every step, of the runs that are there', () => {
    const [group] = groupsOf(
      [
        [
          [1, 5],
          [2, 4],
          [4, 1],
        ],
        [
          [1, 6],
          [4, 2],
        ],
        [
          [1, Number.NaN],
          [2, 3],
        ],
      ].map((points, i) => run({ seed: String(i) }, points as [number, number][])),
    );
    const { median: line, range } = bandOf(group, ({ recent }) => recent);
    expect(line).to.deep.equal([
      [1, 6],
      [2, 4],
      [4, 1.5],
    ]);
    expect(range).to.deep.equal([
      [1, 5, 6],
      [2, 3, 6],
      [4, 1, 2],
    ]);
  });

  it('a figure shows where something happens', () => {
    const falling = (from: number) =>
      Array.from({ length: 61 }, (_, i): [number, number] => {
        const x = 10 ** (i / 10);
        return [x, x < 1e4 ? 1.5 : from - 0.5 * Math.log10(x / 1e4)];
      });
    const early: [number, number][] = [[1, 40], ...falling(1.5).slice(1)];
    const bands = [early, falling(1.5)].map((line) => ({ median: line, range: [] }));
    const { x, y } = viewOf(bands, [0.3, 90], false) ?? { x: [0, 0], y: [0, 0] };
    // The first value is far out of range, a level far away too, and nothing happens before step 10,000.
    expect(y[0]).to.be.within(0, 0.3);
    expect(y[1]).to.be.within(1.5, 1.7);
    expect(x[0]).to.be.within(1000, 10_000);
    expect(x[1]).to.be.closeTo(1e6, 1);
    expect(viewOf([{ median: [], range: [] }], [1], false)).to.equal(undefined);
    const flat = viewOf([{ median: [[1, 2]], range: [] }], [], true);
    expect(flat?.y[0]).to.be.below(2);
    expect(flat?.y[1]).to.be.above(2);
  });

  it('are tabled by their medians, with the paired difference from a baseline', () => {
    const { header, rows } = groupTable(groupsOf(grid), 'UORO, rate 0.01');
    expect(header).to.deep.equal([
      'group',
      'bits, latest',
      'against UORO, rate 0.01',
      'runs',
      'lowest – highest',
      'steps',
      'bits, all',
      'a step',
    ]);
    expect(rows[0]).to.deep.equal([
      'UORO, rate 0.001',
      '0.200',
      '-1.000 (3 pairs)',
      '3',
      '0.100 – 0.300',
      '100',
      '1.200',
      '7.00 µs',
    ]);
    expect(rows.find(([name]) => name === 'UORO, rate 0.01')?.[2]).to.equal('');
    expect(() => groupTable(groupsOf(grid), 'rtrl')).to.throw(
      UsageError,
      'there is no group "rtrl"; there are UORO, rate 0.001; UORO, rate 0.01; RTRL, rate 0.001; RTRL, rate 0.01',
    );
    expect(bestRates(grid)?.rows).to.deep.equal([
      ['UORO', '0.001', '0.200', '0.001, 0.01'],
      ['RTRL', '0.001', '1.200', '0.001, 0.01'],
    ]);
    expect(bestRates(grid.slice(0, 3))).to.equal(undefined);
  });

  it('are compared at equal time too, and with the entropy of the very symbols where that is known', () => {
    const floor = (value: number) => ({ 'entropy of the sample': { mean: value, recent: value } });
    const timed = (name: string, seed: number, cpuSeconds: number): PastRun => {
      const own = run({ 'estimator.name': name, seed: String(seed) }, [
        [10, 3],
        [50, 2 + seed / 10],
        [100, 1 + seed / 10],
      ]);
      const entries = own.entries.map((each) => ({ ...each, baselines: floor(seed / 20) }));
      return { ...own, entries, last: entries[2], cpuSeconds };
    };
    const slow = [1, 2, 3].map((seed) => timed('rtrl', seed, 200 + seed));
    const fast = [1, 2, 3].map((seed) => timed('uoro', seed, 99 + seed));
    const { header, rows } = groupTable(groupsOf([...slow, ...fast]));
    const cells = rows.map((row) => Object.fromEntries(row.map((cell, i) => [`${i} ${header[i]}`, cell])));
    // The median of the fast ones, after which a slow one has taken half of its steps.
    for (const [i, cpu, then, above] of [
      [0, '202 s', '2.200', '2.1000'],
      [1, '101 s', '1.200', '1.1000'],
    ] as const)
      expect(cells[i]).to.include({
        '1 bits, latest': '1.200',
        '2 above entropy': '1.1000',
        '9 CPU': cpu,
        '10 bits, at 101 s of CPU': then,
        '11 above entropy': above,
      });
    // A run without a time has no equal one, and one without an entropy has no distance from it.
    const { cpuSeconds: _, ...untimed } = slow[0];
    expect(groupTable(groupsOf([untimed, ...fast])).header).not.to.include('CPU');
    const plain = { ...slow[0], last: entry(100, 1) };
    expect(groupTable(groupsOf([plain, ...fast])).header).not.to.include('above entropy');
  });

  it('differences have the bootstrap interval of their mean', () => {
    expect(pairedDifference([])).to.equal(undefined);
    expect(pairedDifference([1, Number.NaN])).to.equal(undefined);
    // Of fewer than five pairs, the quantiles may be the least and the most.
    expect(pairedDifference([0, 1, 0, 1])).to.deep.equal({ mean: 0.5, pairs: 4 });
    expect(pairedDifference([0, 0, 0, 0, 5])?.interval).to.deep.equal([0, 3]);
    const many = Array.from({ length: 400 }, (_, i) => Math.sin(i * i));
    const mean = many.reduce((sum, value) => sum + value, 0) / 400;
    const error = Math.sqrt(many.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / 400;
    const found = pairedDifference(many);
    expect(found?.interval?.[0]).to.be.closeTo(mean - 1.96 * error, 0.1 * error);
    expect(found?.interval?.[1]).to.be.closeTo(mean + 1.96 * error, 0.1 * error);
    expect([median([]), median([3]), median([4, 1]), median([Number.NaN, 1, 2])]).to.deep.equal([
      Number.NaN,
      3,
      2.5,
      2,
    ]);
  });

  it('are drawn with ranges or with every run, and with the known losses; a figure is a file of its own', () => {
    const levels = [{ label: 'entropy rate', value: 0.05 }];
    const pathsOf = (options: object) => {
      const page = compareReport(grid, comparisonOf(grid, { levels, ...options }));
      const document = new DOMParser().parseFromString(page, 'text/html');
      const [figure] = [...document.querySelectorAll('figure')];
      const count = (label: string) => figure.querySelectorAll(`.wide [aria-label="${label}"] path`).length;
      const legend = [...figure.querySelectorAll('figcaption span')].map((each) => each.textContent);
      return {
        lines: count('line'),
        areas: count('area'),
        rules: figure.querySelectorAll('.wide [aria-label="rule"]').length,
        legend,
        page,
      };
    };
    const usual = pathsOf({});
    expect([usual.lines, usual.areas, usual.rules]).to.deep.equal([4, 4, 1]);
    expect(usual.legend).to.deep.equal([...groupsOf(grid).map(({ name }) => `${name} (3)`), 'entropy rate']);
    expect(usual.page).to.include('figure:has(.curve-4:hover)').and.to.include('class="curve-4"');
    const each = pathsOf({ isEachDrawn: true });
    expect([each.lines, each.areas]).to.deep.equal([16, 0]);
    const svg = drawSvg(comparisonOf(grid, { levels }).figures.loss);
    expect(svg).to.match(/^<svg .*<\/svg>$/s);
    for (const text of ['entropy rate', 'UORO, rate 0.001 (3)', 'bits, latest']) expect(svg).to.include(text);
    const whole = new DOMParser().parseFromString(svg, 'text/xml');
    expect(whole.documentElement?.getAttribute('viewBox')).to.equal(`0 0 800 ${340 + 18 * 2 + 8}`);
  });
});
