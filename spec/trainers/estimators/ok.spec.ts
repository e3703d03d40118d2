import { expect } from 'chai';
import { ConfigurationError, expectation, recording, seeded, tensor } from '../../../lib/index.ts';
import { indrnn, lstm, meanSquare, mgu, rnn } from '../../../nn/index.ts';
import { factorOf, singularValues } from '../../../trainers/estimators/products/reduction.ts';
import { combined, triangle } from '../../../trainers/estimators/products/triangle.ts';
import { createLearner, type Estimator, kfRtrl, ok, rtrl, sgd, uoro } from '../../../trainers/index.ts';
import { checkUnbiased, estimates, influenceOf, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { fixture, withReadout } from './sparse.ts';

const exactOf = (run: Fixture) =>
  numbersOf(estimates([run], rtrl({ structure: 'dense' }), seeded(1), { eager: true }).influence);

/** E‖Ĝ - G‖²/‖G‖² over every sequence of signs. */
function variance(run: Fixture, estimator: () => Estimator): number {
  const exact = exactOf(run);
  const { mean } = expectation((noise) => {
    const learner = learnerOf([run], estimator(), noise, { eager: true });
    for (const { input, target } of run.examples) learner.step(input, target);
    const [G] = influenceOf(learner, [run]);
    return tensor(G.reduce((sum, value, i) => sum + (value - exact[i]) ** 2, 0));
  });
  return mean.item() / exact.reduce((sum, value) => sum + value * value, 0);
}

describe('the reduction of OK', () => {
  it('finds singular values', () => {
    for (const [n, unit] of [
      [1, 1],
      [2, 1],
      [5, 1],
      [3, 1e200],
      [3, 1e-200],
    ]) {
      const noise = seeded(n);
      const K = Array.from({ length: n }, () => numbersOf(noise.normal([n])).map((value) => value * unit));
      if (n === 5) K[4] = K[0].map((value, j) => value - 2 * K[1][j]);
      const { left, values, right } = singularValues(K);
      expect([...values].sort((a, b) => b - a)).to.deep.equal(values);
      const product = K.map((row, i) =>
        row.map((_, j) => values.reduce((sum, value, k) => sum + value * left[k][i] * right[k][j], 0)),
      );
      const inUnits = (rows: number[][]) => rows.flat().map((value) => value / unit);
      requireClose(inUnits(product), inUnits(K), 1e-13, 'K');
      if (n === 5) expect(values[4]).to.be.below(1e-13);
    }
  });

  it('has the mean, and the variance s²/(k-1) - Σd² of the values that it does not keep', () => {
    for (const values of [
      [3, 1],
      [5, 1, 0.9],
      [2, 2, 2, 2],
      [10, 3, 0.5, 0.4, 0.3],
      [1, 1, 0],
      [0, 0],
    ]) {
      const n = values.length;
      const { mean } = expectation((noise) => {
        const X = factorOf(values, numbersOf(noise.signs([n])), n - 1);
        const product = X.map((x) => X.map((y) => x.reduce((sum, value, i) => sum + value * y[i], 0)));
        const square = product.flat().reduce((sum, value, at) => {
          const [i, j] = [Math.floor(at / n), at % n];
          return sum + (value - (i === j ? values[i] : 0)) ** 2;
        }, 0);
        return { product: tensor(product), square: tensor(square) };
      });
      const diagonal = values.flatMap((value, i) => values.map((_, j) => (i === j ? value : 0)));
      requireClose(numbersOf(mean.product), diagonal, 1e-14, `${values}`);
      const kept = [...values.keys()].find(
        (m) => (n - 1 - m) * values[m] <= values.slice(m).reduce((sum, value) => sum + value, 0),
      ) as number;
      const tail = values.slice(kept);
      const s = tail.reduce((sum, value) => sum + value, 0);
      const expected =
        tail.length < 2 ? 0 : s ** 2 / (tail.length - 1) - tail.reduce((sum, value) => sum + value ** 2, 0);
      requireClose([mean.square.item()], [expected], 1e-12, `the variance of ${values}`);
    }
  });
});

describe('the directions of OK', () => {
  for (const scale of [1, 1e-100, 1e100])
    it(`are orthogonal, and vectors of length ${scale} are combinations of them`, () => {
      const noise = seeded(2);
      const [a, b, c] = [0, 1, 2].map(() => numbersOf(noise.normal([6])).map((value) => scale * value));
      // Almost parallel to the first, and dependent on those before it.
      const near = a.map((value, i) => value + 1e-6 * b[i]);
      const within = a.map((value, i) => 2 * value - near[i]);
      const vectors = [a, near, a.map(() => 0), within, c];
      const own = triangle(vectors.map((value) => tensor(value)));
      expect(numbersOf(own.inverse).map((value) => value > 0)).to.deep.equal([
        true,
        true,
        false,
        false,
        true,
      ]);
      const rests = own.rests.map(numbersOf);
      rests.forEach((x, i) => {
        for (const j of [0, 1, 4].filter((each) => each < i && [1, 4].includes(i))) {
          const cosine = x.reduce((sum, value, k) => sum + (value / scale) * (rests[j][k] / scale), 0);
          expect(Math.abs(cosine)).to.be.below(1e-9 * Math.hypot(...x.map((value) => value / scale)));
        }
      });
      vectors.forEach((vector, i) => {
        const weights = own.coefficients.toArray() as number[][];
        requireClose(numbersOf(combined(own, tensor(weights[i]))), vector, 1e-12, `vector ${i}`);
      });
    });
});

describe('OK', () => {
  for (const [name, run, rank] of [
    ['a tanh network', fixture(withReadout(rnn({ inputs: 2, units: 3 })), 2, 3), 1],
    ...size(
      [],
      [
        ['rank 2', fixture(withReadout(rnn({ inputs: 2, units: 2 })), 2, 3), 2] as const,
        ['two gates, the one before a product', fixture(mgu({ inputs: 1, units: 2 }), 1, 2), 1] as const,
      ],
    ),
    [
      'leaves without sites beside some',
      fixture(indrnn({ inputs: 2, units: 3, activation: 'tanh' }), 2, 3),
      1,
    ],
  ] as const)
    it(`has the mean ∂s/∂θ: ${name}`, () => checkUnbiased([run], () => ok({ rank }) as Estimator));

  it('is RTRL where the rank is that of the influence', () => {
    // z has 4 elements: 4 products are all that there can be.
    const run = fixture(withReadout(rnn({ inputs: 1, units: 2 })), 1, 6);
    for (const eager of [true, false]) {
      const { influence } = estimates([run], ok({ rank: 4 }), seeded(3), { eager });
      requireClose(numbersOf(influence), exactOf(run), 1e-6, `eager: ${eager}`);
    }
  });

  it('forgets in float32 what decays below its numbers', () => {
    const network = lstm({ inputs: 2, units: 1 });
    const learner = createLearner({
      model: network,
      loss: meanSquare,
      estimator: ok({ rank: 3 }),
      optimizer: sgd({ rate: 0 }),
      seed: 2,
      parameters: network.init(seeded(1)),
    });
    // Its third product has nothing to come to it.
    for (let t = 0; t < 70; t++) learner.step(tensor([0, 0]), tensor([0.5]));
    expect(numbersOf(learner.influence).every(Number.isFinite)).to.equal(true);
    expect(numbersOf(learner.gradient).some((value) => value !== 0)).to.equal(true);
  });

  it('has less variance than KF-RTRL, the less the higher the rank, and KF-RTRL less than UORO', () => {
    const run = fixture(rnn({ inputs: 2, units: 2 }), 2, 3);
    const [one, kf, whole] = [() => ok(), () => kfRtrl(), () => uoro()].map((make) =>
      variance(run, make as () => Estimator),
    );
    expect(one).to.be.within(0.01, kf);
    expect(kf).to.be.below(whole);
    if (size(false, true)) expect(variance(run, () => ok({ rank: 2 }))).to.be.below(one);
  });

  it('draws a sign for each of its products and one more, and says what it takes', () => {
    const run = fixture(rnn({ inputs: 2, units: 3 }), 2, 1);
    const noise = recording(seeded(1));
    const learner = learnerOf([run], ok({ rank: 3 }), noise);
    learner.step(run.examples[0].input, run.examples[0].target);
    expect(noise.draws.length).to.equal(4);
    expect(learner.rule?.structure).to.equal('1 group of sites');
    expect(learner.rule?.cost.memory).to.equal(3 * (9 + 6));
    expect(() => ok({ rank: 0 })).to.throw(ConfigurationError, 'ok: rank');
  });

  if (size(false, true))
    describeInfluence({
      estimator: () => ok(),
      fixtures: { rnn: (steps) => fixture(withReadout(rnn({ inputs: 1, units: 2 })), 1, steps) },
    });
});
