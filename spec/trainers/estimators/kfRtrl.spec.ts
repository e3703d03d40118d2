import { expect } from 'chai';
import fc from 'fast-check';
import { add, matmul, mul, sum, tanh } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  dataOf,
  expectation,
  type Noise,
  replay,
  seeded,
  type Tensor,
  tensor,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, embedded, embedding, gru, indrnn, lru, rnn } from '../../../nn/index.ts';
import { type KfRtrlInfluence, kfRtrl, rtrl } from '../../../trainers/index.ts';
import { checkUnbiased, estimates, influenceOf, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { lengthOf, numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { type Fixture, fixtureOf } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { jacobians } from './oneStep.ts';
import { siteCells, siteRun } from './siteCells.ts';
import { fixture, sparse, type Vectors, withReadout } from './sparse.ts';

/** h' = tanh(x·w + h·(u∘u)): u has no sites. */
const squared: Cell<Vectors, Tensor, Tensor> = {
  name: 'squared',
  outputs: 3,
  init: (noise: Noise) => ({ u: noise.normal([3, 3]), w: noise.normal([2, 3]) }),
  start: () => zeros([3]),
  step({ u, w }, h, x) {
    const next = tanh(add(matmul(x, w), matmul(h, mul(u, u))));
    return { state: next, output: next };
  },
};

const learnerAfter = (run: Fixture, noise: Noise, epsilon = 1e-5) => {
  const learner = learnerOf([run], kfRtrl({ epsilon }), noise);
  for (const { input, target } of run.examples) learner.step(input, target);
  return learner;
};

/**
 * u and A of a tanh network of 3 units and 2 inputs after a run, by the formulas. z is in the order of the
 * sites: bias, state, input.
 */
function byFormula(run: Fixture, signs: readonly number[], epsilon: number) {
  let h = numbersOf(run.state);
  let { state } = run;
  let u = new Array<number>(6).fill(0);
  let A = h.map(() => h.map(() => 0));
  run.examples.forEach(({ input }, t) => {
    const { J } = jacobians(run, run.parameters, state, input);
    const z = [1, ...h, ...numbersOf(input)];
    state = run.model.step(run.parameters, state, input).state;
    h = numbersOf(state);
    const carried = J.map((row) =>
      A[0].map((_, j) => row.reduce((sum, entry, k) => sum + entry * A[k][j], 0)),
    );
    const D = h.map((value, i) => h.map((_, j) => (i === j ? 1 - value * value : 0)));
    const p = Math.sqrt((lengthOf(carried.flat()) + epsilon) / (lengthOf(u) + epsilon));
    const q = Math.sqrt((lengthOf(D.flat()) + epsilon) / (lengthOf(z) + epsilon));
    u = u.map((value, i) => p * value + signs[t] * q * z[i]);
    A = carried.map((row, i) => row.map((value, j) => value / p + (signs[t] * D[i][j]) / q));
  });
  return { u, A: A.flat() };
}

describe('KF-RTRL', () => {
  describeInfluence({
    estimator: () => kfRtrl(),
    fixtures: { rnn: (steps) => fixture(withReadout(rnn({ inputs: 1, units: 2 })), 1, steps) },
  });

  it('has the mean ∂s/∂θ on random cells: two leaves, tied, transposed, unused parameters, gains', () => {
    fc.assert(
      fc.property(siteCells, (cell) => checkUnbiased([siteRun(cell, 2)], () => kfRtrl())),
      { seed: 3, numRuns: size(2, 4) },
    );
  });

  for (const [name, run] of Object.entries({
    'a GRU, whose reset gate has a dense D': fixture(withReadout(gru({ inputs: 1, units: 2 })), 1, 2),
    'rows picked by an index': fixtureOf(
      embedded(embedding({ symbols: 3, size: 2 }), rnn({ inputs: 2, units: 2 })),
      {
        input: (noise: Noise) => noise.integer(3),
        steps: size(2, 3),
        seed: 2,
      },
    ) as Fixture,
    'leaves without sites beside some': fixture(indrnn({ inputs: 2, units: 3, activation: 'tanh' }), 2, 4),
  }))
    it(`has the mean ∂s/∂θ on ${name}`, () => checkUnbiased([run], () => kfRtrl()));

  it('scales both terms by the norms of their factors', () => {
    const run = fixture(rnn({ inputs: 2, units: 3 }), 2, 3);
    const signs = [1, -1, -1];
    const { groups } = learnerAfter(run, replay(signs)).influence as KfRtrlInfluence;
    const expected = byFormula(run, signs, 1e-5);
    expect(groups.length).to.equal(1);
    requireClose([...dataOf(groups[0].u)].map(Math.abs).sort(), expected.u.map(Math.abs).sort(), 1e-12, 'u');
    requireClose(numbersOf(groups[0].A), expected.A, 1e-12, 'A');
  });

  it('has in one step the variance 2‖J A‖‖u‖‖D‖‖z‖ + 2⟨u, z⟩⟨J A, D⟩', () => {
    const run = fixture(rnn({ inputs: 2, units: 3 }), 2, 2);
    const learner = learnerOf(
      [{ ...run, examples: run.examples.slice(0, 1) }],
      kfRtrl({ epsilon: 1e-14 }),
      replay([1]),
    );
    learner.step(run.examples[0].input, run.examples[0].target);
    const before = numbersOf(run.state);
    const h = numbersOf(learner.state);
    const [first] = (learner.influence as KfRtrlInfluence).groups;
    const [u, A] = [numbersOf(first.u), numbersOf(first.A)];
    const { J } = jacobians(run, run.parameters, learner.state, run.examples[1].input);
    const next = numbersOf(run.model.step(run.parameters, learner.state, run.examples[1].input).state);
    const carried = J.flatMap((row) =>
      h.map((_, j) => row.reduce((sum, entry, k) => sum + entry * A[3 * k + j], 0)),
    );
    const D = next.flatMap((value, i) => next.map((_, j) => (i === j ? 1 - value * value : 0)));
    // After one step u is q z of that step, up to the sign, so z in the order of the sites can be read from
    // it.
    const zOf = (state: readonly number[], x: readonly number[]) => [1, ...state, ...x];
    const order = zOf(before, numbersOf(run.examples[0].input)).map((value) =>
      u.findIndex(
        (own) =>
          Math.abs(
            Math.abs(own / lengthOf(u)) -
              Math.abs(value) / lengthOf(zOf(before, numbersOf(run.examples[0].input))),
          ) < 1e-9,
      ),
    );
    const z = zOf(h, numbersOf(run.examples[1].input));
    const dot = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, i) => sum + value * b[i], 0);
    const expected =
      2 * lengthOf(carried) * lengthOf(u) * lengthOf(D) * lengthOf(z) +
      2 *
        dot(
          order.map((at) => u[at]),
          z,
        ) *
        dot(carried, D);
    const exact = numbersOf(estimates([run], rtrl(), seeded(1)).influence);
    const variance = expectation((noise) => {
      const own = learnerOf([run], kfRtrl({ epsilon: 1e-14 }), noise);
      for (const { input, target } of run.examples) own.step(input, target);
      const [G] = influenceOf(own, [run]);
      return tensor(G.reduce((sum, value, i) => sum + (value - exact[i]) ** 2, 0));
    }).mean.item();
    expect(variance / expected).to.be.closeTo(1, 1e-6);
  });

  it('carries exactly what has no sites: vectors, and matrices of which each element reaches few state elements', () => {
    for (const [name, leaves] of [
      ['indrnn with tanh', ['u']],
      ['elementwise', ['v', 'w']],
      ['blocks', ['U']],
      ['lru', ['nu', 'theta']],
      // Elements of one leaf reach two state elements or one.
      ['cascade', ['u', 'p']],
    ] as const) {
      const [cell, inputs] = sparse[name];
      const run = fixture(cell, inputs, 4);
      const [own, exact] = [kfRtrl(), rtrl()].map((estimator) => {
        const learner = learnerOf([run], estimator, seeded(2));
        for (const { input, target } of run.examples) learner.step(input, target);
        const pulled = learner.pull(run.state) as { cell?: Vectors };
        return (pulled.cell ?? pulled) as Vectors;
      });
      for (const leaf of leaves) {
        expect(lengthOf(numbersOf(exact[leaf])), `${name} ${leaf}`).to.be.above(1e-6);
        requireClose(numbersOf(own[leaf]), numbersOf(exact[leaf]), 1e-12, `${name} ${leaf}`);
      }
    }
  });

  it('says what it carries, and what that takes', () => {
    const told = (cell: unknown) => learnerAfter(fixture(cell, 2, 1), seeded(1)).rule;
    const own = told(rnn({ inputs: 2, units: 3 }));
    expect(own?.structure).to.equal('1 group of sites');
    expect(own?.cost).to.deep.equal({ time: (3 + 3) * 18 + 27, memory: 9 + 6 });
    expect(told(gru({ inputs: 2, units: 3 }))?.structure).to.equal('3 groups of sites');
    expect(told(indrnn({ inputs: 2, units: 3 }))?.structure).to.equal(
      '1 group of sites; 1 leaf without sites carried exactly',
    );
    expect(told(lru({ inputs: 2, units: 3 }))?.structure).to.contain('leaves without sites carried exactly');
  });

  it('takes what its leaves without sites take: all of G for a vector that reaches much, else the entries', () => {
    const costOf = (run: Fixture) => {
      const learner = learnerOf([run], kfRtrl(), seeded(2), { eager: true });
      learner.step(run.examples[0].input, run.examples[0].target);
      return learner.rule?.cost;
    };
    const [cell, inputs] = sparse.cascade;
    expect(costOf(fixture(cell, inputs, 1))).to.deep.equal({
      // The trace shares a block with the first units, which do not see the second ones.
      time: (9 + 3) * (24 + 18) + (5 * 5 + 4 * (5 + 4)) * 4 + 2 ** 2 * 8 + 4,
      memory: 9 * 4 + 3 + 2 * 8 + 4,
    });
    const shape = { inputs: 1, a: 1, b: 3, tied: false, turned: false, gains: true, shifted: false, seed: 5 };
    expect(costOf(siteRun(shape, 1))).to.deep.equal({
      time: (4 + 3) * 31 + 16 * (1 + 3) + 16 * 3,
      memory: 4 * (1 + 3) + 6 + 5 + 4 * 3,
    });
  });

  it('refuses, by name, a matrix without sites that reaches much, and a step that cannot be traced', () => {
    const step = (cell: unknown) => () => learnerAfter(fixture(cell, 2, 1), seeded(1));
    expect(step(squared)).to.throw(
      ConfigurationError,
      'kfRtrl: params.u is not a factor of a product with a vector, and is too large to be carried exactly; use uoro(), or write its use as matmul',
    );
    const inner = rnn({ inputs: 2, units: 3 });
    const reading: typeof inner = {
      ...inner,
      step: (theta, h, x) => inner.step(theta, h, sum(h).item() > 100 ? h : x),
    };
    const run = fixture(reading, 2, 1);
    const learner = learnerOf([run], kfRtrl(), seeded(1), { eager: true });
    expect(() => learner.step(run.examples[0].input, run.examples[0].target)).to.throw(
      ConfigurationError,
      'kfRtrl: where parameters enter products is not known, because this step cannot be traced',
    );
    expect(() => kfRtrl({ epsilon: 0 })).to.throw(ConfigurationError, 'kfRtrl: epsilon');
  });
});
