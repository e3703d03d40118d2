/**
 * Updates one leaf of the parameters, fused with other work on the same elements.
 *
 * In `pair`, `span` and `flat` the gradient is along·t + d⊗v, where t is the leaf's part of UORO's θ̃. The
 * same pass sets t to keep·t + n⊗v; each function returns the sum of squares of the new t. `keep` is 1/ρ0; n
 * is already divided by ρ1.
 */
export interface Descent {
  /** Call before the updates of a step. */
  begin(): void;
  /** A whole matrix [rows, columns]. */
  pair(
    t: Float32Array,
    along: number,
    keep: number,
    d: Float32Array,
    n: Float32Array,
    v: Float32Array,
  ): number;
  /** A run of elements from `at`, with one entry of d and n each. */
  span(t: Float32Array, at: number, along: number, keep: number, d: Float32Array, n: Float32Array): number;
  /** The elements from `begin` to `end`, whose gradient is only along θ̃. */
  flat(t: Float32Array, from: number, to: number, along: number, keep: number): number;
  /** A given gradient for the elements from `at`. */
  direct(gradient: Float32Array, at: number): void;
  /** The gradient d⊗v of a whole matrix. */
  outer(d: Float32Array, v: Float32Array): void;
  /** The elements from `from` to `to`, whose gradient is zero. */
  rest(from: number, to: number): void;
}

/** w ← w - rate·gradient. */
export function sgdOf(w: Float32Array, rate: number): Descent {
  return {
    begin() {},
    pair(t, along, keep, d, n, v) {
      const columns = v.length;
      const a = -rate * along;
      let [s0, s1] = [0, 0];
      for (let i = 0, o = 0; i < d.length; i++, o += columns) {
        const di = -rate * d[i];
        const ni = n[i];
        for (let j = 0; j < columns; j += 2) {
          const v0 = v[j];
          const v1 = v[j + 1];
          const t0 = t[o + j];
          const t1 = t[o + j + 1];
          w[o + j] += a * t0 + di * v0;
          w[o + j + 1] += a * t1 + di * v1;
          const n0 = keep * t0 + ni * v0;
          const n1 = keep * t1 + ni * v1;
          t[o + j] = n0;
          t[o + j + 1] = n1;
          s0 += n0 * n0;
          s1 += n1 * n1;
        }
      }
      return s0 + s1;
    },
    span(t, at, along, keep, d, n) {
      let sum = 0;
      for (let j = 0; j < d.length; j++) {
        const old = t[at + j];
        w[at + j] -= rate * (along * old + d[j]);
        const next = keep * old + n[j];
        t[at + j] = next;
        sum += next * next;
      }
      return sum;
    },
    flat(t, from, to, along, keep) {
      const a = -rate * along;
      let sum = 0;
      for (let j = from; j < to; j++) {
        const old = t[j];
        w[j] += a * old;
        const next = keep * old;
        t[j] = next;
        sum += next * next;
      }
      return sum;
    },
    direct(gradient, at) {
      for (let j = 0; j < gradient.length; j++) w[at + j] -= rate * gradient[j];
    },
    outer(d, v) {
      const columns = v.length;
      for (let i = 0, o = 0; i < d.length; i++, o += columns) {
        const di = -rate * d[i];
        for (let j = 0; j < columns; j++) w[o + j] += di * v[j];
      }
    },
    rest() {},
  };
}

/** Adam with the defaults of `adam`. */
export function adamOf(w: Float32Array, rate: number): Descent {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const [alpha1, alpha2] = [1 - beta1, 1 - beta2];
  const m = new Float32Array(w.length);
  const s = new Float32Array(w.length);
  let [updates, c1, c2] = [0, 0, 0];
  return {
    begin() {
      updates++;
      c1 = rate / (1 - beta1 ** updates);
      c2 = 1 / (1 - beta2 ** updates);
    },
    pair(t, along, keep, d, n, v) {
      const columns = v.length;
      let sum = 0;
      for (let i = 0, o = 0; i < d.length; i++, o += columns) {
        const di = d[i];
        const ni = n[i];
        for (let j = 0; j < columns; j++) {
          const k = o + j;
          const vj = v[j];
          const old = t[k];
          const g = along * old + di * vj;
          const mean = beta1 * m[k] + alpha1 * g;
          const size = beta2 * s[k] + alpha2 * g * g;
          m[k] = mean;
          s[k] = size;
          w[k] -= (c1 * mean) / (Math.sqrt(c2 * size) + epsilon);
          const next = keep * old + ni * vj;
          t[k] = next;
          sum += next * next;
        }
      }
      return sum;
    },
    span(t, at, along, keep, d, n) {
      let sum = 0;
      for (let j = 0; j < d.length; j++) {
        const k = at + j;
        const old = t[k];
        const g = along * old + d[j];
        const mean = beta1 * m[k] + alpha1 * g;
        const size = beta2 * s[k] + alpha2 * g * g;
        m[k] = mean;
        s[k] = size;
        w[k] -= (c1 * mean) / (Math.sqrt(c2 * size) + epsilon);
        const next = keep * old + n[j];
        t[k] = next;
        sum += next * next;
      }
      return sum;
    },
    flat(t, from, to, along, keep) {
      let sum = 0;
      for (let k = from; k < to; k++) {
        const old = t[k];
        const g = along * old;
        const mean = beta1 * m[k] + alpha1 * g;
        const size = beta2 * s[k] + alpha2 * g * g;
        m[k] = mean;
        s[k] = size;
        w[k] -= (c1 * mean) / (Math.sqrt(c2 * size) + epsilon);
        const next = keep * old;
        t[k] = next;
        sum += next * next;
      }
      return sum;
    },
    direct(gradient, at) {
      for (let j = 0; j < gradient.length; j++) {
        const k = at + j;
        const g = gradient[j];
        const mean = beta1 * m[k] + alpha1 * g;
        const size = beta2 * s[k] + alpha2 * g * g;
        m[k] = mean;
        s[k] = size;
        w[k] -= (c1 * mean) / (Math.sqrt(c2 * size) + epsilon);
      }
    },
    outer(d, v) {
      const columns = v.length;
      for (let i = 0, o = 0; i < d.length; i++, o += columns) {
        const di = d[i];
        for (let j = 0; j < columns; j++) {
          const k = o + j;
          const g = di * v[j];
          const mean = beta1 * m[k] + alpha1 * g;
          const size = beta2 * s[k] + alpha2 * g * g;
          m[k] = mean;
          s[k] = size;
          w[k] -= (c1 * mean) / (Math.sqrt(c2 * size) + epsilon);
        }
      }
    },
    rest(from, to) {
      for (let k = from; k < to; k++) {
        m[k] *= beta1;
        s[k] *= beta2;
        w[k] -= (c1 * m[k]) / (Math.sqrt(c2 * s[k]) + epsilon);
      }
    },
  };
}
