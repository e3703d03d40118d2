import { expect } from 'chai';
import fc from 'fast-check';
import { expectation, seeded, type Tensor } from '../../lib/index.ts';
import { bptt, type RankOne, rtrl, uoro } from '../../trainers/index.ts';
import { checkUnbiased, estimates, learnerOf } from '../../trainers/testing/agreement.ts';
import { lengthOf, numbersOf, requireClose, vector } from '../../trainers/testing/numbers.ts';
import { byBackpropagation, byDifferences, type Fixture, jitter } from '../../trainers/testing/unrolled.ts';
import { size } from '../support/size.ts';
import { byRtrl, fixture, movesFor, narrowRun, type Run, runs } from './runs.ts';

/** Runs for the mean itself; those for its variants have fewer signs in the usual size. */
const whole = runs({ flips: 6 });
const some = { seed: 8, numRuns: size(3, 8) };

const references = { RTRL: byRtrl, BPTT: byBackpropagation, 'finite differences': byDifferences };

/** Another stream through the same model. */
function neighbour(run: Run, first: Fixture): Fixture {
  const { examples } = fixture({ ...run, seed: run.seed + 1 });
  return { ...first, examples, state: jitter(first.state, seeded(run.seed), 0.5) };
}

describe('UORO is unbiased, exactly: the mean over every sequence of signs', () => {
  it('is tried on every cell, with nothing, a readout and an embedding around it', () => {
    const drawn = fc.sample(whole, some);
    expect(new Set(drawn.map(({ kind }) => kind)).size).to.equal(3);
    expect(new Set(drawn.map(({ around }) => around)).size).to.equal(3);
    expect(new Set(drawn.map(({ steps }) => steps)).size).to.be.greaterThan(1);
  });

  for (const [name, reference] of Object.entries(references).slice(0, size(1, 3)))
    it(`of cᵀ(s̃⊗θ̃) and of the gradient is that of ${name}`, () => {
      fc.assert(
        fc.property(whole, (run) => checkUnbiased([fixture(run)], () => uoro(), { reference })),
        some,
      );
    });

  it('of the outer product of learner.influence equals the influence of RTRL', () => {
    fc.assert(
      fc.property(runs(), (run) => {
        const own = fixture(run);
        const { mean } = expectation((noise) => {
          const learner = learnerOf([own], uoro(), noise);
          for (const { input, target } of own.examples) learner.step(input, target);
          const { stateTangent, parameterTangent } = learner.influence as RankOne;
          const [s, theta] = [numbersOf(stateTangent), numbersOf(parameterTangent)];
          return vector(s.flatMap((a) => theta.map((b) => a * b)));
        });
        const carried = byRtrl(
          own,
          own.examples.map(() => own.parameters),
        ).influence.flat();
        expect(lengthOf(carried)).to.be.greaterThan(1e-3);
        requireClose(numbersOf(mean), carried, 1e-10, 's̃⊗θ̃');
      }),
      some,
    );
  });

  for (const window of size([2], [2, 3]))
    it(`with a memory of ${window} steps`, () => {
      fc.assert(
        fc.property(runs({ window }), (run) => checkUnbiased([fixture(run)], () => uoro({ window }))),
        some,
      );
    });

  it('with two pairs', () => {
    fc.assert(
      fc.property(runs({ each: 2 }), (run) => checkUnbiased([fixture(run)], () => uoro({ rank: 2 }))),
      some,
    );
  });

  it('with two pairs and a memory of 2 steps', () => {
    fc.assert(
      fc.property(runs({ each: 2, window: 2 }), (run) =>
        checkUnbiased([fixture(run)], () => uoro({ rank: 2, window: 2 })),
      ),
      { seed: 4, numRuns: size(1, 4) },
    );
  });

  for (const window of size([2], [1, 2]))
    it(`along a prescribed trajectory of moving parameters, with a memory of ${window}`, () => {
      fc.assert(
        fc.property(runs({ window }), (run) => {
          const own = fixture(run);
          checkUnbiased([own], () => uoro({ window }), { moves: movesFor(own, run.seed) });
          checkUnbiased([own], () => uoro({ window }), {
            moves: movesFor(own, run.seed),
            reference: byDifferences,
          });
        }),
        { seed: 5, numRuns: size(1, 5) },
      );
    });

  for (const lanes of ['independent', 'joint'] as const)
    it(`over two lanes, ${lanes}`, () => {
      fc.assert(
        fc.property(runs({ each: 2 }), (run) => {
          const first = fixture(run);
          checkUnbiased([first, neighbour(run, first)], () => uoro({ lanes }), {
            moves: movesFor(first, run.seed),
          });
        }),
        some,
      );
    });

  it('with any ε, even one that rules the norms', () => {
    fc.assert(
      fc.property(runs(), fc.constantFrom(1e-300, 1e-7, 0.5, 30), (run, epsilon) =>
        checkUnbiased([fixture(run)], () => uoro({ epsilon })),
      ),
      { seed: 6, numRuns: size(3, 6) },
    );
  });
});

describe('RTRL and BPTT are exact', () => {
  it('RTRL has the derivatives of BPTT and of differences, also along moving parameters', () => {
    fc.assert(
      fc.property(runs({ flips: 40 }), fc.boolean(), (run, moving) => {
        const own = fixture(run);
        const moves = moving ? movesFor(own, run.seed) : [];
        checkUnbiased([own], rtrl, { moves, tolerance: 1e-12 });
        checkUnbiased([own], rtrl, { moves, reference: byDifferences });
      }),
      { seed: 7, numRuns: size(6, 25) },
    );
  });

  it('the gradients of RTRL over a sequence add up to that of BPTT', () => {
    fc.assert(
      fc.property(runs({ flips: 40 }), (run) => {
        const own = fixture(run);
        const sum = (list: readonly Tensor[]) =>
          list.map(numbersOf).reduce((total, row) => total.map((value, i) => value + row[i]));
        const whole = estimates([own], bptt({ length: run.steps }), seeded(1)).gradients;
        expect(whole.length).to.equal(1);
        expect(lengthOf(sum(whole))).to.be.greaterThan(1e-3);
        requireClose(
          sum(estimates([own], rtrl(), seeded(1)).gradients),
          sum(whole),
          1e-12,
          'the sum of the gradients',
        );
      }),
      { seed: 8, numRuns: size(6, 25) },
    );
  });

  it('RTRL takes the same from pushes, where there are fewer parameters than state elements, as from pulls', () => {
    const wide = narrowRun();
    for (const structure of ['dense', 'auto'] as const)
      checkUnbiased([wide], () => rtrl({ structure }), { tolerance: 1e-12 });
    checkUnbiased([wide], () => rtrl({ structure: 'dense' }), {
      reference: byDifferences,
      moves: movesFor(wide, 2),
    });
  });
});
