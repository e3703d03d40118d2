import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import {
  cellTable,
  estimatorTable,
  isFileName,
  type Options,
  type Setting,
  type Settings,
  settingsOf,
} from '../../trainers/registry/index.ts';
import { mergeWishes, type Wish } from '../experiments/config.ts';
import { readConfigFile } from '../experiments/configFile.ts';
import { experiments } from '../experiments/registry.ts';
import { type RunSettings, wishOf } from './options/runOptions.ts';

/**
 * The settings of an experiment, of a task of the user's or of a configuration file, overridden by the options.
 * @throws UsageError for a file that is not a configuration.
 */
export function wishFor(subject: string | undefined, { task, ...options }: RunSettings): Wish {
  const file = taskFile(subject, task);
  if (subject === undefined && file === undefined)
    throw new UsageError(
      'name an experiment, such as anbn, or a file with a task of your own: --task ./mine.ts',
    );
  const config = subject === undefined || subject === file ? undefined : baseOf(subject);
  const base = config && file !== undefined ? withoutHash(config) : config;
  const experiment = file === undefined ? String(base?.experiment) : resolve(file);
  const wish = wishOf(experiment, options);
  return mergeWishes(base ?? { experiment }, {
    ...wish,
    estimator: byOption(estimatorTable, wish.estimator, base?.estimator?.name ?? 'uoro'),
    cell: byOption(cellTable, wish.cell, base?.cell?.name),
  });
}

/** A task that is named again is taken as it is now. */
function withoutHash(config: Wish): Wish {
  const { sha256: _, ...task } = config.task ?? {};
  return { ...config, task };
}

/** The file with a task of the user's, if there is one. */
function taskFile(subject: string | undefined, task: RunSettings[string]): string | undefined {
  const isOwn = subject !== undefined && /\.[cm]?[jt]s$/.test(subject);
  if (task === undefined) return isOwn ? subject : undefined;
  if (!isFileName(task))
    throw new UsageError(
      `--task takes a file with a task of your own, such as ./mine.ts, got ${String(task)}`,
    );
  if (isOwn || experiments.some(({ name }) => name === subject))
    throw new UsageError(`both ${subject} and --task ${String(task)} say what to run: give one of them`);
  return String(task);
}

/** An experiment with its defaults, or the settings in a configuration file. */
function baseOf(subject: string): Wish {
  const isFile =
    !experiments.some(({ name }) => name === subject) &&
    (/[/\\]|\.json$/.test(subject) || existsSync(subject));
  return isFile ? readConfigFile(subject) : { experiment: subject };
}

/** Settings by flag, renamed to the options that the flags set. */
function byOption(
  table: Readonly<Record<string, { readonly options: Options }>>,
  given: Settings = {},
  otherwise: Setting | undefined,
): Settings {
  const { name = otherwise, ...flags } = given;
  return {
    ...(given.name !== undefined && { name: given.name }),
    ...settingsOf(table[String(name)]?.options, flags),
  };
}
