import type { RowData } from '../given/config.ts';

const day = 86_400;
const turns = [day, 7 * day, 365.2425 * day];

/** The number of angles of a time, each a sine and a cosine. */
export const angleInputs = 2 * turns.length;

/**
 * The time of day, week and year, each as the sine and cosine of its angle, so that close times have
 * close values.
 */
export function anglesOf(time: number): number[] {
  return turns.flatMap((turn) => {
    const angle = (2 * Math.PI * (time % turn)) / turn;
    return [Math.sin(angle), Math.cos(angle)];
  });
}

/** The sines and cosines in the shape of a day: of its angle, twice and three times its angle. */
const harmonics = 3;
/** The days that may have shapes of their own: Saturday and Sunday. */
const free = [6, 0];
/** √7: what marks one day in seven has a variance of about 1. */
const rare = Math.sqrt(7);

/** The number of inputs of `weekdaysOf`. */
export const weekdayInputs = 7 + 2 * (harmonics - 1) + 2 * harmonics * free.length;

/**
 * All of a time that one angle cannot say: its weekday, from Sunday on, as a mark; the shape of the day, as
 * the sines and cosines of two and three times its angle; and those of one to three times its angle on Saturdays
 * and on Sundays, which may have another shape.
 *
 * Zeros stand for what rows come too seldom for: weekdays, if they come less often than every other day, and
 * angles of the day of which there are fewer than two rows in a turn. A linear expert ignores inputs that are
 * always 0.
 * @param pause the typical pause between rows in seconds; undefined if it is not known yet.
 */
export function weekdaysOf(time: number, pause: number | undefined): number[] {
  const inputs = new Array<number>(weekdayInputs).fill(0);
  if (pause === undefined || pause >= 2 * day) return inputs;
  // A time that was computed from pauses may be a rounding error before midnight.
  const weekday = (((Math.floor(Math.round(time) / day) + 4) % 7) + 7) % 7;
  inputs[weekday] = rare;
  const place = free.indexOf(weekday);
  const ofFree = 7 + 2 * (harmonics - 1) + 2 * harmonics * place;
  for (let n = 1; n <= harmonics && 2 * n * pause < 1.01 * day; n++) {
    const angle = (2 * Math.PI * n * (time % day)) / day;
    const pair = [Math.sin(angle), Math.cos(angle)];
    for (const [i, value] of pair.entries()) {
      if (n > 1) inputs[7 + 2 * (n - 2) + i] = value;
      if (place >= 0) inputs[ofFree + 2 * (n - 1) + i] = rare * value;
    }
  }
  return inputs;
}

type Times = Pick<RowData, 'timestamp' | 'calendar'>;

/** The number of inputs of the time of a row: the pause before it, its angles, and its weekday. */
export function timeInputs(data: Times): number {
  return data.timestamp === undefined ? 0 : 1 + angleInputs + ofWeekday(data);
}

/** The number of inputs of its weekday. Older configurations have no calendar. */
export function ofWeekday({ timestamp, calendar = 'angles' }: Times): number {
  return timestamp === undefined || calendar === 'angles' ? 0 : weekdayInputs;
}
