import type { StreamConfig } from '../given/config.ts';
import { lagOf } from '../reading/rows.ts';
import type { Told } from '../targets/target.ts';
import { type CategoryForecast, forecastCategory, forecastNumber, type NumberForecast } from './forecast.ts';
import type { RowSession } from './rowSession.ts';
import type { Session } from './session.ts';

/** Predictions of rows that have not come. */
export interface Ahead {
  /** The time of the latest row in seconds since 1970, if rows have times. */
  readonly time?: number;
  /** By how many seconds the clock of that row is ahead of UTC; 0 unless its time was written with an offset. */
  readonly offset?: number;
  /** The prediction of the target `horizon` rows after the latest row; undefined if rows are predicted from themselves. */
  readonly next: Told | undefined;
  /**
   * The next rows: as many as asked for with a horizon of 1, for a number as many as the horizon with a larger one,
   * and none if targets are late.
   */
  readonly forecast: readonly NumberForecast[] | readonly CategoryForecast[];
}

/** Leaves the session unchanged. Undefined for a text, and before the first row. */
export function aheadOf({ data }: StreamConfig, session: Session<unknown>, steps: number): Ahead | undefined {
  if (data.kind === 'text' || !isOfRows(session)) return undefined;
  const lag = lagOf(data);
  if (lag === 0) return { next: undefined, forecast: [] };
  if (session.waiting.length === 0) return undefined;
  const { time, offset, target } = session;
  const now = { ...(time === undefined ? {} : { time, offset }), next: session.foretold() };
  if (session.coder.categories !== undefined)
    return {
      ...now,
      forecast: data.horizon === 1 && lag === 1 ? forecastCategory(data, session, steps) : [],
    };
  if (data.delay) return { ...now, forecast: [] };
  if (lag === 1) return { ...now, forecast: forecastNumber(data, session, steps) };
  const times = session.timesAhead(lag);
  const said = session.waiting.map((asked, i): NumberForecast => {
    const { prediction, low = null, high = null } = target.tell(asked, asked.output);
    // The first ones wait since before the latest row.
    const step = i + 1 + lag - session.waiting.length;
    return {
      step,
      ...(times === undefined ? {} : { time: times[step - 1] }),
      prediction: prediction as number,
      low,
      high,
    };
  });
  return { ...now, forecast: said };
}

function isOfRows(session: Session<unknown>): session is Session<unknown> & RowSession {
  return 'coder' in session;
}
