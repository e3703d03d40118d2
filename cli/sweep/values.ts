import { type Noise, UsageError } from '../../lib/index.ts';

/** The values of one setting in a grid, as texts, or a range to draw from. */
export type Values =
  | { readonly kind: 'list'; readonly texts: readonly string[] }
  | { readonly kind: 'range'; readonly low: number; readonly high: number; readonly isLog: boolean };

const mostValues = 100_000;

/**
 * Reads values separated by commas: words and numbers, `1..5` for whole numbers, `lin(0,1,5)` and `log(1e-4,1e-1,7)`
 * for numbers that are equally spaced, themselves or in their logarithms, both ends included. Text in double quotes
 * may contain commas. A single `lin(0,1)` or `log(1e-4,1e-1)` is a range to draw from.
 * @param flag for the sentence. @throws UsageError.
 */
export function valuesOf(flag: string, text: string): Values {
  const refuse = (why: string) => new UsageError(`${flag} ${JSON.stringify(text)}: ${why}`);
  const texts: string[] = [];
  const parts = partsOf(text);
  if (parts === undefined || parts.length === 0) throw refuse('give values, separated by commas');
  for (const { part, isQuoted } of parts) {
    if (isQuoted) {
      texts.push(part);
      continue;
    }
    const [, kind, inside] = /^(lin|log)\((.*)\)$/.exec(part) ?? [];
    if (kind !== undefined) {
      const range = rangeOf(kind === 'log', inside, refuse);
      if ('count' in range) texts.push(...spaced(range).map(String));
      else if (parts.length === 1) return { kind: 'range', ...range };
      else throw refuse('a range without a number of values stands alone');
      continue;
    }
    const [, from, to] = /^(-?\d+)\.\.(-?\d+)$/.exec(part) ?? [];
    if (from === undefined) texts.push(part);
    else if (Number(to) < Number(from) || Number(to) - Number(from) >= mostValues)
      throw refuse(`${part} must go up, by fewer than ${mostValues}`);
    else for (let value = Number(from); value <= Number(to); value++) texts.push(String(value));
  }
  const twice = texts.find((each, i) => texts.indexOf(each) < i);
  if (twice !== undefined) throw refuse(`${twice} is there twice`);
  return { kind: 'list', texts };
}

/** One value at random. */
export function draw(values: Values, noise: Noise): string {
  if (values.kind === 'list') return values.texts[noise.integer(values.texts.length)];
  return String(within(values, noise.uniform([]).item()));
}

interface Range {
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
}

function rangeOf(
  isLog: boolean,
  inside: string,
  refuse: (why: string) => UsageError,
): Range | (Range & { readonly count: number }) {
  const numbers = inside.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each)));
  const [low, high, count] = numbers;
  const isWhole = numbers.length === 2 || (numbers.length === 3 && Number.isSafeInteger(count));
  if (!isWhole || !numbers.every(Number.isFinite) || low >= high)
    throw refuse('a range has two numbers, the lower one first, and how many values, as in log(1e-4,1e-1,7)');
  if (isLog && low <= 0) throw refuse('numbers of log(…) are above 0');
  if (count !== undefined && (count < 2 || count > mostValues))
    throw refuse(`a range has from 2 to ${mostValues} values`);
  return count === undefined ? { low, high, isLog } : { low, high, isLog, count };
}

function spaced({ count, ...range }: Range & { readonly count: number }): number[] {
  return Array.from({ length: count }, (_, i) => within(range, i / (count - 1)));
}

/** The number at a part of the way, in 12 digits: 0.001 rather than 0.0009999999999999998. */
function within({ low, high, isLog }: Range, part: number): number {
  const value = isLog ? low * (high / low) ** part : low + (high - low) * part;
  return Number(value.toPrecision(12));
}

/** Undefined if a quote or a parenthesis is not closed, or nothing is between two commas. */
function partsOf(text: string): { part: string; isQuoted: boolean }[] | undefined {
  const parts: { part: string; isQuoted: boolean }[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^",()]*\([^()]*\)|[^",()]+))\s*(?:,|$)/y;
  for (let isMore = true; isMore; isMore = text[pattern.lastIndex - 1] === ',') {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [, quoted, plain] = match;
    parts.push(
      quoted === undefined
        ? { part: plain.trim(), isQuoted: false }
        : { part: quoted.replaceAll('""', '"'), isQuoted: true },
    );
  }
  return parts;
}
