import { expect } from 'chai';
import { add, gather, matmul, mul, reshape, slice, sum, tanh } from '../../../autodiff/index.ts';
import {
  DataError,
  indices,
  leavesOf,
  pathsOf,
  seeded,
  type Tensor,
  type Tree,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, indrnn, lstm, meanSquare, rnn, stacked } from '../../../nn/index.ts';
import { ownUnits } from '../../../trainers/estimators/step/units.ts';
import { createLearner, diagonal, type Estimator, restoreLearner, sgd } from '../../../trainers/index.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';
import { structureOfStep } from './oneStep.ts';
import { fixture, halves, unlike, type Vectors, withReadout } from './sparse.ts';
import { watched } from './watched.ts';

/** Two leaves that see each other element by element; a parameter reaches one of them through a product of matrices. */
const through = (
  shape: readonly number[],
  enter: (inner: Tensor, x: Tensor) => Tensor,
): Cell<Vectors, Vectors, Tensor> => ({
  name: 'through',
  outputs: 4,
  init: (noise) => ({ bias: noise.normal([4]), inner: noise.normal([...shape]), gain: noise.normal([4]) }),
  start: () => ({ a: zeros([4]), b: zeros([2, 2]) }),
  step({ bias, gain, inner }, { a, b }, x) {
    const next = tanh(add(add(mul(gain, a), bias), reshape(b, [4])));
    const square = tanh(add(twice(enter(inner, x)), reshape(a, [2, 2])));
    return { state: { a: next, b: add(mul(b, 0.5), square) }, output: next };
  },
});

const entered = (matrix: Tensor, x: Tensor) => tanh(reshape(matmul(x, matrix), [2, 2]));
const twice = (matrix: Tensor) => matmul(matrix, matrix);

/** The parameters and the slots of what has traces, the parameters without any, and whether entries are picked. */
const cells: Readonly<
  Record<
    string,
    readonly [unknown, traced: readonly (readonly [number, number])[], idle: number, isPicked: boolean]
  >
> = {
  'a tanh network': [withReadout(rnn({ inputs: 3, units: 4 })), [[32, 1]], 10, true],
  'a diagonal network': [indrnn({ inputs: 3, units: 4, activation: 'tanh' }), [[20, 1]], 0, true],
  'an LSTM': [lstm({ inputs: 3, units: 2 }), [[4 * 12, 2]], 0, true],
  'leaves of unlike sizes': [unlike, [[12 + 18, 2]], 0, true],
  'biases where entries are picked': [halves(['biasA']), [[3, 1]], 0, true],
  'gains where entries are picked': [halves(['gainA']), [[3, 1]], 0, true],
  'biases where they are not': [halves(['biasB']), [[4, 1]], 0, false],
  'gains where they are not': [halves(['gainB']), [[4, 1]], 0, false],
  'biases of both': [halves(['biasA', 'biasB']), [[7, 1]], 0, false],
  'gains of both': [halves(['gainA', 'gainB']), [[7, 1]], 0, false],
  'layers of unlike units': [
    stacked([rnn({ inputs: 3, units: 2 }), lstm({ inputs: 2, units: 2 })]),
    [
      [12, 1],
      [40, 2],
    ],
    0,
    true,
  ],
  'a matrix before a product': [through([3, 4], entered), [[20, 2]], 0, false],
  'gains before a product': [through([2, 2], (inner, x) => mul(inner, sum(x))), [[12, 2]], 0, false],
  'nothing that reaches the state': [withReadout(halves([])), [], 8, true],
};

/** Three layers, each fed by the one before it within the step, with gains, whose order is another, and biases. */
const layersOf = (order: readonly string[]): Cell<Vectors, Vectors, Tensor> => ({
  name: 'layers',
  outputs: 4,
  init: (noise) =>
    Object.fromEntries(
      Object.entries(sizes).flatMap(([name, size]) => [
        [`${name}Gain`, noise.normal([size])],
        [`${name}Bias`, noise.normal([size])],
      ]),
    ),
  start: () => Object.fromEntries(order.map((name) => [name, zeros([sizes[name]])])),
  step(theta, state, x) {
    let below = sum(x);
    const next: Record<string, Tensor> = {};
    for (const [name, size] of Object.entries(sizes)) {
      const last = Array.from({ length: size }, (_, i) => (i + 1) % size);
      const gained = gather(mul(theta[`${name}Gain`], add(state[name], 1)), indices(last));
      const seen = add(gained, mul(sum(state[name]), 0.1));
      next[name] = tanh(add(add(seen, theta[`${name}Bias`]), below));
      below = sum(next[name]);
    }
    return { state: Object.fromEntries(order.map((name) => [name, next[name]])), output: next.top };
  },
});
const sizes: Readonly<Record<string, number>> = { low: 2, mid: 3, top: 4 };

