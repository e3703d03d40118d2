import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { tablesOf } from '../own/streamParts.ts';
import { generations, readGeneration } from '../stream/checkpoint/generations.ts';
import { configText, openRun, type StreamRun } from '../stream/run/openRun.ts';
import { eventFilesOf } from '../tensorboard/eventFile.ts';
import { claimFolder, fileNames, openFolder } from '../training/folder.ts';
import { lockFolder } from '../training/lock.ts';
import { dropReplaced } from '../training/replaced.ts';
import { configOf, ownOf, refuseConfigOptions, type TrainOptions } from './options/trainOptions.ts';

/** A run that can read data, and the folder that it may replace. */
export interface Started {
  readonly run: StreamRun;
  /** Removes the run's folder, if it learnt nothing, and restores what it was to replace. */
  discard(): void;
  /** Removes what the run replaces. */
  settle(): void;
}

/**
 * Begins a run in a new folder, or resumes one.
 * @throws UsageError, ConfigurationError or DataError for unusable options or data.
 */
export async function startRun(data: readonly string[], options: TrainOptions): Promise<Started> {
  return options.resume === undefined ? begin(data, options) : resume(options.resume, options);
}

async function begin(data: readonly string[], options: TrainOptions): Promise<Started> {
  for (const [key, flag] of [
    ['fromPrevious', '--from-previous'],
    ['continued', '--continued'],
  ])
    if (options[key] !== undefined)
      throw new UsageError(`${flag} needs --resume, with the folder of the run`);
  const own = await ownOf(options);
  const config = configOf(data, options, own);
  const others = (folder: string) => [...Object.values(generations), ...eventFilesOf(folder)];
  const { path, write, discard, settle, lock } = claimFolder(
    options.out,
    'train',
    options.force === true,
    others,
  );
  try {
    write(fileNames.config, configText(config));
    const run = openRun(path, config, undefined, lock, own.tables);
    // A first checkpoint, so that a run killed early can be resumed like any other.
    run.save();
    return { run, discard, settle };
  } catch (error) {
    discard();
    throw error;
  }
}

async function resume(folder: string, options: TrainOptions): Promise<Started> {
  refuseConfigOptions(options);
  if (options.out !== undefined || options.force !== undefined)
    throw new UsageError('a resumed run stays in its folder: leave out --out and --force');
  if (!existsSync(join(folder, generations.newest)) && !existsSync(join(folder, generations.previous)))
    throw new UsageError(`${folder} has no checkpoint to resume from: leave out --resume to begin a run`);
  const lock = lockFolder(folder);
  const checkpoint = readGeneration(folder, options.fromPrevious === true ? 'previous' : 'newest');
  const run = openRun(folder, checkpoint.config, checkpoint, lock, await tablesOf(checkpoint.config));
  // The run uses the configuration in the checkpoint; the file is for readers of the folder.
  openFolder(folder).write(fileNames.config, configText(checkpoint.config));
  return { run, discard() {}, settle: () => void (lock.isOwn && dropReplaced(folder)) };
}
