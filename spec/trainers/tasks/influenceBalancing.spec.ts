import { expect } from 'chai';
import fc from 'fast-check';
import { grad } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  DTypeError,
  full,
  indices,
  seeded,
  type Tensor,
  tensor,
} from '../../../lib/index.ts';
import { type InfluenceBalancingOptions, influenceBalancing } from '../../../trainers/tasks/index.ts';
import { take } from './reading.ts';

const sizes = fc
  .record({ units: fc.integer({ min: 1, max: 12 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ units, share }) => ({ units, positive: Math.round(units * share) }))
  .filter(({ units, positive }) => 2 * positive !== units);

describe('influenceBalancing', () => {
  it('is the linear system s′ = A s + b θ with the output s′^(1)', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer(),
        fc.double({ min: -2, max: 2, noNaN: true }),
        ({ units, positive }, seed, theta) => {
          const { model } = influenceBalancing({ units, positive });
          const state = seeded(Math.abs(seed)).normal([units]);
          const s = state.toArray() as number[];
          const expected = s.map((x, i) => 0.5 * x + 0.5 * (s[i + 1] ?? 0) + (i < positive ? theta : -theta));
          const result = model.step({ theta: tensor(theta) }, state, {});
          expect(result.state.shape).to.deep.equal([units]);
          for (const [i, x] of (result.state.toArray() as number[]).entries())
            expect(x).to.be.closeTo(expected[i], 1e-14);
          expect(result.output.shape).to.deep.equal([]);
          expect(result.output.item()).to.equal((result.state.toArray() as number[])[0]);
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it('starts at θ = 1/2 and ones, with the constant target 1 and half the squared error as its loss', () => {
    const task = influenceBalancing();
    expect(task.model.init(seeded(1)).theta.toArray()).to.equal(0.5);
    expect(task.model.start().toArray()).to.deep.equal(new Array(23).fill(1));
    for (const { input, target } of take(task, 20)) {
      expect(input).to.deep.equal({});
      expect([target.shape, target.item()]).to.deep.equal([[], 1]);
    }
    expect(task.loss(tensor(-2), tensor(1)).item()).to.equal(4.5);
  });

  it('has its fixed point, and zero loss, at the optimum', () => {
    expect(influenceBalancing().optimum).to.deep.equal({ theta: -1 / 6, loss: 0 });
    for (const [units, positive] of [
      [23, 10],
      [7, 5],
      [4, 0],
      [1, 1],
    ]) {
      const task = influenceBalancing({ units, positive });
      expect(lossAt(task, task.optimum.theta)).to.be.below(1e-24);
      expect(lossAt(task, task.optimum.theta + 0.01)).to.be.above(1e-5);
    }
  });

  it('knows the derivative through the last k steps: with binomial sums, with powers of A, and by differentiation', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 30 }), ({ units, positive }, k) => {
        const task = influenceBalancing({ units, positive });
        const derivative = task.truncatedDerivative(k);
        expect(derivative).to.be.closeTo(binomialSum(units, positive, k), 1e-12);
        expect(derivative).to.be.closeTo(powerSum(units, positive, k), 1e-12);
        const output = (theta: Tensor) => {
          let state = task.model.start();
          let last: Tensor = full([], 0);
          for (let t = 0; t < k; t++) ({ state, output: last } = task.model.step({ theta }, state, {}));
          return last;
        };
        if (k > 0) expect(grad(output)(tensor(0.3)).item()).to.be.closeTo(derivative, 1e-12);
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it('tends to 2(2p - n)', () => {
    const task = influenceBalancing();
    expect(task.truncatedDerivative(Infinity)).to.equal(-6);
    expect(task.truncatedDerivative(2000)).to.be.closeTo(-6, 1e-12);
    expect(task.truncatedDerivative(1e12)).to.equal(task.truncatedDerivative(1e5));
    expect(task.blockDerivative(1e12) / 1e12).to.be.closeTo(-6, 1e-6);
  });

  it('has the right sign from 41 steps on, and in the sum over a block from 110 on, as 23 units with 10 positive are known to', () => {
    const task = influenceBalancing();
    const ks = Array.from({ length: 300 }, (_, i) => i + 1);
    const brute = ks.map((k) => powerSum(23, 10, k));
    const derivatives = ks.map((k) => task.truncatedDerivative(k));
    for (const [i, k] of ks.entries()) expect(derivatives[i], `k = ${k}`).to.be.closeTo(brute[i], 1e-11);
    expect(derivatives.findIndex((d) => d < 0) + 1).to.equal(41);
    expect(derivatives.slice(40).every((d) => d < 0)).to.equal(true);
    const top = Math.max(...derivatives);
    expect(derivatives.indexOf(top) + 1).to.equal(19);
    expect(top).to.be.closeTo(16.48, 0.005);
    expect(derivatives[39]).to.be.closeTo(0.57, 0.005);

    const sums = ks.map((_, i) => brute.slice(0, i + 1).reduce((a, b) => a + b));
    const blocks = ks.map((k) => task.blockDerivative(k));
    for (const [i, k] of ks.entries()) expect(blocks[i], `T = ${k}`).to.be.closeTo(sums[i], 1e-9);
    expect(blocks.findIndex((d) => d < 0) + 1).to.equal(110);
    expect(blocks.slice(109).every((d) => d < 0)).to.equal(true);
    expect(blocks[99] / 100).to.be.closeTo(0.58, 0.005);
    expect(blocks[119] / 120).to.be.closeTo(-0.52, 0.005);
    expect(blocks[199] / 200).to.be.closeTo(-2.71, 0.005);
  });

  it('runs in either dtype, whichever it was made with', () => {
    const { model } = influenceBalancing({ dtype: 'float32' });
    expect([model.start().dtype, model.init(seeded(1)).theta.dtype]).to.deep.equal(['float32', 'float32']);
    const result = model.step({ theta: tensor(0.5) }, tensor(new Float64Array(23)), {});
    expect([result.state.dtype, result.output.dtype]).to.deep.equal(['float64', 'float64']);
    expect(() => model.step({ theta: tensor(0.5) }, indices(new Int32Array(23)), {})).to.throw(
      DTypeError,
      'influenceBalancing',
    );
  });

  it('refuses options that make no sense', () => {
    for (const [bad, message] of [
      [{ units: 0 }, 'units must be a whole number from 1'],
      [{ units: 5 }, 'positive must be a whole number from 0 to 5, got 10'],
      [{ units: 20 }, 'with 10 of 20 units positive θ has no effect in the long run'],
      [{ positive: 1.5 }, 'got 1.5'],
      [{ dtype: 'int32' }, 'dtype must be float32 or float64'],
      [{ seed: -1 }, 'seed must be'],
      [{ unit: 3 }, 'there is no option unit;'],
    ] as [InfluenceBalancingOptions, string][])
      expect(() => influenceBalancing(bad)).to.throw(ConfigurationError, message);
    const task = influenceBalancing();
    for (const k of [-1, 0.5, Number.NaN]) {
      expect(() => task.truncatedDerivative(k)).to.throw(ConfigurationError, 'k must be a whole number');
      expect(() => task.blockDerivative(k)).to.throw(ConfigurationError, 'length must be a whole number');
    }
  });
});

/** The loss after 500 steps at one θ. */
function lossAt({ model, loss }: ReturnType<typeof influenceBalancing>, theta: number): number {
  let state = model.start();
  let output: Tensor = full([], 0);
  for (let t = 0; t < 500; t++) ({ state, output } = model.step({ theta: tensor(theta) }, state, {}));
  return loss(output, tensor(1)).item();
}

/** Σ_{j<k} Σ_i C(j, i) 2⁻ʲ b_{i+1}. */
function binomialSum(units: number, positive: number, k: number): number {
  let total = 0;
  for (let j = 0; j < k; j++)
    for (let i = 0, choose = 1; i <= Math.min(j, units - 1); choose = (choose * (j - i)) / (i + 1), i++)
      total += (i < positive ? choose : -choose) / 2 ** j;
  return total;
}

/** Σ_{j<k} (Aʲ b)_1, from the right: b, Ab, A²b, … */
function powerSum(units: number, positive: number, k: number): number {
  let v: number[] = Array.from({ length: units }, (_, i) => (i < positive ? 1 : -1));
  let total = 0;
  for (let j = 0; j < k; j++) {
    total += v[0];
    v = v.map((x, i) => (x + (v[i + 1] ?? 0)) / 2);
  }
  return total;
}
