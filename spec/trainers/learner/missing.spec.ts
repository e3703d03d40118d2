import { expect } from 'chai';
import { add, greater, matmul, mean, mul, square, stack, sub, tanh, where } from '../../../autodiff/index.ts';
import {
  dataOf,
  full,
  indices,
  leavesOf,
  mapTree,
  NonFiniteError,
  rebuild,
  type Tensor,
  type Tree,
  tensor,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, meanSquare } from '../../../nn/index.ts';
import {
  adam,
  chain,
  clipByGlobalNorm,
  createLearner,
  type Estimator,
  momentum,
  noBackTrack,
  type Optimizer,
  restoreLearner,
  rflo,
  rtrl,
  sgd,
  snap,
  tbptt,
  uoro,
} from '../../../trainers/index.ts';
import { size } from '../../support/size.ts';

type Parameters = { w: Tensor; u: Tensor; b: Tensor };
type Input = { x: Tensor; known: Tensor };

/** A tanh network that keeps its state where its input is not known. */
const skipping: Cell<Parameters, Tensor, Input> = {
  name: 'skipping',
  init: (noise) => ({ w: noise.normal([3, 2]), u: mul(noise.normal([3, 3]), 0.5), b: zeros([3]) }),
  start: () => zeros([3]),
  step({ w, u, b }, s, { x, known }) {
    const state = where(known, tanh(add(add(matmul(w, x), matmul(u, s)), b)), s);
    return { state, output: state };
  },
};

const estimators: Readonly<Record<string, () => Estimator>> = {
  uoro: () => uoro() as Estimator,
  rtrl: () => rtrl() as Estimator,
  'tbptt, window 1': () => tbptt({ window: 1 }),
  'tbptt, window 3': () => tbptt({ window: 3 }),
  snap: () => snap({ n: 1 }) as Estimator,
  rflo: () => rflo({ leak: 0.5 }) as Estimator,
  noBackTrack: () => noBackTrack() as Estimator,
};

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  adam: () => adam({ rate: 0.01 }),
  sgd: () => sgd({ rate: 0.1 }),
  'momentum, clipped': () => chain(clipByGlobalNorm(0.1), momentum({ rate: 0.1 })),
  // The sign of a derivative, which would hide that it is NaN.
  signs: () => signs,
};

const signs: Optimizer = {
  name: 'signs',
  settings: {},
  init: () => ({}),
  update: (gradient, memory) => ({
    update: mapTree(gradient as Tree, (g) => {
      const all = (value: number) => full(g.shape, value, { dtype: g.dtype });
      return where(greater(1e-9, g), where(greater(g, -1e-9), all(0), all(0.01)), all(-0.01));
    }) as typeof gradient,
    memory,
  }),
};

interface Way {
  readonly estimator: string;
  readonly optimizer: string;
  readonly dtype: 'float32' | 'float64';
  readonly eager: boolean;
}

const ways: readonly Way[] = [
  ...Object.keys(estimators).flatMap((estimator): Way[] => [
    { estimator, optimizer: 'adam', dtype: 'float64', eager: true },
    { estimator, optimizer: 'adam', dtype: 'float64', eager: false },
    { estimator, optimizer: 'adam', dtype: 'float32', eager: false },
  ]),
  ...Object.keys(optimizers).flatMap((optimizer) =>
    ['uoro', 'tbptt, window 3'].map(
      (estimator): Way => ({ estimator, optimizer, dtype: 'float32', eager: false }),
    ),
  ),
];

const isMissing = (t: number) => t % 7 === 3 || t % 7 === 0;

function input(t: number, missing: number): Input {
  return {
    x: isMissing(t) ? full([2], missing) : tensor([Math.sin(t), Math.cos(t)]),
    known: indices(isMissing(t) ? [0, 0, 0] : [1, 1, 1]),
  };
}

const target = tensor([0.1, -0.2, 0.3]);

/** h' = tanh(h/2 + w x), with 0 for an input that is missing: a plain number too. */
const ofNumbers: Cell<Tensor, Tensor, Tensor | number> = {
  name: 'of numbers',
  init: () => tensor(0.7),
  start: () => zeros([]),
  step(w, h, x) {
    const state = tanh(add(mul(h, 0.5), mul(w, where(greater(x, -1e30), x, 0))));
    return { state, output: state };
  },
};

