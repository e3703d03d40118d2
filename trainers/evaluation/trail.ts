/** The latest predictions, oldest first. */
export type Trail =
  /** The symbols that came, and their predicted probabilities. */
  | {
      readonly kind: 'symbols';
      readonly symbols: readonly string[];
      readonly probabilities: readonly number[];
    }
  | {
      readonly kind: 'numbers';
      readonly actual: readonly number[];
      readonly predicted: readonly number[];
      /** The share of outcomes that the intervals are to hold. */
      readonly stated: number;
      /** The bounds of the interval that each prediction had; null before there was one. */
      readonly low: readonly (number | null)[];
      readonly high: readonly (number | null)[];
    };

/** The latest predictions and their outcomes. Nothing learnt, measured or saved depends on them. */
export interface Pairs {
  /** @param radius the half-width of the interval around a number; null if there was none. */
  add(came: number, said: number, radius?: number | null): void;
  /** Oldest first. */
  came(): number[];
  said(): number[];
  /** NaN for those without an interval. */
  radii(): number[];
}

/** The number of predictions kept for viewers. */
const capacity = 240;

export function createPairs(): Pairs {
  const columns = [new Float64Array(capacity), new Float64Array(capacity), new Float64Array(capacity)];
  let count = 0;
  const listed = (column: Float64Array) =>
    Array.from(
      { length: Math.min(count, capacity) },
      (_, i) => column[(Math.max(0, count - capacity) + i) % capacity],
    );
  return {
    add(came, said, radius = null) {
      columns[0][count % capacity] = came;
      columns[1][count % capacity] = said;
      columns[2][count % capacity] = radius ?? Number.NaN;
      count++;
    },
    came: () => listed(columns[0]),
    said: () => listed(columns[1]),
    radii: () => listed(columns[2]),
  };
}
