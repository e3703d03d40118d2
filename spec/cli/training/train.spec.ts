import { expect } from 'chai';
import { FailedError } from '../../../cli/errors.ts';
import type { RunConfig } from '../../../cli/experiments/config.ts';
import type { Prepared, Session } from '../../../cli/experiments/experiment.ts';
import { signalExitCode } from '../../../cli/signals.ts';
import { createPace, type MetricsRecord, recordOf } from '../../../cli/training/metrics.ts';
import type { SavedOutcome } from '../../../cli/training/outcome.ts';
import { describeRun, resultRows } from '../../../cli/training/results.ts';
import type { RunCheckpoint } from '../../../cli/training/runCheckpoint.ts';
import type { RunFiles } from '../../../cli/training/runFiles.ts';
import { type StopRequest, watchSignals } from '../../../cli/training/stop.ts';
import { type Going, type Outcome, train } from '../../../cli/training/train.ts';
import { NonFiniteError, tensor } from '../../../lib/index.ts';
import { normOf } from '../../../trainers/evaluation/norm.ts';
import { createTally } from '../../../trainers/evaluation/tally.ts';

const config = {
  experiment: 'anbn',
  task: {},
  cell: { name: 'gru', units: 5 },
  estimator: { name: 'uoro' },
  optimizer: { name: 'adam', rate: 0.01, alpha: 0 },
  dtype: 'float32',
  seed: 3,
  steps: 100,
  lastWindow: 10,
} as RunConfig;

describe('cli/training: the meter of a run', () => {
  it('has the mean of everything, the last value, and the mean of the latest ones', () => {
    const meter = createTally(3);
    expect([meter.count, meter.mean, meter.recent(), meter.last]).to.deep.equal([0, 0, 0, Number.NaN]);
    meter.add(6);
    expect([meter.count, meter.mean, meter.recent(), meter.last]).to.deep.equal([1, 6, 6, 6]);
    for (const value of [0, 3, 9]) meter.add(value);
    expect([meter.count, meter.mean, meter.last]).to.deep.equal([4, 4.5, 9]);
    expect(meter.recent()).to.be.closeTo(4, 1e-12);
    // Neither a sum nor what has left the window may spoil it.
    const large = createTally(2);
    for (const value of [1.5e308, 1.5e308, 1.5e308]) large.add(value);
    expect([large.mean, large.recent()]).to.deep.equal([1.5e308, 1.5e308]);
    for (const value of [1, 2]) large.add(value);
    expect(large.recent()).to.equal(1.5);
  });
});

describe('cli/training: metrics', () => {
  it('are those of the meters, in bits where symbols are predicted, with the norm of the gradient', () => {
    const loss = createTally(2);
    const model = createTally(2);
    for (const value of [1, 2, 4]) {
      loss.add(value * Math.LN2);
      model.add(value + 1);
    }
    const gradient = { a: tensor([3, 0]), b: [tensor([[-4]], { dtype: 'float32' })] };
    const record = recordOf({ unit: 'bits', loss, yardsticks: new Map([['order 0', model]]), gradient });
    expect(record).to.deep.include({ step: 3, unit: 'bits', gradientNorm: 5 });
    expect(record.loss).to.be.closeTo(4, 1e-12);
    expect(record.mean).to.be.closeTo(7 / 3, 1e-12);
    expect(record.recent).to.be.closeTo(3, 1e-12);
    expect(record.baselines['order 0'].mean).to.be.closeTo(10 / 3, 1e-12);
    expect(record.baselines['order 0'].recent).to.be.closeTo(4, 1e-12);
    const plain = recordOf({ unit: 'loss', loss, yardsticks: new Map(), gradient });
    expect(plain).to.deep.include({ unit: 'loss', loss: 4 * Math.LN2, baselines: {} });
    expect(plain.recent).to.be.closeTo(3 * Math.LN2, 1e-12);
    // The squares of float32 numbers would overflow in float32.
    expect(normOf(tensor([3e30, 4e30], { dtype: 'float32' })) / 1e30).to.be.closeTo(5, 1e-6);
  });

  it('are due at each step at first, then every 2 %', () => {
    const isDue = createPace();
    const due = Array.from({ length: 400 }, (_, i) => i + 1).filter(isDue);
    expect(due.slice(0, 51)).to.deep.equal(Array.from({ length: 51 }, (_, i) => i + 1));
    expect(due.slice(51, 54)).to.deep.equal([53, 55, 57]);
    for (const [i, step] of due.entries())
      if (i > 0) expect(step).to.equal(Math.max(due[i - 1] + 1, Math.ceil(due[i - 1] * 1.02)));
  });
});

