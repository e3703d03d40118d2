import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { argmax, custom, gather, greater, mul, smooth, square, sum, tanh } from '../../autodiff/index.ts';
import {
  IndexError,
  indices,
  leavesOf,
  NonFiniteError,
  type Tensor,
  type Tree,
  tensor,
  UnknownValueError,
} from '../../lib/index.ts';
import {
  binaryCrossEntropy,
  type Cell,
  crossEntropy,
  embedded,
  embedding,
  gru,
  linear,
  lstm,
  meanSquare,
  model,
  rnn,
} from '../../nn/index.ts';
import {
  adam,
  bptt,
  chain,
  clipByGlobalNorm,
  constant,
  createLearner,
  type Estimator,
  inverseSqrt,
  type Learner,
  type LearnerConfig,
  momentum,
  type Optimizer,
  restoreLearner,
  rmsprop,
  rtrl,
  sgd,
  tbptt,
  uoro,
} from '../../trainers/index.ts';
import { numbersOf, requireClose } from '../laws/numbers.ts';

type Any = Learner<unknown, unknown, unknown, unknown>;
type Config = LearnerConfig<unknown, unknown, unknown, unknown>;

const estimators: Readonly<Record<string, () => Estimator>> = {
  uoro: () => uoro(),
  'uoro of window 3': () => uoro({ window: 3 }),
  'uoro of rank 2': () => uoro({ rank: 2 }),
  'joint uoro': () => uoro({ lanes: 'joint' }),
  rtrl: () => rtrl(),
  'tbptt 1': () => tbptt({ window: 1 }),
  'tbptt 4': () => tbptt({ window: 4 }),
  'bptt 3': () => bptt({ length: 3 }),
};
const optimizers: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => sgd({ rate: 0.05 }),
  'sgd that slows': () => sgd({ rate: inverseSqrt(0.05, 0.1) }),
  momentum: () => momentum({ rate: 0.02 }),
  adam: () => adam({ rate: inverseSqrt(0.02, 0.03) }),
  rmsprop: () => rmsprop({ rate: 0.01 }),
  clipped: () => chain(clipByGlobalNorm(0.1), momentum({ rate: 0.1 })),
};
const cells = { rnn, gru, lstm };

/** Characters in, logits out. */
function characters(kind: keyof typeof cells, units: number, size = 2): Cell<unknown, unknown, unknown> {
  const cell = cells[kind]({ inputs: size, units }) as unknown as ReturnType<typeof rnn>;
  return model({ cell: embedded(embedding({ symbols: 5, size }), cell), readout: linear({ outputs: 5 }) }) as unknown as Cell<
    unknown,
    unknown,
    unknown
  >;
}

/** What is done to a learner, one thing after another. */
type Action = 'step' | 'observe' | 'reset' | 'save' | 'gradient' | 'parameters' | 'state' | 'influence' | 'predict';

