import type { Problem } from '../problem.ts';
import type { GateLeaves } from './parts.ts';
import { product, product2, sigmoidOf, tanhOf } from './products.ts';

/** Intermediate values of a GRU step, for the pull. */
export interface GruTrace {
  readonly r: Float32Array;
  readonly z: Float32Array;
  readonly c: Float32Array;
  /** r∘h, the input of the candidate's recurrent weights. */
  readonly rh: Float32Array;
  readonly next: Float32Array;
}

export function gruTraceOf({ units }: Problem): GruTrace {
  const vector = () => new Float32Array(units);
  return { r: vector(), z: vector(), c: vector(), rh: vector(), next: vector() };
}

/** One step from h. */
export function stepGru(
  [reset, update, candidate]: readonly GateLeaves[],
  { r, z, c, rh, next }: GruTrace,
  input: number,
  h: Float32Array,
): void {
  const units = h.length;
  const at = input * units;
  product(r, reset.u.w, h, units, units);
  product(z, update.u.w, h, units, units);
  for (let i = 0; i < units; i++) {
    r[i] = sigmoidOf(r[i] + reset.w.w[at + i] + reset.b.w[i]);
    z[i] = sigmoidOf(z[i] + update.w.w[at + i] + update.b.w[i]);
    rh[i] = r[i] * h[i];
  }
  product(c, candidate.u.w, rh, units, units);
  for (let i = 0; i < units; i++) {
    c[i] = tanhOf(c[i] + candidate.w.w[at + i] + candidate.b.w[i]);
    next[i] = z[i] * c[i] + (1 - z[i]) * h[i];
  }
}

/** One step from h, and its tangent from s: `pushed` = J s. `t1` and `t2` are scratch vectors. */
export function pushGru(
  [reset, update, candidate]: readonly GateLeaves[],
  { r, z, c, rh, next }: GruTrace,
  input: number,
  h: Float32Array,
  s: Float32Array,
  pushed: Float32Array,
  t1: Float32Array,
  t2: Float32Array,
): void {
  const units = h.length;
  const at = input * units;
  product2(r, t1, reset.u.w, h, s, units, units);
  product2(z, pushed, update.u.w, h, s, units, units);
  for (let i = 0; i < units; i++) {
    r[i] = sigmoidOf(r[i] + reset.w.w[at + i] + reset.b.w[i]);
    z[i] = sigmoidOf(z[i] + update.w.w[at + i] + update.b.w[i]);
    rh[i] = r[i] * h[i];
    t1[i] = t1[i] * r[i] * (1 - r[i]) * h[i] + r[i] * s[i];
    pushed[i] *= z[i] * (1 - z[i]);
  }
  product2(c, t2, candidate.u.w, rh, t1, units, units);
  for (let i = 0; i < units; i++) {
    const value = tanhOf(c[i] + candidate.w.w[at + i] + candidate.b.w[i]);
    c[i] = value;
    next[i] = z[i] * value + (1 - z[i]) * h[i];
    pushed[i] = pushed[i] * (value - h[i]) + z[i] * t2[i] * (1 - value * value) + (1 - z[i]) * s[i];
  }
}
