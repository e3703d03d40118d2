import { expect } from 'chai';
import fc from 'fast-check';
import { seeded } from '../../../lib/index.ts';
import { diagonal, type Estimator } from '../../../trainers/index.ts';
import { influenceOf, learnerOf } from '../../../trainers/testing/agreement.ts';
import { requireClose } from '../../../trainers/testing/numbers.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { jacobians } from './oneStep.ts';
import { fixture } from './sparse.ts';
import { type Wiring, wired, wirings } from './wired.ts';

/**
 * For each state element those of its unit: element i of each leaf of its cell, and both leaves are one cell if they
 * depend on each other.
 */
function unitsOf({ units: [m, k], edges }: Wiring): number[][] {
  const follows = (isLater: (to: number, from: number) => boolean) =>
    edges.some(({ to, from }) => isLater(Number(to >= m), Number(from >= m)));
  const isOne = follows((to, from) => to > from) && follows((to, from) => to < from);
  return Array.from({ length: m + k }, (_, element) => {
    const other = element < m ? element + m : element - m;
    const isThere = element < m ? element < k : element - m < m;
    return isOne && isThere ? [element, other] : [element];
  });
}

/** Every use of a weight acts on the unit that it sends to: G_kj ← Σ_q J_kq G_qj + I_kj for q in the unit of k. */
function byDefinition(run: Fixture, units: readonly (readonly number[])[]): number[][] {
  let { state } = run;
  let G: number[][] = [];
  for (const { input } of run.examples) {
    const { I, J } = jacobians(run, run.parameters, state, input);
    state = run.model.step(run.parameters, state, input).state;
    const before = G;
    G = I.map((row, k) =>
      row.map((own, j) => own + units[k].reduce((sum, q) => sum + J[k][q] * (before[q]?.[j] ?? 0), 0)),
    );
  }
  return G;
}

describe('on random sparse cells with two leaves', () => {
  const influence = (run: Fixture, estimator: Estimator, eager: boolean) => {
    const learner = learnerOf([run], estimator, seeded(1), { eager });
    for (const { input, target } of run.examples) learner.step(input, target);
    return influenceOf(learner, [run]).flat();
  };
  const cases = fc.tuple(wirings(true), fc.integer({ min: 1, max: 1e6 }), fc.boolean());

  it('own-unit traces are what their definition says', () => {
    let [blocks, apart] = [0, 0];
    fc.assert(
      fc.property(cases, ([wiring, seed, eager]) => {
        const run = fixture(wired(wiring), wiring.units[0] + wiring.units[1], 4, seed);
        const units = unitsOf(wiring);
        requireClose(
          influence(run, diagonal(), eager),
          byDefinition(run, units).flat(),
          1e-12,
          'the influence',
        );
        if (units.some(({ length }) => length > 1)) blocks++;
        else apart++;
      }),
      { seed: 1, numRuns: size(25, 300) },
    );
    expect(Math.min(blocks, apart)).to.be.above(size(3, 40));
  });
});
