import { DataError, dataOf, type Noise, seeded, UsageError } from '../../../lib/index.ts';
import { mostProbable } from '../../evaluation/logits.ts';
import type { RowData } from '../given/config.ts';
import { columnsOf, timed } from '../reading/rows.ts';
import type { Asked } from '../targets/target.ts';
import { walk } from './network.ts';
import { follow } from './rowPredictor.ts';
import type { RowSession } from './rowSession.ts';

interface Ahead {
  /** The rows from the latest one: 1 for the next. */
  readonly step: number;
  /** The expected time of the row, in seconds since 1970, if rows have times. */
  readonly time?: number;
}

/** The prediction of a number in a row that has not come. */
export interface NumberForecast extends Ahead {
  readonly prediction: number;
  /** The interval around it; null while too few outcomes are known for its coverage. */
  readonly low: number | null;
  readonly high: number | null;
}

/** The prediction of a category in a row that has not come. */
export interface CategoryForecast extends Ahead {
  /** The most probable category; null for all without their own index. */
  readonly prediction: string | null;
  readonly probability: number;
}

/** Of a target that is predicted as P. */
export type Forecast<P = number | string | null> = P extends number ? NumberForecast : CategoryForecast;

/** The most steps: each costs memory, and far ones say little. */
const most = 10_000;
/** Pairs of paths with opposite errors. */
const pairs = 24;
/** The paths of a category. */
const draws = 64;

/**
 * Predicts the target of the next rows, each from the predictions before it. The other columns of these rows
 * are missing, and they follow as the rows before them (`Rhythm`).
 *
 * The interval of the first number is the session's own. Those of the later ones are wider by as much as paths
 * spread that err at each step as the session erred lately: errors are drawn from its latest ones, with either
 * sign. The probabilities of a later category are the means over paths on which each category so far is drawn as
 * probable as it was predicted; there, no others come.
 * Leaves the session unchanged.
 * @throws UsageError for a target not of the very next row, and for too many steps; DataError if there has been
 * no row.
 */
export function forecast(data: RowData, session: RowSession, steps: number): readonly Forecast[] {
  return session.coder.categories === undefined
    ? forecastNumber(data, session, steps)
    : forecastCategory(data, session, steps);
}

function requireAhead(data: RowData, session: RowSession, steps: number): void {
  if (data.horizon !== 1 || data.delay)
    throw new UsageError(
      `several steps ahead need a model of the next row, with a horizon of 1 and no delay; this one has a horizon of ${data.horizon}${data.delay ? ` and a delay of ${data.delay}` : ''}`,
    );
  if (steps > most) throw new UsageError(`at most ${most} steps ahead are predicted at once, not ${steps}`);
  if (session.waiting.length === 0) throw new DataError('there has been no record yet to predict from');
}

/** The step, counted from 0, and its time. */
function aheadAt(times: readonly number[] | undefined, step: number): Ahead {
  return { step: step + 1, ...(times === undefined ? {} : { time: times[step] }) };
}

/** `forecast` of a target that is a number. */
export function forecastNumber(data: RowData, session: RowSession, steps: number): readonly NumberForecast[] {
  requireAhead(data, session, steps);
  const { target } = session;
  const followPath = pathsOf(
    data,
    session,
    steps,
    (asked, output) => target.tell(asked, output).prediction as number,
  );
  const middle = followPath((said) => said);
  const spread = new Float64Array(steps);
  // The interval of the first step needs no paths.
  const errors = steps === 1 ? [] : errorsOf(target.errors(), steps);
  for (const drawn of errors)
    for (const sign of [1, -1])
      followPath((said, step) => {
        const came = said + sign * drawn[step];
        spread[step] += (came - middle[step]) ** 2;
        return came;
      });
  const radius = target.interval()?.radius ?? null;
  const first = spread[0];
  const times = session.timesAhead(steps);
  return middle.map((prediction, i) => {
    const wide =
      radius === null ? null : Math.max(0, radius) * (first > 0 ? Math.sqrt(spread[i] / first) : 1);
    return {
      ...aheadAt(times, i),
      prediction,
      low: wide === null ? null : prediction - wide,
      high: wide === null ? null : prediction + wide,
    };
  });
}

