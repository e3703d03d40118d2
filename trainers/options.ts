import { ConfigurationError } from '../lib/index.ts';

/** @throws ConfigurationError unless every named count is a whole number above zero, and at most its limit where it has one. */
export function requireCounts(
  who: string,
  counts: Readonly<Record<string, number>>,
  limits: Readonly<Record<string, number>> = {},
): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new ConfigurationError(`${who}: ${name} must be a whole number above zero, got ${String(value)}`);
    if (name in limits && value > limits[name])
      throw new ConfigurationError(`${who}: ${name} must be at most ${limits[name]}, got ${value}`);
  }
}

/** @throws ConfigurationError unless every named number is finite and within its bounds. */
export function requireRange(
  who: string,
  values: Readonly<Record<string, number>>,
  least: number,
  most = Number.POSITIVE_INFINITY,
): void {
  for (const [name, value] of Object.entries(values))
    if (!Number.isFinite(value) || value < least || value > most)
      throw new ConfigurationError(`${who}: ${name} must be a number ${rangeOf(least, most)}, got ${String(value)}`);
}

function rangeOf(least: number, most: number): string {
  const isOpen = least === Number.MIN_VALUE;
  if (most === Number.POSITIVE_INFINITY) return isOpen ? 'above 0' : `of at least ${least}`;
  return isOpen ? `above 0 and up to ${most}` : `from ${least} to ${most}`;
}
