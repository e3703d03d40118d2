/** A number in a few characters: 0.031, 1.2e-9, 4,300. */
export function short(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(digits - 1).replace('-', '−');
  const text =
    size >= 1000 ? Math.round(value).toLocaleString('en-US') : `${Number(value.toPrecision(digits + 1))}`;
  return text.replace('-', '−');
}

/** A count with its thousands apart. */
export const counted = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Follows a quantity that jumps. The share is that of the new value in what is shown. */
export function smoothed(): (value: number, share?: number) => number {
  let level: number | undefined;
  return (value, share = 0.1) => {
    level = level === undefined ? value : level + share * (value - level);
    return level;
  };
}
