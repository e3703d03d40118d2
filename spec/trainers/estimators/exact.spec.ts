import { expect } from 'chai';
import { add, matmul, mul, reshape, sum, tanh } from '../../../autodiff/index.ts';
import { seeded, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import { type Cell, rnn } from '../../../nn/index.ts';
import { exactLeaves } from '../../../trainers/estimators/step/exact.ts';
import type { Jacobian } from '../../../trainers/estimators/step/jacobian.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { structureOfStep } from './oneStep.ts';
import { cascade, fixture, type Vectors } from './sparse.ts';

/** Units in blocks that see themselves, each with a gain of its own; the gains have a shape. */
const blocks = (units: number, block: number, shape: readonly number[]): Cell<Vectors, Tensor, Tensor> => ({
  name: 'blocks',
  outputs: units,
  init: (noise) => ({ idle: noise.normal([3]), gains: noise.normal([...shape]) }),
  start: () => zeros([units]),
  step({ gains }, h, x) {
    const apart = reshape(h, [units / block, block]);
    const seen = reshape(add(apart, sum(apart, { axes: 1, keepDims: true })), [units]);
    const next = tanh(add(mul(reshape(gains, [units]), add(seen, 1)), sum(x)));
    return { state: next, output: next };
  },
});

/** The cascade with its trace, which no parameter reaches, after its units. */
const traceLast: typeof cascade = {
  ...cascade,
  start() {
    const { trace, ...units } = cascade.start();
    return { ...units, trace };
  },
  step(parameters, before, x) {
    const { state, output } = cascade.step(parameters, before, x);
    const { trace, ...units } = state;
    return { state: { ...units, trace }, output };
  },
};

const random = (shape: readonly number[], seed: number) => seeded(seed).normal([...shape]);

/** A J in which nothing is left out. */
const jacobianOf = (J: Tensor): Jacobian => ({ whole: () => J, times: (A) => matmul(J, A) });

describe('leaves without sites', () => {
  // Entry by entry up to 2√S state elements, if these are not all.
  for (const [units, block, shape, form] of [
    [16, 8, [16], 'entries'],
    [16, 8, [2, 8], 'entries'],
    [18, 9, [18], 'rows'],
    [18, 9, [1, 18], 'rows'],
    [18, 9, [18, 1], 'rows'],
    [18, 9, [2, 9], 'refused'],
    [18, 9, [3, 1, 6], 'refused'],
    [4, 2, [2, 2], 'entries'],
    [4, 4, [4], 'rows'],
    [4, 4, [2, 2], 'refused'],
    [2, 1, [2], 'entries'],
    [1, 1, [1], 'rows'],
  ] as const)
    it(`of shape [${shape}], ${block} of ${units} elements reached: ${form}`, () => {
      const step = structureOfStep(fixture(blocks(units, block, shape), 2, 1));
      const { leaves, refused } = exactLeaves(step);
      if (form === 'refused') return expect([leaves, refused]).to.deep.equal([[], 'params.gains']);
      const [own] = leaves;
      const count = form === 'entries' ? block : units;
      expect([leaves.length, own.leaf, refused]).to.deep.equal([1, 1, undefined]);
      expect([own.time(units * units), own.memory]).to.deep.equal([count * count * units, count * units]);
      expect(own.start().reduce((all, part) => all + part.size, 0)).to.equal(own.memory);

      // J G + I and cᵀG, for any J and I between elements of one block.
      const within = Array.from({ length: units * units }, (_, at) =>
        Number(Math.floor(Math.floor(at / units) / block) === Math.floor((at % units) / block)),
      );
      const masked = (seed: number) =>
        numbersOf(random([units, units], seed)).map((value, at) => value * within[at]);
      const tensorOf = (values: number[], like: readonly number[]) => reshape(tensor(values), [...like]);
      const [first, second, J] = [masked(1), masked(2), masked(3)];
      const c = random([units], 4);
      const jacobian = jacobianOf(tensorOf(J, [units, units]));
      const rowsOf = (values: number[]) => tensorOf(values, [units, ...shape]);
      const once = own.advance(own.start(), jacobian, rowsOf(first));
      const carried = own.advance(once, jacobian, rowsOf(second));
      const all = Array.from({ length: units }, (_, i) => i);
      const total = (of: (i: number) => number) => all.reduce((sum, i) => sum + of(i), 0);
      const weights = numbersOf(c);
      const expected = all.map((j) =>
        total(
          (k) => weights[k] * (second[k * units + j] + total((l) => J[k * units + l] * first[l * units + j])),
        ),
      );
      const pulled = own.pull(carried, c);
      expect(pulled.shape).to.deep.equal([...shape]);
      requireClose(numbersOf(pulled), expected, 1e-12, 'cᵀG');
    });

  it('hold zeros where an element reaches fewer than another, whatever J is', () => {
    const step = structureOfStep(fixture(traceLast, 3, 1));
    const { state } = step.sizes;
    const [own] = exactLeaves(step).leaves.filter(({ memory }) => memory === 2 * 8);
    const J = numbersOf(random([state, state], 1));
    for (let i = 0; i < state; i++) J[i * state + 8] = J[8 * state + i] = Number.POSITIVE_INFINITY;
    const jacobian = jacobianOf(reshape(tensor(J), [state, state]));
    const I = random([state, 2, 4], 2);
    const carried = own.advance(own.advance(own.start(), jacobian, I), jacobian, I);
    const [first, second] = carried.map(numbersOf);
    // The gains of the first units reach these and the second ones, those of the second ones these alone.
    expect(second.slice(4)).to.deep.equal([0, 0, 0, 0]);
    for (const value of [...first, ...second.slice(0, 4)])
      expect(value).to.satisfy(Number.isFinite).and.not.equal(0);
  });

  it('are none of a network of sites, nor what never reaches the state', () => {
    expect(exactLeaves(structureOfStep(fixture(rnn({ inputs: 2, units: 3 }), 2, 1)))).to.deep.equal({
      leaves: [],
    });
  });
});