describe('cli/training: results of a run', () => {
  const record = {
    step: 20,
    unit: 'bits',
    loss: 1,
    mean: 3,
    recent: 2,
    gradientNorm: 1,
    baselines: {},
  } as const;
  const prepared = {
    unit: 'bits',
    levels: [{ label: 'the best', value: 0.5 }],
    yardsticks: () => [],
  } as unknown as Prepared;
  const outcome: Outcome = {
    status: 'done',
    steps: 20,
    records: [record],
    checkpoint: 'x',
    seconds: 1,
    cpuSeconds: 1,
    microseconds: 2,
  };

  it('are told with what they may be compared with', () => {
    const baselines = { 'order 0': { mean: 4, recent: 3.5 } };
    expect(resultRows(config, prepared, { ...outcome, records: [{ ...record, baselines }] })).to.deep.equal([
      ['steps', '20'],
      ['bits per symbol, all steps', '3.000 bits'],
      ['bits per symbol, last 10', '2.000 bits'],
      ['order 0', '4.000 bits, last 3.500'],
      ['the best', '0.500 bits'],
    ]);
    const floor = { label: 'order 0', isFloor: true, observe: () => 1 };
    const above = { mean: 1.25, recent: 1.9375 };
    expect(
      resultRows(
        config,
        { ...prepared, levels: [], yardsticks: () => [floor] },
        { ...outcome, records: [{ ...record, baselines: { 'order 0': above } }] },
      ).slice(3),
    ).to.deep.equal([
      ['order 0', '1.250 bits, last 1.938'],
      ['above that', '1.7500 bits, last 0.0625'],
    ]);
    const rows = resultRows(config, { ...prepared, unit: 'loss', levels: [] }, { ...outcome, steps: 7 });
    expect(rows.map(([name]) => name)).to.deep.equal(['steps', 'loss, all steps', 'loss, last 7']);
    expect([rows[1][1], rows[2][1]].map(Number)).to.deep.equal([3, 2]);
    expect(resultRows(config, prepared, { ...outcome, records: [] })).to.deep.equal([['steps', '20']]);
  });

  it('stand under the task, network, estimator and optimiser on one line', () => {
    const told = (part: Partial<RunConfig> = {}) => describeRun({ ...config, ...part });
    expect(told()).to.equal('anbn · GRU of 5 units · UORO · adam 0.01 · float32 · seed 3');
    const optimizer = { name: 'sgd', rate: 0.1, alpha: 0.5, clip: 2 };
    expect(told({ optimizer })).to.contain(' · sgd 0.1/(1 + 0.5√t), clipped at 2 · ');
    const { cell: _, ...system } = config;
    expect(describeRun({ ...system, optimizer: { ...optimizer, alpha: 1 } })).to.equal(
      'anbn · UORO · sgd 0.1/(1 + √t), clipped at 2 · float32 · seed 3',
    );
  });
});

describe('cli/training: the signals of a run', () => {
  it('are asked for once, and the first one counts', () => {
    const listeners = (name: NodeJS.Signals) => process.listeners(name);
    const [ints, terms] = [listeners('SIGINT'), listeners('SIGTERM')];
    const outs = process.stdout.listeners('error');
    let requests = 0;
    const watch = watchSignals(() => requests++);
    const own = (name: NodeJS.Signals, all: readonly unknown[]) =>
      process.listeners(name).filter((each) => !all.includes(each));
    const [onInt] = own('SIGINT', ints);
    const [onTerm] = own('SIGTERM', terms);
    const [onPipe] = process.stdout.listeners('error').filter((each) => !outs.includes(each));
    try {
      expect(watch.signal).to.equal(undefined);
      onInt('SIGINT');
      expect([watch.signal, requests]).to.deep.equal(['SIGINT', 1]);
      onTerm('SIGTERM');
      onPipe(Object.assign(new Error('closed'), { code: 'EPIPE' }));
      expect([watch.signal, requests]).to.deep.equal(['SIGINT', 1]);
    } finally {
      watch.release();
    }
    expect([listeners('SIGINT'), listeners('SIGTERM')]).to.deep.equal([ints, terms]);
    expect(process.stdout.listeners('error')).to.deep.equal(outs);
    expect([signalExitCode('SIGINT'), signalExitCode('SIGTERM')]).to.deep.equal([130, 143]);
  });

  it('may be a standard output that is closed, or that cannot be written, which is a failure', async () => {
    for (const [code, says] of [
      ['EPIPE', undefined],
      ['ENOSPC', 'cannot write to standard output: no space is left on the device'],
    ] as const) {
      const outs = process.stdout.listeners('error');
      let requests = 0;
      const watch = watchSignals(() => requests++);
      watch.requireOutput();
      const [onPipe] = process.stdout.listeners('error').filter((each) => !outs.includes(each));
      onPipe(Object.assign(new Error('made by a test'), { code }));
      watch.release();
      expect([watch.signal, requests]).to.deep.equal(['SIGPIPE', 1]);
      // Nothing is written any more.
      await watch.write('not to be seen');
      if (says === undefined) watch.requireOutput('all is kept');
      else {
        expect(() => watch.requireOutput()).to.throw(FailedError, new RegExp(`${says}$`));
        expect(() => watch.requireOutput('all is kept')).to.throw(FailedError, `${says}; all is kept`);
      }
    }
  });
});

