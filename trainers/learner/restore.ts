import { DataError, guard } from '../../lib/index.ts';
import { readCheckpoint } from './checkpoint.ts';
import type { LearnerConfig } from './config.ts';
import { settledAs } from './kernels.ts';
import { Learner } from './learner.ts';
import { requireConfig } from './requireConfig.ts';
import { fromEntries } from './requireMemory.ts';
import { engineOf, settingOf } from './select.ts';
import { systemsOf } from './system.ts';

/**
 * Returns a learner that resumes from `save` bit for bit. The configuration must have the same model,
 * estimator, optimiser, dtype, lanes and `relaxedSimd`, where `'auto'` stands for the checkpoint's. Its seed, noise and parameters are not used; its state is used by
 * `resetState` and between the sequences of `bptt`.
 * @throws DataError if the bytes are damaged or do not belong to this configuration.
 */
export function restoreLearner<P, S, X, Y>(
  config: LearnerConfig<P, S, X, Y>,
  bytes: Uint8Array,
): Learner<P, S, X, Y> {
  requireConfig('restoreLearner', config);
  guard.argument('restoreLearner', 'bytes', bytes, guard.bytes, DataError);
  const dtype = config.dtype ?? 'float32';
  const { noise, memory, relaxedSimd } = readCheckpoint(bytes, config, dtype, systemsOf(config, dtype));
  const own = settledAs(config, relaxedSimd);
  const setting = settingOf(own, noise);
  return new Learner(
    own,
    setting,
    fromEntries('what it holds', () => engineOf(own, setting, memory)),
  );
}
