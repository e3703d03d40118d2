import { relative } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import type { CellEntry } from '../../nn/index.ts';
import {
  type EstimatorEntry,
  isFileName,
  type OptimizerEntry,
  type Settings,
} from '../../trainers/registry/index.ts';
import type { Wish } from '../experiments/config.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { hashOf, requireCode } from './code.ts';
import { exportedBy, type OwnFile, type Part } from './exported.ts';
import { cellEntry, estimatorEntry, optimizerEntry } from './parts.ts';
import { keepLongStacks } from './place.ts';
import { taskExperiment } from './task.ts';

type Table<T> = Readonly<Record<string, T>>;

/** The parts of a run that files of the user's provide, by the paths of these. */
export interface OwnTables {
  readonly cells?: Table<CellEntry>;
  readonly estimators?: Table<EstimatorEntry>;
  readonly optimizers?: Table<OptimizerEntry>;
  readonly experiment?: Experiment;
}

/** The parts that files provide, and the wish with their absolute paths and hashes. */
export interface Own {
  readonly wish: Wish;
  readonly tables: OwnTables;
}

interface Found {
  readonly path: string;
  readonly sha256: string;
  readonly own: OwnFile;
  readonly settings: Settings;
}

/**
 * Loads the files that a wish names.
 * @throws UsageError or DataError for a file that is not what it must be, or not the one of the configuration.
 */
export async function loadOwn(wish: Wish): Promise<Own> {
  keepLongStacks();
  const task = isFileName(wish.experiment)
    ? await find(wish.experiment, 'task', wish.task ?? {}, ['seed'])
    : undefined;
  const cell = await partOf(wish.cell, 'cell', ['units']);
  const estimator = await partOf(wish.estimator, 'estimator', []);
  const optimizer = await partOf(wish.optimizer, 'optimizer', scheduled);
  return {
    wish: {
      ...wish,
      ...(task && { experiment: task.path, task: { ...wish.task, sha256: task.sha256 } }),
      ...(cell && { cell: named(wish.cell, cell) }),
      ...(estimator && { estimator: named(wish.estimator, estimator) }),
      ...(optimizer && { optimizer: named(wish.optimizer, optimizer) }),
    },
    tables: {
      ...(task && { experiment: taskExperiment(task.path, task.own, task.settings, task.sha256) }),
      ...(cell && {
        cells: { [cell.path]: cellEntry(cell.own, cell.settings, Number(wish.cell?.units ?? 3)) },
      }),
      ...(estimator && {
        estimators: { [estimator.path]: estimatorEntry(estimator.own, estimator.settings) },
      }),
      ...(optimizer && {
        optimizers: { [optimizer.path]: optimizerEntry(optimizer.own, optimizer.settings) },
      }),
    },
  };
}

/** The settings of every optimiser, which are not passed on. */
const scheduled = ['rate', 'alpha', 'schedule', 'floor', 'clip'];

async function partOf(wish: Settings | undefined, part: Part, others: readonly string[]) {
  const { name, ...settings } = wish ?? {};
  return isFileName(name) ? await find(String(name), part, settings, others) : undefined;
}

async function find(file: string, part: Part, given: Settings, others: readonly string[]): Promise<Found> {
  const path = requireCode(file);
  const shown = file === path && !relative('', path).startsWith('..') ? relative('', path) : file;
  const { sha256, ...rest } = given;
  const found = hashOf(path);
  if (sha256 !== undefined && sha256 !== found)
    throw new UsageError(
      `${shown} has changed: its SHA-256 is ${found}, the configuration has ${sha256}; restore it to resume, or begin anew with --${part} to use it as it is now`,
    );
  const settings = Object.fromEntries(Object.entries(rest).filter(([key]) => !others.includes(key)));
  return { path, sha256: found, own: await exportedBy(path, shown, part), settings };
}

function named(given: Settings | undefined, { path, sha256 }: Found): Settings {
  return { ...given, name: path, sha256 };
}