describe('cli/training: a run', () => {
  /** A run of `steps` whose losses are 1, 2, 3 … , and what it left. */
  async function run(
    part: Partial<RunConfig> = {},
    doings: {
      next?(step: number): void;
      stop?: StopRequest;
      past?: readonly MetricsRecord[];
      going?: Going;
    } = {},
  ) {
    const lines: MetricsRecord[] = [...(doings.past ?? [])];
    const saved: RunCheckpoint[] = [];
    const noted: SavedOutcome[] = [];
    const events: string[] = [];
    const files: RunFiles = {
      past: doings.past ?? [],
      get metricsLength() {
        return lines.length;
      },
      append: (line) => void lines.push(line),
      save(checkpoint) {
        saved.push(checkpoint);
        return 'folder/checkpoint.safetensors';
      },
      note: (outcome) => void noted.push(outcome),
      close: () => void events.push('closed'),
    };
    let step = 0;
    const session = {
      pass: () => ++step % 2,
      next() {
        doings.next?.(step + 1);
        step++;
        return { loss: step, target: step % 2 };
      },
      learner: {
        get gradient() {
          return tensor([step]);
        },
        save: () => Uint8Array.of(step),
      },
    } as unknown as Session;
    const prepared = {
      unit: 'loss',
      levels: [],
      yardsticks: () => [{ label: 'targets', observe: (target: number) => 10 * target }],
    } as unknown as Prepared;
    const whole = { ...config, ...part };
    const told: MetricsRecord[] = [];
    const progress: number[] = [];
    const outcome = await train(
      { config: whole, prepared, open: () => session },
      files,
      doings.stop ?? { signal: undefined },
      {
        onRecord: (record) => told.push(record),
        onProgress: (at) => progress.push(at),
      },
      doings.going,
    ).catch((error: unknown) => ({ error }) as never);
    expect([...(doings.past ?? []), ...told]).to.deep.equal(lines);
    return { outcome: outcome as Outcome & { error?: unknown }, saved, noted, lines, events, progress };
  }

  it('leaves its configuration, its metrics and its last state', async () => {
    const { outcome, saved, noted, lines, events } = await run({ steps: 60 });
    expect(outcome).to.include({ status: 'done', steps: 60, checkpoint: 'folder/checkpoint.safetensors' });
    expect(outcome).not.to.have.property('problem');
    expect(outcome.seconds).to.be.within(0, 60);
    expect(saved).to.have.length(1);
    expect(saved[0]).to.deep.include({
      config: { ...config, steps: 60 },
      learner: Uint8Array.of(60),
      metricsLength: lines.length,
      ending: { status: 'done' },
    });
    expect(noted.at(-1)).to.deep.include({ status: 'done', steps: 60 });
    expect(lines.map(({ step }) => step)).to.deep.equal([
      ...Array.from({ length: 51 }, (_, i) => i + 1),
      53,
      55,
      57,
      59,
      60,
    ]);
    expect(lines.at(-1)).to.deep.equal({
      step: 60,
      unit: 'loss',
      loss: 60,
      mean: lines.at(-1)?.mean,
      recent: lines.at(-1)?.recent,
      gradientNorm: 60,
      baselines: { targets: { mean: lines.at(-1)?.baselines.targets.mean, recent: 5 } },
    });
    expect(lines.at(-1)?.mean).to.be.closeTo(30.5, 1e-9);
    expect(lines.at(-1)?.recent).to.be.closeTo(55.5, 1e-9);
    expect(lines.at(-1)?.baselines.targets.mean).to.be.closeTo(5, 1e-9);
    expect(events).to.deep.equal(['closed']);
    expect(outcome.records).to.deep.equal(lines);
  });

  it('has each line once, the last one too', async () => {
    expect((await run({ steps: 5 })).lines.map(({ step }) => step)).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('stops when it is asked to, and keeps what it has', async () => {
    let signal: NodeJS.Signals | undefined;
    const stop = {
      get signal() {
        return signal;
      },
    };
    const { outcome, saved, noted, lines } = await run(
      {},
      {
        stop,
        next(step) {
          if (step === 54) signal = 'SIGINT';
        },
      },
    );
    expect(outcome).to.include({ status: 'stopped', steps: 54 });
    expect(lines.at(-1)?.step).to.equal(54);
    // The last line would not be there if the run went on, so the checkpoint does not count it.
    expect(saved.at(-1)).to.deep.include({ learner: Uint8Array.of(54), metricsLength: lines.length - 1 });
    expect(noted.at(-1)?.status).to.equal('stopped');
    const none = await run({}, { stop: { signal: 'SIGTERM' } });
    expect([none.outcome.status, none.outcome.steps, none.lines]).to.deep.equal(['stopped', 0, []]);
  });

  it('keeps the last good state when it diverges, and passes on what is a defect', async () => {
    const fail = (error: Error) => ({
      next(step: number) {
        if (step === 8) throw error;
      },
    });
    const { outcome, saved, lines } = await run({}, fail(new NonFiniteError('step 8: it became NaN')));
    expect(outcome).to.include({ status: 'diverged', steps: 7, problem: 'step 8: it became NaN' });
    expect(lines).to.have.length(7);
    expect(saved.at(-1)?.learner).to.deep.equal(Uint8Array.of(7));
    expect(saved.at(-1)?.ending).to.deep.equal({ status: 'diverged', problem: 'step 8: it became NaN' });
    const defect = new TypeError('a defect');
    const broken = await run({}, fail(defect));
    expect(broken.outcome.error).to.equal(defect);
    expect([broken.saved, broken.events]).to.deep.equal([[], ['closed']]);
  });

  it('resumes from any of its checkpoints to the same lines', async () => {
    const straight = await run({ steps: 60 }, { going: { checkpointSteps: 7 } });
    expect(straight.saved.map(({ loss }) => loss.count)).to.deep.equal([7, 14, 21, 28, 35, 42, 49, 56, 60]);
    for (const from of straight.saved) {
      const { length } = straight.lines.slice(0, from.metricsLength);
      const again = await run({ steps: 60 }, { past: straight.lines.slice(0, length), going: { from } });
      expect(again.lines).to.deep.equal(straight.lines);
      expect(again.outcome).to.include({ status: 'done', steps: 60 });
    }
  });

  it('ends early once its condition holds, at a line that would be there anyway', async () => {
    const { outcome, lines, saved } = await run({ stopWhen: 'recent > 50' });
    // The mean of the latest 10 of 1, 2, 3 … is above 50 from step 55 on.
    expect(outcome).to.include({ status: 'done', steps: 55, reason: 'recent > 50 after step 55' });
    expect(lines.at(-1)?.step).to.equal(55);
    const [from] = saved.slice(-1);
    const again = await run({ stopWhen: 'recent > 50' }, { past: lines, going: { from } });
    expect(again.outcome).to.include({ status: 'done', steps: 55, reason: 'recent > 50 after step 55' });
    expect(again.saved).to.deep.equal([]);
    // Not before the mean is of a whole window.
    expect((await run({ stopWhen: 'recent < 1000' })).outcome.steps).to.equal(10);
  });

  it('lets others have their turn, and tells of its progress', async () => {
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const { progress } = await run(
      { steps: 8 },
      {
        next() {
          for (const end = performance.now() + 25; performance.now() < end; );
        },
      },
    );
    isOver = true;
    expect(turns).to.be.above(4);
    // At the first look, and later on.
    expect(progress[0]).to.equal(1);
    expect(progress.length).to.be.within(2, 8);
  });
});
