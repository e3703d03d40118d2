import { formatBits, formatLoss } from '../../trainers/evaluation/index.ts';

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
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

/** The time of a step: `-` if none was timed. */
export function formatMicroseconds(microseconds: number | null): string {
  if (microseconds === null || Number.isNaN(microseconds)) return '-';
  return `${microseconds < 100 ? microseconds.toPrecision(3) : Math.round(microseconds)} µs`;
}

export function formatFigure(value: number, unit: 'bits' | 'loss'): string {
  return unit === 'bits' ? `${formatBits(value)} bits` : formatLoss(value);
}