describe('inputs that are missing, and masked', () => {
  for (const eager of [true, false])
    it(`may be plain numbers in the window of a checkpoint: ${eager ? 'eager' : 'with a plan'}`, () => {
      const config = {
        model: ofNumbers,
        loss: meanSquare,
        estimator: tbptt({ window: 3 }),
        optimizer: sgd({ rate: 0.1 }),
        dtype: 'float64',
        eager,
      } as const;
      for (const missing of [Number.NaN, Number.NEGATIVE_INFINITY, -0]) {
        const learner = createLearner(config);
        learner.step(missing, 0.3);
        const resumed = restoreLearner(config, learner.save());
        for (const one of [learner, resumed]) for (const x of [0.1, 0.2, 0.4]) one.step(x, 0.5);
        expect(resumed.save(), String(missing)).to.deep.equal(learner.save());
      }
    });

  for (const way of ways.filter((_, i) => size(i % 2 === 0, true))) {
    const { dtype, eager } = way;
    const make = (optimizer = optimizers[way.optimizer]()) =>
      createLearner({
        model: skipping,
        loss: meanSquare,
        estimator: estimators[way.estimator](),
        optimizer,
        dtype,
        eager,
        seed: 3,
      });
    const how = `${way.estimator}, ${way.optimizer}, ${dtype}, ${eager ? 'eager' : 'compiled'}`;

    it(`may be NaN or infinite, and nothing comes of it: ${how}`, () => {
      const run = (missing: number) => {
        const learner = make();
        const losses = Array.from({ length: 40 }, (_, t) => learner.step(input(t, missing), target).loss);
        return [losses, leavesOf(learner.parameters as Tree).map((leaf) => [...dataOf(leaf)])];
      };
      const expected = run(0);
      for (const missing of [Number.NaN, Number.POSITIVE_INFINITY])
        expect(run(missing)).to.deep.equal(expected);
    });

    it(`are an error where they are not masked, after which learning continues: ${how}`, () => {
      const [learner, twin] = [make(), make()];
      const spoilt = { x: full([2], Number.NaN), known: indices([1, 1, 1]) };
      for (const one of [learner, twin]) for (let t = 0; t < 12; t++) one.step(input(t, Number.NaN), target);
      expect(() => {
        learner.step(spoilt, target);
        learner.save();
      }).to.throw(NonFiniteError, 'step 13: input.x[0] is NaN');
      for (const one of [learner, twin]) for (let t = 12; t < 30; t++) one.step(input(t, Number.NaN), target);
      expect(learner.save()).to.deep.equal(twin.save());
    });
  }

  for (const [i, [name, estimator]] of Object.entries(estimators).entries())
    for (const lanes of size([1 + (i % 2)], [1, 2]))
      it(`have no part in the gradient, nor has a masked target: ${name}, lanes ${lanes}`, () => {
        const [plan, kernels] = [false, true].map((eager) =>
          createLearner({
            model: skipping,
            loss: (output: Tensor, { y, has }: { y: Tensor; has: Tensor }) =>
              where(greater(has, 0), mean(square(sub(output, y))), 0),
            estimator: estimator(),
            optimizer: sgd({ rate: 0.1 }),
            dtype: 'float64',
            seed: 3,
            ...(lanes > 1 && { lanes }),
            eager,
          }),
        );
        // Read before each step, it is in every plan.
        expect(plan.gradient).not.to.equal(undefined);
        for (let t = 0; t < 12; t++) {
          const each = <T extends Tree>(of: (lane: number) => T): T => {
            const [first, second] = [of(0), of(1)];
            const others = leavesOf(second);
            if (lanes === 1) return first;
            return rebuild(
              first,
              leavesOf(first).map((leaf, i) => stack([leaf, others[i]])),
            ) as T;
          };
          const x = each((lane) => input(t + 2 * lane, Number.NaN));
          const isKnown = (lane: number) => (t + lane) % 4 !== 1;
          const y = each((lane) =>
            isKnown(lane) ? { y: target, has: tensor(1) } : { y: full([3], Number.NaN), has: tensor(0) },
          );
          const [read, expected] = [plan, kernels].map((learner) => {
            learner.step(x, y);
            return leavesOf(learner.gradient as Tree).map((leaf) => [...dataOf(leaf)]);
          });
          for (const [i, leaf] of expected.entries())
            for (const [j, value] of leaf.entries()) expect(read[i][j]).to.be.closeTo(value, 1e-9);
        }
      });
});
