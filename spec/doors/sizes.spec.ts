import { expect } from 'chai';
import {
  ConfigurationError,
  type NorewindError,
  ones,
  ShapeError,
  seeded,
  type Tensor,
  zeros,
} from '../../lib/index.ts';
import { embedding, gru, linear, rnn, summary } from '../../nn/index.ts';
import { type LearnerConfig, rtrl, snap, uoro } from '../../trainers/index.ts';
import { learner, net, untyped } from './untyped.ts';

type Refused = new (message: string) => NorewindError;

describe('sizes', () => {
  it('sizes that no memory holds are refused in MiB, before anything is allocated', () => {
    const most = 'and 4,096 MiB is the most';
    for (const [call, Refusal, sentence] of [
      [
        () => zeros([1e9, 1e9]),
        ShapeError,
        'zeros: 1000000000000000000 elements of shape [1000000000,1000000000] take 7,629,394,531,250 MiB',
      ],
      [() => ones([2 ** 30], { dtype: 'float64' }), ShapeError, 'take 8,192 MiB'],
      [() => zeros([1e300, 1e300]), ShapeError, 'is not a shape'],
      [
        () => seeded(1).normal([1e6, 1e6]),
        ShapeError,
        '1000000000000 elements of float64 take 7,629,395 MiB',
      ],
      [
        () => gru({ inputs: 1, units: 1e6 }),
        ConfigurationError,
        'gru: 3,000,006,000,000 parameters take 22,888,230 MiB',
      ],
      [() => rnn({ inputs: 1e9, units: 10 }), ConfigurationError, 'rnn: 10,000,000,110 parameters take'],
      [
        () => embedding({ symbols: 1e8, size: 1e3 }),
        ConfigurationError,
        'use fewer symbols, or a smaller size',
      ],
      [
        () => linear({ outputs: 1e6 }).init(seeded(1), 1e6),
        ConfigurationError,
        'linear: 1,000,001,000,000 parameters take',
      ],
      [
        () => learner({ model: huge(2e9) }),
        ConfigurationError,
        'createLearner: 2,000,000,000 parameters take 15,259 MiB',
      ],
      [
        () => learner({ model: net(1200), estimator: rtrl({ structure: 'dense' }) }),
        ConfigurationError,
        'rtrl: the numbers that it carries for 1,200 state elements and 1,443,601 parameters take 6,609 MiB',
      ],
      [
        () => learner({ model: net(1200), estimator: rtrl() }).step(untyped(ones([1])), untyped(ones([1]))),
        ConfigurationError,
        'rtrl: the numbers that it carries',
      ],
      [
        () => learner({ model: net(300), estimator: uoro({ rank: 20_000 }) }),
        ConfigurationError,
        'uoro: the numbers that it carries',
      ],
    ] as const)
      expect(call)
        .to.throw(Refusal as Refused)
        .with.property('message')
        .that.contains(sentence);
    for (const call of [() => zeros([1e9, 1e9]), () => gru({ inputs: 1, units: 1e6 })])
      expect(call).to.throw(most);
    // 700 state elements by half a million parameters are not looked at before the step is known.
    expect(learner({ model: net(700), estimator: snap({ n: 1 }) }).steps).to.equal(0);
    expect(
      learner({ model: net(64), estimator: snap({ n: 1 }) }).step(untyped(ones([1])), untyped(ones([1])))
        .loss,
    ).to.be.a('number');
  });

  it('a summary of any size takes no memory', () => {
    expect(summary(huge(1e15)).totals.parameters).to.equal(1e15);
  });
});

/** A model with this many parameters, and a step that is never called. */
function huge(parameters: number): LearnerConfig<unknown, unknown, unknown, unknown>['model'] {
  return {
    name: 'huge',
    init: (noise) => ({ w: noise.normal([parameters / 1e3, 1e3]) }),
    start: () => zeros([1]),
    step: (_, state) => ({ state, output: state as Tensor }),
  };
}
