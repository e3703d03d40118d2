import { requireEntries, requireLength, requireNumbers, requireWhole } from '../../evaluation/saved.ts';
import {
  lagCount,
  type NumberQuestion,
  type SeasonAgo,
  seasonCount,
  seasonOf,
  usualSeasons,
} from '../../experts/index.ts';
import type { RowData } from '../given/config.ts';
import { lagOf } from '../reading/rows.ts';

/** The values of the target so far, as far as a question needs them, and its seasons. */
export interface History {
  /** Notes the next value. A missing one counts as the one before, so that each lag stays a number of rows. */
  note(value: number | null): void;
  /**
   * The past in a question.
   * @param pause the typical pause between rows in seconds, if rows have times.
   * @param next a further value, which is not noted.
   */
  look(pause: number | undefined, next?: number | null): Pick<NumberQuestion, 'lags' | 'seasons' | 'ahead'>;
  /** The latest value; undefined before the first. */
  latest(next?: number | null): number | undefined;
  /** The next value does not continue the earlier ones. */
  forget(): void;
  /** Returns what takes back all that has changed since. */
  mark(): () => void;
  save(): SavedHistory;
}

export interface SavedHistory {
  /** Oldest first. */
  readonly values: readonly number[];
  /** The season found in the values; null if there is none. */
  readonly season: number | null;
  /** The number of values in all, and that after which a season is looked for next. */
  readonly count: number;
  readonly next: number;
}

/** The values in which a season is looked for. */
const window = 2048;
/** A season is looked for after this many values, then again each time there are half as many more. */
const first = 24;

export function createHistory(data: RowData, saved?: SavedHistory): History {
  const ahead = Math.max(1, lagOf(data));
  const given = data.season;
  const capacity = Math.max(window, ...(given ?? []).map((season) => season + ahead + 1));
  if (saved !== undefined) requireOwn(saved, capacity);
  const values = new Float64Array(capacity);
  let held = saved?.values.length ?? 0;
  /** The place of the next value. */
  let at = held % capacity;
  values.set(saved?.values ?? []);
  let season = saved?.season ?? null;
  let count = saved?.count ?? 0;
  let next = saved?.next ?? first;
  const back = (steps: number) => values[(at - 1 - steps + 2 * capacity) % capacity];
  const listed = (most: number) => {
    const length = Math.min(held, most);
    return Array.from({ length }, (_, i) => back(length - 1 - i));
  };
  const seasonsOf = (pause: number | undefined): readonly number[] => {
    if (given !== undefined) return given;
    const usual = pause === undefined ? [] : usualSeasons(pause);
    return season === null || usual.includes(season) ? usual : [...usual, season];
  };
  return {
    note(value) {
      if (value === null && held === 0) return;
      values[at] = value ?? back(0);
      at = (at + 1) % capacity;
      held = Math.min(capacity, held + 1);
      count++;
      if (given !== undefined || count < next) return;
      season = seasonOf(listed(window)) ?? season;
      next = Math.ceil(1.5 * count);
    },
    look(pause, extra) {
      const isMore = extra !== undefined && (extra !== null || held > 0);
      const shift = isMore ? 1 : 0;
      const known = held + shift;
      const value = (steps: number) =>
        isMore && steps === 0 && extra !== null ? extra : back(Math.max(0, steps - shift));
      const lags: number[] = [];
      if (known > 0) for (let i = 0; i < lagCount; i++) lags.push(value(Math.min(i, known - 1)));
      const lengths = seasonsOf(pause);
      const seasons: (SeasonAgo | null)[] = [];
      for (let i = 0; i < seasonCount; i++) {
        const whole = i < lengths.length ? lengths[i] * Math.ceil(ahead / lengths[i]) : known;
        const ago = whole < known ? value(whole - ahead) : 0;
        seasons.push(whole < known ? { value: ago, change: ago - value(whole) } : null);
      }
      return { lags, seasons, ahead };
    },
    latest: (extra) => extra ?? (held === 0 ? undefined : back(0)),
    forget() {
      held = 0;
      at = 0;
    },
    mark() {
      const before = { held, at, season, count, next };
      const own = values.slice();
      return () => {
        values.set(own);
        ({ held, at, season, count, next } = before);
      };
    },
    save: () => ({ values: listed(capacity), season, count, next }),
  };
}

/** @throws DataError unless values can lead to this. */
function requireOwn(saved: SavedHistory, capacity: number): void {
  requireEntries('the past of the target', saved, ['values', 'season', 'count', 'next']);
  const { values, season, count, next } = saved;
  requireLength('the list of latest values', values, 0, capacity);
  requireNumbers('a latest value', values);
  requireWhole('a number of values', [count, next]);
  if (season !== null) {
    requireWhole('a season', [season], window);
    requireNumbers('a season', [season], window, 2);
  }
}
