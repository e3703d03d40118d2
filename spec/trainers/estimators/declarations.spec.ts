import { expect } from 'chai';
import { add, tanh } from '../../../autodiff/index.ts';
import { leavesOf, seeded, type Tensor, type Tree, tensor, zeros } from '../../../lib/index.ts';
import { type Cell, crossEntropy, linear, lstm, meanSquare, model, rnn } from '../../../nn/index.ts';
import {
  artbp,
  bptt,
  createLearner,
  dodge,
  type Estimator,
  ok,
  pes,
  sgd,
  sketched,
  snap,
  tbptt,
  unbiased,
  uoro,
} from '../../../trainers/index.ts';
import { estimatorTable, makeEstimator, type Settings, usualOf } from '../../../trainers/registry/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

/** Settings that have no default. */
const settings: Readonly<Record<string, Settings>> = { rflo: { leak: 0.3 } };
/** Short windows, which are compiled sooner. */
const short: Readonly<Record<string, Settings>> = {
  bptt: { length: 4 },
  tbptt: { window: 2 },
  artbp: { keep: 0.5 },
  pes: { particles: 4 },
};
const make = (name: string, more: Settings = {}): Estimator =>
  makeEstimator({ ...usualOf(estimatorTable, name), ...settings[name], ...more });

/**
 * Bias, and time and memory for 5 state elements and 97 parameters, of the defaults: the formulas of the table in
 * docs/estimators.md, for one group of sites with as many units as state elements.
 */
const declared: Readonly<Record<string, readonly [bias: string, time: number, memory: number]>> = {
  uoro: ['none', 7 * 97, 97 + 5],
  tbptt: ['truncated', 3 * 97, 10 * 5],
  bptt: ['none', 3 * 97, 128 * 5],
  artbp: ['none', 4 * 97, 50],
  rtrl: ['none', 25 * 97, 5 * 97],
  noBackTrack: ['none', (7 + 2 * 5) * 97, 97 + 5],
  kfRtrl: ['none', 8 * 97 + 125, 25 + 97 / 5],
  rKfRtrl: ['none', 13 * 97, 97 + 5],
  ok: ['none', 8 * 97 + 125, 25 + 97 / 5],
  snap: ['truncated', 5 * 97, 97],
  diagonal: ['truncated', 5 * 97, 97],
  eprop: ['approximate', 5 * 97, 97],
  rflo: ['approximate', 2 * 97, 97],
  sketched: ['approximate', (5 + 16 + 8 + 4) * 97 + 3 * 125, 5 * 97 + 4 * 5],
  frozen: ['approximate', 3 * 97, 0],
  kernl: ['approximate', 6 * 97 + 4 * 25, 97 + 25 + 4 * 5 + 1],
  dni: ['approximate', 5 * 97 + 3 * 25, 5 * 6 + 1],
  pes: ['approximate', (2 * 32 + 1) * 97, 32 * (97 + 5) + 1],
  unbiased: ['none', (5 + 4 + 2) * 97, 97 + 97 + 5],
  dodge: ['none', 5 * 97, 97 + 5],
};

/** Time and memory of the rule for a tanh network of 2 inputs and 3 units, which has one group of 6 by 3. */
const bound: Readonly<Record<string, readonly [time: number, memory: number]>> = {
  uoro: [7 * 18, 18 + 3],
  tbptt: [3 * 18, 2 * 3],
  bptt: [3 * 18, 4 * 3],
  artbp: [4 * 18, 2 * 3],
  rtrl: [9 * 18, 3 * 18],
  noBackTrack: [(7 + 2) * 18, 18 + 3],
  kfRtrl: [6 * 18 + 27, 9 + 6],
  rKfRtrl: [9 * 18, 18 + 3],
  ok: [315, 9 + 6],
  snap: [2 * 18, 18],
  diagonal: [5 * 18, 18],
  eprop: [5 * 18, 18],
  rflo: [2 * 18, 18],
  sketched: [630, (1 + 3) * 18 + 9 + 1],
  frozen: [3 * 18, 0],
  kernl: [(5 + 2) * 18 + 4 * 9, 18 + 3 * 7 + 1],
  dni: [5 * 18 + 3 * 9, 3 * 4 + 1],
  pes: [(2 * 4 + 1) * 18, 4 * (18 + 3) + 1],
  unbiased: [(5 + 4 + 2) * 18, 18 + 18 + 3],
  dodge: [5 * 18, 18 + 3],
};

/** The same with options, for 5 state elements and 97 parameters. */
const withOptions: readonly (readonly [
  estimator: Pick<Estimator, 'name' | 'bias' | 'settings' | 'cost'>,
  bias: string,
  time: number,
  memory: number,
])[] = [
  [uoro({ rank: 3, window: 4 }), 'none', (3 + 4 * 3) * 97, 3 * (97 + 5) + 3 * 5],
  [bptt({ length: 7 }), 'none', 3 * 97, 7 * 5],
  [tbptt({ window: 6, stride: 2 }), 'truncated', (1 + (2 * 6) / 2) * 97, 6 * 5],
  [tbptt({ window: 6, stride: 1, parameters: 'current' }), 'truncated', (1 + 3 * 6) * 97, 6 * 5],
  [artbp({ keep: 0.5 }), 'none', 4 * 97, 2 * 5],
  [ok({ rank: 3 }), 'none', 3 * 125 + 8 * 97, 3 * (25 + 97 / 5)],
  [snap({ n: 2 }), 'truncated', 25 * 97, 5 * 97],
  [sketched({ rank: 2 }), 'approximate', 3 * 125 + (5 + 4 + 2 * 4) * 97, 3 * 97 + 2 * 5],
  [dodge({ directions: 3, every: 8 }), 'truncated', (3 + 2 * 3) * 97, 3 * (97 + 5)],
  [pes({ particles: 8 }), 'approximate', (2 * 8 + 1) * 97, 8 * (97 + 5) + 1],
  [unbiased(snap({ n: 1 }), { window: 3 }), 'none', (5 + 4 + 2) * 97, 97 + 97 + 5 + 2 * 5],
];

