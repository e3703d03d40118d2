import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { guard, UsageError } from '../../lib/index.ts';
import type { AnyLearner } from '../experiments/experiment.ts';
import { planOf } from '../experiments/plan.ts';
import { fileNames } from '../training/folder.ts';
import { generations, hasGeneration, readGenerationOf } from '../training/generations.ts';
import { ofRuns } from '../training/runCheckpoint.ts';

/**
 * The learner that `norewind run` left in a folder, whether the run is over or was interrupted: parameters, state,
 * influence, optimiser and draws are those after its last checkpoint, and further steps continue from there bit for
 * bit. Inputs and targets are those of the experiment: class indices for symbols, tensors for the others. The folder
 * stays as it is.
 * @throws UsageError if there is no checkpoint; DataError if it is damaged or of `norewind train`.
 */
export async function learnerFrom(folder: string): Promise<AnyLearner> {
  guard.argument('learnerFrom', 'folder', folder, guard.string, UsageError);
  if (!hasGeneration(folder)) {
    const isBegun = existsSync(join(folder, fileNames.config));
    throw new UsageError(
      `learnerFrom: ${folder} has no checkpoint${isBegun ? ' yet' : ''}: give the folder of a run of \`norewind run\``,
    );
  }
  const remedy = `copy ${join(folder, generations.previous)} over it`;
  const { config, learner } = readGenerationOf(ofRuns, folder, 'newest', remedy);
  return (await planOf(config)).open(learner).learner;
}
