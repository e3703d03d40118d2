import { formatBits, formatLoss } from '../../trainers/evaluation/index.ts';

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/**
 * Formats numbers that are compared with each other: all get the same number of decimals, enough for three digits of the
 * narrowest width between them.
 * @param significant the least number of digits of the largest.
 */
export function alikeFormat(
  values: readonly number[],
  widths: readonly number[],
  significant: number,
): (value: number) => string {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const narrowest = widths.reduce((least, width) => (width > 0 ? Math.min(least, width) : least), Infinity);
  const power = Math.floor(Math.log10(largest || 1));
  // Beyond the digits of a number there is nothing to show.
  const digits = Math.min(17, Math.max(significant, power - Math.floor(Math.log10(narrowest)) + 3));
  if (largest > 0 && (largest < 1e-3 || largest >= 1e9)) return (value) => value.toExponential(digits - 1);
  const decimals = Math.max(0, digits - 1 - power);
  return (value) => value.toFixed(decimals);
}

/** A number without the decimals that are below a unit and beyond its first seven digits. */
export function roundedTo(value: number, unit: number): number {
  if (value === 0) return value;
  const decimals = Math.max(0, Math.ceil(-Math.log10(unit)), 6 - Math.floor(Math.log10(Math.abs(value))));
  // The most that `toFixed` takes.
  return decimals > 100 ? value : Number(value.toFixed(decimals));
}

/** A percentage. */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** A count with its noun, such as '1 record' and '2,000 records'. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** The time of a step: `-` if none was timed. */
export function formatMicroseconds(microseconds: number | null): string {
  if (microseconds === null || Number.isNaN(microseconds)) return '-';
  return `${microseconds < 100 ? microseconds.toPrecision(3) : Math.round(microseconds)} µs`;
}

export function formatFigure(value: number, unit: 'bits' | 'loss'): string {
  return unit === 'bits' ? `${formatBits(value)} bits` : formatLoss(value);
}
