import { requireEntries, requireNumbers } from '../../evaluation/saved.ts';
import { requireTable } from '../common/tables.ts';
import type { Distributions } from './distributions.ts';
import { exponential } from './exponential.ts';

/** The members of a mixture, in order. */
export interface Member {
  readonly depth: number;
  readonly modes: number;
  /** The first weight of its last distribution; the others begin at 0. */
  readonly weight: number;
}

export interface LogLinearState {
  /** A row for each combination of modes; of a member's weights, the first is that of its last distribution. */
  readonly weights: Float64Array;
}

/** Combines distributions into one. */
export interface LogLinear {
  init(): LogLinearState;
  /** The probability of each symbol; the array is overwritten by the next prediction. */
  predict(state: LogLinearState, members: readonly Distributions[]): Float64Array;
  /** @param prediction that of the same state and members. */
  update(
    state: LogLinearState,
    members: readonly Distributions[],
    prediction: Float64Array,
    symbol: number,
  ): LogLinearState;
}

const rate = 0.002;
const mostWeight = 16;

/**
 * Log-linear (geometric) mixing of distributions, with a vector of weights for each combination of modes:
 *
 *     p(s) ∝ Π p_i(s)^(w_i),   w_i ← w_i + η (ln p_i(y) - Σ p(s) ln p_i(s))
 *
 * The step is that of the gradient of -ln p(y), which is convex in w (Mattern, "Linear and geometric mixtures
 * - analysis", DCC 2013). Since a member's distributions are changes of each other, only their changes are
 * summed: a change of symbol s at distribution k counts with the weights of k and all that follow it.
 */
export function logLinear(symbols: number, members: readonly Member[]): LogLinear {
  const size = members.reduce((sum, { depth }) => sum + depth, 0);
  const rows = members.reduce((product, { modes }) => product * modes, 1);
  const scores = new Float64Array(symbols);
  const said = new Float64Array(symbols);
  const suffix = new Float64Array(Math.max(1, ...members.map(({ depth }) => depth)));

  function rowOf(all: readonly Distributions[]): number {
    let row = 0;
    for (let m = 0; m < members.length; m++) row = row * members[m].modes + all[m].mode;
    return row * size;
  }

  return {
    init() {
      const weights = new Float64Array(rows * size);
      for (let row = 0; row < rows; row++) {
        let at = row * size;
        for (const { depth, weight } of members) {
          weights[at] = weight;
          at += depth;
        }
      }
      return { weights };
    },
    predict({ weights }, all) {
      scores.fill(0);
      let at = rowOf(all);
      for (let m = 0; m < members.length; m++) {
        const { depth, ends, symbols: changed, gains } = all[m];
        let sum = 0;
        for (let k = depth - 1; k >= 0; k--) {
          sum += weights[at + depth - 1 - k];
          suffix[k] = sum;
        }
        for (let k = 0, i = 0; k < depth; k++) {
          const weight = suffix[k];
          for (const end = ends[k]; i < end; i++) scores[changed[i]] += weight * gains[i];
        }
        at += members[m].depth;
      }
      softmax(scores, said);
      return said;
    },
    update(state, all, prediction, symbol) {
      const { weights } = state;
      let at = rowOf(all);
      for (let m = 0; m < members.length; m++) {
        const { depth, ends, symbols: changed, gains } = all[m];
        let slope = 0;
        for (let k = 0, i = 0; k < depth; k++) {
          for (const end = ends[k]; i < end; i++) {
            const own = changed[i];
            slope += own === symbol ? (1 - prediction[own]) * gains[i] : -prediction[own] * gains[i];
          }
          const place = at + depth - 1 - k;
          weights[place] = Math.min(Math.max(weights[place] + rate * slope, -mostWeight), mostWeight);
        }
        at += members[m].depth;
      }
      return state;
    },
  };
}

function softmax(scores: Float64Array, into: Float64Array): void {
  let most = scores[0];
  for (let i = 1; i < scores.length; i++) if (scores[i] > most) most = scores[i];
  // The exponential of symbols that nothing concerns is the same for all of them.
  const rest = exponential(-most);
  let total = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i];
    total += into[i] = score === 0 ? rest : exponential(score - most);
  }
  const scale = 1 / total;
  for (let i = 0; i < scores.length; i++) into[i] *= scale;
}

/** @throws DataError unless these are weights for the same mixture as the given ones. */
export function unpackWeights(saved: unknown, { weights: own }: LogLinearState): LogLinearState {
  requireEntries('a mixture', saved, ['weights']);
  const { weights } = saved as { readonly weights: unknown };
  const all = requireTable('the weights', weights, Float64Array, own.length);
  requireNumbers('a weight', [...all], mostWeight);
  return { weights: all };
}
