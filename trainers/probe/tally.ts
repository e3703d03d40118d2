import { type FloatDType, leavesOf, pathsOf, type Tree, type TypedArray } from '../../lib/index.ts';
import { type Moments, MomentsPlan, noMoments } from './moments.ts';

/** A mean with an interval that holds the true one in 95 of 100 probes. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How the estimates of the gradient compare with the exact gradient, for all parameters or a part of them. */
export interface Comparison {
  /** The mean cosine of the angle between an estimate and the exact gradient. */
  readonly cosine: number;
  /** The mean of |estimate| / |exact|. */
  readonly normRatio: number;
  /**
   * The bias along the exact gradient g, relative to it: Σ⟨ĝ - g, g⟩ / Σ|g|² over the steps, the mean over the
   * copies. The interval is of their independent sums; it is infinite with one copy of a random estimator.
   */
  readonly bias: Interval;
  /** Σ|E ĝ - g|² / Σ|g|², estimated without bias: around 0, also below it, for an unbiased estimator. */
  readonly squaredBias: number;
  /** Σ E|ĝ - E ĝ|² / Σ|g|²: the variance relative to the signal. NaN with one copy of a random estimator. */
  readonly variance: number;
  /** The noise of one estimate in units of the gradient: the root of the variance. */
  readonly noise: number;
}

/** Sums over the steps, for a block of parameters. */
interface Sums {
  cosine: number;
  ratio: number;
  compared: number;
  exact: number;
  spread: number;
  distance: number;
  readonly along: number[];
}

/** Compares estimates with the exact gradient, block by block: the leaves of the parameters, and all of them. */
export class Tally {
  readonly #blocks: readonly string[];
  readonly #sums: Sums[];
  readonly #copies: number;
  /** Of the present step, block by block. */
  readonly #moments: readonly Moments[];
  readonly #plan: MomentsPlan;

  constructor(parameters: Tree, copies: number, dtype: FloatDType) {
    this.#blocks = pathsOf(parameters, 'params').map(
      ({ path }) => path.replace(/^params\.?/, '') || 'params',
    );
    this.#copies = copies;
    const sizes = leavesOf(parameters).map(({ size }) => size);
    this.#plan = new MomentsPlan(sizes, copies, dtype);
    this.#moments = Array.from({ length: sizes.length + 1 }, () => noMoments(copies));
    this.#sums = this.#moments.map(() => ({
      cosine: 0,
      ratio: 0,
      compared: 0,
      exact: 0,
      spread: 0,
      distance: 0,
      along: Array<number>(copies).fill(0),
    }));
  }

  /**
   * Adds a step. Gradients are leaf by leaf, the estimates one for each copy.
   * @returns whether all numbers are finite; otherwise nothing is added.
   */
  add(exact: readonly TypedArray[], estimates: readonly (readonly TypedArray[])[]): boolean {
    const all = this.#moments[exact.length];
    this.#plan.run(exact, estimates, this.#moments, all);
    if (!Number.isFinite(all.exact + all.spread) || !all.squares.every(Number.isFinite)) return false;
    this.#moments.forEach((part, block) => {
      this.#count(this.#sums[block], part);
    });
    return true;
  }

  #count(sums: Sums, { exact, distance, spread, products, squares }: Moments): void {
    const count = this.#copies;
    const variance = count > 1 ? spread / (count - 1) : 0;
    sums.exact += exact;
    sums.spread += variance;
    sums.distance += distance - variance / count;
    for (let i = 0; i < count; i++) {
      sums.along[i] += products[i] - exact;
      // A gradient that is zero has no direction.
      if (exact === 0 || squares[i] === 0) continue;
      sums.cosine += products[i] / Math.sqrt(exact * squares[i]);
      sums.ratio += Math.sqrt(squares[i] / exact);
      sums.compared++;
    }
  }

  /** The comparison of all parameters. `isRandom` if copies differ. */
  all(isRandom: boolean): Comparison {
    return comparisonOf(this.#sums[this.#blocks.length], isRandom);
  }

  /** The comparison of each leaf of the parameters, by its path. */
  blocks(isRandom: boolean): Readonly<Record<string, Comparison>> {
    return Object.fromEntries(this.#blocks.map((path, i) => [path, comparisonOf(this.#sums[i], isRandom)]));
  }
}

function comparisonOf(sums: Sums, isRandom: boolean): Comparison {
  const { cosine, ratio, compared, exact, spread, distance, along } = sums;
  const isUnknown = isRandom && along.length === 1;
  const variance = isUnknown ? Number.NaN : spread / exact;
  return {
    cosine: cosine / compared,
    normRatio: ratio / compared,
    bias: intervalOf(
      along.map((value) => value / exact),
      isRandom,
    ),
    squaredBias: isUnknown ? Number.NaN : distance / exact,
    variance,
    noise: Math.sqrt(variance),
  };
}

/** The mean of independent values with Student's interval at 95 %; a point for values that are not random. */
function intervalOf(values: readonly number[], isRandom: boolean): Interval {
  const count = values.length;
  const value = values.reduce((sum, own) => sum + own, 0) / count;
  if (!isRandom) return { value, low: value, high: value };
  const squares = values.reduce((sum, own) => sum + (own - value) ** 2, 0);
  const half =
    count < 2 ? Number.POSITIVE_INFINITY : student(count - 1) * Math.sqrt(squares / (count - 1) / count);
  return { value, low: value - half, high: value + half };
}

/** The 97.5 % quantile of Student's distribution; from 11 degrees of freedom by Cornish and Fisher's expansion. */
function student(freedom: number): number {
  const few = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
  if (freedom <= few.length) return few[freedom - 1];
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}
