import { exponential } from './exponential.ts';

/**
 * Some distributions over symbols, each one a change of the one before; the first changes the uniform one.
 * Most changes concern few symbols, so that mixing them takes as long as there are changes, not symbols times
 * distributions:
 *
 *     p_k(s) = floors[k] · Π ratio(s),   over the changes of s in the distributions 0 … k
 *
 * An expert may return the same object each time: it holds until the next prediction.
 */
export interface Distributions {
  /** The number of distributions, at most that which the expert declares. */
  depth: number;
  /** Chooses the weights of mixers: how much the expert knows here, from 0 to below its `modes`. */
  mode: number;
  /** The changes of distribution k end before `ends[k]`, and begin where those before end. */
  readonly ends: Int32Array;
  readonly symbols: Int32Array;
  /** Zero or positive. */
  readonly ratios: Float64Array;
  /** The logarithm of each ratio, finite. */
  readonly gains: Float64Array;
  readonly floors: Float64Array;
}

/** @param changes the most changes at a time. */
export function roomFor(depth: number, changes: number): Distributions {
  return {
    depth: 0,
    mode: 0,
    ends: new Int32Array(depth),
    symbols: new Int32Array(changes),
    ratios: new Float64Array(changes),
    gains: new Float64Array(changes),
    floors: new Float64Array(depth),
  };
}

/** One distribution that concerns all symbols. */
export function roomForAll(symbols: number): Distributions {
  const room = roomFor(1, symbols);
  for (let symbol = 0; symbol < symbols; symbol++) room.symbols[symbol] = symbol;
  room.ends[0] = symbols;
  room.depth = 1;
  return room;
}

/** Logits further below the largest one count as this far: a probability of 0 would cost infinitely many bits. */
const deepest = -690;

/** Sets the distribution to the softmax of logits. */
export function setLogits({ ratios, gains, floors }: Distributions, logits: ArrayLike<number>): void {
  let most = logits[0];
  for (let i = 1; i < logits.length; i++) if (logits[i] > most) most = logits[i];
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    const gain = Math.max(logits[i] - most, deepest);
    gains[i] = gain;
    total += ratios[i] = exponential(gain);
  }
  floors[0] = 1 / total;
}

/** Probabilities below this count as this, so that their logarithm is finite. */
const least = 1e-30;

/** Sets the distribution to probabilities. */
export function setProbabilities(
  { ratios, gains, floors }: Distributions,
  probabilities: ArrayLike<number>,
): void {
  let total = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const ratio = Math.max(least, probabilities[i]);
    total += ratio;
    ratios[i] = ratio;
    gains[i] = Math.log(ratio);
  }
  floors[0] = 1 / total;
}

/** Fills `own`, from `start` to before `end`, with a symbol's probability under each; the last one is repeated. */
export function probabilitiesOf(
  { depth, ends, symbols, ratios, floors }: Distributions,
  symbol: number,
  size: number,
  own: Float64Array,
  start: number,
  end: number,
): void {
  let product = 1;
  let probability = 1 / size;
  for (let k = 0, i = 0; k < end - start; k++) {
    if (k < depth) {
      for (; i < ends[k]; i++) if (symbols[i] === symbol) product *= ratios[i];
      probability = floors[k] * product;
    }
    own[start + k] = probability;
  }
}
