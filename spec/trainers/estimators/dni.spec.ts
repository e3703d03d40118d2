import { expect } from 'chai';
import { linearize } from '../../../autodiff/index.ts';
import { ConfigurationError, seeded, type Tensor, tensor } from '../../../lib/index.ts';
import { gru, lstm, meanSquare, rnn } from '../../../nn/index.ts';
import {
  createLearner,
  type DniInfluence,
  dni,
  type Estimator,
  frozen,
  sgd,
} from '../../../trainers/index.ts';
import { estimates, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { jacobians } from './oneStep.ts';
import { fixture, withReadout } from './sparse.ts';

/** The gradient of each step on plain numbers, and A. */
function byDefinition(run: Fixture, rate: number): { gradients: number[][]; A: number[][] } {
  let { state } = run;
  const S = numbersOf(state).length;
  let A: number[][] = Array.from({ length: S }, () => new Array<number>(S + 1).fill(0));
  const model = (z: readonly number[]) => A.map((row) => row.reduce((sum, a, i) => sum + a * z[i], 0));
  const gradients = run.examples.map(({ input, target }, t) => {
    const { I, J } = jacobians(run, run.parameters, state, input);
    const { pull } = linearize(
      (theta: never, before: never) => run.loss(run.model.step(theta, before, input).output, target),
      run.parameters as never,
      state as never,
    );
    const [own, delta] = pull(tensor(1)).map(numbersOf);
    const z = [...numbersOf(state), 1];
    state = run.model.step(run.parameters, state, input).state;
    const later = model([...numbersOf(state), 1]);
    // At the start there is no influence yet, and A is not known.
    const gradient = own.map((value, p) => value + I.reduce((sum, row, k) => sum + later[k] * row[p], 0));
    const goal = delta.map((value, i) => value + J.reduce((sum, row, k) => sum + later[k] * row[i], 0));
    const said = model(z);
    const norm = 1 + z.reduce((sum, value) => sum + value * value, 0);
    if (t > 0) A = A.map((row, i) => row.map((a, j) => a + (rate * (goal[i] - said[i]) * z[j]) / norm));
    return gradient;
  });
  return { gradients, A };
}

describe('DNI', () => {
  it('is its definition on plain numbers, eagerly and as a plan', () => {
    for (const cell of [
      rnn({ inputs: 2, units: 3 }),
      gru({ inputs: 2, units: 2 }),
      lstm({ inputs: 2, units: 2 }),
    ]) {
      const run = fixture(withReadout(cell), 2, 8);
      const expected = byDefinition(run, 0.5);
      requireLive(expected.A.flat(), 'A');
      for (const eager of [true, false]) {
        const { gradients } = estimates([run], dni({ rate: 0.5 }) as Estimator, seeded(1), { eager });
        requireClose(numbersOf(gradients), expected.gradients.flat(), 1e-12, `gradients, eager: ${eager}`);
        const learner = learnerOf([run], dni({ rate: 0.5 }) as Estimator, seeded(1), { eager });
        for (const { input, target } of run.examples) learner.step(input, target);
        requireClose(numbersOf((learner.influence as DniInfluence).weights), expected.A.flat(), 1e-12, 'A');
      }
    }
  });

  it('credits a parameter with all later losses, where a linear model can say what they are', () => {
    // Two inputs in turn: two states, on which a linear model of one number is exact.
    const cell = rnn({ inputs: 1, units: 1 });
    const parameters = { w: tensor([[0.7]]), u: tensor([[0.8]]), b: tensor([0.1]) };
    const config = {
      model: cell,
      loss: meanSquare,
      parameters,
      optimizer: sgd({ rate: 0 }),
      dtype: 'float64' as const,
    };
    const learner = createLearner({ ...config, estimator: dni({ rate: 1 }) as Estimator });
    const at = (t: number) => [tensor([t % 2 === 0 ? 1 : -0.5]), tensor([t % 2 === 0 ? 0.9 : 0.2])] as const;
    const even = size(6000, 20000);
    for (let t = 0; t <= even; t++) learner.step(...at(t));
    const own = numbersOf(learner.gradient);
    // The losses of the next 200 steps, from the state before.
    const before = createLearner({ ...config, estimator: frozen() });
    for (let t = 0; t < even; t++) before.observe(at(t)[0]);
    const { pull } = linearize((theta: typeof parameters) => {
      let { state, output } = cell.step(theta, before.state as Tensor, at(even)[0]);
      const losses = [meanSquare(output, at(even)[1])];
      for (let t = even + 1; t < even + 200; t++) {
        ({ state, output } = cell.step(parameters, state, at(t)[0]));
        losses.push(meanSquare(output, at(t)[1]));
      }
      return losses;
    }, parameters);
    const [expected] = pull(Array.from({ length: 200 }, () => tensor(1))).map(numbersOf);
    requireLive(expected, 'the gradient');
    requireClose(own, expected, 1e-3, 'the gradient');
  });

  it('keeps what it has learnt at a reset', () => {
    const run = fixture(withReadout(rnn({ inputs: 2, units: 3 })), 2, 8);
    for (const eager of [true, false]) {
      const learner = learnerOf([run], dni() as Estimator, seeded(1), { eager });
      for (const { input, target } of run.examples) learner.step(input, target);
      const before = numbersOf((learner.influence as DniInfluence).weights);
      learner.resetState();
      const { weights, age } = learner.influence as DniInfluence;
      requireClose(numbersOf(weights), before, 0, 'A');
      expect(age.item()).to.equal(0);
    }
  });

  it('refuses a rate out of range', () => {
    expect(() => dni({ rate: 2 })).to.throw(ConfigurationError, 'dni: rate');
    expect(dni().settings).to.deep.equal({ rate: 0.1 });
  });

  describeInfluence({
    estimator: () => dni() as Estimator,
    fixtures: { lstm: (steps) => fixture(withReadout(lstm({ inputs: 1, units: 2 })), 1, steps) },
  });
});
