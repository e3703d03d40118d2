import { expect } from 'chai';
import { mul } from '../../../autodiff/index.ts';
import { ConfigurationError, seeded, type Tensor } from '../../../lib/index.ts';
import { ctrnn, lstm, rnn } from '../../../nn/index.ts';
import { type Estimator, type KernlInfluence, kernl, rflo, rtrl } from '../../../trainers/index.ts';
import { estimates, influenceOf, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { lengthOf, numbersOf, requireClose, treeFrom } from '../../../trainers/testing/numbers.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { jacobians } from './oneStep.ts';
import { fixture, withReadout } from './sparse.ts';

const rate = 0.3;
const sigma = 1e-3;

/** On plain numbers, for a network whose parameters reach the state elements of their own unit alone. */
function byDefinition(run: Fixture, signs: readonly number[], decay: number) {
  const S = numbersOf(run.state).length;
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  let { state } = run;
  let E: number[][] = [];
  let A = Array.from({ length: S }, (_, i) => Array.from({ length: S }, (__, j) => Number(i === j)));
  let clipped = false;
  let [lambda, psi, omega, chi] = [decay, 0, 0, 0].map((value) => new Array<number>(S).fill(value));
  run.examples.forEach(({ input }, t) => {
    const { I } = jacobians(run, run.parameters, state, input);
    E = I.map((row, j) => row.map((value, p) => value + lambda[j] * (E[j]?.[p] ?? 0)));
    const now = numbersOf(state);
    const perturbed = treeFrom(
      now.map((value, i) => value + sigma * psi[i]),
      state as Tensor,
    );
    const [there, here] = [perturbed, state].map((at) =>
      numbersOf(run.model.step(run.parameters, at, input).state),
    );
    const nu = signs.slice(t * S, (t + 1) * S);
    psi = there.map((value, i) => (value - here[i]) / sigma + nu[i]);
    chi = chi.map((value, i) => lambda[i] * value + omega[i]);
    omega = omega.map((value, i) => lambda[i] * value + nu[i]);
    const error = A.map((row, i) => psi[i] - dot(row, omega));
    const back = A.map((_, j) => A.reduce((sum, row, i) => sum + row[j] * error[i], 0));
    A = A.map((row, i) =>
      row.map((value, j) => value + (rate * error[i] * omega[j]) / (1 + dot(omega, omega))),
    );
    const scale = rate / (1 + dot(chi, chi));
    const moved = lambda.map((value, j) => value + scale * back[j] * chi[j]);
    clipped ||= moved.some((value) => value > 1);
    lambda = moved.map((value) => Math.min(1, Math.max(0, value)));
    state = run.model.step(run.parameters, state, input).state;
  });
  return {
    A: A.flat(),
    lambda,
    clipped,
    G: A.flatMap((row) => E[0].map((_, p) => row.reduce((sum, a, j) => sum + a * E[j][p], 0))),
  };
}

/** ‖Ĝ - G‖/‖G‖. */
function distance(run: Fixture, estimator: Estimator): number {
  const [own, exact] = [estimator, rtrl() as Estimator].map((one) =>
    numbersOf(estimates([run], one, seeded(3), { eager: false }).influence),
  );
  return lengthOf(own.map((value, i) => value - exact[i])) / lengthOf(exact);
}

describe('KeRNL', () => {
  for (const [name, run, leak] of [
    ['a tanh network', fixture(rnn({ inputs: 2, units: 3 }), 2, 8), 0.2],
    ['decays that come to their bound', fixture(rnn({ inputs: 2, units: 3 }), 2, 8, 4), 1e-3],
    ['an LSTM, with two state elements in a unit', fixture(lstm({ inputs: 2, units: 2 }), 2, 6), 0.2],
  ] as const)
    it(`is its definition on plain numbers, eagerly and as a plan: ${name}`, () => {
      const source = seeded(7);
      const { length } = numbersOf(run.state);
      const signs = run.examples.flatMap(() => numbersOf(source.signs([length])));
      const { A, lambda, clipped, G } = byDefinition(run, signs, 1 - leak);
      expect(clipped).to.equal(leak < 0.2);
      for (const eager of [true, false]) {
        const learner = learnerOf([run], kernl({ leak, rate }) as Estimator, seeded(7), { eager });
        for (const { input, target } of run.examples) learner.step(input, target);
        const { sensitivity, decays } = learner.influence as KernlInfluence;
        requireClose(numbersOf(sensitivity), A, 1e-9, 'A');
        requireClose(numbersOf(decays), lambda, 1e-9, 'λ');
        if (leak === 0.2) expect(lengthOf(lambda.map((value) => value - 0.8))).to.be.greaterThan(1e-3);
        requireClose(influenceOf(learner, [run]).flat(), G, 1e-9, 'G');
      }
    });

  it('is RFLO with a rate of 0', () => {
    for (const cell of [rnn({ inputs: 2, units: 4 }), ctrnn({ inputs: 2, units: 4, leak: 0.3 })]) {
      const run = fixture(withReadout(cell), 2, 6);
      const [own, other] = [kernl({ leak: 0.3, rate: 0 }), rflo({ leak: 0.3 })].map((one) =>
        estimates([run], one as Estimator, seeded(1)),
      );
      requireClose(numbersOf(own.influence), numbersOf(other.influence), 1e-13, 'the influence');
      requireClose(numbersOf(own.gradients), numbersOf(other.gradients), 1e-13, 'the gradients');
    }
  });

  it('comes nearer to RTRL as it learns the kernel', () => {
    const made = fixture(rnn({ inputs: 2, units: 4 }), 2, size(400, 2000));
    const { w, u, b } = made.parameters as Record<string, Tensor>;
    const run = { ...made, parameters: { w, u: mul(u, 0.6), b } };
    const [fixed, learnt] = [0, 0.02].map((own) =>
      distance(run, kernl({ leak: 0.5, rate: own }) as Estimator),
    );
    expect(learnt).to.be.below(0.8 * fixed);
  });

  it('keeps what it has learnt at a reset, and forgets what it carried', () => {
    for (const eager of [true, false]) {
      const run = fixture(withReadout(lstm({ inputs: 2, units: 2 })), 2, 8);
      const learner = learnerOf([run], kernl({ rate }) as Estimator, seeded(1), { eager });
      for (const { input, target } of run.examples) learner.step(input, target);
      const before = learner.influence as KernlInfluence;
      learner.resetState();
      const after = learner.influence as KernlInfluence;
      requireClose(numbersOf(after.sensitivity), numbersOf(before.sensitivity), 0, 'A');
      requireClose(numbersOf(after.decays), numbersOf(before.decays), 0, 'λ');
      expect(lengthOf(influenceOf(learner, [run]).flat())).to.equal(0);
    }
  });

  it('refuses options out of range', () => {
    for (const options of [{ leak: 2 }, { rate: -1 }, { deviation: 0 }])
      expect(() => kernl(options)).to.throw(ConfigurationError, 'kernl: ');
    expect(kernl().settings).to.deep.equal({ leak: 0.5, rate: 0.01, deviation: 1e-3 });
  });

  describeInfluence({
    estimator: () => kernl({ rate }) as Estimator,
    fixtures: { lstm: (steps) => fixture(withReadout(lstm({ inputs: 1, units: 2 })), 1, steps) },
  });
});
