import { DataError, guard } from '../../lib/index.ts';
import { readCheckpoint } from './checkpoint/checkpoint.ts';
import { fromEntries } from './checkpoint/requireMemory.ts';
import { engineOf, settingOf } from './engine/select.ts';
import type { LearnerConfig } from './given/config.ts';
import { conform } from './given/conform.ts';
import { settledAs } from './given/kernels.ts';
import { requireConfig } from './given/requireConfig.ts';
import { Learner } from './learner.ts';
import { systemsOf } from './systems/system.ts';
import type { Setting } from './window/learn.ts';
import type { Memory } from './window/memory.ts';

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
  const setting = inOrderOf(memory, settingOf(own, noise));
  return new Learner(
    own,
    setting,
    fromEntries('what it holds', () => engineOf(own, setting, memory)),
  );
}

/**
 * The first states with their leaves in the order of those of the checkpoint, in which the influence is carried: the
 * model, or a given state, may have had its keys in another order.
 */
function inOrderOf({ lanes }: Memory, setting: Setting): Setting {
  const { systems } = setting;
  const start = systems.start.map((own, i) => conform(lanes[i].state, own, 'restoreLearner', 'state'));
  return { ...setting, systems: { ...systems, start } };
}
