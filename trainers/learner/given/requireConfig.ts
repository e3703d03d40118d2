import { ConfigurationError, guard, requireNoise, wasm } from '../../../lib/index.ts';
import { aCell } from '../../../nn/index.ts';
import { anEstimator, steps } from '../../estimators/index.ts';
import { anOptimizer } from '../../optimizers/index.ts';
import type { LearnerConfig } from './config.ts';
import { requireRoomFor } from './room.ts';

type Config = LearnerConfig<unknown, unknown, unknown, unknown>;

const checks: guard.Checks<Config> = {
  model: guard.needed(aCell),
  loss: guard.needed({ ...guard.callable, what: 'a function of an output and a target, such as meanSquare' }),
  estimator: guard.needed(anEstimator),
  optimizer: guard.needed(anOptimizer),
  dtype: guard.oneOf('float32', 'float64'),
  seed: guard.whole(0),
  noise: guard.anything,
  eager: guard.flag,
  relaxedSimd: wasm.relaxedSimdChoice,
  lanes: guard.whole(1, 2 ** 16),
  // Trees are compared with the model's own elsewhere.
  parameters: guard.anything,
  state: guard.anything,
};

const example =
  'createLearner({ model, loss: meanSquare, estimator: uoro(), optimizer: adam({ rate: 0.001 }) })';

/**
 * Checks a configuration before it is used.
 * @throws ConfigurationError for unknown, missing or wrong options, and for a model that no memory holds.
 */
export function requireConfig<P, S, X, Y>(who: string, config: LearnerConfig<P, S, X, Y>): void {
  const { model, estimator, noise, seed } = guard.options(who, config as Config, checks, example);
  guard.argument(who, 'estimator.window', estimator.window, steps);
  guard.argument(who, 'estimator.stride', estimator.stride, steps);
  if (noise !== undefined) requireNoise(noise, who);
  if (noise !== undefined && seed !== undefined)
    throw new ConfigurationError(`${who}: give either a seed or a noise, not both`);
  requireRoomFor(who, model);
}