const scenario = fc.record({
  estimator: fc.constantFrom(...Object.keys(estimators)),
  optimizer: fc.constantFrom(...Object.keys(optimizers)),
  kind: fc.constantFrom(...(Object.keys(cells) as (keyof typeof cells)[])),
  units: fc.integer({ min: 3, max: 4 }),
  lanes: fc.integer({ min: 1, max: 3 }),
  dtype: fc.constantFrom('float32' as const, 'float64' as const),
  seed: fc.integer({ min: 1, max: 1000 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function configOf({ estimator, optimizer, kind, units, lanes, dtype, seed }: Scenario): Config {
  return {
    model: characters(kind, units),
    loss: crossEntropy as never,
    estimator: estimators[estimator](),
    optimizer: optimizers[optimizer](),
    dtype,
    seed,
    lanes,
  };
}

/** Symbols for step t of the lanes; a number when there is one lane. */
function symbols(t: number, lanes: number, phase = 0): number | Tensor {
  const one = (lane: number) => (7 * t + 3 * lane + 2 * phase + ((t * t) >> 2)) % 5;
  return lanes === 1 ? one(0) : indices(Array.from({ length: lanes }, (_, lane) => one(lane)));
}

/** Moves a learner, or looks at it. */
function act(learner: Any, action: Action, t: number): number | undefined {
  const { lanes = 1 } = learner.config;
  switch (action) {
    case 'step':
      return learner.step(symbols(t, lanes), symbols(t, lanes, 1)).loss;
    case 'observe':
      learner.observe(symbols(t, lanes));
      return;
    case 'reset':
      learner.resetState();
      return;
    case 'save':
      learner.save();
      return;
    case 'predict':
      learner.predict(symbols(t, lanes));
      return;
    default:
      numbersOf(learner[action]);
  }
}

const moves = fc.array(fc.constantFrom<Action>('step', 'step', 'step', 'step', 'step', 'observe', 'reset'), {
  minLength: 4,
  maxLength: 24,
});
const looks = fc.constantFrom<Action>('save', 'gradient', 'parameters', 'state', 'influence', 'predict');

/** All that can be seen of a learner, as bytes. */
function bytesOf(learner: Any): string {
  return Buffer.from(learner.save()).toString('base64');
}

function forAll<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void, numRuns: number): void {
  fc.assert(fc.property(arbitrary, check), { seed: 1, numRuns });
}

describe('a learner with a plan', () => {
  it('learns what an eager one learns, whatever cell, estimator, optimiser and lanes', () => {
    forAll(
      fc.tuple(scenario, moves),
      ([drawn, actions]) => {
        const config = configOf({ ...drawn, dtype: 'float64' });
        const [plan, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
        // Before the first step after a reset, an eager learner has no influence yet.
        [...actions, 'step' as const].forEach((action, t) => {
          const [a, b] = [plan, eager].map((learner) => act(learner, action, t));
          if (b !== undefined) requireClose([a as number], [b], 1e-9, `loss ${t}`);
          expect(plan.steps).to.equal(eager.steps);
          if (t % 5 === 2) requireClose(numbersOf(plan.gradient), numbersOf(eager.gradient), 1e-9, `gradient ${t}`);
        });
        for (const part of ['gradient', 'parameters', 'state', 'influence'] as const)
          requireClose(numbersOf(plan[part]), numbersOf(eager[part]), 1e-9, part);
        requireClose(
          numbersOf(plan.predict(symbols(9, drawn.lanes))),
          numbersOf(eager.predict(symbols(9, drawn.lanes))),
          1e-9,
          'prediction',
        );
      },
      24,
    );
  });

  it('does not care who looks at it, to the last bit', () => {
    forAll(
      fc.tuple(scenario, moves, fc.array(fc.tuple(fc.nat(3), looks), { minLength: 24, maxLength: 24 })),
      ([drawn, actions, glances]) => {
        const [seen, alone] = [createLearner(configOf(drawn)), createLearner(configOf(drawn))];
        actions.forEach((action, t) => {
          const [a, b] = [seen, alone].map((learner) => act(learner, action, t));
          expect(a).to.equal(b);
          const [often, look] = glances[t];
          if (often === 0) act(seen, look, t);
        });
        expect(bytesOf(seen)).to.equal(bytesOf(alone));
      },
      24,
    );
  });

  for (const [name, estimator] of Object.entries(estimators).filter(([name]) => name !== 'rtrl'))
    it(`${name}: keeps its gradient for whoever asks, without another step elsewhere, with long parameters`, () => {
      const config: Config = {
        ...configOf({ estimator: name, optimizer: 'adam', kind: 'gru', units: 24, lanes: 1, dtype: 'float32', seed: 3 }),
        estimator: estimator(),
        model: characters('gru', 24, 24),
      };
      const [seen, alone] = [createLearner(config), createLearner(config)];
      for (let t = 0; t < 14; t++) {
        act(seen, 'step', t);
        act(alone, 'step', t);
        if (t % 5 === 1) act(seen, 'gradient', t);
        expect(numbersOf(seen.parameters)).to.deep.equal(numbersOf(alone.parameters));
      }
      expect(bytesOf(seen)).to.equal(bytesOf(alone));
    });

  it('continues from save at any moment, to the last bit', () => {
    forAll(
      fc.tuple(scenario, moves, fc.nat(23)),
      ([drawn, actions, at]) => {
        const learner = createLearner(configOf(drawn));
        let copy: Any | undefined;
        actions.forEach((action, t) => {
          if (t === at % actions.length) {
            const bytes = learner.save();
            copy = restoreLearner(configOf(drawn), bytes);
            expect(bytesOf(copy)).to.equal(Buffer.from(bytes).toString('base64'));
          }
          const loss = act(learner, action, t);
          if (copy !== undefined) expect(act(copy, action, t)).to.equal(loss);
        });
        expect(bytesOf(copy as Any)).to.equal(bytesOf(learner));
      },
      20,
    );
  });

  it('gives the same bytes twice, in one process and in two', () => {
    const run = () => {
      const learner = createLearner(
        configOf({ estimator: 'uoro', optimizer: 'adam', kind: 'gru', units: 4, lanes: 2, dtype: 'float32', seed: 11 }),
      );
      for (let t = 0; t < 300; t++) act(learner, 'step', t);
      return numbersOf(learner.parameters).concat(numbersOf(learner.influence));
    };
    const here = run();
    expect(run()).to.deep.equal(here);
    const code = `
      import { createLearner, uoro, adam, inverseSqrt } from './trainers/index.ts';
      import { crossEntropy, embedded, embedding, gru, linear, model } from './nn/index.ts';
      import { indices } from './lib/index.ts';
      import { numbersOf } from './spec/laws/numbers.ts';
      const cell = model({ cell: embedded(embedding({ symbols: 5, size: 2 }), gru({ inputs: 2, units: 4 })), readout: linear({ outputs: 5 }) });
      const learner = createLearner({ model: cell, loss: crossEntropy, estimator: uoro(), optimizer: adam({ rate: inverseSqrt(0.02, 0.03) }), dtype: 'float32', seed: 11, lanes: 2 });
      const one = (t, lane, phase) => (7 * t + 3 * lane + 2 * phase + ((t * t) >> 2)) % 5;
      for (let t = 0; t < 300; t++) learner.step(indices([one(t, 0, 0), one(t, 1, 0)]), indices([one(t, 0, 1), one(t, 1, 1)]));
      console.log(JSON.stringify(numbersOf(learner.parameters).concat(numbersOf(learner.influence))));`;
    const there = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      encoding: 'utf8',
      cwd: new URL('../..', import.meta.url),
    });
    expect(JSON.parse(there)).to.deep.equal(here);
  });

  describe('when numbers stop being finite', () => {
    /** Learns at a rate that explodes in one window. */
    const exploding = (estimator: Estimator, from: number, dtype: 'float32' | 'float64' = 'float32'): Config => ({
      ...configOf({ estimator: 'uoro', optimizer: 'sgd', kind: 'gru', units: 3, lanes: 1, dtype, seed: 2 }),
      estimator,
      optimizer: sgd({ rate: (step) => (step >= from && step < from + estimator.window ? Number.POSITIVE_INFINITY : 0.05) }),
    });

    for (const [name, estimator] of Object.entries(estimators))
      it(`${name}: names the step and a parameter, is as after the last good step, and goes on`, () => {
        const window = estimator().window;
        const good = 2 * window;
        const learner = createLearner(exploding(estimator(), good));
        const twin = createLearner({ ...exploding(estimator(), good), optimizer: sgd({ rate: constant(0.05) }) });
        for (let t = 0; t < good; t++) {
          act(learner, 'step', t);
          act(twin, 'step', t);
        }
        let thrown: Error | undefined;
        let t = good;
        for (; t < good + 3 * window && thrown === undefined; t++)
          try {
            act(learner, 'step', t);
            // Looking is enough to find out.
            if (t === good + window - 1) numbersOf(learner.parameters);
          } catch (error) {
            thrown = error as Error;
          }
        expect(thrown).to.be.instanceOf(NonFiniteError);
        expect(thrown?.message).to.match(/^step \d+: parameter .*(w|b|W|kernel|readout|cell|embedding)/i);
        const named = Number(/^step (\d+)/.exec(thrown?.message ?? '')?.[1]);
        expect(named).to.be.within(good + 1, good + window);
        expect(learner.steps).to.equal(good);
        expect(numbersOf(learner.parameters)).to.deep.equal(numbersOf(twin.parameters));
        expect(numbersOf(learner.state)).to.deep.equal(numbersOf(twin.state));
        expect(numbersOf(learner.influence)).to.deep.equal(numbersOf(twin.influence));
        expect(numbersOf(learner.gradient)).to.deep.equal(numbersOf(twin.gradient));
      });

    it('goes back across hundreds of steps to the right one', () => {
      for (const [good, name] of [
        [255, 'uoro'],
        [256, 'uoro'],
        [257, 'rtrl'],
        [400, 'tbptt 1'],
        [512, 'tbptt 4'],
      ] as const) {
        const learner = createLearner(exploding(estimators[name](), good));
        const twin = createLearner({ ...exploding(estimators[name](), good), optimizer: sgd({ rate: 0.05 }) });
        for (let t = 0; t < good; t++) for (const one of [learner, twin]) act(one, 'step', t);
        expect(() => {
          for (let t = good; t < good + 9; t++) act(learner, 'step', t);
        }, `${name} after ${good}`).to.throw(NonFiniteError);
        expect(learner.steps).to.equal(good);
        for (const part of ['parameters', 'influence', 'state', 'gradient'] as const)
          expect(numbersOf(learner[part])).to.deep.equal(numbersOf(twin[part]));
      }
    });

    it('goes on learning from other data, as one that never met the bad step', () => {
      for (const name of ['uoro', 'tbptt 4', 'rtrl']) {
        const dense = model({ cell: rnn({ inputs: 2, units: 3 }), readout: linear({ outputs: 1 }) }) as unknown as Cell<
          unknown,
          unknown,
          unknown
        >;
        const config: Config = {
          model: dense,
          loss: meanSquare as never,
          estimator: estimators[name](),
          optimizer: adam({ rate: 0.01 }),
          seed: 4,
        };
        const [learner, twin] = [createLearner(config), createLearner(config)];
        const input = (t: number) => tensor([Math.sin(t), Math.cos(2 * t)]);
        for (let t = 0; t < 40; t++) {
          learner.step(input(t), tensor([Math.sin(t + 1)]));
          twin.step(input(t), tensor([Math.sin(t + 1)]));
          if (t % 9 === 5) {
            expect(() => learner.step(input(t + 1), tensor([Number.NaN]))).to.throw(
              NonFiniteError,
              `step ${t + 2}: the loss became NaN`,
            );
            expect(() => learner.step(tensor([Number.POSITIVE_INFINITY, Number.NaN]), tensor([0]))).to.throw(
              NonFiniteError,
              `step ${t + 2}`,
            );
            expect(learner.steps).to.equal(twin.steps);
          }
        }
        expect(bytesOf(learner)).to.equal(bytesOf(twin));
      }
    });
  });

  describe('when an index is out of range', () => {
    for (const name of Object.keys(estimators))
      it(`${name}: changes nothing, noise included`, () => {
        for (const lanes of [1, 2]) {
          const config = configOf({
            estimator: name,
            optimizer: 'adam',
            kind: 'lstm',
            units: 3,
            lanes,
            dtype: 'float32',
            seed: 6,
          });
          const [learner, twin] = [createLearner(config), createLearner(config)];
          const bad = (id: number) => (lanes === 1 ? id : indices([1, id]));
          for (let t = 0; t < 11; t++) {
            expect(() => learner.step(bad(5), symbols(t, lanes))).to.throw(IndexError, 'index 5');
            expect(() => learner.step(symbols(t, lanes), bad(-1))).to.throw(IndexError, 'index -1');
            expect(() => learner.observe(bad(1000))).to.throw(IndexError, 'index 1000');
            if (t % 4 === 3) {
              expect(bytesOf(learner)).to.equal(bytesOf(twin));
            }
            act(learner, t % 5 === 4 ? 'observe' : 'step', t);
            act(twin, t % 5 === 4 ? 'observe' : 'step', t);
          }
          expect(bytesOf(learner)).to.equal(bytesOf(twin));
        }
      });
  });

  it('takes plain numbers as real targets where the loss does, whole ones too, and from the first step on', () => {
    const scalar = model({ cell: rnn({ inputs: 2, units: 3 }), readout: linear({ outputs: 1 }) });
    const squeezed = {
      ...scalar,
      step: (p: never, s: never, x: never) => {
        const { state, output } = scalar.step(p, s, x);
        return { state, output: sum(output) };
      },
    } as unknown as Cell<unknown, unknown, unknown>;
    for (const [loss, targets] of [
      [meanSquare, [1, 0.5, -2, 3, 0]],
      [meanSquare, [0.25, 1, 1]],
      [binaryCrossEntropy, [1, 0, 1, 0.5]],
    ] as const)
      for (const name of ['uoro', 'tbptt 4', 'bptt 3']) {
        const config: Config = {
          model: squeezed,
          loss: loss as never,
          estimator: estimators[name](),
          optimizer: sgd({ rate: 0.1 }),
          dtype: 'float64',
          seed: 4,
        };
        const [plan, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
        for (let t = 0; t < 13; t++) {
          const [x, y] = [tensor([Math.sin(t), 1]), targets[t % targets.length]];
          requireClose([plan.step(x, y).loss], [eager.step(x, y).loss], 1e-12, `${name}, loss ${t}`);
        }
        requireClose(numbersOf(plan.parameters), numbersOf(eager.parameters), 1e-12, 'parameters');
      }
  });

  it('follows inputs and targets that change their types in the middle of the stream', () => {
    for (const name of ['uoro', 'tbptt 4', 'rtrl', 'bptt 3']) {
      const config = {
        ...configOf({ estimator: name, optimizer: 'adam', kind: 'gru', units: 3, lanes: 1, dtype: 'float64', seed: 4 }),
      };
      const [plan, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
      const inputs = [2, indices(3), 1, indices(0), 4];
      const targets = [3, tensor([0.1, 0.2, 0.3, 0.4, 0]), indices(2), tensor([1, 0, 0, 0, 0]), 0, 1, 2];
      for (let t = 0; t < 30; t++) {
        const [x, y] = [inputs[t % 5], targets[t % 7]];
        if (t % 11 === 10) for (const learner of [plan, eager]) learner.observe(x);
        else requireClose([plan.step(x, y).loss], [eager.step(x, y).loss], 1e-10, `${name}, loss ${t}`);
        if (t % 8 === 3) requireClose(numbersOf(plan.gradient), numbersOf(eager.gradient), 1e-10, `${name}, gradient ${t}`);
      }
      requireClose(numbersOf(plan.parameters), numbersOf(eager.parameters), 1e-10, 'parameters');
    }
  });

  it('is the same after hundreds of steps, looked at or not, at the seams of its bookkeeping too', () => {
    for (const name of ['uoro', 'tbptt 4']) {
      const config = configOf({
        estimator: name,
        optimizer: 'momentum',
        kind: 'rnn',
        units: 3,
        lanes: 1,
        dtype: 'float32',
        seed: 4,
      });
      const [seen, alone] = [createLearner(config), createLearner(config)];
      for (let t = 0; t < 1100; t++) {
        const action = t % 37 === 36 ? 'observe' : 'step';
        expect(act(seen, action, t)).to.equal(act(alone, action, t));
        if ([3, 254, 255, 256, 257, 300, 511, 512, 513, 1020, 1023, 1024].includes(t))
          act(seen, (['gradient', 'save', 'influence', 'parameters'] as const)[t % 4], t);
      }
      expect(bytesOf(seen)).to.equal(bytesOf(alone));
    }
  });

  it('refuses to compute with a plain target that it does not know while it is traced', () => {
    const loss = (output: Tensor, target: unknown) => mul(sum(square(output)), (target as number) > 0.5 ? 1 : 2);
    const config: Config = {
      ...configOf({ estimator: 'uoro', optimizer: 'sgd', kind: 'rnn', units: 3, lanes: 1, dtype: 'float32', seed: 4 }),
      loss,
    };
    expect(() => createLearner(config).step(1, 1)).to.throw(UnknownValueError, 'where');
    expect(createLearner({ ...config, eager: true }).step(1, 1).loss).to.be.above(0);
  });

  it('knows its last gradient after long times in which it only observed', () => {
    for (const observed of [1, 254, 255, 256, 257, 600]) {
      const config = configOf({
        estimator: 'uoro',
        optimizer: 'sgd',
        kind: 'rnn',
        units: 3,
        lanes: 1,
        dtype: 'float64',
        seed: 4,
      });
      const [plan, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
      for (const learner of [plan, eager]) {
        act(learner, 'step', 0);
        act(learner, 'step', 1);
        for (let t = 0; t < observed; t++) act(learner, 'observe', t);
      }
      requireClose(numbersOf(plan.gradient), numbersOf(eager.gradient), 1e-12, `gradient after ${observed}`);
      act(plan, 'step', 2);
      act(eager, 'step', 2);
      requireClose(numbersOf(plan.gradient), numbersOf(eager.gradient), 1e-10, 'next gradient');
    }
  });

  it('runs models with primitives that have no kernel, and rows found by computing', () => {
    const bent = smooth({
      name: 'bent',
      evaluate: (x) => Math.atan(x),
      partials: [
        (x) => {
          const d = mul(x, x);
          return mul(tanh(x), mul(d, 0.1));
        },
      ],
    });
    const soft = custom({ name: 'soft', value: (x: Tensor) => tanh(x), push: ([x], [dx]) => mul(dx, square(x)) });
    const base = rnn({ inputs: 2, units: 3 });
    const step = (f: (x: Tensor) => Tensor) =>
      ({
        ...base,
        step: (p: never, s: Tensor, x: Tensor) => {
          const { state } = base.step(p, s, x);
          const next = f(state);
          return { state: next, output: next };
        },
      }) as unknown as Cell<unknown, unknown, unknown>;
    const table = tensor([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const models = [
      step(bent),
      step(soft),
      step((h) => mul(h, gather(table, argmax(h)))),
      step((h) => mul(h, gather(tensor([0.5, 1]), greater(h, 0)))),
    ];
    for (const one of models)
      for (const name of ['uoro', 'tbptt 4']) {
        const config: Config = {
          model: one,
          loss: meanSquare as never,
          estimator: estimators[name](),
          optimizer: sgd({ rate: 0.05 }),
          dtype: 'float64',
          seed: 4,
        };
        const [plan, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
        for (let t = 0; t < 9; t++) {
          const [x, y] = [tensor([Math.sin(t), Math.cos(t)]), tensor([0.1, -0.2, 0.3])];
          requireClose([plan.step(x, y).loss], [eager.step(x, y).loss], 1e-12, `loss ${t}`);
        }
        requireClose(numbersOf(plan.parameters), numbersOf(eager.parameters), 1e-12, 'parameters');
        requireClose(numbersOf(plan.gradient), numbersOf(eager.gradient), 1e-12, 'gradient');
      }
  });

  it('draws nothing for a step that fails without a plan', () => {
    const base = rnn({ inputs: 2, units: 3 });
    const table = tensor([
      [1, 1, 1],
      [0.5, 0.5, 0.5],
    ]);
    const pointing = {
      ...base,
      step: (p: never, s: Tensor, x: Tensor) => {
        const { state } = base.step(p, s, x);
        const next = mul(state, gather(table, argmax(x)));
        return { state: next, output: next };
      },
    } as unknown as Cell<unknown, unknown, unknown>;
    const wide = { ...pointing, step: (p: never, s: Tensor, x: Tensor) => pointing.step(p, s, x) } as Cell<
      unknown,
      unknown,
      unknown
    >;
    const row = tensor([[1, 1, 1]]);
    const narrow = {
      ...base,
      step: (p: never, s: Tensor, x: Tensor) => {
        const { state } = base.step(p, s, x);
        const next = mul(state, gather(row, argmax(x)));
        return { state: next, output: next };
      },
    } as unknown as Cell<unknown, unknown, unknown>;
    for (const name of ['uoro', 'uoro of window 3']) {
      const config: Config = {
        model: narrow,
        loss: meanSquare as never,
        estimator: estimators[name](),
        optimizer: sgd({ rate: 0.05 }),
        dtype: 'float64',
        seed: 4,
      };
      const [learner, twin] = [createLearner(config), createLearner(config)];
      const y = tensor([0.1, -0.2, 0.3]);
      for (let t = 0; t < 8; t++) {
        expect(() => learner.step(tensor([0, 1]), y)).to.throw(IndexError, 'index 1');
        learner.step(tensor([1, 0]), y);
        twin.step(tensor([1, 0]), y);
      }
      expect(bytesOf(learner)).to.equal(bytesOf(twin));
      expect(createLearner({ ...config, model: wide }).step(tensor([0, 1]), y).loss).to.be.above(0);
    }
  });

  it('leaves alone what it handed out', () => {
    const learner = createLearner(
      configOf({ estimator: 'uoro', optimizer: 'adam', kind: 'gru', units: 3, lanes: 2, dtype: 'float32', seed: 4 }),
    );
    act(learner, 'step', 0);
    const { output } = learner.step(symbols(1, 2), symbols(1, 2, 1));
    const held = [output, learner.parameters, learner.state, learner.influence, learner.gradient] as Tree[];
    const before = held.map((tree) => numbersOf(tree));
    for (let t = 2; t < 9; t++) act(learner, 'step', t);
    expect(held.map((tree) => numbersOf(tree))).to.deep.equal(before);
    expect(leavesOf(learner.parameters as Tree).every(({ label }) => label?.startsWith('params'))).to.equal(true);
  });
});
