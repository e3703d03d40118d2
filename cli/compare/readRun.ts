import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, UsageError } from '../../lib/index.ts';
import { fileProblem } from '../errors.ts';
import { readPlain } from '../plainFile.ts';
import { fileNames } from '../training/folder.ts';
import { readOutcome } from '../training/outcome.ts';
import { createThinned } from '../watch/thinned.ts';
import { type Entry, entriesOf, type Score } from './entries.ts';

/** A run of one of the commands, read from its folder. */
export interface PastRun {
  /** The folder as given by the user, which names the run. */
  readonly folder: string;
  readonly metrics: string;
  /** The path of its configuration. */
  readonly config: string;
  /** The median time of a step, and the time of the processor for the whole run, if they were measured. */
  readonly microseconds?: number;
  readonly cpuSeconds?: number;
  readonly command: 'train' | 'run';
  readonly score: Score;
  /** The settings by their paths, such as `estimator.name`. */
  readonly settings: ReadonlyMap<string, string>;
  /** Spread evenly over the whole run, including the last entry. */
  readonly entries: readonly Entry[];
  readonly last: Entry;
}

/** A plot cannot show more points than these. */
const mostEntries = 1000;
/** The entries of all runs together that fit into memory. */
const mostInAll = 200_000;

/**
 * @param runs the number of runs that are compared.
 * @param onRest called with a sentence if the last line of metrics is incomplete.
 * @throws UsageError or DataError for a folder that is not a run's, or has no metrics.
 */
export async function readRun(
  folder: string,
  onRest: (sentence: string) => void,
  runs = 1,
): Promise<PastRun> {
  const config = readConfig(folder);
  const command = 'experiment' in config ? 'run' : 'train';
  const metrics = join(folder, fileNames.metrics);
  const entries = createThinned<Entry>(Math.min(mostEntries, Math.ceil(mostInAll / runs)));
  let last: Entry | undefined;
  for await (const entry of entriesOf(metrics, onRest)) {
    entries.add(entry);
    last = entry;
  }
  const { microseconds, cpuSeconds } = readOutcome(folder) ?? {};
  if (last === undefined) throw new DataError(`${metrics} has no line yet: there is nothing to compare`);
  return {
    folder,
    metrics,
    config: join(folder, fileNames.config),
    ...(microseconds != null && { microseconds }),
    ...(cpuSeconds !== undefined && { cpuSeconds }),
    command,
    score: last.score,
    settings: new Map(settingsByPath(config)),
    entries: entries.items(),
    last,
  };
}

function readConfig(folder: string): object {
  const path = join(folder, fileNames.config);
  let text: string;
  try {
    if (!statSync(folder).isDirectory())
      throw new UsageError(`${folder} is a file: give the folder of a run`);
    text = readPlain(path).toString();
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError(
          `${folder || 'the empty name'} is not the folder of a run: ${fileProblem('read', path, error)}`,
        );
  }
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === 'object' && config !== null && ('experiment' in config || 'data' in config))
      return config;
  } catch {
    // A file that is not JSON is not a configuration either.
  }
  throw new DataError(`${path} is not the configuration of a run`);
}

/** The settings of a configuration by their paths, such as `estimator.name`. */
export function settingsByPath(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, entry]): [string, string][] => {
    const isGroup = typeof entry === 'object' && entry !== null && !Array.isArray(entry);
    return isGroup
      ? settingsByPath(entry, `${path}${key}.`)
      : [[`${path}${key}`, Array.isArray(entry) ? entry.join(', ') : String(entry)]];
  });
}
