import type { FloatDType } from '../../lib/index.ts';
import type { CellConfig, Named, Setting } from '../../trainers/registry/index.ts';

/**
 * Everything that determines a run: with the same version of norewind, the metrics are the same byte for
 * byte.
 */
export interface RunConfig {
  readonly experiment: string;
  readonly task: Readonly<Record<string, Setting>>;
  /** Absent if the task has its own model. */
  readonly cell?: CellConfig;
  readonly estimator: Named;
  readonly optimizer: Named;
  readonly dtype: FloatDType;
  /** The seed of the initial parameters and the estimator's draws. The task's own seed is derived from it. */
  readonly seed: number;
  readonly steps: number;
  /** The number of latest steps in the last-window loss. */
  readonly lastWindow: number;
  /** Ends the run early, such as `recent < 0.2`. */
  readonly stopWhen?: string;
}

/** The settings asked for, by options or in a file. All others follow from the experiment's defaults. */
export interface Wish {
  readonly experiment: string;
  readonly task?: Readonly<Record<string, Setting>>;
  readonly cell?: Readonly<Record<string, Setting>>;
  readonly estimator?: Readonly<Record<string, Setting>>;
  readonly optimizer?: Readonly<Record<string, Setting>>;
  readonly dtype?: FloatDType;
  readonly seed?: number;
  readonly steps?: number;
  readonly lastWindow?: number;
  readonly stopWhen?: string;
}

/**
 * Fills in missing settings of `over` from `base`. A new estimator or optimiser does not inherit the old
 * one's settings.
 */
export function mergeWishes(base: Wish, over: Wish): Wish {
  const groups = ['task', 'cell', 'estimator', 'optimizer'];
  return {
    ...without(base, ...groups, ...(over.steps === undefined ? [] : ['lastWindow'])),
    ...without(over, ...groups),
    ...group('task', mergeTasks(base, over)),
    ...group('cell', mergeCells(base.cell, over.cell)),
    ...group('estimator', mergeNamed(base.estimator, over.estimator)),
    ...group('optimizer', mergeNamed(base.optimizer, over.optimizer)),
  };
}

/** New data bring their own alphabet, and a new seed also applies to the task. */
function mergeTasks(base: Wish, over: Wish): NonNullable<Wish['task']> {
  const old = base.task ?? {};
  const kept = over.task?.data === undefined ? old : without(old, 'sha256', 'alphabet');
  return { ...(over.seed === undefined ? kept : without(kept, 'seed')), ...over.task };
}

function without<T extends object>(record: T, ...keys: readonly string[]): T {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key))) as T;
}

function mergeNamed(
  given: Wish['estimator'] = {},
  over: Wish['estimator'] = {},
): Readonly<Record<string, Setting>> {
  const base = rehashed(given, over);
  if (over.name !== undefined && base.name !== undefined && over.name !== base.name) return over;
  // A new window without a stride gets its default stride.
  const { stride, ...rest } = base;
  const keepsStride = stride !== undefined && (over.window === undefined || stride !== base.window);
  return { ...rest, ...(keepsStride ? { stride } : {}), ...over };
}

/** A file that is named again is taken as it is now. */
function rehashed<T extends object>(base: T, over: { readonly name?: Setting }): T {
  return over.name === undefined ? base : without(base, 'sha256');
}

/** Another cell keeps the size. */
function mergeCells(given: Wish['cell'] = {}, over: Wish['cell'] = {}): NonNullable<Wish['cell']> {
  const base = rehashed(given, over);
  const isOther = over.name !== undefined && base.name !== undefined && over.name !== base.name;
  return { ...(isOther ? (base.units === undefined ? {} : { units: base.units }) : base), ...over };
}

function group<K extends string, T extends object>(key: K, value: T): { [key in K]?: T } {
  return (Object.keys(value).length === 0 ? {} : { [key]: value }) as { [key in K]?: T };
}
