import { join } from 'node:path';
import { DataError, guard, UsageError } from '../../lib/index.ts';
import { readJson, requireWish } from '../experiments/configFile.ts';
import { openFolder } from '../training/folder.ts';
import type { GridProbe, GridRun, GridWish } from './grid.ts';

/** The names in the folder of a sweep. */
export const sweepNames = {
  grid: 'grid.json',
  runs: 'runs',
  results: 'results.csv',
  script: 'sweep.sbatch',
} as const;

const format = 'norewind.grid';
const version = 1;

/** Writes the runs of a sweep into its folder. Returns the path of the file. */
export function writeGrid(folder: string, runs: readonly GridRun[]): string {
  const lines = runs.map((run) => JSON.stringify(run)).join(',\n');
  const text = `{"format": "${format}", "version": ${version}, "runs": [\n${lines}\n]}\n`;
  return openFolder(folder).write(sweepNames.grid, text);
}

/** @throws UsageError or DataError for a file that `writeGrid` did not write. */
export function readGrid(path: string): GridRun[] {
  const value = readJson(path);
  if (!guard.isRecord(value) || value.format !== format || !Array.isArray(value.runs))
    throw new UsageError(
      `${path} is not the grid.json of a sweep: norewind sweep writes one into its folder, with --plan without running it`,
    );
  if (value.version !== version)
    throw new DataError(
      `${path} has version ${String(value.version)} of the format, and this norewind reads ${version}`,
    );
  return value.runs.map((run: unknown, i) => {
    const where = `${path}, run ${i}`;
    if (!guard.isRecord(run) || typeof run.name !== 'string' || !/^\d+(-[\p{L}\p{N}.+_-]+)?$/u.test(run.name))
      throw new DataError(`${where}: it has no name that a folder can have`);
    // Complete configurations are wishes whose settings are all there.
    const config = requireWish(where, run.config) as GridRun['config'];
    return { name: run.name, config, ...(run.probe !== undefined && { probe: probeIn(where, run.probe) }) };
  });
}

/** @throws DataError. */
function probeIn(where: string, value: unknown): GridProbe {
  const { estimators, copies } = guard.isRecord(value) ? value : {};
  const isNamed = (each: unknown) => guard.isRecord(each) && typeof each.name === 'string';
  if (!guard.isRecord(estimators) || !Object.values(estimators).every(isNamed) || !guard.count.holds(copies))
    throw new DataError(`${where}: its probe must have estimators by their titles, and a number of copies`);
  return { estimators: estimators as GridProbe['estimators'], copies: Number(copies) };
}

export function runFolder(folder: string, { name }: GridRun): string {
  return join(folder, sweepNames.runs, name);
}

/** Whether a file has a grid of the user's, and not the configuration of a run. */
export function isGridFile(value: unknown): value is Readonly<Record<string, unknown>> {
  const groups = ['task', 'cell', 'estimator', 'optimizer'];
  return guard.isRecord(value) && !groups.some((key) => guard.isRecord(value[key]));
}

/** A grid of the user's: settings with values as on the command line, or lists of them. @throws UsageError. */
export function gridWishIn(
  path: string,
  { experiment, random, randomSeed, set, ...rest }: Readonly<Record<string, unknown>>,
): GridWish & { readonly subject?: string } {
  if (experiment !== undefined && typeof experiment !== 'string')
    throw new UsageError(`${path}: experiment must be a string, got ${JSON.stringify(experiment)}`);
  if (set !== undefined && !guard.isRecord(set))
    throw new UsageError(
      `${path}: set must be an object of settings by their paths, such as {"cell.leak": [0.1, 0.3]}`,
    );
  for (const [key, value, least] of [
    ['random', random, 1],
    ['randomSeed', randomSeed, 0],
  ] as const)
    if (value !== undefined && !(Number.isSafeInteger(value) && Number(value) >= least))
      throw new UsageError(
        `${path}: ${key} must be a whole number of at least ${least}, got ${JSON.stringify(value)}`,
      );
  const settings = Object.entries({ ...rest, ...set }).map(
    ([key, value]) => [key, textOf(path, key, value)] as const,
  );
  return {
    ...(experiment === undefined ? {} : { subject: experiment }),
    settings: Object.fromEntries(settings),
    ...(random === undefined ? {} : { random: Number(random) }),
    ...(randomSeed === undefined ? {} : { randomSeed: Number(randomSeed) }),
  };
}

function textOf(path: string, key: string, value: unknown): string {
  if (typeof value === 'string') return value;
  const texts = (Array.isArray(value) ? value : [value]).map((each: unknown) => {
    if (typeof each === 'number' || typeof each === 'boolean') return String(each);
    if (typeof each === 'string') return `"${each.replaceAll('"', '""')}"`;
    throw new UsageError(
      `${path}: ${key} must be a value, a list of values or a text such as "log(1e-4,1e-1,7)"`,
    );
  });
  if (texts.length === 0) throw new UsageError(`${path}: ${key} has no values`);
  return texts.join(',');
}
