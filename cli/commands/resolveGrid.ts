import { InvalidArgumentError } from 'commander';
import { UsageError } from '../../lib/index.ts';
import {
  cellCommon,
  cellTable,
  estimatorTable,
  type Flag,
  hasRate,
  isFileName,
  optimizerCommon,
  optimizerTable,
  type Setting,
  scheduleOptions,
  settableNames,
} from '../../trainers/registry/index.ts';
import type { RunConfig, Wish } from '../experiments/config.ts';
import { planOf } from '../experiments/plan.ts';
import { findExperiment } from '../experiments/registry.ts';
import { blamed } from '../own/blamed.ts';
import { flagged, type GridRun, type GridWish, namesOf, type Point, pointsOf } from '../sweep/grid.ts';
import {
  cellFlags,
  estimatorFlags,
  optimizerFlags,
  type RunSettings,
  runConfigOptions,
} from './options/runOptions.ts';
import { wishFor } from './runWish.ts';

/**
 * The runs of a grid, with complete configurations, each once. A setting applies to the estimators, cells and
 * optimisers that have it.
 * @throws UsageError, ConfigurationError or DataError for a run that cannot be made, or a setting that none has.
 */
export async function resolveGrid(subject: string | undefined, wish: GridWish): Promise<GridRun[]> {
  const unused = new Set(Object.keys(wish.settings).filter((name) => name !== 'seeds'));
  const configs: RunConfig[] = [];
  const points: Point[] = [];
  const known = new Set<string>();
  for (const point of pointsOf(wish)) {
    const fitting = await fittingOf(subject, point);
    for (const name of Object.keys(fitting)) unused.delete(name);
    const config = await configOf(subject, fitting);
    const text = JSON.stringify(config);
    if (known.has(text)) continue;
    known.add(text);
    configs.push(config);
    points.push(fitting);
  }
  const [left] = unused;
  if (left !== undefined)
    throw new UsageError(`${flagged(left)}: no estimator, cell or optimiser of the grid has this setting`);
  const names = namesOf(points);
  return configs.map((config, i) => ({ name: names[i], config }));
}

/** The point without settings of other estimators, cells and optimisers than its own. */
async function fittingOf(subject: string | undefined, point: Point): Promise<Point> {
  const { estimator = '', cell = '', optimizer = '', task = '' } = point;
  const given = Object.fromEntries(
    Object.entries({ estimator, cell, optimizer, task }).filter(([, name]) => name !== ''),
  );
  const base = wishFor(subject, given);
  const usual = isFileName(base.experiment)
    ? { cell: undefined, optimizer: undefined }
    : findExperiment(base.experiment).defaults(String(base.estimator?.name ?? 'uoro'));
  const isOf = (flags: readonly Flag[], key: string, name: Setting | undefined, table: object) => {
    const flag = flags.find((each) => each.name === key);
    const isKnown = flag !== undefined && name !== undefined && Object.hasOwn(table, String(name));
    return !isKnown || flag.uses.some(({ of }) => of === name);
  };
  const [ownEstimator, ownCell, ownRule] = [
    base.estimator?.name ?? 'uoro',
    base.cell?.name ?? usual.cell?.name,
    base.optimizer?.name ?? usual.optimizer?.name,
  ];
  const applies = (key: string) => {
    if (key.includes('.'))
      return reaches(key, { estimator: ownEstimator, cell: ownCell, optimizer: ownRule });
    if (Object.hasOwn(scheduleOptions, key) && key !== 'clip')
      return ownRule === undefined || hasRate(String(ownRule));
    const tables = [
      [estimatorFlags, ownEstimator, estimatorTable],
      [cellFlags, ownCell, cellTable],
      [optimizerFlags, ownRule, optimizerTable],
    ] as const;
    const having = tables.filter(([flags]) => flags.some(({ name }) => name === key));
    return having.length === 0 || having.some(([flags, name, table]) => isOf(flags, key, name, table));
  };
  return Object.fromEntries(Object.entries(point).filter(([key]) => applies(key)));
}

/** The tables of parts, and the settings that an entry has besides its own options. */
const parts = {
  estimator: { table: estimatorTable, common: () => [] },
  cell: { table: cellTable, common: () => cellCommon },
  optimizer: { table: optimizerTable, common: optimizerCommon },
};

/** Whether the part that a path begins with may have the setting. One that is not built in is asked when its run is made. */
function reaches(path: string, names: Readonly<Record<keyof typeof parts, Setting | undefined>>): boolean {
  const [part, setting] = path.split('.');
  if (part !== 'estimator' && part !== 'cell' && part !== 'optimizer') return true;
  const { table, common } = parts[part];
  const name = String(names[part]);
  return !Object.hasOwn(table, name) || settableNames(table[name], common(name)).includes(setting);
}

async function configOf(subject: string | undefined, point: Point): Promise<RunConfig> {
  const set = Object.entries(point).flatMap(([name, text]) =>
    name.includes('.') ? [`${name}=${text}`] : [],
  );
  const own = Object.entries(point).flatMap(([name, text]) =>
    name.includes('.') ? [] : [[name, parsed(name, text)] as const],
  );
  const settings: RunSettings = { ...Object.fromEntries(own), ...(set.length > 0 && { set }) };
  const wish: Wish = wishFor(subject, settings);
  try {
    return (await planOf(wish)).config;
  } catch (error) {
    throw blamed(error, wish);
  }
}

/** A text as `run` reads it. @throws UsageError. */
function parsed(name: string, text: string): Setting {
  const option = runConfigOptions
    .flatMap(([, options]) => options)
    .find((each) => each.attributeName() === name);
  if (option === undefined) throw new UsageError(`a grid has no setting ${JSON.stringify(name)}`);
  if (option.isBoolean()) {
    if (text === 'true' || text === 'false') return text === 'true';
    throw new UsageError(`${flagged(name)} is true or false, got ${JSON.stringify(text)}`);
  }
  if (option.parseArg === undefined) return text;
  try {
    // Commander calls parsers with the value before, which is none.
    return option.parseArg(text, undefined as Setting | undefined) as Setting;
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`${flagged(name)} ${JSON.stringify(text)}: ${error.message.replace(/\.$/, '')}`);
  }
}
