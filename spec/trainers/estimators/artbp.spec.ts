import { expect } from 'chai';
import { mul, stack } from '../../../autodiff/index.ts';
import { ConfigurationError, expectation, type Noise, seeded, type Tensor } from '../../../lib/index.ts';
import { gru, rnn } from '../../../nn/index.ts';
import {
  artbp,
  createLearner,
  type Estimator,
  influenceBalancing,
  intentional,
  inverseSqrt,
  restoreLearner,
  sgd,
  tbptt,
} from '../../../trainers/index.ts';
import { estimates } from '../../../trainers/testing/agreement.ts';
import { numbersOf, requireClose, requireLive, vector } from '../../../trainers/testing/numbers.ts';
import { byBackpropagation, type Fixture, zerosLike } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { fixture, withReadout } from './sparse.ts';

/** The sum of the gradients of a run whose last segment ends with it. */
function total(run: Fixture, noise: Noise, keep: number, observed: readonly number[] = []): number[] {
  const { model, loss, parameters, state, examples } = run;
  let flips = 0;
  const ends: Noise = { ...noise, coin: (p) => ++flips < examples.length && noise.coin(p) };
  const sum = numbersOf(zerosLike(parameters));
  const learner = createLearner({
    model,
    loss,
    parameters,
    state,
    estimator: artbp({ keep }),
    dtype: 'float64',
    noise: ends,
    optimizer: {
      name: 'adds up',
      settings: {},
      init: () => ({}),
      update(gradient, memory) {
        numbersOf(gradient).forEach((value, i) => {
          sum[i] += value;
        });
        return { update: zerosLike(gradient), memory };
      },
    },
  });
  examples.forEach(({ input, target }, t) => {
    if (observed.includes(t)) learner.observe(input);
    else learner.step(input, target);
  });
  return sum;
}

/** The loss in the end, or a large one from which it does not return. */
const balanced = (estimator: Estimator, seed: number, steps: number) => {
  const task = influenceBalancing({ units: 7, positive: 3, dtype: 'float64' });
  const learner = createLearner({
    model: task.model,
    loss: task.loss,
    estimator,
    optimizer: sgd({ rate: 2e-3 }),
    dtype: 'float64',
    seed,
  });
  let [t, recent] = [0, 0];
  for (const { input, target } of task) {
    const { loss } = learner.step(input, target);
    recent += (loss - recent) / 50;
    if (++t === steps || recent > 1e6) return recent;
  }
  return recent;
};

