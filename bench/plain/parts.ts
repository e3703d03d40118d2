import type { Problem } from '../problem.ts';
import { adamOf, type Descent, sgdOf } from './descent.ts';
import { product, transposed } from './products.ts';

/** A leaf of the parameters and its update rule. */
export interface Leaf {
  readonly w: Float32Array;
  readonly descent: Descent;
}

/** The weights of one pre-activation: w [symbols, units], u [units, units], b [units]. */
export interface GateLeaves {
  readonly w: Leaf;
  readonly u: Leaf;
  readonly b: Leaf;
}

export interface Readout {
  /**
   * Predicts from h. Stores the gradient of the logits in `error` and, if asked, that of h in `cotangent`.
   * Returns the loss.
   */
  predict(h: Float32Array, target: number): number;
  readonly error: Float32Array;
  readonly cotangent: Float32Array;
  /** cotangent = wᵀ error. */
  pull(): void;
  /** Learns from the error at h. */
  learn(h: Float32Array): void;
  readonly w: Leaf;
  readonly b: Leaf;
}

/** Fresh parameters of a problem: its gates, and a readout with softmax cross-entropy. */
export function partsOf({ leaves, optimizer, rate, units, symbols }: Problem): {
  gates: GateLeaves[];
  readout: Readout;
  all: Leaf[];
} {
  const all = leaves.map((leaf): Leaf => {
    const w = Float32Array.from(leaf);
    return { w, descent: (optimizer === 'sgd' ? sgdOf : adamOf)(w, rate) };
  });
  const gates: GateLeaves[] = [];
  for (let at = 0; at + 2 < all.length; at += 3) gates.push({ w: all[at], u: all[at + 1], b: all[at + 2] });
  const [w, b] = all.slice(-2);
  const error = new Float32Array(symbols);
  const cotangent = new Float32Array(units);
  const readout: Readout = {
    w,
    b,
    error,
    cotangent,
    predict(h, target) {
      product(error, w.w, h, symbols, units);
      let top = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < symbols; k++) {
        error[k] += b.w[k];
        if (error[k] > top) top = error[k];
      }
      const logit = error[target];
      let sum = 0;
      for (let k = 0; k < symbols; k++) {
        error[k] = Math.exp(error[k] - top);
        sum += error[k];
      }
      for (let k = 0; k < symbols; k++) error[k] /= sum;
      error[target] -= 1;
      return Math.log(sum) + top - logit;
    },
    pull: () => transposed(cotangent, w.w, error, symbols, units),
    learn(h) {
      w.descent.outer(error, h);
      b.descent.direct(error, 0);
    },
  };
  return { gates, readout, all };
}
