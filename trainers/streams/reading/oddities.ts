import { quoted } from './problem.ts';
import type { Fields } from './rowReader.ts';

/** Numbers that data loggers, surveys and grids write for one that is missing. */
const codes = /^(?:[+-]?9{2,}(?:\.9+)?|-32768|32767|-2147483648|2147483647|[+-]?1e\+?(?:20|30))$/;
/** Fewer other numbers say nothing about the range of a column. */
const fewest = 10;

/**
 * The numbers of a column that may stand for a missing one: they look like it, come twice or more often, and are farther
 * from all others than those are from each other.
 */
export function missingCodes(numbers: readonly number[]): readonly number[] {
  const times = new Map<number, number>();
  let [low, high, others] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const number of numbers)
    if (codes.test(String(number))) times.set(number, (times.get(number) ?? 0) + 1);
    else {
      low = Math.min(low, number);
      high = Math.max(high, number);
      others++;
    }
  if (others < fewest) return [];
  const far = high - low;
  return [...times.keys()].filter(
    (code) => (times.get(code) ?? 0) > 1 && (code < low - far || code > high + far),
  );
}

/** A text with leading zeros, if all are whole numbers of the same three digits or more, as postal codes are. */
export function leadingZeros(values: readonly unknown[]): string | undefined {
  const texts = values.map((value) => (typeof value === 'string' ? value.trim() : ''));
  const [first = ''] = texts;
  if (first.length < 3 || !texts.every((text) => text.length === first.length && /^\d+$/.test(text)))
    return undefined;
  return texts.find((text) => text.startsWith('0') && Number(text) !== 0);
}

/**
 * A sentence for a column of times of which several rows have the same, as where a file holds several series.
 * @param others the columns that may say which series a row is of.
 */
export function sharedTimes(
  rows: readonly Fields[],
  column: string,
  others: readonly string[],
): string | undefined {
  const written = rows.map(({ get }) => String(get(column)));
  const isSame = (i: number) => i > 0 && written[i] === written[i - 1];
  const same = written.filter((_, i) => isSame(i)).length;
  if (rows.length < 2 * fewest || same < rows.length / 2) return undefined;
  // Those of one time are all different.
  const name = others.find((other) => {
    let seen = new Set<unknown>();
    return rows.every(({ get }, i) => {
      if (!isSame(i)) seen = new Set();
      const { size } = seen;
      return seen.add(get(other)).size > size;
    });
  });
  const which = name === undefined ? '' : `, which ${quoted(name)} tells apart`;
  return `column ${quoted(column)} has the same time in several rows, as where a file holds several series${which}: the next row is predicted, whichever it is of; give the rows of one series alone to predict that one`;
}

/**
 * A sentence for a column of times that go back where another one changes, as where several series stand one after another.
 * @param others the columns that may say which series a row is of.
 */
export function stackedTimes(
  rows: readonly Fields[],
  column: string,
  others: readonly string[],
  timeOf: (value: unknown) => number | undefined,
): string | undefined {
  const times = rows.map(({ get }) => timeOf(get(column)) ?? Number.NaN);
  const back = times.flatMap((time, i) => (i > 0 && time < times[i - 1] ? [i] : []));
  if (back.length === 0 || back.length > rows.length / fewest) return undefined;
  const starts = new Set(back);
  const name = others.find((other) =>
    rows.every(({ get }, i) => i === 0 || (get(other) !== rows[i - 1].get(other)) === starts.has(i)),
  );
  return name === undefined
    ? undefined
    : `column ${quoted(column)} holds times that begin again where ${quoted(name)} changes, and is not seen: give the rows of one series alone to predict that one`;
}
