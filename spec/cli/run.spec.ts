import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { MetricsRecord } from '../../cli/training/metrics.ts';
import { readSafetensorsMetadata } from '../../lib/index.ts';
import { createDesk, type Desk, inPairs, type Result } from './command.ts';

const files = ['checkpoint.safetensors', 'config.json', 'metrics.ndjson', 'report.html'];
/** The only file with times. */
const timed = 'outcome.json';

describe('cli: norewind run', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
  });

  after(() => desk.dispose());

  const linesOf = (name: string) =>
    desk
      .read(name)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as MetricsRecord);
  const stepsIn = (name: string) => {
    const metadata = readSafetensorsMetadata(readFileSync(desk.path(name)));
    return (JSON.parse(metadata.learner) as { memory: { steps: number } }).memory.steps;
  };

  describe('a run', () => {
    let result: Result;

    before(async () => {
      result = await desk.norewind('run anbn --units 7 --steps 120 --seed 3 --out first'.split(' '));
    });

    it('ends with 0 and tells its results on stdout, its progress on stderr', () => {
      expect(result.code).to.equal(0);
      expect(result.stdout)
        .to.match(/bits per symbol, all steps +[\d.]+ bits/)
        .and.to.match(/Run folder: first /);
      expect(result.stderr).to.match(/^step 120 of 120 /m);
      // No picture where there is no terminal.
      expect(result.stderr).not.to.contain('\u001b');
    });

    it('leaves configuration, metrics, checkpoint, outcome and report, and nothing else', () => {
      expect(readdirSync(desk.path('first')).sort()).to.deep.equal([...files, timed].sort());
      expect(stepsIn('first/checkpoint.safetensors')).to.equal(120);
    });

    it('has complete metrics', () => {
      const records = linesOf('first/metrics.ndjson');
      expect(records[0].step).to.equal(1);
      expect(records.at(-1)?.step).to.equal(120);
      for (const record of records) {
        expect(record).to.have.all.keys(
          'step',
          'unit',
          'loss',
          'mean',
          'recent',
          'gradientNorm',
          'baselines',
        );
        const { baselines, unit, ...own } = record;
        expect([unit, Object.keys(baselines)]).to.deep.equal(['bits', ['entropy of the sample']]);
        for (const value of [...Object.values(own), ...Object.values(baselines['entropy of the sample'])])
          expect(value).to.satisfy(Number.isFinite);
      }
      // Up to step 12, which is the length of the window, both means are of the same losses; each step has a
      // record then.
      const losses = records.slice(0, 12).map(({ loss }) => loss);
      expect(records[11].step).to.equal(12);
      expect(records[11].mean).to.be.closeTo(losses.reduce((a, b) => a + b) / 12, 1e-12);
      expect(records[11].recent).to.be.closeTo(records[11].mean, 1e-12);
    });

    it('has a configuration that repeats it byte for byte, from any folder', async () => {
      expect(
        (await desk.norewind(['run', desk.path('first/config.json'), '--quiet', '--out', 'again'])).code,
      ).to.equal(0);
      for (const name of files) expect(desk.read(`again/${name}`)).to.equal(desk.read(`first/${name}`));
    });

    it('differs with another seed', async () => {
      await desk.norewind('run first/config.json --quiet --seed 4 --out other'.split(' '));
      expect(desk.read('other/metrics.ndjson')).not.to.equal(desk.read('first/metrics.ndjson'));
      expect(JSON.parse(desk.read('other/config.json'))).to.deep.include({ seed: 4, steps: 120 });
    });

    it('has a report that needs nothing but itself, with two plots', () => {
      const report = desk.read('first/report.html');
      expect(
        report.match(/<div class="wide"><svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/g),
      ).to.have.length(2);
      expect(report.match(/<path [^>]*d="M[^"]{200,}"/g)).to.have.length.at.least(3);
      expect(report)
        .to.contain('entropy rate')
        .and.to.contain('last 12 steps')
        .and.to.contain('prefers-color-scheme: dark');
      // Names of namespaces are addresses that are never fetched.
      const rest = report.replaceAll(/ xmlns(:\w+)?="[^"]*"/g, '');
      expect(rest).not.to.match(/https?:|src=|href=|url\((?!#)|@import|<script|<link/);
    });
  });

  it('writes only NDJSON to stdout with --json', async () => {
    const { stdout, stderr, code } = await desk.norewind(
      'run brackets --units 5 --steps 40 --json --quiet --out json'.split(' '),
    );
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(events.map(({ event }) => event)).to.deep.equal([
      'begin',
      ...Array.from({ length: 40 }, () => 'metrics'),
      'end',
    ]);
    expect(events.at(-1)).to.include({ status: 'done', steps: 40 });
    expect(events.slice(1, -1).map(({ event: _, ...record }) => record)).to.deep.equal(
      linesOf('json/metrics.ndjson'),
    );
  });

  it('runs every estimator, cell and optimiser', async () => {
    const runs = [
      '--estimator uoro --window 2 --rank 2',
      '--estimator tbptt --window 4 --stride 2 --cell lstm',
      '--estimator bptt --window 5 --cell rnn --optimizer rmsprop --clip 1',
      '--estimator rtrl --optimizer momentum --rate 0.01 --alpha 0 --dtype float64',
    ];
    const codes = await inPairs(runs, async (options) => {
      const out = options.split(' ')[1];
      const { code, stderr } = await desk.norewind(
        `run anbn --units 4 --steps 20 -q --out ${out} ${options}`.split(' '),
      );
      return `${code}${stderr}`;
    });
    expect(codes).to.deep.equal(['0', '0', '0', '0']);
    const configOf = (name: string) =>
      JSON.parse(desk.read(`${name}/config.json`)) as Record<string, unknown>;
    expect(configOf('bptt').estimator).to.deep.equal({ name: 'bptt', length: 5 });
    expect(configOf('tbptt').estimator).to.deep.equal({ name: 'tbptt', window: 4, stride: 2 });
    expect(configOf('tbptt').cell).to.deep.equal({ name: 'lstm', units: 4 });
    expect(configOf('rtrl').optimizer).to.deep.equal({ name: 'momentum', rate: 0.01, alpha: 0, decay: 0.9 });
    expect(configOf('rtrl').dtype).to.equal('float64');
  });

  it('reads a file of its user, and measures counting models on the same characters', async () => {
    const line = 'Ein Bär – ein 🐻 – ging durch den Wald.\n';
    desk.file('tale.txt', line.repeat(3));
    const { code, stdout } = await desk.norewind(
      'run text --data tale.txt --units 4 -q --out tale'.split(' '),
    );
    expect(code).to.equal(0);
    expect(stdout).to.match(/order-2 model +[\d.]+ bits, last [\d.]+/);
    // The first character is never predicted, and the bear is one character.
    expect(linesOf('tale/metrics.ndjson').at(-1)?.step).to.equal(3 * (line.length - 1) - 1);
  });

  it('converges in influence balancing as RTRL should', async () => {
    await desk.norewind(
      'run influence-balancing --estimator rtrl --steps 3000 -q --out balancing'.split(' '),
    );
    const records = linesOf('balancing/metrics.ndjson');
    expect(Math.max(...records.map(({ loss }) => loss))).to.be.above(1);
    expect(records.at(-1)?.recent).to.be.below(1e-2);
  });

  it('numbers folders of its own choice, and replaces a given one only by force', async () => {
    const args = 'run anbn --units 3 --steps 10 -q'.split(' ');
    await desk.norewind(args);
    const second = await desk.norewind(args);
    expect(second.stdout).to.contain('runs/anbn-uoro-2 ');
    expect(readdirSync(desk.path('runs')).sort()).to.deep.equal(['anbn-uoro', 'anbn-uoro-2']);
    const forced = await desk.norewind([...args, '--steps', '12', '--out', 'runs/anbn-uoro', '--force']);
    expect(forced.code).to.equal(0);
    expect(linesOf('runs/anbn-uoro/metrics.ndjson')).to.have.length(12);
  });

  it('a rate that blows up: exit 1, a sentence with the step, and metrics and state up to it', async () => {
    const { code, stderr } = await desk.norewind(
      'run influence-balancing --rate 1 --steps 3000 -q --out blown'.split(' '),
    );
    expect(code).to.equal(1);
    const step = Number(
      /^norewind: step (\d+): the loss would be Infinity [^\n]*lower the learning rate[^\n]*blown\/checkpoint\.safetensors\n$/.exec(
        stderr,
      )?.[1],
    );
    expect(step).to.be.within(10, 3000);
    expect(linesOf('blown/metrics.ndjson').at(-1)?.step).to.equal(step - 1);
    expect(stepsIn('blown/checkpoint.safetensors')).to.equal(step - 1);
    expect(desk.read('blown/report.html')).to.contain(`step ${step}: the loss would be Infinity`);
  });

  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    it(`${signal}: finishes the step, saves the state and exits with ${expected}`, async () => {
      const out = signal.toLowerCase();
      const { code, stderr } = await desk.spawn(
        `run anbn --units 5 --steps 1e7 --json --out ${out}`.split(' '),
        '"step":5,',
        (child) => child.kill(signal),
      );
      expect(code).to.equal(expected);
      const steps = stepsIn(`${out}/checkpoint.safetensors`);
      expect(steps).to.be.within(5, 1e6);
      expect(stderr).to.contain(
        `norewind: stopped by ${signal} after step ${steps} of 10000000; the state is in ${out}/checkpoint.safetensors`,
      );
      expect(linesOf(`${out}/metrics.ndjson`).at(-1)?.step).to.equal(steps);
    });

  it('stops when its reader closes standard output', async () => {
    const { code } = await desk.spawn(
      'run anbn --units 5 --steps 1e7 --json -q --out pipe'.split(' '),
      '"step":2,',
      (child) => child.stdout?.destroy(),
    );
    expect(code).to.equal(141);
    expect(stepsIn('pipe/checkpoint.safetensors')).to.be.at.least(2);
  });
});
