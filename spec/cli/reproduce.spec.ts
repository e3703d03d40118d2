import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { DOMParser } from 'linkedom';
import { before as medians } from '../../cli/reproductions/before.ts';
import { reproductions } from '../../cli/reproductions/registry.ts';
import { stepsAt, tags } from '../../cli/reproductions/reproduction.ts';
import { resultTable } from '../../cli/reproductions/results.ts';
import { createDesk, type Desk } from './command.ts';

interface GridFile {
  readonly runs: readonly {
    readonly name: string;
    readonly config: { readonly steps: number; readonly seed: number };
    readonly probe?: { readonly estimators: object; readonly copies: number };
  }[];
}

describe('cli: norewind reproduce', () => {
  let desk: Desk;
  before(() => {
    desk = createDesk();
  });
  after(() => desk.dispose());

  const norewind = async (line: string, code = 0) => {
    const result = await desk.norewind(line.split(' '));
    expect(result.code, result.stderr).to.equal(code);
    return result;
  };
  const gridOf = (folder: string) => JSON.parse(desk.read(`${folder}/grid.json`)) as GridFile;

  for (const { name, cells, measure, steps } of reproductions)
    it(`plans ${name}: each cell once a seed, the first seed first, at any scale`, async () => {
      const settings = new Set(cells.map((cell) => JSON.stringify([cell.experiment, cell.settings])));
      await norewind(`reproduce ${name} --scale 0.01 --seeds 3,1 --plan --out plan-${name}`);
      const { runs } = gridOf(`plan-${name}`);
      expect(runs).to.have.length(2 * settings.size);
      expect(new Set(runs.map((run) => run.name)).size).to.equal(runs.length);
      expect(runs.map(({ config }) => config.seed)).to.deep.equal(
        [3, 1].flatMap((seed) => new Array<number>(settings.size).fill(seed)),
      );
      expect(new Set(runs.map(({ config }) => config.steps))).to.deep.equal(new Set([steps / 100]));
      const probed = runs
        .slice(0, settings.size)
        .flatMap(({ probe }) => Object.keys(probe?.estimators ?? {}));
      const labels = cells.map(({ label }) => label);
      expect(new Set(labels).size).to.equal(labels.length);
      expect([...probed].sort()).to.deep.equal(measure.of === 'probe' ? [...labels].sort() : []);
    });

  it('has whole steps at a scale whose product is not one', () => {
    expect([stepsAt(100_000, 0.07), stepsAt(2000, 0.0001), stepsAt(2000, 1)]).to.deep.equal([7000, 1, 2000]);
  });

  it('has the figures of the literature with where they are from, and never more than recalled for a recalled one', () => {
    for (const { cells, source, about } of reproductions) {
      expect(source).to.match(/\d{4}/);
      expect(about.length).to.be.above(1);
      for (const { label, published = [] } of cells)
        for (const { tag, value, says } of published) {
          expect(tags, label).to.have.property(tag);
          expect(value !== undefined || says !== undefined, label).to.equal(true);
        }
    }
    const [table1] = reproductions.filter(({ name }) => name === 'uoro-table-1');
    expect(table1.cells).to.have.length(12);
    expect(table1.cells.every(({ published = [] }) => published[0].tag === 'recalled')).to.equal(true);
  });

  it('puts what is there beside what was published: median, spread, time and deviation, on a page too', async () => {
    await norewind('reproduce influence-balancing --seeds 1..3 --plan --out done');
    const { runs } = gridOf('done');
    runs.forEach(({ name, config }, i) => {
      const own = join(desk.path('done'), 'runs', name);
      mkdirSync(own, { recursive: true });
      // Of 7 cells, the second diverges with every seed; the losses of the fourth are 10, 20 and 40.
      const isBroken = i % 7 === 1;
      const loss = i % 7 === 3 ? 10 * 2 ** Math.floor(i / 7) : 3e-8;
      const status = isBroken ? 'diverged' : 'done';
      writeFileSync(join(own, 'config.json'), JSON.stringify(config));
      writeFileSync(
        join(own, 'outcome.json'),
        JSON.stringify({ status, steps: 9, seconds: 3, cpuSeconds: 2, microseconds: 7 }),
      );
      const line = (step: number) => ({
        step,
        unit: 'loss',
        loss,
        mean: loss,
        recent: loss,
        gradientNorm: 1,
        baselines: {},
      });
      writeFileSync(join(own, 'metrics.ndjson'), `${JSON.stringify(line(1))}\n${JSON.stringify(line(9))}\n`);
    });
    const { stdout } = await norewind('reproduce influence-balancing --seeds 1..3 --out done -q');
    const rows = stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(rows[1]).to.deep.equal([
      'cell',
      'published',
      'runs',
      'median',
      'least – most',
      'deviation',
      'a step',
      'CPU time',
    ]);
    const row = (label: string) => rows.find(([own]) => own === label)?.slice(1);
    expect(row('TBPTT-10')).to.deep.equal([
      'diverges at every rate [recalled], diverges [simulated]',
      '3 of 3',
      '20.00',
      '10.00 – 40.00',
      '-',
      '7.00 µs',
      '6.0 s',
    ]);
    expect(row('RTRL')?.slice(1, 5)).to.deep.equal(['3 of 3', 'diverged', 'diverged – diverged', '-']);
    expect(row('TBPTT-200')?.[4]).to.equal('× 1');
    expect(row('TBPTT-1')?.[4]).to.equal('× 3e-12');
    expect(stdout).to.match(/\[recalled\]: recalled, and not checked against the paper's text/);
    const page = new DOMParser().parseFromString(desk.read('done/reproduction.html'), 'text/html');
    expect(page.querySelectorAll('tbody tr')).to.have.length(7);
    expect(page.querySelectorAll('figure')).to.have.length(1);
    expect(desk.read('done/reproduction.md')).to.match(/^\| TBPTT-10 \| .* \| 3 of 3 \| 20\.00 \| /m);
    expect(desk.read('done/results.csv').split('\n')).to.have.length(23);
  });

  it('knows what to expect at other scales, for cells that there are', () => {
    for (const [name, scales] of Object.entries(medians)) {
      const [found] = reproductions.filter((each) => each.name === name);
      const labels = found.cells.map(({ label }) => label);
      for (const [scale, own] of Object.entries(scales)) {
        expect(Number(scale), name).to.be.within(1e-3, 0.5);
        expect(Object.keys(own), `${name} at ${scale}`).to.deep.equal(labels);
      }
      const [scale] = Object.keys(scales);
      const results = found.cells.map((cell) => ({
        cell,
        values: [],
        of: 5,
        cpuSeconds: 0,
        microseconds: null,
      }));
      const { header, rows } = resultTable(found, results, Number(scale));
      expect(header).to.include.members([`norewind at ${scale}`, 'deviation']);
      expect(rows[0][header.indexOf('median')]).to.equal('-');
    }
  });

  it('probes within a grid, to the same bytes again, and leaves out what a probe has not', async () => {
    await norewind('reproduce variance-vs-units --scale 0.003 --seeds 1 --plan --out probed');
    const grid = gridOf('probed');
    const [{ name, probe }] = grid.runs;
    expect(Object.keys(probe?.estimators ?? {})).to.deep.equal([
      'UORO, 4 units',
      'KF-RTRL, 4 units',
      'OK-8, 4 units',
    ]);
    // Fewer estimators, to be quick.
    const less = { estimators: { 'UORO, 4 units': { name: 'uoro' } }, copies: 2 };
    desk.file('probed/grid.json', JSON.stringify({ ...grid, runs: [{ ...grid.runs[0], probe: less }] }));
    const line = 'run --grid probed/grid.json --index 0 --resume --quiet';
    await norewind(line);
    const path = `probed/runs/${name}/probe.ndjson`;
    const found = desk.read(path);
    const last = JSON.parse(found.trimEnd().split('\n').at(-1) ?? '');
    expect(last.step).to.equal(6);
    expect(last.estimators['UORO, 4 units'].blocks['cell.u'].variance).to.be.above(0);
    expect(JSON.parse(desk.read(`probed/runs/${name}/outcome.json`))).to.include({
      status: 'done',
      steps: 6,
    });
    expect((await norewind('collect probed')).stdout).to.match(/\nProbes have no loss: norewind reproduce, /);
    rmSync(desk.path(path));
    await norewind(line);
    expect(desk.read(path)).to.equal(found);
    const { stderr } = await norewind(`${line} --tensorboard`, 2);
    expect(stderr).to.match(/this run of the grid is a probe, which has no --tensorboard: leave it out/);
  });

  it('lists what there is, and refuses in one sentence what there is not', async () => {
    const { stdout } = await norewind('reproduce');
    for (const { name } of reproductions) expect(stdout).to.match(new RegExp(`^ +${name} `, 'm'));
    for (const [line, sentence] of [
      ['uoro-table-2', /there is no reproduction "uoro-table-2".*uoro-table-1/],
      ['mimic --scale 0', /--scale is the share of the full length, above 0 and at most 1; got 0/],
      ['mimic --scale 2', /--scale is the share/],
      ['mimic --seeds x --plan', /seed.*"x"/],
      ['influence-balancing --seeds 1 --out done', /done has another sweep/],
    ] as const) {
      const { stderr } = await norewind(`reproduce ${line}`, 2);
      expect(stderr, line).to.match(sentence);
      expect(stderr.trim().split('\n'), line).to.have.length(1);
    }
    expect(existsSync(desk.path('runs'))).to.equal(false);
  });
});
