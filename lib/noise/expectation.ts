import { NoiseError, ShapeError } from '../errors.ts';
import { argument, type Check, callable, options as checkOptions } from '../guard/index.ts';
import { checkShape, formatShape, type Shape, sameShape, sizeOf } from '../shape.ts';
import { dataOf, fromData, type Tensor } from '../tensor.ts';
import { mapTree, type Tree, zipTrees } from '../tree.ts';
import { type Noise, requireProbability, signsOnly } from './noise.ts';

export interface ExpectationOptions {
  /** The most runs to make. Default 2^20: 20 coin flips on every path. */
  readonly limit?: number;
}

// Infinity is a valid limit.
const runs: Check = {
  what: 'a number of at least 1',
  holds: (value) => typeof value === 'number' && value >= 1,
};

export interface Expectation<T extends Tree> {
  /**
   * The mean over all outcomes, float64, with the structure of the result; a scalar if `run` returns a
   * number.
   */
  readonly mean: T;
  /** The number of outcomes. */
  readonly runs: number;
}

/**
 * The exact mean of a computation over every sequence of coin flips that it draws.
 *
 * `run` is called once per sequence and must start from scratch each time: make the learner, the state and
 * anything else that changes inside it. Paths may draw different numbers of flips: signs, with probability 1/2
 * each, and coins with probabilities of their own. A path has the product of the probabilities of its flips as its
 * weight. The two branches are averaged at each flip, from the last one back, so rounding errors grow with the
 * flips, not with the runs.
 * @throws NoiseError for more runs than the limit, a result that depends on anything but the flips, noise
 * used after its run, and draws other than signs and coins. @throws ShapeError, TreeError if two runs return different
 * shapes or structures.
 */
export function expectation(run: (noise: Noise) => number, options?: ExpectationOptions): Expectation<Tensor>;
export function expectation<T extends Tree>(
  run: (noise: Noise) => T,
  options?: ExpectationOptions,
): Expectation<T>;
export function expectation(
  run: (noise: Noise) => Tree | number,
  options: ExpectationOptions = {},
): Expectation<Tree> {
  argument('expectation', 'run', run, callable);
  const { limit = 2 ** 20 } = checkOptions('expectation', options, { limit: runs });
  const path: Flip[] = [];
  // Per flip n: the mean of the branch where it came up +1, kept while the branch of -1 runs.
  const pending: Tree[] = [];
  let longest = 0;
  for (let runs = 1; ; runs++) {
    let mean = runOnce(run, path, limit);
    longest = Math.max(longest, path.length);
    for (let last = path.at(-1); last?.side === -1; last = path.at(-1)) {
      const { chance } = last;
      path.pop();
      mean = zipTrees(pending[path.length], mean, (a, b, at) => between(a, b, chance, at), 'expectation');
    }
    const last = path.at(-1);
    if (last === undefined) return { mean, runs };
    if (runs >= limit) throw tooMany(limit, longest);
    pending[path.length - 1] = mean;
    path[path.length - 1] = { ...last, side: -1 };
  }
}

/** How a flip came up, and the probability of +1. */
interface Flip {
  readonly side: 1 | -1;
  readonly chance: number;
}

/** Runs once along `path`. Flips past its end come up +1 and are appended. */
function runOnce(run: (noise: Noise) => Tree | number, path: Flip[], limit: number): Tree {
  const noise = walk(path, limit);
  const result = run(noise.source);
  if (noise.close() < path.length)
    throw new NoiseError(
      'expectation: the same flips led to fewer draws than before; run must start from scratch and use no other randomness',
    );
  if (typeof result === 'number') return fromData(Float64Array.of(result), []);
  return mapTree(result, (leaf) => fromData(Float64Array.from(dataOf(leaf)), [...leaf.shape]));
}

function walk(path: Flip[], limit: number): { source: Noise; close(): number } {
  let at = 0;
  let open = true;
  const require = (flips: number): void => {
    if (!open)
      throw new NoiseError(
        'expectation: the noise of a run is used after that run; make everything that draws from it inside run',
      );
    // n flips on a path mean at least n + 1 runs: throw before filling the memory.
    if (at + flips >= limit) throw tooMany(limit, at + flips);
  };
  const flip = (chance: number): 1 | -1 => {
    if (at === path.length) path.push({ side: 1, chance });
    return path[at++].side;
  };
  const source: Noise = {
    signs(shape: Shape): Tensor {
      const size = sizeOf(checkShape(shape, 'signs'));
      require(size);
      const data = new Float64Array(size);
      for (let i = 0; i < size; i++) data[i] = flip(0.5);
      return fromData(data, [...shape]);
    },
    coin(probability) {
      requireProbability(probability);
      // A certain outcome has one branch.
      if (probability === 0 || probability === 1) return probability === 1;
      require(1);
      return flip(probability) === 1;
    },
    normal: () => signsOnly('expectation', 'normal draws'),
    uniform: () => signsOnly('expectation', 'uniform draws'),
    integer: () => signsOnly('expectation', 'integers'),
    split: () => source,
    save: () => {
      throw new NoiseError(
        'expectation: the noise of a run cannot be saved; there is nothing to continue after it',
      );
    },
  };
  const close = () => {
    open = false;
    return at;
  };
  return { source, close };
}

function between(a: Tensor, b: Tensor, chance: number, path: string): Tensor {
  if (!sameShape(a.shape, b.shape)) {
    const where = path === '' ? 'the result' : path;
    throw new ShapeError(
      `expectation: ${where} has the shape ${formatShape(a.shape)} in one run and ${formatShape(b.shape)} in another`,
    );
  }
  const [left, right] = [dataOf(a), dataOf(b)];
  const mean = (x: number, y: number) => (chance === 0.5 ? (x + y) / 2 : chance * x + (1 - chance) * y);
  return fromData(
    Float64Array.from(left, (value, i) => mean(value, right[i])),
    [...a.shape],
  );
}

function tooMany(limit: number, flips: number): NoiseError {
  return new NoiseError(
    `expectation: more than ${limit} runs, with ${flips} coin flips on one path; use fewer units or steps, or raise { limit }`,
  );
}
