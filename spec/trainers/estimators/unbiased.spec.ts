import { expect } from 'chai';
import { mul } from '../../../autodiff/index.ts';
import { ConfigurationError, mapTree, seeded } from '../../../lib/index.ts';
import { gru, lstm, rnn } from '../../../nn/index.ts';
import {
  createLearner,
  diagonal,
  dodge,
  type Estimator,
  eprop,
  frozen,
  type Rule,
  restoreLearner,
  rflo,
  rtrl,
  sgd,
  snap,
  tbptt,
  type UnbiasedInfluence,
  type UnbiasedOptions,
  unbiased,
  uoro,
} from '../../../trainers/index.ts';
import { checkUnbiased, estimates, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { type Fixture, jitter, zerosLike } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { fixture, withReadout } from './sparse.ts';

const network = (units: number, steps: number) => fixture(withReadout(rnn({ inputs: 2, units })), 2, steps);

/** The gradients of a run while the parameters move, and the learner after it. */
function trained(estimator: Estimator, run: Fixture) {
  const moves = run.examples.map(() => jitter(zerosLike(run.parameters), seeded(5), 0.1));
  const learner = learnerOf([run], estimator, seeded(5), { moves });
  // Its first plan keeps the gradient.
  numbersOf(learner.gradient);
  const gradients = run.examples.flatMap(({ input, target }) => {
    learner.step(input, target);
    return numbersOf(learner.gradient);
  });
  return { learner, gradients };
}

const kept: Readonly<Record<string, () => Estimator>> = {
  'SnAp-1': () => snap({ n: 1 }) as Estimator,
  'own-unit traces': () => diagonal() as Estimator,
  RFLO: () => rflo({ leak: 0.3 }) as Estimator,
  'the immediate term': () => frozen(),
};

describe('an estimator made unbiased', () => {
  for (const [name, make] of Object.entries(kept))
    it(`${name}: has the mean ∂s/∂θ while parameters move`, () => {
      expect(unbiased(make()).bias).to.equal('none');
      const runs = [
        network(2, size(2, 3)),
        ...size(
          [],
          [fixture(lstm({ inputs: 1, units: 1 }), 1, 4), fixture(gru({ inputs: 1, units: 2 }), 1, 4)],
        ),
      ];
      for (const run of runs) {
        const moves = run.examples.map(() => jitter(zerosLike(run.parameters), seeded(2), 0.3));
        checkUnbiased([run], () => unbiased(make()), { moves });
      }
    });

  const cases: Readonly<Record<string, () => void>> = {
    'with noise in what is kept': () => {
      checkUnbiased([fixture(rnn({ inputs: 1, units: 1 }), 1, 3)], () => unbiased(uoro()));
      checkUnbiased([fixture(rnn({ inputs: 1, units: 1 }), 1, 2)], () => unbiased(dodge()));
    },
    'with two pairs': () =>
      checkUnbiased([network(1, size(2, 3))], () => unbiased(rflo({ leak: 0.5 }), { rank: 2 })),
    'over a window': () => {
      if (size(false, true)) checkUnbiased([network(2, 6)], () => unbiased(diagonal(), { window: 2 }));
      checkUnbiased([network(2, 4)], () => unbiased(snap({ n: 1 }), { window: 2 }), { observed: [0, 2] });
    },
    'over joint lanes': () => {
      const run = network(1, size(2, 3));
      const lanes = [run, { ...run, state: jitter(run.state, seeded(4), 0.5) }];
      checkUnbiased(lanes, () => unbiased(rflo({ leak: 0.5 }), { lanes: 'joint' }));
    },
  };
  for (const [name, check] of Object.entries(cases)) it(`has that mean ${name}`, check);

  it('is UORO bit for bit where nothing is kept', () => {
    for (const options of [{}, { rank: 2 }, { window: 3 }]) {
      const [own, other] = [unbiased(frozen(), options), uoro(options)].map((one) =>
        trained(one as Estimator, network(2, 6)),
      );
      expect(own.gradients).to.deep.equal(other.gradients);
      const { pairs } = own.learner.influence as UnbiasedInfluence;
      expect(numbersOf(pairs)).to.deep.equal(numbersOf(other.learner.influence));
    }
  });

  it('is the estimator itself with weight 0, with the bias that it has', () => {
    for (const make of Object.values(kept)) {
      const own = unbiased(make(), { weight: 0 });
      expect(own.bias).to.equal(make().bias);
      requireClose(
        trained(own, network(2, 4)).gradients,
        trained(make(), network(2, 4)).gradients,
        1e-14,
        'gradients',
      );
    }
  });

  it('is exact where the estimator is: the remainder is zero up to rounding', () => {
    const [own, exact] = [unbiased(rtrl()), rtrl()].map((one) => estimates([network(2, 5)], one, seeded(1)));
    requireClose(numbersOf(own.influence), numbersOf(exact.influence), 1e-11, 'influence');
    requireClose(numbersOf(own.gradients), numbersOf(exact.gradients), 1e-11, 'gradients');
  });

  it('takes a weight in the gradient alone, also one that moves', () => {
    const run = network(2, 4);
    const of = (weight: UnbiasedOptions['weight']) =>
      trained(unbiased(diagonal(), { weight: weight ?? 1 }), run);
    const [none, all, half, late] = [of(0), of(1), of(0.5), of((step) => (step < 3 ? 0 : 0.25))];
    const mixed = (weight: (i: number) => number) =>
      none.gradients.map((value, i) => (1 - weight(i)) * value + weight(i) * all.gradients[i]);
    requireClose(
      half.gradients,
      mixed(() => 0.5),
      1e-14,
      'half',
    );
    const last = (none.gradients.length / 4) * 3;
    requireClose(
      late.gradients,
      mixed((i) => (i < last ? 0 : 0.25)),
      1e-14,
      'late',
    );
    requireClose(numbersOf(half.learner.influence), numbersOf(all.learner.influence), 0, 'the influence');
  });

  it('weighs a gradient that the estimator makes itself against the unbiased one', () => {
    const inner = diagonal() as Estimator;
    const twice: Estimator = {
      ...inner,
      bind: (step): Rule => ({
        ...inner.bind(step),
        gradient: (_, { own }) => mapTree(own, (leaf) => mul(leaf, 2)),
      }),
    };
    const run = network(2, 4);
    const [own, other, whole] = [unbiased(twice, { weight: 0.25 }), twice, unbiased(inner)].map(
      (one) => trained(one, run).gradients,
    );
    requireClose(
      own,
      whole.map((value, i) => 0.25 * value + 0.75 * other[i]),
      1e-14,
      'gradients',
    );
    requireClose(trained(unbiased(twice), run).gradients, whole, 0, 'weight 1');
  });

  it('mixes with the estimator by its weight over a window too', () => {
    const run = network(2, 4);
    const [none, half, whole] = [0, 0.5, 1].map((weight) =>
      trained(unbiased(snap({ n: 1 }), { weight, window: 2 }) as Estimator, run),
    );
    const mean = none.gradients.map((value, i) => (value + whole.gradients[i]) / 2);
    requireClose(half.gradients, mean, 1e-14, 'gradients');
    expect(none.gradients).not.to.deep.equal(whole.gradients);
  });

  it('learns from a first window that mixes observed and scored steps as it does eagerly', () => {
    const run = network(2, 6);
    const of = (eager: boolean) =>
      estimates([run], unbiased(snap({ n: 1 }), { weight: 0.5, window: 3 }) as Estimator, seeded(5), {
        eager,
        observed: [0, 2],
      });
    const [plain, plan] = [of(true), of(false)];
    requireClose(numbersOf(plan.gradients), numbersOf(plain.gradients), 1e-12, 'the gradients');
    requireClose(numbersOf(plan.influence), numbersOf(plain.influence), 1e-12, 'the influence');
  });

  it('resumes from a checkpoint, and refuses that of another estimator', () => {
    const { model, loss, parameters, state, examples } = network(2, 4);
    const config = {
      model,
      loss,
      parameters,
      state,
      dtype: 'float64' as const,
      optimizer: sgd({ rate: 0.1 }),
    };
    const learner = createLearner({ ...config, estimator: unbiased(snap({ n: 1 })) });
    for (const { input, target } of examples) learner.step(input, target);
    const restored = restoreLearner({ ...config, estimator: unbiased(snap({ n: 1 })) }, learner.save());
    requireClose(numbersOf(restored.influence), numbersOf(learner.influence), 0, 'influence');
    expect(() =>
      restoreLearner({ ...config, estimator: unbiased(rflo({ leak: 0.1 })) }, learner.save()),
    ).to.throw('"of":"snap"');
  });

  it('says what it is of, whether lanes are one, and how many pairs it carries', () => {
    expect([unbiased(frozen()).joint, unbiased(frozen(), { lanes: 'joint' }).joint]).to.deep.equal([
      false,
      true,
    ]);
    expect(unbiased(uoro({ rank: 3 }), { weight: 0.5 }).settings).to.deep.equal({
      of: 'uoro',
      weight: 0.5,
      rank: 1,
      window: 1,
      epsilon: 1e-5,
      lanes: 'independent',
      'uoro.window': 1,
      'uoro.rank': 3,
      'uoro.epsilon': 1e-5,
      'uoro.lanes': 'independent',
    });
    expect(unbiased(frozen(), { weight: (step) => 1 / step }).settings).not.to.have.property('weight');
    for (const [rank, pairs] of [
      [1, 'one pair of vectors'],
      [2, '2 pairs of vectors'],
    ] as const) {
      // A gradient of its own is no matter where the weight is 1.
      const estimator = unbiased(eprop({ pairing: 'published' }), { rank, window: 2 });
      const learner = learnerOf([network(2, 2)], estimator, seeded(1));
      for (const { input, target } of network(2, 2).examples) learner.step(input, target);
      expect(learner.rule?.structure).to.match(new RegExp(`; ${pairs} for the rest$`));
    }
  });

  it('refuses what it cannot do, in a sentence', () => {
    const refused = (make: () => unknown, message: string) =>
      expect(make).to.throw(ConfigurationError, message);
    refused(
      () => unbiased(snap({ n: 1 }), { weight: 2 }),
      'unbiased: weight must be a number from 0 to 1, or a function of the time step',
    );
    refused(
      () => unbiased(tbptt({ window: 4 })),
      'unbiased: tbptt has a window of its own; use uoro({ window: 4 })',
    );
    refused(() => unbiased(tbptt({ window: 2, stride: 1 })), 'unbiased: tbptt has a window of its own');
    refused(() => unbiased(undefined as unknown as Estimator), 'unbiased: estimator must be an estimator');
    const misspelt = { wieght: 1 };
    refused(
      () => unbiased(frozen(), misspelt as UnbiasedOptions),
      'unbiased: there is no option wieght; did you mean weight',
    );
    const learner = learnerOf([network(2, 2)], unbiased(frozen(), { weight: () => 1.5 }), seeded(1));
    const [{ input, target }] = network(2, 2).examples;
    const published = eprop({ pairing: 'published' });
    const windowed = learnerOf([network(2, 2)], unbiased(published, { weight: 0, window: 2 }), seeded(1));
    refused(
      () => windowed.step(input, target),
      'unbiased: eprop makes a gradient of its own for each step, as by the published pairing, and has none for a window of 2',
    );
    refused(() => learner.step(input, target), 'unbiased: the weight at step 0 must be a number from 0 to 1');
  });

  if (size(false, true))
    describeInfluence({
      estimator: () => unbiased(diagonal()),
      fixtures: { rnn: (steps) => network(2, steps) },
    });
});
