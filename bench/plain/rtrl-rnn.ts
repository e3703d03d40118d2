import type { Contestant } from '../contestant.ts';
import type { Problem } from '../problem.ts';
import { type Leaf, partsOf } from './parts.ts';
import { product, tanhOf } from './products.ts';

/**
 * RTRL for the tanh RNN by hand. The influence of a parameter is contiguous, one number per unit, updated in
 * place: G ← D (U G + I). Two parameters times two rows of U at a time keep the sums in registers; with more,
 * V8 spills.
 */
export function plainRtrlRnn(problem: Problem): Contestant {
  const { units } = problem;
  const { gates, readout, all } = partsOf(problem);
  const [{ w, u, b }] = gates;
  const own = [w, u, b];
  const influences = own.map((leaf) => new Float32Array(leaf.w.length * units));
  const gradients = own.map((leaf) => new Float32Array(leaf.w.length));
  const [h, next, slope] = [new Float32Array(units), new Float32Array(units), new Float32Array(units)];
  // Float64Array for repeated products, as JavaScript computes in double precision.
  const matrix = new Float64Array(units * units);
  const block = new Float64Array(2 * units);

  return {
    name: 'plain JavaScript',
    step(input, target) {
      product(next, u.w, h, units, units);
      const at = input * units;
      for (let i = 0; i < units; i++) {
        next[i] = tanhOf(next[i] + w.w[at + i] + b.w[i]);
        slope[i] = 1 - next[i] * next[i];
      }
      const loss = readout.predict(next, target);
      readout.pull();
      matrix.set(u.w);
      const { cotangent } = readout;
      for (let k = 0; k < own.length; k++) {
        const gradient = gradients[k];
        for (let p = 0; p < gradient.length; p += 2)
          advance(influences[k], p, gradient, matrix, block, cotangent, slope, units);
      }
      const [gw, gu, gb] = influences;
      const [dw, du, db] = gradients;
      for (let i = 0; i < units; i++) {
        const scale = cotangent[i] * slope[i];
        gw[(at + i) * units + i] += slope[i];
        dw[at + i] += scale;
        gb[i * units + i] += slope[i];
        db[i] += scale;
        for (let j = 0; j < units; j++) {
          gu[(i * units + j) * units + i] += slope[i] * h[j];
          du[i * units + j] += scale * h[j];
        }
      }
      readout.w.descent.begin();
      readout.b.descent.begin();
      readout.learn(next);
      own.forEach((leaf: Leaf, k) => {
        leaf.descent.begin();
        leaf.descent.direct(gradients[k], 0);
      });
      h.set(next);
      return loss;
    },
    parameters: () => all.map((leaf) => leaf.w.slice()),
  };
}

/**
 * G ← D U G for the two parameters from `at`, and their part of cᵀG. The immediate term has few entries and
 * is added later.
 */
function advance(
  influence: Float32Array,
  at: number,
  gradient: Float32Array,
  matrix: Float64Array,
  block: Float64Array,
  cotangent: Float32Array,
  slope: Float32Array,
  units: number,
): void {
  const g0 = at * units;
  const g1 = g0 + units;
  for (let k = 0; k < 2 * units; k++) block[k] = influence[g0 + k];
  let s0 = 0;
  let s1 = 0;
  for (let i = 0; i < units; i += 2) {
    const r0 = i * units;
    const r1 = r0 + units;
    let a0 = 0;
    let a1 = 0;
    let b0 = 0;
    let b1 = 0;
    for (let k = 0; k < units; k++) {
      const u0 = matrix[r0 + k];
      const u1 = matrix[r1 + k];
      const x0 = block[k];
      const x1 = block[units + k];
      a0 += u0 * x0;
      b0 += u1 * x0;
      a1 += u0 * x1;
      b1 += u1 * x1;
    }
    const d0 = slope[i];
    const d1 = slope[i + 1];
    const c0 = cotangent[i];
    const c1 = cotangent[i + 1];
    s0 += c0 * d0 * a0 + c1 * d1 * b0;
    s1 += c0 * d0 * a1 + c1 * d1 * b1;
    influence[g0 + i] = d0 * a0;
    influence[g0 + i + 1] = d1 * b0;
    influence[g1 + i] = d0 * a1;
    influence[g1 + i + 1] = d1 * b1;
  }
  gradient[at] = s0;
  gradient[at + 1] = s1;
}
