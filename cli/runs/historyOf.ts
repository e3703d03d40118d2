import { guard, UsageError } from '../../lib/index.ts';
import { readRun } from '../compare/readRun.ts';

/**
 * The losses of a run by its folder, as `norewind run`, `train` or `sweep` write them: pairs of a step, or of a
 * record, and the mean of the latest losses there, in the unit of the run. For `plot` of norewind/plot. At most a
 * thousand pairs, spread over the whole run; a loss that was not finite is NaN.
 * @throws UsageError or DataError for a folder that is not a run's, or has no metrics.
 */
export async function historyOf(folder: string): Promise<readonly (readonly [step: number, loss: number])[]> {
  guard.argument('historyOf', 'folder', folder, guard.string, UsageError);
  // A line that a killed run did not finish is left out.
  const { entries } = await readRun(folder, () => {});
  return entries.map(({ at, recent }) => [at, recent]);
}
