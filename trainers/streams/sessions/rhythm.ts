import { requireLength, requireNumbers, requireSame } from '../../evaluation/saved.ts';
import { timeAhead } from './timeAhead.ts';

const hour = 3600;
const day = 24 * hour;
const week = 7 * day;

/** The latest rows whose times are kept. */
const most = 400;
/** The time that these must span before a weekday or an hour without any row counts as one that has none. */
const enough = 3 * week;
/** Pauses are the same within this share. */
const near = 0.01;

/** The latest times of rows, in seconds on their clocks, which tell when the next ones are expected. */
export interface Rhythm {
  add(time: number): void;
  /**
   * The expected times of the next rows.
   *
   * Where half of the latest pauses are the same, rows follow at that pause, but not on weekdays, or of pauses
   * below a day in hours of the week, that have had no row in three weeks or more: a table of working days continues
   * after its weekends. Else they follow at the typical pause, those of months on the same day of a month.
   * @param latest the time of the latest row. @param pause the typical pause.
   */
  ahead(latest: number, pause: number, steps: number): readonly number[];
  save(): readonly number[];
}

/** @param saved none in checkpoints of earlier versions. */
export function createRhythm(saved: readonly number[] = []): Rhythm {
  const times = [...saved];
  return {
    add(time) {
      times.push(time);
      if (times.length > most) times.shift();
    },
    ahead(latest, pause, steps) {
      const regular = regularPause(times);
      if (regular === undefined)
        return Array.from({ length: steps }, (_, i) => timeAhead(latest, pause, i + 1));
      const wait = waitsOf(times, regular);
      let time = latest;
      return Array.from({ length: steps }, () => {
        time += regular;
        // The waits of a week lead back to an hour or a weekday that is known.
        for (let left = wait(time); left > 0; left = wait(time)) time += regular * Math.ceil(left / regular);
        return time;
      });
    },
    save: () => [...times],
  };
}

/** The median pause if half of all pauses are near it, and rows are not of months. */
function regularPause(times: readonly number[]): number | undefined {
  const pauses = times
    .slice(1)
    .map((time, i) => time - times[i])
    .filter((pause) => pause > 0)
    .sort((a, b) => a - b);
  if (pauses.length < 3) return undefined;
  const median = pauses[Math.floor((pauses.length - 1) / 2)];
  const same = pauses.filter((pause) => Math.abs(pause - median) <= near * median);
  return median <= week && same.length >= pauses.length / 2 ? median : undefined;
}

/** For a time, the seconds until its weekday, or its hour of the week, is over; 0 if that has had rows. */
function waitsOf(times: readonly number[], pause: number): (time: number) => number {
  const span = times[times.length - 1] - times[0];
  if (span < enough || pause > (1 + near) * day) return () => 0;
  const length = pause < (1 - near) * day ? hour : day;
  const inWeek = (time: number) => ((time % week) + week) % week;
  const slotOf = (time: number) => Math.floor(inWeek(time) / length);
  const known = new Set(times.map(slotOf));
  return (time) => (known.has(slotOf(time)) ? 0 : (slotOf(time) + 1) * length - inWeek(time));
}

/** @throws DataError unless the latest rows can have had these times. */
export function requireTimes(times: readonly number[], latest: number | undefined, records: number): void {
  // A run of an earlier version had none.
  requireLength('the list of times', times, 1, Math.min(most, records));
  requireNumbers('a time', times, 1e15);
  requireSame('the latest time', times.at(-1), latest);
}