describe('what estimators declare', () => {
  for (const [estimator, ...expected] of withOptions)
    it(`${estimator.name} ${JSON.stringify(estimator.settings)}: its bias, and what it takes`, () => {
      const { time, memory } = estimator.cost({ state: 5, parameters: 97 });
      expect([estimator.bias, time, memory]).to.deep.equal(expected);
    });

  it('is of all estimators that have a name', () => {
    for (const table of [declared, bound])
      expect(Object.keys(table).sort()).to.deep.equal(Object.keys(estimatorTable).sort());
  });

  for (const [name, expected] of Object.entries(declared))
    it(`${name}: its name, its bias, and what it takes`, () => {
      const own = make(name);
      const { time, memory } = own.cost({ state: 5, parameters: 97 });
      expect([own.name, own.bias, time, memory]).to.deep.equal([name, ...expected]);
    });

  for (const [name, { options }] of Object.entries(estimatorTable))
    it(`${name}: its options, of which its settings are some`, () => {
      const { options: own = {}, settings } = make(name);
      // By name, `unbiased` takes options of the estimator within too.
      if (name !== 'unbiased') expect(own).to.equal(options);
      for (const key of Object.keys(settings)) expect(options).to.have.property(key);
    });

  for (const [name, expected] of Object.entries(bound))
    it(`${name}: what it takes on one network`, () => {
      const learner = createLearner({
        model: rnn({ inputs: 2, units: 3 }),
        loss: meanSquare,
        estimator: make(name, short[name]),
        optimizer: sgd({ rate: 0.1 }),
        eager: true,
      });
      learner.observe(tensor([1, 2]));
      // A window may have to be complete.
      learner.observe(tensor([1, 2]));
      const { time, memory } = learner.rule?.cost ?? {};
      expect([time, memory]).to.deep.equal(expected);
    });

  for (const name of Object.keys(declared))
    it(`${name}: carries and learns in float32, eagerly as in a plan`, () => {
      const run = (eager: boolean) => {
        const learner = createLearner({
          model: model({ cell: lstm({ inputs: 3, units: 3 }), readout: linear({ outputs: 3 }) }),
          loss: crossEntropy,
          estimator: make(name, short[name]),
          optimizer: sgd({ rate: 0.1 }),
          noise: seeded(4),
          eager,
        });
        const losses = [0, 2, 1, 1].map((symbol, t) => {
          if (t === 2) learner.observe(symbol);
          // Read before each step, it is in every plan.
          numbersOf(learner.gradient);
          return learner.step(symbol, (symbol + 1) % 3).loss;
        });
        const all = [learner.parameters, learner.gradient, learner.influence, learner.rule?.start(seeded(1))];
        const dtypes = all.flatMap((tree) => leavesOf((tree ?? []) as Tree).map(({ dtype }) => dtype));
        expect([...new Set(dtypes)]).to.deep.equal(['float32']);
        expect(learner.rule?.structure).to.match(/\w/);
        return [...losses, ...numbersOf(learner.parameters)];
      };
      requireClose(run(true), run(false), 1e-4, 'losses and parameters');
    });

  for (const name of Object.keys(declared))
    it(`${name}: learns, and shows its influence, where no parameter reaches the state`, () => {
      const echo: Cell<{ b: Tensor }, Tensor, Tensor> = {
        name: 'echo',
        outputs: 2,
        init: () => ({ b: tensor([0.5, 0.4]) }),
        start: () => zeros([2]),
        step: ({ b }, s, x) => ({ state: tanh(add(s, x)), output: add(b, s) }),
      };
      const runs = [true, false].map((eager) => {
        const learner = createLearner({
          model: echo,
          loss: meanSquare,
          estimator: make(name, short[name]),
          optimizer: sgd({ rate: 0.1 }),
          noise: seeded(4),
          eager,
        });
        for (let t = 0; t < 4; t++) learner.step(tensor([0.3, t]), tensor([1, -1]));
        for (const number of numbersOf(learner.influence)) expect(number).to.satisfy(Number.isFinite);
        return numbersOf(learner.parameters);
      });
      requireClose(runs[0], runs[1], 1e-5, 'parameters');
    });

  it('within unbiased is its own, with the time and memory of the pair', () => {
    for (const name of ['snap', 'rflo', 'kernl', 'frozen']) {
      const [inner, own] = [make(name), unbiased(make(name), { weight: 0.5, rank: 2, window: 1 })];
      const [one, all] = [inner, own].map((each) => each.cost({ state: 5, parameters: 97 }));
      expect([own.bias, all.time, all.memory]).to.deep.equal([
        inner.bias,
        one.time + 2 * (4 * 97 + 2 * one.memory),
        one.memory + 2 * (97 + 5),
      ]);
    }
  });
});
