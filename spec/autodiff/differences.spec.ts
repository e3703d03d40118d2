import { expect } from 'chai';
import { difference } from '../../autodiff/differences.ts';

/** The estimated derivative of each function at 0, and the number of evaluations. */
function estimate(...functions: ((epsilon: number) => number)[]): { values: number[]; evaluations: number } {
  let evaluations = 0;
  const values = difference((epsilon) => {
    evaluations++;
    return Float64Array.from(functions, (f) => f(epsilon));
  }, 1 / 16);
  return { values: Array.from(values), evaluations };
}

describe('differences', () => {
  it('have twelve digits after a few evaluations, if functions are smooth', () => {
    const { values, evaluations } = estimate(
      (e) => Math.sin(1 + e),
      (e) => Math.exp(0.5 + e),
      (e) => 1 / (2 + e),
    );
    const expected = [Math.cos(1), Math.exp(0.5), -0.25];
    for (const [i, value] of values.entries()) expect(value).to.be.closeTo(expected[i], 2e-12);
    expect(evaluations).to.be.at.most(14);
  });

  it('are exact for parabolas', () => {
    expect(estimate((e) => 3 * e * e - 2 * e + 5).values[0]).to.be.closeTo(-2, 1e-14);
  });

  it('ignore steps that cross a kink or leave the domain', () => {
    expect(estimate((e) => Math.abs(e - 1e-3)).values[0]).to.be.closeTo(-1, 1e-9);
    expect(estimate((e) => Math.log(0.01 + e)).values[0]).to.be.closeTo(100, 1e-6);
  });

  it('are 0 if a function stays infinite, and NaN if it has no derivative', () => {
    expect(estimate(() => Number.NEGATIVE_INFINITY).values).to.deep.equal([0]);
    expect(estimate((e) => (e > 0 ? Number.POSITIVE_INFINITY : 0)).values[0]).to.not.satisfy(Number.isFinite);
    expect(estimate(() => Number.NaN).values).to.deep.equal([Number.NaN]);
  });
});
