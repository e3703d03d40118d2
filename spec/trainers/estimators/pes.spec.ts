import { expect } from 'chai';
import { add, greater, matmul, mul, tanh, where } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  expectation,
  type Noise,
  seeded,
  type Tensor,
  tensor,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, meanSquare } from '../../../nn/index.ts';
import {
  createLearner,
  type Estimator,
  influenceBalancing,
  type PesOptions,
  pes,
  rtrl,
  sgd,
} from '../../../trainers/index.ts';
import { estimates, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';
import { fixture, type Vectors } from './sparse.ts';

const A = tensor([
  [0.5, -0.3],
  [0.2, 0.4],
]);

/** s' = A s + θ x: a quadratic loss is quadratic in all perturbations. */
const line: Cell<Tensor, Tensor, Tensor> = {
  name: 'line',
  outputs: 2,
  init: (noise: Noise) => noise.normal([1]),
  start: () => zeros([2]),
  step(theta, s, x) {
    const next = add(matmul(A, s), mul(theta, x));
    return { state: next, output: next };
  },
};

const curve: Cell<Vectors, Tensor, Tensor> = {
  name: 'curve',
  outputs: 1,
  init: (noise: Noise) => ({ u: noise.normal([1]), w: noise.normal([1]) }),
  start: () => zeros([1]),
  step({ u, w }, h, x) {
    const next = tanh(add(mul(h, u), mul(x, w)));
    return { state: next, output: next };
  },
};

const meanOf = (run: ReturnType<typeof fixture>, options: PesOptions) =>
  expectation((noise) => {
    const { gradients, influence } = estimates([run], pes(options) as Estimator, noise, { eager: true });
    return { gradients, influence };
  }).mean;

describe('PES', () => {
  it('has the mean of RTRL, exactly, where the losses are quadratic in the perturbations', () => {
    const run = fixture(line, 2, 4);
    const exact = estimates([run], rtrl() as Estimator, seeded(1));
    const { gradients, influence } = meanOf(run, { particles: 2, deviation: 0.3 });
    requireLive(numbersOf(exact.gradients), 'the gradients');
    // Nothing is learnt from the first loss.
    requireClose(numbersOf(gradients), [0, ...numbersOf(exact.gradients).slice(1)], 1e-11, 'the gradients');
    requireClose(numbersOf(influence), numbersOf(exact.influence), 1e-11, 'the influence');
  });

  it('pulls with what the states have seen, not with the perturbation that is yet to come', () => {
    // One sign, of which the square is 1: after one step the influence is exact, whatever is drawn.
    const run = fixture(line, 2, 1);
    const exact = numbersOf(estimates([run], rtrl() as Estimator, seeded(1)).influence);
    requireLive(exact, 'the influence');
    for (const seed of [1, 2, 3, 4, 5]) {
      const own = estimates([run], pes({ particles: 2 }) as Estimator, seeded(seed));
      requireClose(numbersOf(own.influence), exact, 1e-9, `seed ${seed}`);
    }
    expect(pes().settings).to.deep.equal({ particles: 32, deviation: 0.01 });
  });

  it('has that mean up to σ² on a curve, with several pairs and after a reset', () => {
    const run = fixture(curve, 1, 2);
    const exact = numbersOf(estimates([run], rtrl() as Estimator, seeded(1)).gradients);
    const away = [0.02, 0.01].map((deviation) => {
      const { gradients } = meanOf(run, { particles: 2, deviation });
      return Math.hypot(
        ...numbersOf(gradients)
          .slice(2)
          .map((value, i) => value - exact[i + 2]),
      );
    });
    expect(away[0] / away[1]).to.be.closeTo(4, 0.05);
    expect(away[0]).to.be.below(1e-3);
    const again = expectation((noise) => {
      const own = pes({ particles: 2, deviation: 1e-4 }) as Estimator;
      return estimates([{ ...run, examples: run.examples.slice(0, 1) }], own, noise, {
        eager: true,
        before: 1,
      }).gradients;
    }).mean;
    requireClose(numbersOf(again), exact.slice(0, 2), 1e-5, 'after a reset');
    const line2 = fixture(line, 2, 2);
    requireClose(
      numbersOf(meanOf(line2, { particles: 4 }).gradients),
      [0, ...numbersOf(estimates([line2], rtrl() as Estimator, seeded(1)).gradients).slice(1)],
      1e-11,
      'two pairs',
    );
  });

  it('learns through a step without a derivative', () => {
    /** The output jumps from 0 to 1 where the state, a running mean, is above the threshold. */
    const jump: Cell<Tensor, Tensor, Tensor> = {
      name: 'jump',
      outputs: 1,
      init: () => tensor([0.9]),
      start: () => zeros([1]),
      step(theta, s, x) {
        const next = add(mul(s, 0.5), mul(x, 0.5));
        return { state: next, output: where(greater(next, theta), add(mul(next, 0), 1), 0) };
      },
    };
    const trained = (estimator: Estimator) => {
      const learner = createLearner({
        model: jump,
        loss: meanSquare,
        estimator,
        optimizer: sgd({ rate: 0.002 }),
        dtype: 'float64',
        seed: 4,
      });
      const stream = seeded(2);
      let s = 0;
      for (let t = 0; t < size(600, 2000); t++) {
        const x = stream.uniform([1]);
        s = 0.5 * s + 0.5 * numbersOf(x)[0];
        learner.step(x, tensor([s > 0.4 ? 1 : 0]));
        // The sums of perturbations since the start are noise in a task without a memory of its own.
        if (t % 20 === 19) learner.resetState();
        if (t % 20 === 19) s = 0;
      }
      return numbersOf(learner.parameters)[0];
    };
    expect(trained(rtrl() as Estimator)).to.equal(0.9);
    expect(trained(pes({ particles: 64, deviation: 0.2 }) as Estimator)).to.be.within(0.3, 0.55);
  });

  it('follows RTRL on influence balancing, where it is reset now and then', () => {
    const task = influenceBalancing({ units: 7, positive: 3, dtype: 'float64' });
    const trained = (estimator: Estimator) => {
      const learner = createLearner({
        model: task.model,
        loss: task.loss,
        estimator,
        optimizer: sgd({ rate: 2e-3 }),
        dtype: 'float64',
        seed: 1,
      });
      let [t, last] = [0, 0];
      for (const { input, target } of task) {
        last = learner.step(input, target).loss;
        if (++t === size(3000, 10000)) return last;
        // Its variance grows with the steps since the start.
        if (t % 1000 === 0) learner.resetState();
      }
      return last;
    };
    expect(trained(pes({ particles: 100, deviation: 0.1 }) as Estimator)).to.be.below(1e-2);
  });

  it('says what it carries, and refuses an odd number of particles', () => {
    const run = fixture(line, 2, 1);
    const learner = learnerOf([run], pes({ particles: 6 }) as Estimator, seeded(1));
    learner.step(run.examples[0].input, run.examples[0].target);
    expect(learner.rule?.structure).to.equal('6 particles');
    expect(learner.rule?.cost.memory).to.equal(6 * 3 + 1);
    for (const options of [{ particles: 3 }, { particles: 0 }, { deviation: 0 }])
      expect(() => pes(options)).to.throw(ConfigurationError, 'pes: ');
  });

  describeInfluence({
    estimator: () => pes({ particles: 4 }) as Estimator,
    fixtures: { curve: (steps) => fixture(curve, 1, steps) },
  });
});
