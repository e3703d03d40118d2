import { DataError, dataOf, seeded, UsageError } from '../../lib/index.ts';
import type { RowData } from './config.ts';
import { walk } from './network.ts';
import { fixed } from './rowPredictor.ts';
import type { RowSession } from './rowSession.ts';
import { columnsOf, lagOf } from './rows.ts';

/** The prediction of the target in a row that has not come. */
export interface Forecast {
  /** The rows from the latest one: 1 for the next. */
  readonly step: number;
  /** The expected time of the row, in seconds since 1970, if rows have times. */
  readonly time?: number;
  readonly prediction: number;
  /** The interval around it; null while too few outcomes are known for its coverage. */
  readonly low: number | null;
  readonly high: number | null;
}

/** The most steps: each costs memory, and far ones say little. */
const most = 10_000;
/** Pairs of paths with opposite errors. */
const pairs = 24;

/**
 * Predicts the target of the next rows, each from the predictions before it. The other columns of these rows
 * are missing, and they follow at the typical pause.
 *
 * The interval of the first is the session's own. Those of the later ones are wider by as much as paths spread
 * that err at each step as the session erred lately: errors are drawn from its latest ones, with either sign.
 * Leaves the session unchanged.
 * @throws UsageError for a target that is no number or not of the very next row, and for too many steps;
 * DataError if there has been no row.
 */
export function forecast(data: RowData, session: RowSession, steps: number): Forecast[] {
  if (session.coder.categories !== undefined)
    throw new UsageError(`${data.target} is a category: several steps ahead are predicted for numbers only`);
  if (lagOf(data) !== 1)
    throw new UsageError(
      `several steps ahead need a model of the next row, with a horizon of 1 and no delay; this one has a horizon of ${data.horizon}${data.delay ? ` and a delay of ${data.delay}` : ''}`,
    );
  if (steps > most) throw new UsageError(`at most ${most} steps ahead are predicted at once, not ${steps}`);
  if (session.waiting.length === 0) throw new DataError('there has been no record yet to predict from');
  const follow = pathsOf(data, session, steps);
  const middle = follow(() => 0);
  const spread = new Float64Array(steps);
  // The interval of the first step needs no paths.
  const errors = steps === 1 ? [] : errorsOf(session.target.errors(), steps);
  for (const drawn of errors)
    for (const sign of [1, -1])
      for (const [i, { came }] of follow((step) => sign * drawn[step]).entries())
        spread[i] += (came - middle[i].prediction) ** 2;
  const radius = session.target.interval()?.radius ?? null;
  const first = spread[0];
  return middle.map(({ prediction, time }, i) => {
    const wide =
      radius === null ? null : Math.max(0, radius) * (first > 0 ? Math.sqrt(spread[i] / first) : 1);
    return {
      step: i + 1,
      ...(time === undefined ? {} : { time }),
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
    const places = Array.from({ length: pairs }, (_, pair) => pair);
    for (let pair = 0; pair < pairs; pair++) {
      const other = pair + noise.integer(pairs - pair);
      [places[pair], places[other]] = [places[other], places[pair]];
      drawn[pair][step] = signs[pair] * sorted[Math.floor(((places[pair] + 0.5) / pairs) * sorted.length)];
    }
  }
  return drawn;
}

interface PathStep {
  readonly time: number | undefined;
  readonly prediction: number;
  /** The prediction plus its error. */
  readonly came: number;
}

/**
 * Follows the predictions after its own predictions, plus errors, in place of rows. Nothing is learnt from
 * them, and the session is as before after each path.
 */
function pathsOf(
  data: RowData,
  session: RowSession,
  steps: number,
): (errorOf: (step: number) => number) => PathStep[] {
  const columns = columnsOf(data);
  const pause = session.coder.pause() ?? 0;
  const first = session.foretold().prediction as number;
  const walker = walk(session.learner);
  const restore = session.mark();
  return (errorOf) => {
    walker.restart();
    const take = fixed(data, session, walker);
    let { time } = session;
    let prediction = first;
    try {
      return Array.from({ length: steps }, (_, step) => {
        const came = prediction + errorOf(step);
        if (time !== undefined) time += pause;
        const own = { time, prediction, came };
        const values = columns.map((column) => (column === data.target ? came : null));
        if (step + 1 < steps)
          prediction = take(time === undefined ? values : [...values, time, pause]).prediction as number;
        return own;
      });
    } finally {
      restore();
    }
  };
}
