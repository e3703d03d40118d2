import { expect } from 'chai';
import { pathsOf, seeded, type Tree, UsageError } from '../../../lib/index.ts';
import * as nn from '../../../nn/index.ts';
import * as estimatorExports from '../../../trainers/estimators/index.ts';
import * as optimizerExports from '../../../trainers/optimizers/index.ts';
import { cellTable, makeCell } from '../../../trainers/registry/cells.ts';
import { settable } from '../../../trainers/registry/choose.ts';
import { estimatorTable, makeEstimator, titleOf } from '../../../trainers/registry/estimators.ts';
import { flagsOf, optionOf, settingsOf, usualOf } from '../../../trainers/registry/flags.ts';
import { hasRate, makeOptimizer, optimizerTable } from '../../../trainers/registry/optimizers.ts';
import type { Settings } from '../../../trainers/streams/settings.ts';
import { settingChecks, settingGroups } from '../../../trainers/streams/settings.ts';
import * as taskExports from '../../../trainers/tasks/index.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';

const rate = { rate: 0.1, alpha: 0 };
/** Estimators that have no value of their own for an option, and no usual one. */
const leak = { leak: 0.5 };
const named = (name: string) => ({
  ...usualOf(estimatorTable, name),
  ...(name === 'rflo' && leak),
});

/**
 * Options without a value while they have no effect, so that checkpoints from before there were these fit: the
 * first length of a window that does not grow, the pairing of all estimators, the options of an estimator within
 * `unbiased` that is another one.
 */
const sometimes = (name: string) => [
  'windowFrom',
  'layers',
  'pairing',
  'feedback',
  'feedbackSeed',
  'scaling',
  'noise',
  'parameters',
  ...(name === 'unbiased' ? ['n', 'leak'] : []),
];

