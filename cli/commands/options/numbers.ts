import { InvalidArgumentError } from 'commander';

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Parses a number. */
export function parseNumber(text: string): number {
  const value = decimal.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new InvalidArgumentError('It is not a number.');
  return value;
}

/** Parses a whole number of at least `least`, such as 100000 or 1e5. */
function parseWhole(text: string, least: number): number {
  const value = parseNumber(text);
  if (value < least) throw new InvalidArgumentError(`It must be at least ${least}.`);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It is not a whole number.');
  return value;
}

export function parseCount(text: string): number {
  return parseWhole(text, 0);
}

/** Parses whole numbers separated by commas, added to those before. */
export function parseCounts(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, ...text.split(',').map((part) => parseCount(part.trim()))];
}

export function parsePositive(text: string): number {
  return parseWhole(text, 1);
}

export function parsePort(text: string): number {
  const port = parseCount(text);
  if (port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}
