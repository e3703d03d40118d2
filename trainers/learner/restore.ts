import { DataError, formatShape, pathsOf, sameShape, seeded, type Tree } from '../../lib/index.ts';
import { readCheckpoint } from './checkpoint.ts';
import type { LearnerConfig } from './config.ts';
import { Learner } from './learner.ts';
import { engineOf, settingOf } from './select.ts';
import { systemsOf } from './system.ts';

/**
 * A learner that continues from `save` bit for bit. The configuration must name the same model, estimator, optimiser, dtype and lanes;
 * its seed, noise, parameters and state are not used.
 * @throws DataError when the bytes are damaged or do not belong to this configuration.
 */
export function restoreLearner<P, S, X, Y>(config: LearnerConfig<P, S, X, Y>, bytes: Uint8Array): Learner<P, S, X, Y> {
  const dtype = config.dtype ?? 'float32';
  const { noise, memory } = readCheckpoint(bytes, config, dtype, systemsOf(config, dtype));
  requireShapes(memory.parameters as Tree, (config.parameters ?? config.model.init(seeded(1))) as Tree, 'parameters');
  const setting = settingOf(config, noise);
  return new Learner(config, setting, engineOf(config, setting, memory));
}

function requireShapes(saved: Tree, own: Tree, root: string): void {
  const shapes = new Map(pathsOf(saved, root).map(({ path, tensor }) => [path, tensor.shape]));
  const expected = pathsOf(own, root);
  for (const { path, tensor } of expected) {
    const shape = shapes.get(path);
    if (shape === undefined) throw new DataError(`checkpoint: ${path} is missing, which the given model has`);
    if (!sameShape(shape, tensor.shape))
      throw new DataError(`checkpoint: ${path} has shape ${formatShape(shape)}, the given model's has ${formatShape(tensor.shape)}`);
  }
  if (shapes.size !== expected.length) throw new DataError(`checkpoint: it has ${shapes.size} parameters, the given model has ${expected.length}`);
}

