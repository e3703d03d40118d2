import type { GateLeaves, Leaf, Readout } from './parts.ts';
import { product } from './products.ts';

/** Learns leaves from Σ over time of d_t⊗v_t, d_t of length `rows` and v_t of length `columns`. */
export type OuterSum = (leaf: Leaf, d: readonly Float32Array[], v: readonly Float32Array[]) => void;

/**
 * Packs both sides with time running fastest, so that each row of the sum is a matrix·vector product, learnt
 * from while it is in the nearest cache.
 */
export function outerSumOf(window: number, rows: number, columns: number): OuterSum {
  if (window === 1) return ({ descent }, [d], [v]) => descent.outer(d, v);
  const row = new Float32Array(columns);
  const left = new Float32Array(rows * window);
  const right = new Float32Array(columns * window);
  const lefts = Array.from({ length: rows }, (_, i) => left.subarray(i * window, (i + 1) * window));
  return ({ descent }, d, v) => {
    pack(left, d, rows);
    pack(right, v, columns);
    for (let i = 0; i < rows; i++) {
      product(row, right, lefts[i], columns, window);
      descent.direct(row, i * columns);
    }
  };
}

function pack(packed: Float32Array, vectors: readonly Float32Array[], size: number): void {
  const window = vectors.length;
  for (let t = 0; t < window; t++) {
    const vector = vectors[t];
    for (let i = 0, at = t; i < size; i++, at += window) packed[at] = vector[i];
  }
}

/**
 * Updates a gate from a window of gradients d of its pre-activation, inputs of its recurrent weights, and
 * symbols.
 */
export function learnGate(
  { w, u, b }: GateLeaves,
  sum: OuterSum,
  row: Float32Array,
  d: readonly Float32Array[],
  seen: readonly Float32Array[],
  inputs: readonly number[],
): void {
  for (const leaf of [w, u, b]) leaf.descent.begin();
  sum(u, d, seen);
  row.fill(0);
  for (const dt of d) for (let i = 0; i < row.length; i++) row[i] += dt[i];
  b.descent.direct(row, 0);
  const units = row.length;
  for (let symbol = 0; symbol * units < w.w.length; symbol++) {
    const first = inputs.indexOf(symbol);
    if (first < 0) {
      w.descent.rest(symbol * units, (symbol + 1) * units);
      continue;
    }
    row.fill(0);
    for (let t = first; t < inputs.length; t++)
      if (inputs[t] === symbol) for (let i = 0; i < units; i++) row[i] += d[t][i];
    w.descent.direct(row, symbol * units);
  }
}

/** Updates the readout from a window of errors and inputs. */
export function learnReadout(
  { w, b }: Readout,
  sum: OuterSum,
  bias: Float32Array,
  errors: readonly Float32Array[],
  h: readonly Float32Array[],
): void {
  w.descent.begin();
  b.descent.begin();
  sum(w, errors, h);
  bias.fill(0);
  for (const error of errors) for (let k = 0; k < bias.length; k++) bias[k] += error[k];
  b.descent.direct(bias, 0);
}
