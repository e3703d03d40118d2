import { NorewindError } from '../../lib/index.ts';
import { isFileName } from '../../trainers/registry/index.ts';
import { readConfigFile } from '../experiments/configFile.ts';
import { resolveWish } from '../experiments/resolve.ts';
import type { Level } from '../report/plots.ts';
import type { PastRun } from './readRun.ts';

/** The known losses of the task of these runs, such as its entropy rate, if all of them have the same task. */
export function levelsOf(runs: readonly PastRun[]): readonly Level[] {
  const [{ command, config, settings }] = runs;
  const task = settings.get('experiment') ?? '';
  const isSame = runs.every(({ settings: other }) => other.get('experiment') === task);
  // A file of the user's is not run for that.
  if (command !== 'run' || !isSame || isFileName(task) || task === 'text') return [];
  try {
    return resolveWish(readConfigFile(config)).prepared.levels;
  } catch (error) {
    // A configuration of another version has no levels here.
    if (error instanceof NorewindError) return [];
    throw error;
  }
}
