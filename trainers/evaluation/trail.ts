/** The latest predictions, the oldest first. */
export type Trail =
  /** What came, and the probability that it had been given. */
  | { readonly kind: 'symbols'; readonly symbols: readonly string[]; readonly probabilities: readonly number[] }
  | { readonly kind: 'numbers'; readonly actual: readonly number[]; readonly predicted: readonly number[] };

/** The latest predictions: what came, and what had been said of it. Nothing that is learnt, measured or saved depends on it. */
export interface Pairs {
  add(came: number, said: number): void;
  /** The oldest first. */
  came(): number[];
  said(): number[];
}

/** How many predictions are remembered for whoever looks on. */
const capacity = 240;

export function createPairs(): Pairs {
  const columns = [new Float64Array(capacity), new Float64Array(capacity)];
  let count = 0;
  const listed = (column: Float64Array) =>
    Array.from({ length: Math.min(count, capacity) }, (_, i) => column[(Math.max(0, count - capacity) + i) % capacity]);
  return {
    add(came, said) {
      columns[0][count % capacity] = came;
      columns[1][count % capacity] = said;
      count++;
    },
    came: () => listed(columns[0]),
    said: () => listed(columns[1]),
  };
}
