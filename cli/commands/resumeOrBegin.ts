import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../../lib/index.ts';
import type { StreamConfig } from '../../trainers/streams/index.ts';
import { readPlain } from '../plainFile.ts';
import { generations, readGeneration } from '../stream/checkpoint/generations.ts';
import { configText } from '../stream/run/openRun.ts';
import { fileNames } from '../training/folder.ts';
import { configOf, ownOf, type TrainOptions, withoutConfigOptions } from './options/trainOptions.ts';

/**
 * Replaces `--resume-or-begin` by `--resume` if the folder has a checkpoint, and by `--out` if not, so that a
 * service manager can use one command for every start.
 * @throws UsageError if the run there has another configuration; DataError for a damaged checkpoint.
 */
export async function resumeOrBegin(data: readonly string[], options: TrainOptions): Promise<TrainOptions> {
  const { resumeOrBegin: folder, continued, ...rest } = options;
  if (folder === undefined) return options;
  const config = configOf(data, options, await ownOf(options));
  if (!Object.values(generations).some((name) => existsSync(join(folder, name))))
    return { ...rest, out: folder, force: isBegun(folder, config) };
  const { config: own } = readGeneration(folder, 'newest');
  const wanted = options.calendar === 'weekdays' ? config : asEarlier(own, config);
  for (const key of Object.keys(wanted) as (keyof StreamConfig)[])
    if (!isDeepStrictEqual(own[key], plain(wanted[key])))
      throw new UsageError(
        `the run in ${folder} was begun with another ${key}, ${JSON.stringify(own[key])}: give the same options, or another folder`,
      );
  return { ...withoutConfigOptions(rest), resume: folder, ...(continued && { continued }) };
}

/** As it is read from a checkpoint. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** The configuration without a calendar, if the run there is of an earlier version, which had none to choose. */
function asEarlier(own: StreamConfig, config: StreamConfig): StreamConfig {
  if (config.data.kind === 'text' || Object.hasOwn(own.data, 'calendar')) return config;
  const { calendar: _, ...data } = config.data;
  return { ...config, data };
}

/** Whether a run with this configuration was killed in the folder before its first checkpoint. */
function isBegun(folder: string, config: StreamConfig): boolean {
  try {
    return readPlain(join(folder, fileNames.config)).toString() === configText(config);
  } catch {
    return false;
  }
}
