import { expect } from 'chai';
import { ConfigurationError, seeded } from '../../../lib/index.ts';
import { rnn } from '../../../nn/index.ts';
import {
  createLearner,
  dni,
  type Estimator,
  kernl,
  restoreLearner,
  sgd,
  unbiased,
} from '../../../trainers/index.ts';
import { checkUnbiased, influenceOf, learnerOf } from '../../../trainers/testing/agreement.ts';
import { lengthOf, numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { runOf, singular } from '../learner/singular.ts';
import { fixture, withReadout } from './sparse.ts';

/** Estimators with parts that they learn, with their names within `learner.influence`. */
const learning: Readonly<Record<string, readonly [make: () => Estimator, parts: readonly string[]]>> = {
  kernl: [() => kernl({ rate: 0.3 }) as Estimator, ['sensitivity', 'decays']],
  dni: [() => dni({ rate: 0.5 }) as Estimator, ['weights']],
  'unbiased(kernl)': [() => unbiased(kernl({ rate: 0.3 })), ['sensitivity', 'decays']],
  'unbiased(kernl), two pairs': [
    () => unbiased(kernl({ rate: 0.3 }), { rank: 2, weight: 0.3 }),
    ['sensitivity', 'decays'],
  ],
  'unbiased(dni)': [() => unbiased(dni({ rate: 0.5 }), { weight: 0.5 }), ['weights']],
  'unbiased(unbiased(kernl))': [
    () => unbiased(unbiased(kernl({ rate: 0.3 })), { weight: 0.5 }),
    ['sensitivity', 'decays'],
  ],
};

type Nested = { readonly kept?: Nested } & Readonly<Record<string, unknown>>;
const innermost = (influence: unknown): Nested => {
  const { kept } = influence as Nested;
  return kept === undefined ? (influence as Nested) : innermost(kept);
};
const network = () => fixture(withReadout(rnn({ inputs: 2, units: 3 })), 2, 10);

function run(learner: ReturnType<typeof learnerOf>, { examples }: Fixture, from: number, to: number) {
  // Its first plan keeps the gradient.
  numbersOf(learner.gradient);
  return examples.slice(from, to).flatMap(({ input, target }) => {
    learner.step(input, target);
    return numbersOf(learner.gradient);
  });
}

describe('what an estimator has learnt', () => {
  for (const [name, [make, parts]] of Object.entries(learning).filter(([own]) =>
    size(!own.includes('two pairs'), true),
  )) {
    it(`${name}: is kept at a reset, and what was carried is forgotten`, () => {
      for (const eager of [true, false]) {
        const own = network();
        const learner = learnerOf([own], make(), seeded(1), { eager });
        const begun = parts.map((part) => numbersOf(innermost(learner.influence)[part]));
        run(learner, own, 0, 6);
        const before = parts.map((part) => numbersOf(innermost(learner.influence)[part]));
        for (const [i, numbers] of before.entries()) {
          const moved = numbers.map((value, at) => value - (begun[i][at] ?? 0));
          requireLive(moved, parts[i]);
        }
        learner.resetState();
        parts.forEach((part, i) => {
          requireClose(numbersOf(innermost(learner.influence)[part]), before[i], 0, part);
        });
        expect(lengthOf(influenceOf(learner, [own]).flat())).to.equal(0);
        expect(run(learner, own, 6, 10).every(Number.isFinite)).to.equal(true);
      }
    });

    it(`${name}: is in a checkpoint, also in one right after a reset`, () => {
      const { model, loss, parameters, state, examples } = network();
      const config = {
        model,
        loss,
        parameters,
        state,
        dtype: 'float64' as const,
        optimizer: sgd({ rate: 0.1 }),
      };
      const learner = createLearner({ ...config, estimator: make() });
      const go = (own: typeof learner, from: number, to: number) =>
        examples.slice(from, to).flatMap(({ input, target }) => {
          own.step(input, target);
          return numbersOf(own.gradient);
        });
      go(learner, 0, 4);
      learner.resetState();
      const afterReset = restoreLearner({ ...config, estimator: make() }, learner.save());
      expect(go(afterReset, 4, 7)).to.deep.equal(go(learner, 4, 7));
      const later = restoreLearner({ ...config, estimator: make() }, learner.save());
      // Before its first input.
      for (const own of [later, learner]) own.resetState();
      expect(later.save()).to.deep.equal(learner.save());
      expect(go(later, 7, 10)).to.deep.equal(go(learner, 7, 10));
    });

    it(`${name}: survives where the step has no derivative in the state of the reset`, () => {
      for (const cell of size(
        ['root of each unit'],
        ['root of each unit', 'root in another leaf', 'root of the energy'],
      )) {
        const own = runOf(singular[cell], 4);
        const learner = learnerOf([own], make(), seeded(1), {});
        run(learner, own, 0, 4);
        learner.resetState();
        expect(run(learner, own, 0, 4).every(Number.isFinite), cell).to.equal(true);
      }
    });
  }

  it('keeps the mean exact after a reset, whatever has been learnt before', () => {
    const own = fixture(rnn({ inputs: 1, units: 1 }), 1, size(2, 3));
    checkUnbiased([own], () => unbiased(kernl({ rate: 0.5 })), { before: size(1, 2) });
    checkUnbiased([own], () => unbiased(dni({ rate: 0.5 })), { before: 2 });
  });

  it('is the same within unbiased with a weight of 0, across a reset', () => {
    const [one, other] = [unbiased(dni({ rate: 0.5 }), { weight: 0 }), dni({ rate: 0.5 })].map(
      (estimator) => {
        const own = network();
        const learner = learnerOf([own], estimator as Estimator, seeded(1), {});
        const first = run(learner, own, 0, 5);
        learner.resetState();
        return [...first, ...run(learner, own, 5, 10)];
      },
    );
    requireClose(one, other, 1e-12, 'gradients');
  });

  it('has no window, as each step has a loss of its own', () => {
    expect(() => unbiased(dni(), { window: 2 })).to.throw(
      ConfigurationError,
      'unbiased: dni learns from the loss of each step, and a window of 2 has one for all; leave out window',
    );
  });
});
