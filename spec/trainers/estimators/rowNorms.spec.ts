import { expect } from 'chai';
import { add, concat, matmul, mul, reshape, slice, sum, tanh } from '../../../autodiff/index.ts';
import {
  type FloatDType,
  leavesOf,
  ones,
  type Tensor,
  type Tree,
  tensor,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, meanSquare } from '../../../nn/index.ts';
import { rowNormsOf } from '../../../trainers/estimators/step/rowNorms.ts';
import { createLearner, type Estimator, frozen, sgd } from '../../../trainers/index.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';
import type { Vectors } from './sparse.ts';

/** Carries nothing but the norms of the rows of I of the last step. */
const normsAlone: Estimator<Tensor> = {
  ...frozen(),
  name: 'norms',
  bind(step) {
    const [{ dtype }] = leavesOf(step.state);
    const norms = rowNormsOf(step);
    return {
      structure: `${norms.pulls} pulls`,
      cost: { time: 0, memory: 0 },
      start: () => zeros([step.sizes.state], { dtype }),
      advance: (_, transition) => norms.of(transition),
      pull: () => undefined,
      expand: (influence) => influence,
    };
  },
};

/** Steps in which I is made of the inputs: for each element of the state, which of them are its row. */
interface Given {
  readonly pulls: number;
  readonly rows: readonly (readonly number[])[];
  readonly init: Readonly<Record<string, readonly number[]>>;
  next(theta: Vectors, x: (begin: number, ...shape: number[]) => Tensor): Tensor;
}

const steps: Readonly<Record<string, Given>> = {
  'a matrix and a vector': {
    pulls: 1,
    rows: [
      [0, 3, 6],
      [1, 4, 7],
      [2, 5, 8],
    ],
    init: { w: [2, 3], g: [3], readout: [4] },
    next: ({ w, g }, x) => add(sum(mul(w, x(0, 2, 3)), { axes: 0 }), mul(g, x(6, 3))),
  },
  'a readout alone': { pulls: 0, rows: [[], []], init: { readout: [4] }, next: (_, x) => x(0, 2) },
  'unlike numbers of parameters': {
    pulls: 1,
    rows: [[0, 1, 2], [3], [4, 5]],
    init: { p: [6] },
    next({ p }, x) {
      const all = mul(p, x(0, 6));
      const part = (begin: number, end: number) => reshape(sum(slice(all, [begin], [end])), [1]);
      return concat([part(0, 3), part(3, 4), part(4, 6)]);
    },
  },
  'parameters that reach two elements': {
    pulls: 2,
    rows: [[0, 6], [1, 7], [2, 8], [3], [4], [5]],
    init: { p: [3], q: [3] },
    next: ({ p, q }, x) => concat([add(mul(p, x(0, 3)), mul(q, x(6, 3))), mul(p, x(3, 3))]),
  },
  'a parameter that reaches all': {
    pulls: 3,
    rows: [
      [0, 3],
      [1, 4],
      [2, 5],
    ],
    init: { c: [], p: [3] },
    next: ({ c, p }, x) => add(mul(c, x(0, 3)), mul(p, x(3, 3))),
  },
};

/** The factors of the rows, in turn. */
const sizes: Readonly<Record<FloatDType, readonly (readonly number[])[]>> = {
  float32: [
    [1],
    [1e6],
    [0],
    [1e-30],
    [1e30],
    [0, 1, 0],
    [1e30, 1e-30, 1],
    [1e-30, 0, 1e-20],
    [5e37, 1e-40, 1e-45],
    [1e-40],
    [3e37, 1e24, 1e25],
    [1, 1e-12, 1e-9],
    [1e-14, 1e-27, 1e-25],
    [1e-36, 1e-25, 1e-30],
  ],
  float64: [
    [1],
    [1e90],
    [1e-200, 1e200, 0],
    [1e307, 1e-310, 5e-324],
    [1e-320],
    [1e-170, 1e-150, 1e-130],
    [1e155, 1e170],
    [1e-290, 1e-300, 1e-295],
    [1e290, 1e300, 1e200],
  ],
};

describe('the norms of the rows of I', () => {
  for (const [name, { pulls, rows, init, next }] of Object.entries(steps))
    for (const dtype of ['float32', 'float64'] as const)
      for (const eager of [true, false])
        it(`${name}, ${dtype}${eager ? ', eagerly' : ''}: are right from the smallest to the largest numbers, side by side`, () => {
          const size = Math.max(1, ...rows.flat()) + 1;
          const model: Cell<Vectors, Tensor, Tensor> = {
            name: 'given',
            init: () => Object.fromEntries(Object.entries(init).map(([key, shape]) => [key, zeros(shape)])),
            start: () => zeros([rows.length]),
            step(theta, s, x) {
              const part = (begin: number, ...shape: number[]) =>
                reshape(slice(x, [begin], [begin + shape.reduce((a, b) => a * b)]), shape);
              const state = add(mul(s, 0.5), next(theta, part));
              return { state, output: state };
            },
          };
          const learner = createLearner({
            model,
            loss: meanSquare,
            estimator: normsAlone,
            optimizer: sgd({ rate: 0 }),
            dtype,
            eager,
          });
          for (const each of sizes[dtype]) {
            const entries = new Array<number>(size).fill(0);
            rows.forEach((places, k) => {
              places.forEach((place, i) => {
                entries[place] = each[k % each.length] * (1 - 1.75 * (i % 2)) * (1 + i);
              });
            });
            const input = tensor(entries, { dtype });
            const values = numbersOf(input);
            learner.observe(input);
            const found = numbersOf(learner.influence as Tree);
            const smallest = dtype === 'float32' ? 2 ** -149 : Number.MIN_VALUE;
            const largest = Math.max(...values.map(Math.abs));
            const [digits, beside, least] =
              dtype === 'float32' ? [4e-7, 2 ** -48, 2 ** -120] : [1e-15, 2 ** -430, 2 ** -1008];
            // A norm that shares its pull may be less if it is tiny, or tiny beside another.
            const bound = pulls === rows.length ? 0 : Math.max(least, beside * largest);
            rows.forEach((places, k) => {
              const norm = Math.hypot(...places.map((place) => values[place]));
              if (norm < bound) expect(found[k], `row ${k} at ${each}`).to.be.within(0, 2 * norm);
              else expect(found[k], `row ${k} at ${each}`).to.be.closeTo(norm, digits * norm + 2 * smallest);
            });
          }
          expect(learner.rule?.structure).to.equal(`${pulls} pulls`);
        });

  it('are 0 where all units are saturated, however large their inputs are', () => {
    const saturated: Cell<Vectors, Tensor, Tensor> = {
      name: 'saturated',
      init: () => ({ w: ones([2, 3]), v: ones([3, 2]) }),
      start: () => zeros([3]),
      step({ w, v }, _, x) {
        const state = tanh(add(matmul(x, w), matmul(v, x)));
        return { state, output: state };
      },
    };
    for (const eager of [true, false]) {
      const learner = createLearner({
        model: saturated,
        loss: meanSquare,
        estimator: normsAlone,
        optimizer: sgd({ rate: 0 }),
        eager,
      });
      for (const x of [1e30, 3e37]) {
        learner.observe(tensor([x, x]));
        expect(numbersOf(learner.influence as Tree)).to.deep.equal([0, 0, 0]);
      }
    }
  });
});