describe('ARTBP', () => {
  it('has the whole gradient in the mean over all coins, weighted by their probabilities', () => {
    for (const [cell, steps] of [
      [rnn({ inputs: 2, units: 3 }), size(4, 7)],
      [gru({ inputs: 2, units: 2 }), 4],
    ] as const)
      for (const keep of [0.3, 0.8]) {
        const run = fixture(withReadout(cell), 2, steps);
        const { mean, runs } = expectation((noise) => vector(total(run, noise, keep)));
        expect(runs).to.equal(2 ** (steps - 1));
        const { gradients } = byBackpropagation(
          run,
          run.examples.map(() => run.parameters),
        );
        const expected = gradients.reduce((sum, one) => sum.map((value, i) => value + one[i]));
        requireLive(expected, 'the gradient');
        requireClose(numbersOf(mean), expected, 1e-11, `keep ${keep}`);
        // One path of coins is far from it.
        expect(() => requireClose(total(run, seeded(2), keep), expected, 1e-2, 'one')).to.throw();
      }
  });

  it('leaves observed steps out of it, and is TBPTT-1 where nothing is kept', () => {
    const run = fixture(withReadout(rnn({ inputs: 2, units: 2 })), 2, 4);
    const { mean } = expectation((noise) => vector(total(run, noise, 0.5, [1])));
    const { gradients } = byBackpropagation(
      run,
      run.examples.map(() => run.parameters),
    );
    const expected = [0, 2, 3]
      .map((t) => gradients[t])
      .reduce((sum, one) => sum.map((value, i) => value + one[i]));
    requireClose(numbersOf(mean), expected, 1e-11, 'the gradient');
    const immediate = estimates([run], tbptt({ window: 1 }), seeded(1)).gradients.map(numbersOf);
    const sum = immediate.reduce((all, one) => all.map((value, i) => value + one[i]));
    requireClose(total(run, seeded(1), 0), sum, 1e-13, 'keep 0');
  });

  it('is the same as a plan as it is eagerly, and resumes bit for bit within a segment and between', () => {
    const run = fixture(withReadout(rnn({ inputs: 2, units: 3 })), 2, 40);
    const { model, loss, parameters, state, examples } = run;
    const config = {
      model,
      loss,
      parameters,
      state,
      estimator: artbp({ keep: 0.7 }),
      optimizer: sgd({ rate: 0.05 }),
      dtype: 'float64' as const,
      seed: 5,
    };
    const passes = [true, false].map((eager) => {
      const learner = createLearner({ ...config, eager });
      const losses = examples.map(({ input, target }, t) => {
        if (t === 20) learner.resetState();
        return learner.step(input, target).loss;
      });
      return [...losses, ...numbersOf(learner.gradient), ...numbersOf(learner.parameters)];
    });
    requireClose(passes[1], passes[0], 1e-12, 'a plan');
    for (const eager of [true, false])
      for (const cut of [0, 1, 2, 5, 11, 12, 13]) {
        const learner = createLearner({ ...config, eager });
        for (const { input, target } of examples.slice(0, cut)) learner.step(input, target);
        const restored = restoreLearner({ ...config, eager }, learner.save());
        for (const { input, target } of examples.slice(cut))
          expect(restored.step(input, target).loss).to.equal(learner.step(input, target).loss);
        expect([...restored.save()], `cut ${cut}`).to.deep.equal([...learner.save()]);
      }
  });

  it('learns as plans what it learns eagerly, in lanes, with a rate that falls and a step by the loss', () => {
    const run = fixture(withReadout(gru({ inputs: 2, units: 3 })), 2, 30);
    for (const [name, optimizer] of [
      ['sgd', sgd({ rate: inverseSqrt(0.05, 0.3) })],
      ['intentional', intentional({ fraction: 0.2 })],
    ] as const)
      for (const lanes of ['independent', 'joint', 'one'] as const) {
        const several = (x: Tensor) => stack([x, mul(x, 0.5), mul(x, -1)]);
        const given = (x: Tensor) => (lanes === 'one' ? x : several(x));
        const [plan, eager] = [false, true].map((isEager) => {
          const learner = createLearner({
            model: run.model,
            loss: run.loss,
            parameters: run.parameters,
            lanes: lanes === 'one' ? 1 : 3,
            estimator: { ...artbp({ keep: 0.75 }), joint: lanes === 'joint' },
            optimizer: optimizer as never,
            dtype: 'float64',
            seed: 3,
            eager: isEager,
          });
          const losses = run.examples.map(({ input, target }, t) => {
            if (t % 5 === 3) learner.observe(given(input as Tensor) as never);
            else return learner.step(given(input as Tensor) as never, given(target as Tensor) as never).loss;
            return 0;
          });
          return [...losses, ...numbersOf(learner.parameters), ...numbersOf(learner.state)];
        });
        requireClose(plan, eager, 1e-10, `${name}, ${lanes}`);
      }
  });

  it('compiles nothing for a length', () => {
    const run = fixture(withReadout(rnn({ inputs: 2, units: 2 })), 2, 400);
    let traced = 0;
    const model = {
      ...run.model,
      step: ((...given: Parameters<typeof run.model.step>) => {
        traced++;
        return run.model.step(...given);
      }) as typeof run.model.step,
    };
    const { loss, parameters, state, examples } = run;
    const learner = createLearner({
      model,
      loss,
      parameters,
      state,
      estimator: artbp({ keep: 0.9 }),
      optimizer: sgd({ rate: 1e-3 }),
    });
    examples.slice(0, 100).forEach(({ input, target }) => void learner.step(input, target));
    const before = traced;
    examples.slice(100).forEach(({ input, target }) => void learner.step(input, target));
    expect(traced).to.equal(before);
  });

  it('converges on influence balancing, where windows up to its mean length go the wrong way', () => {
    for (const window of size([10], [2, 5, 10]))
      expect(balanced(tbptt({ window }), 1, 4000)).to.be.above(1e6);
    for (const seed of size([1], [1, 2, 3]))
      expect(balanced(artbp({ keep: 0.9 }), seed, 4000)).to.be.below(1e-9);
  });

  it('ends a segment at its longest, whatever the coins say, and divides by nothing where nothing is kept', () => {
    const { drawLength, window } = artbp({ keep: 0.75 });
    const always: Noise = { ...seeded(1), coin: () => true };
    expect([drawLength?.(always), window]).to.deep.equal([65536, 65536]);
    expect([artbp({ keep: 0.75 }).crossing, artbp({ keep: 0 }).crossing]).to.deep.equal([4 / 3, undefined]);
  });

  it('says what it carries, and refuses a probability that is none', () => {
    expect(artbp({ keep: 0.75 }).cost({ state: 3, parameters: 10 })).to.deep.equal({ time: 40, memory: 12 });
    expect(artbp().settings).to.deep.equal({ keep: 0.9 });
    for (const keep of [-0.1, 1, Number.NaN])
      expect(() => artbp({ keep })).to.throw(ConfigurationError, 'artbp: keep');
    const { examples, ...run } = fixture(rnn({ inputs: 2, units: 2 }), 2, 1);
    const config = { ...run, estimator: artbp(), optimizer: sgd({ rate: 0 }), dtype: 'float64' as const };
    const bytes = createLearner(config).save();
    expect(() => restoreLearner({ ...config, estimator: artbp({ keep: 0.5 }) }, bytes)).to.throw(
      '"keep":0.9',
    );
  });
});