describe('the own units of parameters', () => {
  for (const order of [
    ['low', 'mid', 'top'],
    ['low', 'top', 'mid'],
    ['mid', 'low', 'top'],
    ['mid', 'top', 'low'],
    ['top', 'low', 'mid'],
    ['top', 'mid', 'low'],
  ])
    it(`are in the layer that they are in, and not in those above: ${order.join(', ')}`, () => {
      const step = structureOfStep(fixture(layersOf(order), 3, 1));
      const { groups, leaves } = ownUnits(step);
      const rowsOf = (name: string, by: number) => {
        const begin = order.slice(0, order.indexOf(name)).reduce((all, other) => all + sizes[other], 0);
        return [Array.from({ length: sizes[name] }, (_, i) => begin + ((i + by) % sizes[name]))];
      };
      const listed = (rows: readonly Int32Array[]) => rows.map((slot) => [...slot]);
      const names = pathsOf(step.parameters, 'params').map(({ path }) => path);
      const found = new Map([
        ...leaves.map(({ leaf, rows }) => [names[leaf], listed(rows)] as const),
        ...groups.map((rows, g) => [step.groups[g].sites[0].path, listed(rows)] as const),
      ]);
      for (const [name, size] of Object.entries(sizes)) {
        expect(found.get(`params.${name}Bias`)).to.deep.equal(rowsOf(name, 0));
        // Gain i is that of the unit before it.
        expect(found.get(`params.${name}Gain`)).to.deep.equal(rowsOf(name, size - 1));
      }
    });

  it('are those of the leaves that depend on each other, beside others', () => {
    const cell: Cell<Vectors, Vectors, Tensor> = {
      name: 'pair',
      outputs: 2,
      init: (noise) => ({ b: noise.normal([2]) }),
      start: () => ({ trace: zeros([3]), h: zeros([2]), other: zeros([1]), c: zeros([3]) }),
      step({ b }, { trace, h, other, c }, x) {
        const next = tanh(add(add(h, b), slice(c, [0], [2])));
        const memory = add(mul(c, 0.5), sum(h));
        return {
          state: { trace: x, h: next, other: mul(other, 0.5), c: memory },
          output: add(next, sum(trace)),
        };
      },
    };
    const { groups } = ownUnits(structureOfStep(fixture(cell, 3, 1)));
    expect(groups.map((rows) => rows.map((slot) => [...slot]))).to.deep.equal([
      [
        [3, 4],
        [6, 7],
      ],
    ]);
  });
});

describe('what own-unit traces take', () => {
  for (const [name, [cell, traced, idle, isPicked]] of Object.entries(cells))
    it(`${name}: entries ${isPicked ? 'from the structure of the step' : 'from a pull for each state element'}`, () => {
      const run = fixture(cell, cell === unlike ? 1 : 3, 3);
      const { structure, cost, factors } = watched(run, diagonal() as Estimator);
      const S = numbersOf(run.state).length;
      const most = Math.max(0, ...traced.map(([, slots]) => slots));
      expect(structure).to.equal(
        `own units of ${most} of ${S} state elements${isPicked ? '' : `, ${S} pulls a step`}`,
      );
      expect(factors > 0).to.equal(!isPicked);
      const total = (of: (slots: number) => number) =>
        traced.reduce((all, [size, slots]) => all + size * of(slots), 0);
      const P = idle + total(() => 1);
      expect(cost).to.deep.equal({
        time: (3 + (isPicked ? 0 : S)) * P + total((slots) => slots * (slots + 1)),
        memory: total((slots) => slots),
      });
    });
});

describe('own-unit traces of another model', () => {
  /** Two gains, of which one may be those of the units in another order. */
  const gains = (turned: string): Cell<Vectors, Tensor, Tensor> => ({
    name: 'gains',
    outputs: 3,
    init: (noise) => ({ first: noise.normal([3]), second: noise.normal([3]) }),
    start: () => zeros([3]),
    step(leaves, h, x) {
      const own = (name: string, factor: Tensor) =>
        gather(mul(leaves[name], factor), indices(name === turned ? [0, 2, 1] : [0, 1, 2]));
      const next = tanh(add(own('first', x), own('second', h)));
      return { state: next, output: next };
    },
  });

  for (const turned of ['first', 'second'])
    it(`are refused, though only some parameters of the ${turned} leaf have other units`, () => {
      const config = (name: string, eager: boolean) => ({
        model: gains(name),
        loss: meanSquare,
        estimator: diagonal(),
        optimizer: sgd({ rate: 0.1 }),
        eager,
      });
      const [{ input, target }] = fixture(gains('none'), 3, 1).examples;
      const learner = createLearner({ ...config('none', true), dtype: 'float64' });
      learner.step(input as Tensor, target as Tensor);
      const started = leavesOf(learner.rule?.start(seeded(1)) as Tree);
      expect(started.map(({ dtype }) => dtype)).to.deep.equal(started.map(() => 'float64'));
      for (const eager of [true, false]) {
        const restored = (name: string) =>
          restoreLearner({ ...config(name, eager), dtype: 'float64' }, learner.save());
        expect(() => restored(turned).step(input as Tensor, target as Tensor)).to.throw(
          DataError,
          'diagonal: the traces were carried for a model in which parameters belong to other units',
        );
        restored('none').step(input as Tensor, target as Tensor);
      }
    });
});
