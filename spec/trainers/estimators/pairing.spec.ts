import { expect } from 'chai';
import { grad } from '../../../autodiff/index.ts';
import { ConfigurationError, seeded, type Tensor, type Tree, tensor } from '../../../lib/index.ts';
import { lstm, meanSquare, rnn } from '../../../nn/index.ts';
import { type Estimator, eprop, frozen, rflo, snap, unbiased } from '../../../trainers/index.ts';
import { estimates, learnerOf } from '../../../trainers/testing/agreement.ts';
import { numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { fixture, withReadout } from './sparse.ts';

const gradientsOf = (run: Fixture, estimator: Estimator, eager = false) =>
  numbersOf(estimates([run], estimator, seeded(1), { eager }).gradients);

describe('the published pairing', () => {
  it('is the influence after the step, pulled by the derivative at the new state, eagerly and as a plan', () => {
    // Without a readout the loss is one of the state.
    const run = fixture(rnn({ inputs: 2, units: 3 }), 2, 4);
    for (const make of [
      (pairing: 'exact' | 'published') => snap({ n: 1, pairing }) as Estimator,
      (pairing: 'exact' | 'published') => rflo({ leak: 0.3, pairing }) as Estimator,
      (pairing: 'exact' | 'published') => eprop({ pairing }) as Estimator,
    ])
      for (const eager of [true, false]) {
        const learner = learnerOf([run], make('published'), seeded(1), { eager });
        for (const { input, target } of run.examples) {
          learner.step(input, target);
          const delta = grad((s: Tensor) => meanSquare(s, target as Tensor))(learner.state as Tensor);
          requireClose(numbersOf(learner.gradient), numbersOf(learner.pull(delta)), 1e-13, 'gradient');
        }
        const [own, exact] = [gradientsOf(run, make('published')), gradientsOf(run, make('exact'))];
        expect(own).not.to.deep.equal(exact);
      }
  });

  it('leaves a readout as it is, and of RFLO with a leak of 1 the immediate term', () => {
    const run = fixture(withReadout(rnn({ inputs: 2, units: 3 })), 2, 4);
    requireClose(
      gradientsOf(run, rflo({ leak: 1, pairing: 'published' }) as Estimator),
      gradientsOf(run, frozen()),
      1e-13,
      'gradients',
    );
  });

  it('is made unbiased by weight 1, as the exact one is', () => {
    const run = fixture(withReadout(rnn({ inputs: 2, units: 2 })), 2, 4);
    const of = (pairing: 'exact' | 'published', weight: number) =>
      gradientsOf(run, unbiased(snap({ n: 1, pairing }), { weight }) as Estimator);
    requireClose(of('published', 1), of('exact', 1), 0, 'weight 1');
    requireClose(
      of('published', 0),
      gradientsOf(run, snap({ n: 1, pairing: 'published' }) as Estimator),
      1e-14,
      'weight 0',
    );
  });
});

describe('random feedback', () => {
  const run = fixture(withReadout(lstm({ inputs: 2, units: 2 })), 2, 4);
  const readout = ({ readout }: { readout: unknown }) => numbersOf(readout);
  const cell = (gradient: unknown) => numbersOf((gradient as { cell: Tree }).cell);

  it('pulls the influence after the step by B ∂ℓ/∂y, and learns the readout exactly', () => {
    for (const make of [() => rflo({ leak: 0.3, feedback: 'random' }), () => eprop({ feedback: 'random' })]) {
      const learner = learnerOf([run], make() as Estimator, seeded(1));
      const exact = learnerOf([run], frozen(), seeded(1));
      const B = numbersOf(seeded(1).normal([4, 2])).map((value) => value / Math.sqrt(2));
      for (const { input, target } of run.examples) {
        const { output } = learner.step(input, target);
        exact.step(input, target);
        const error = numbersOf(grad((y: Tensor) => run.loss(y, target))(output as Tensor));
        const fed = [0, 1, 2, 3].map((k) => B[2 * k] * error[0] + B[2 * k + 1] * error[1]);
        const like = learner.state as { h: Tensor; c: Tensor };
        const keys = Object.keys(like);
        const feedback = Object.fromEntries(keys.map((key, i) => [key, tensor(fed.slice(2 * i, 2 * i + 2))]));
        requireLive(cell(learner.gradient), 'gradient');
        requireClose(cell(learner.gradient), cell(learner.pull(feedback as never)), 1e-13, 'the cell');
        requireClose(
          readout(learner.gradient as never),
          readout(exact.gradient as never),
          1e-13,
          'the readout',
        );
      }
    }
  });

  it('has the matrix that its seed gives, in every run, and is resumed by its settings alone', () => {
    const of = (feedbackSeed: number) =>
      gradientsOf(run, rflo({ leak: 0.3, feedback: 'random', feedbackSeed }) as Estimator);
    expect(of(1)).to.deep.equal(gradientsOf(run, rflo({ leak: 0.3, feedback: 'random' }) as Estimator));
    expect(of(1)).not.to.deep.equal(of(2));
    expect(rflo({ leak: 0.3 }).settings).to.deep.equal({ leak: 0.3 });
    expect(eprop({ feedback: 'random' }).settings).to.deep.equal({
      pairing: 'published',
      feedback: 'random',
      feedbackSeed: 1,
    });
  });

  it('needs the published pairing', () => {
    expect(() => rflo({ leak: 0.1, feedback: 'random', pairing: 'exact' })).to.throw(
      ConfigurationError,
      "rflo: random feedback takes the place of ∂ℓ/∂s' after the step, so pairing must be published",
    );
  });
});
