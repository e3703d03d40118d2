import { seeded, UsageError } from '../../lib/index.ts';
import { type Named, shortName } from '../../trainers/registry/index.ts';
import type { RunConfig } from '../experiments/config.ts';
import { draw, type Values, valuesOf } from './values.ts';

/** The request for a sweep: texts as on the command line, by the names of the options of `run`. */
export interface GridWish {
  /** The values of each setting. `seeds` are those of `seed`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Draw this many settings instead of taking all; each with all seeds. */
  readonly random?: number;
  readonly randomSeed?: number;
}

/** One value of each setting. */
export type Point = Readonly<Record<string, string>>;

const mostRuns = 100_000;

/**
 * The points of a grid, all with the first seed first, so that an unfinished sweep can be compared.
 * @throws UsageError for values that cannot be read, and for too many.
 */
export function pointsOf({ settings, random, randomSeed = 1 }: GridWish): Point[] {
  const { seeds = '1', ...rest } = settings;
  const seedValues = listOf('--seeds', valuesOf('--seeds', seeds));
  const axes = Object.entries(rest).map(([name, text]) => [name, valuesOf(flagged(name), text)] as const);
  const others = random === undefined ? product(axes) : drawn(axes, random, randomSeed);
  requireFew(others.length * seedValues.length);
  return seedValues.flatMap((seed) => others.map((point) => ({ ...point, seed })));
}

function product(axes: readonly (readonly [string, Values])[]): Point[] {
  let points: Point[] = [{}];
  for (const [name, values] of axes) {
    const texts = listOf(flagged(name), values);
    requireFew(points.length * texts.length);
    points = points.flatMap((point) => texts.map((text) => ({ ...point, [name]: text })));
  }
  return points;
}

/** Each draw depends on the seed and its number alone, so that a longer search contains a shorter one. */
function drawn(axes: readonly (readonly [string, Values])[], count: number, seed: number): Point[] {
  requireFew(count);
  const noise = seeded(seed);
  const sorted = [...axes].sort(([a], [b]) => (a < b ? -1 : 1));
  return Array.from({ length: count }, () => {
    const own = noise.split();
    return Object.fromEntries(sorted.map(([name, values]) => [name, draw(values, own)]));
  });
}

function listOf(flag: string, values: Values): readonly string[] {
  if (values.kind === 'list') return values.texts;
  throw new UsageError(
    `${flag}: a range needs a number of values, as in log(1e-4,1e-1,7), or --random with a number of draws`,
  );
}

function requireFew(count: number): void {
  if (count > mostRuns)
    throw new UsageError(
      `the grid has ${count} runs or more, and ${mostRuns} is the most: take fewer values`,
    );
}

/** A setting as on the command line. */
export function flagged(name: string): string {
  return name.includes('.')
    ? `--set ${name}`
    : `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A run of a grid. */
export interface GridRun {
  /** The name of its folder. */
  readonly name: string;
  readonly config: RunConfig;
  /** Measure these estimators beside the learner of the run, in place of a plain run. */
  readonly probe?: GridProbe;
}

export interface GridProbe {
  /** By their titles. */
  readonly estimators: Readonly<Record<string, Named>>;
  readonly copies: number;
}

/** Names runs by their numbers and by the settings in which they differ, such as `07-uoro-rate0.01-seed2`. */
export function namesOf(points: readonly Point[]): string[] {
  const keys = [...new Set(points.flatMap((point) => Object.keys(point)))].filter((key) =>
    points.some((point) => point[key] !== points[0][key]),
  );
  const width = String(points.length - 1).length;
  return points.map((point, i) => {
    const parts = keys.flatMap((key) => {
      if (point[key] === undefined) return [];
      // A word says of itself what it is.
      const isNumber = Number.isFinite(Number(point[key]));
      return [isNumber ? `${shortKey(key)}${point[key]}` : shortName(point[key])];
    });
    const told = parts
      .join('-')
      .replaceAll(/[^\p{L}\p{N}.+-]+/gu, '_')
      .slice(0, 80);
    return `${String(i).padStart(width, '0')}${told === '' ? '' : `-${told}`}`;
  });
}

/** `estimator.name` is the estimator, `optimizer.rate` the rate. */
export function shortKey(key: string): string {
  return key.endsWith('.name') ? key.slice(0, -'.name'.length) : key.slice(key.lastIndexOf('.') + 1);
}