describe('trainers/registry', () => {
  it('has every exported estimator, optimiser, cell and task under its own name', () => {
    for (const [exports, table] of [
      [estimatorExports, estimatorExports.estimators],
      [optimizerExports, optimizerExports.optimizers],
      [taskExports, taskExports.tasks],
      [nn, nn.cells],
    ] as const)
      for (const name of Object.keys(table)) expect(exports).to.have.property(name).that.is.a('function');
    // A command cannot use a maker of estimators or optimisers that is missing from the table.
    const others = new Set([
      'StepStructure',
      'absent',
      'anEstimator',
      'anOptimizer',
      'steps',
      'grow',
      'estimators',
      'optimizers',
      'chain',
      'clipByGlobalNorm',
    ]);
    const schedules = ['constant', 'cosine', 'inverseSqrt', 'sqrtDecay'];
    const values = (exports: object) =>
      Object.keys(exports).filter((name) => !others.has(name) && !schedules.includes(name));
    expect(values(optimizerExports)).to.have.members(Object.keys(optimizerTable));
    expect(values(estimatorExports)).to.have.members(Object.keys(estimatorTable));
  });

  for (const name of Object.keys(estimatorTable))
    it(`makes ${name}, whose settings make it again, and says what each of its options is for`, () => {
      const made = makeEstimator(named(name));
      expect(made.name).to.equal(name);
      expect(makeEstimator({ name, ...made.settings }).settings).to.deep.equal(made.settings);
      const { options } = estimatorTable[name];
      const always = Object.keys(settable(options)).filter((option) => !sometimes(name).includes(option));
      expect(always).to.have.members(Object.keys(made.settings));
      expect(titleOf({ name, ...made.settings })).to.match(/^[A-Z]\S*( \S+)*$/i);
      expect(() => makeEstimator({ ...named(name), nothing: 1 })).to.throw(
        UsageError,
        `the estimator ${name} has no setting nothing; it has ${Object.keys(options).join(', ')}`,
      );
    });

  it('makes any deterministic estimator unbiased, by its name', () => {
    const made = makeEstimator({ name: 'unbiased', of: 'rflo', leak: 0.2, weight: 0.5 });
    expect(made.settings).to.deep.include({ of: 'rflo', leak: 0.2, weight: 0.5, rank: 1 });
    expect(makeEstimator({ name: 'unbiased' }).settings).to.deep.include({ of: 'diagonal', weight: 1 });
    expect(makeEstimator({ name: 'unbiased', of: 'snap' }).settings).to.deep.include({ of: 'snap', n: 1 });
    expect(() => makeEstimator({ name: 'unbiased', of: 'uoro' })).to.throw('unbiased: of must be');
    expect(() => makeEstimator({ name: 'unbiased', n: 2 })).to.throw('unbiased: n is no option of diagonal');
    expect(titleOf({ name: 'unbiased', of: 'snap', weight: 0.1 })).to.equal('unbiased snap, weight 0.1');
  });

  for (const name of Object.keys(optimizerTable))
    it(`makes ${name}, with the schedule of its rate, and knows how much it keeps`, () => {
      const own = hasRate(name) ? rate : {};
      const { optimizer, complete } = makeOptimizer({ name, ...own, clip: 1 });
      expect(complete).to.include({ name, ...own, clip: 1 });
      expect(makeOptimizer(complete).complete).to.deep.equal(complete);
      expect(optimizer.name).to.include(name);
      expect(() => makeOptimizer({ name, ...own, nothing: 1 })).to.throw(
        UsageError,
        `has no setting nothing; it has ${hasRate(name) ? 'rate, alpha, schedule, floor, clip' : 'clip'}`,
      );
    });

  it('makes an optimiser without a rate, and refuses one for it', () => {
    expect(makeOptimizer({ name: 'intentional', intent: 'loss' }).complete).to.deep.equal({
      name: 'intentional',
      fraction: 0.5,
      intent: 'loss',
      decay: 0.999,
      epsilon: 1e-8,
    });
    expect(() => makeOptimizer({ name: 'intentional', ...rate })).to.throw(
      UsageError,
      'the optimizer intentional has no setting rate; it has clip, fraction, intent',
    );
  });

  it('makes an optimiser with another schedule, a floor and rates by path', () => {
    const named = {
      name: 'rmsprop',
      rate: 2,
      alpha: 2,
      schedule: 'sqrtDecay',
      floor: 0.1,
      rates: 'w=0.5',
      span: 8,
    };
    const { optimizer, complete } = makeOptimizer(named);
    expect(complete).to.deep.equal({ ...named, epsilon: 1e-8 });
    expect([0, 4, 1e9].map((step) => optimizer.rate?.(step))).to.deep.equal([2, 2 / 3, 0.1]);
    expect(() => makeOptimizer({ ...named, schedule: 'cosine' })).to.throw(
      'schedule must be inverseSqrt or sqrtDecay, got "cosine"',
    );
    expect(() => makeOptimizer({ ...named, floor: -1 })).to.throw(
      'floor must be a number from 0 to 10000000000, got -1',
    );
  });

  for (const name of Object.keys(cellTable))
    it(`makes ${name} for vectors and for symbols`, () => {
      // A recurrent trace unit is a point in the plane.
      for (const of of ['symbols', 'vectors'] as const)
        expect(makeCell({ name, units: 2 }, 3, of).outputs).to.equal(name === 'rtu' ? 4 : 2);
      expect(() => makeCell({ name, units: 2, nothing: 1 }, 3, 'vectors')).to.throw(
        UsageError,
        `the cell ${name} has no setting nothing; it has units`,
      );
    });

  it('refuses names that it does not have, with one that may have been meant', () => {
    expect(() => makeEstimator({ name: 'uroo' })).to.throw(
      UsageError,
      'there is no estimator "uroo"; did you mean uoro?',
    );
    expect(() => makeOptimizer({ name: 'adams', ...rate })).to.throw(UsageError, 'did you mean adam?');
    expect(() => makeCell({ name: 'constructor', units: 2 }, 3, 'vectors')).to.throw(
      UsageError,
      'there are gru, lstm',
    );
  });

  it('passes settings of cells on', () => {
    const kept = nn.summary(makeCell({ name: 'indrnn', units: 2, activation: 'relu' }, 3, 'vectors'));
    expect(kept.name).to.equal(nn.summary(makeCell({ name: 'indrnn', units: 2 }, 3, 'vectors')).name);
    expect(() => makeCell({ name: 'indrnn', units: 2, activation: 'sine' }, 3, 'vectors')).to.throw(
      'activation must be relu or tanh',
    );
  });

  it('starts a cell of symbols from zero, without an embedding', () => {
    for (const name of ['lstm', 'gru', 'mgu', 'rnn']) {
      const cell = makeCell({ name, units: 3, recurrent: 'zero', norm: 'rms' }, 5, 'symbols');
      const leaves = pathsOf(cell.init(seeded(1)) as Tree);
      expect(leaves.map(({ path }) => path.split('.').at(-1))).to.include.members(['w', 'u', 'b', 'g']);
      expect(leaves.some(({ path }) => path.includes('embedding'))).to.equal(false);
      const of = (last: string) =>
        leaves.filter(({ path }) => path.endsWith(last)).flatMap(({ tensor }) => numbersOf(tensor));
      expect(new Set([...of('u'), ...of('b')])).to.deep.equal(new Set([0]));
      const bound = Math.sqrt(6 / 4);
      const rows = of('w').map(Math.abs);
      expect(Math.max(...rows)).to.be.within(bound / 2, bound);
      expect(() => makeCell({ name, units: 2, recurrent: 'none' }, 3, 'vectors')).to.throw(
        'recurrent must be uniform or zero',
      );
    }
  });

  describe('flags', () => {
    const flags = flagsOf(estimatorTable, (name) => makeEstimator(named(name)).settings);
    const window = flags.find(({ name }) => name === 'window');

    it('set options of several entries, under the names that these have for them', () => {
      expect(window?.uses.map(({ of, usual }) => [of, usual])).to.deep.equal([
        ['uoro', 1],
        ['tbptt', 10],
        ['bptt', 128],
        ['unbiased', 1],
      ]);
      expect(settingsOf(estimatorTable.bptt.options, { window: 7 })).to.deep.equal({ length: 7 });
      expect(settingsOf(estimatorTable.uoro.options, { window: 7, stride: 2 })).to.deep.equal({
        window: 7,
        stride: 2,
      });
    });

    it('say what they are for, for which entries, and what holds where they are left out', () => {
      expect(window && optionOf(window).purpose).to.equal(
        'steps that are differentiated together, for uoro (1 if left out), tbptt (10 if left out), unbiased (1 if left out); the length of a sequence, for bptt (128 if left out)',
      );
    });

    it('are settings of models of streams, with their types', () => {
      const names = settingGroups.flatMap(([, options]) => Object.keys(options));
      for (const { name } of flags) expect(names).to.include(name);
      expect(Object.keys(settingChecks)).to.deep.equal(names);
      expect(new Set(names).size, 'each once').to.equal(names.length);
      const known = {
        estimator: 'tbptt',
        window: 2,
        stride: 1,
        rank: 1,
        n: 1,
        leak: 0.1,
        readout: 'mlp',
      } satisfies Settings;
      expect(names).to.include.members(Object.keys(known));
      // @ts-expect-error A flag takes what its option takes.
      const wrong = { window: 'ten' } satisfies Settings;
      // @ts-expect-error No entry has this flag.
      const unknown = { windows: 10 } satisfies Settings;
      expect([wrong, unknown]).to.have.length(2);
    });
  });
});
