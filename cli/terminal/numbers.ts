/** A loss that may be of any size: `0.0123`, `3.1e-17`, `2.0e+8`. */
export function formatLoss(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e3) ? value.toExponential(1) : value.toPrecision(3);
}

export function formatBits(bits: number): string {
  return bits.toFixed(3);
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export function formatFigure(value: number, unit: 'bits' | 'loss'): string {
  return unit === 'bits' ? `${formatBits(value)} bits` : formatLoss(value);
}