/**
 * The errors of each pair of paths. Each step has the same sizes, evenly spaced among the latest ones, in a
 * random order and with random signs.
 */
function errorsOf(sizes: readonly number[], steps: number): readonly Float64Array[] {
  if (sizes.length === 0) return [];
  const noise = seeded(1);
  const sorted = Float64Array.from(sizes).sort();
  const drawn = Array.from({ length: pairs }, () => new Float64Array(steps));
  for (let step = 0; step < steps; step++) {
    const signs = dataOf(noise.signs([pairs]));
    for (const [pair, place] of evenly(noise, pairs).entries())
      drawn[pair][step] = signs[pair] * sorted[Math.floor(place * sorted.length)];
  }
  return drawn;
}

/** Evenly spaced numbers from 0 to 1, in a random order. */
function evenly(noise: Noise, count: number): readonly number[] {
  const places = Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  for (let i = 0; i < count; i++) {
    const other = i + noise.integer(count - i);
    [places[i], places[other]] = [places[other], places[i]];
  }
  return places;
}

/** `forecast` of a target that is a category. */
export function forecastCategory(
  data: RowData,
  session: RowSession,
  steps: number,
): readonly CategoryForecast[] {
  requireAhead(data, session, steps);
  const { target, coder } = session;
  const noise = seeded(1);
  const drawn = Array.from({ length: steps }, () => evenly(noise, draws));
  const followPath = pathsOf(
    data,
    session,
    steps,
    (asked, output) => target.probabilities(asked, output) as readonly number[],
  );
  const count = coder.categories?.count ?? 0;
  const mean = Array.from({ length: steps }, () => new Float64Array(data.categories));
  // The first step needs no further paths.
  for (let path = 0; path < (steps === 1 ? 1 : draws); path++)
    followPath((said, step) => {
      const p = step === 0 || count === 0 ? said : amongFirst(said, count);
      for (const [i, probability] of p.entries()) mean[step][i] += probability / (steps === 1 ? 1 : draws);
      return coder.categories?.entryAt(indexAt(p, drawn[step][path])) ?? null;
    });
  const times = session.timesAhead(steps);
  return mean.map((p, i) => {
    const best = mostProbable(p);
    return {
      ...aheadAt(times, i),
      prediction: coder.categories?.entryAt(best) ?? null,
      probability: p[best],
    };
  });
}

/** The distribution given that one of the first `count` comes. */
function amongFirst(p: readonly number[], count: number): readonly number[] {
  const first = p.slice(0, count);
  const total = first.reduce((a, b) => a + b, 0);
  return first.map((probability) => (total > 0 ? probability / total : 1 / count));
}

/** The category in whose share of the line from 0 to 1 a place lies. */
function indexAt(p: readonly number[], place: number): number {
  let below = 0;
  const found = p.findIndex((probability) => {
    below += probability;
    return place < below;
  });
  return found === -1 ? mostProbable(p) : found;
}

/**
 * Follows what `say` makes of each question, with what `comeOf` makes of that in place of rows. Nothing is learnt
 * from it, and the session is as before after each path.
 */
function pathsOf<T>(
  data: RowData,
  session: RowSession,
  steps: number,
  say: (asked: Asked, output: ArrayLike<number> | undefined) => T,
): (comeOf: (said: T, step: number) => number | string | null) => T[] {
  const columns = columnsOf(data);
  const times = session.timesAhead(steps);
  const { asked, output } = session.outlook();
  const first = say(asked, output);
  const walker = walk(session.learner);
  const restore = session.mark();
  return (comeOf) => {
    walker.restart();
    const take = follow(data, session, walker, say);
    let before = session.time;
    const path = [first];
    try {
      for (let step = 0; step < steps; step++) {
        const came = comeOf(path[step], step);
        if (step + 1 === steps) break;
        const values = columns.map((column) => (column === data.target ? came : null));
        const time = times?.[step];
        path.push(
          take(
            time === undefined || before === undefined
              ? values
              : timed(values, { time, elapsed: Math.max(0, time - before), offset: session.offset }),
          ),
        );
        before = time;
      }
    } finally {
      restore();
    }
    return path;
  };
}
