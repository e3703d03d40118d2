import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { shortName } from '../../trainers/registry/index.ts';
import { sentenceOf } from '../errors.ts';
import type { RunConfig, Wish } from '../experiments/config.ts';
import { readConfigFile } from '../experiments/configFile.ts';
import { planOf } from '../experiments/plan.ts';
import type { Plan } from '../experiments/resolve.ts';
import { blamed } from '../own/blamed.ts';
import type { GridProbe } from '../sweep/grid.ts';
import { readGrid, runFolder } from '../sweep/gridFile.ts';
import { eventFilesOf } from '../tensorboard/eventFile.ts';
import { claimFolder, fileNames, openFolder, type RunFolder } from '../training/folder.ts';
import { generations, hasGeneration, readGenerationOf } from '../training/generations.ts';
import { type Lock, lockFolder } from '../training/lock.ts';
import { failureText, readOutcome, timesOf } from '../training/outcome.ts';
import { dropReplaced } from '../training/replaced.ts';
import { ofRuns } from '../training/runCheckpoint.ts';
import { noTime } from '../training/stopwatch.ts';
import type { Going } from '../training/train.ts';

/** A run in its folder, new or resumed. */
export interface OpenedRun extends Pick<Going, 'from' | 'before'> {
  readonly plan: Plan;
  readonly folder: RunFolder & { readonly lock: Lock };
  /** In a grid: what is measured in place of a plain run. */
  readonly probe?: GridProbe | undefined;
}

/** @throws as `planOf`, naming the file of the user's that threw. */
async function planned(wish: Wish): Promise<Plan> {
  try {
    return await planOf(wish);
  } catch (error) {
    throw blamed(error, wish);
  }
}

/**
 * Begins a run in a new folder, or replaces one.
 * @throws UsageError, ConfigurationError or DataError before anything is written.
 */
export async function beginRun(wish: Wish, out: string | undefined, force: boolean): Promise<OpenedRun> {
  const plan = await planned(wish);
  const { experiment, estimator } = plan.config;
  const folder = claimFolder(out, `${shortName(experiment)}-${shortName(estimator.name)}`, force, (path) => [
    ...Object.values(generations),
    ...eventFilesOf(path),
  ]);
  folder.settle();
  return { plan, folder };
}

/**
 * Resumes the run in a folder from its checkpoint, or begins it again if it has none yet.
 * @param lock of the folder, if it is locked already.
 * @throws UsageError if there is none; DataError for a checkpoint that is damaged.
 */
export async function resumeRun(
  path: string,
  fromPrevious = false,
  lock = lockExisting(path),
): Promise<OpenedRun> {
  const folder = { ...openFolder(path, lock), lock };
  const outcome = readOutcome(path);
  if (!hasGeneration(path)) {
    const plan = await planned(readConfigFile(join(path, fileNames.config)));
    return { plan, folder };
  }
  const from = readGenerationOf(ofRuns, path, fromPrevious ? 'previous' : 'newest');
  dropReplaced(path);
  return {
    plan: await planned(from.config),
    folder,
    from,
    before: {
      checkpoint: join(path, generations.newest),
      ...(outcome !== undefined && outcome.steps > 0 ? timesOf(outcome) : noTime),
    },
  };
}

function lockExisting(path: string): Lock {
  if (!hasGeneration(path) && !existsSync(join(path, fileNames.config)))
    throw new UsageError(`${path} has no run to resume: leave out --resume to begin one`);
  return lockFolder(path);
}

/**
 * Resumes the run in a folder, or begins it there if there is none. @throws UsageError if the run there has
 * another configuration.
 */
export async function resumeOrBeginRun(wish: Wish, path: string): Promise<OpenedRun> {
  const { config } = await planned(wish);
  if (!hasGeneration(path)) return beginRun(wish, path, await isBegun(path, config));
  const opened = await resumeRun(path);
  requireSame(path, opened.plan.config, config);
  return opened;
}

/**
 * A run of a sweep in its folder: new, or resumed if it has begun there.
 * @throws UsageError for a grid without such a run, and for a folder with another one.
 */
export async function openGridRun(grid: string, index: number, resumes: boolean): Promise<OpenedRun> {
  const runs = readGrid(grid);
  if (index >= runs.length)
    throw new UsageError(
      `${grid} has ${runs.length} runs, from 0 to ${runs.length - 1}: there is no run ${index}`,
    );
  const { config, probe } = runs[index];
  const path = runFolder(dirname(grid), runs[index]);
  if (!resumes) return { ...(await beginRun(config, path, false)), probe };
  openFolder(path);
  const lock = await lockPatiently(path);
  try {
    if (!hasGeneration(path))
      return { plan: await planned(config), folder: { ...openFolder(path, lock), lock }, probe };
    const opened = await resumeRun(path, false, lock);
    requireSame(path, opened.plan.config, config);
    return opened;
  } catch (error) {
    noteFailure(path, error);
    throw error;
  }
}

/** For the table of the sweep. A folder that cannot be written is no further error. */
export function noteFailure(path: string, error: unknown): void {
  const outcome = readOutcome(path);
  if (outcome?.status === 'done' || outcome?.status === 'diverged') return;
  try {
    openFolder(path).write(fileNames.outcome, failureText(outcome, sentenceOf(error)));
  } catch {}
}

/** A pool that was killed may have left a process that is about to save and end. */
async function lockPatiently(path: string): Promise<Lock> {
  for (let tries = 0; ; tries++)
    try {
      return lockFolder(path);
    } catch (error) {
      if (!(error instanceof UsageError) || tries >= mostTries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
}

/** Of a tenth of a second each. */
const mostTries = 150;

/** Whether a run with this configuration was killed in the folder before its first checkpoint. */
async function isBegun(path: string, config: RunConfig): Promise<boolean> {
  try {
    return isEqual((await planned(readConfigFile(join(path, fileNames.config)))).config, config);
  } catch {
    return false;
  }
}

/** @throws UsageError that names what differs. */
function requireSame(path: string, own: RunConfig, wanted: RunConfig): void {
  for (const key of new Set([...Object.keys(own), ...Object.keys(wanted)]) as Set<keyof RunConfig>)
    if (!isEqual(own[key], wanted[key]))
      throw new UsageError(
        `the run in ${path} was begun with another ${key}, ${JSON.stringify(own[key])}: give the same options, or another folder`,
      );
}

/** The order of entries does not matter. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [own, other] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return own.size === other.size && [...own].every(([key, value]) => isEqual(value, other.get(key)));
}
