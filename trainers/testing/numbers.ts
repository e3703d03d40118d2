import {
  dataOf,
  fromData,
  leavesOf,
  mapTree,
  NorewindError,
  pathsOf,
  type Tensor,
  type Tree,
  type TypedArray,
} from '../../lib/index.ts';

/** A law does not hold. The message says which, where, and by how much. */
export class LawError extends NorewindError {
  /** The message without the example. */
  readonly sentence: string;
  /** The smallest example found at which the law fails, a line for each part. */
  readonly example: readonly string[];

  constructor(sentence: string, { example = [], ...options }: LawErrorOptions = {}) {
    super([sentence, ...example.map((line) => `    ${line}`)].join('\n'), options);
    this.sentence = sentence;
    this.example = example;
  }

  override get name(): string {
    return 'LawError';
  }
}

interface LawErrorOptions extends ErrorOptions {
  readonly example?: readonly string[];
}

/** A law could not be checked, such as one for which a cell is too large. */
export class UncheckedError extends LawError {
  override get name(): string {
    return 'UncheckedError';
  }
}

/** All numbers of a tree, leaf by leaf. */
export function numbersOf(tree: unknown): number[] {
  return leavesOf(tree as Tree).flatMap((leaf) => [...dataOf(leaf)]);
}

/** A name for every number of a tree, in their order: `cell.u[1,0]`. */
export function namesOf(tree: unknown, root: string): string[] {
  return pathsOf(tree as Tree, root).flatMap(({ path, tensor }) => {
    const own = path.replace(`${root}.`, '');
    if (tensor.shape.length === 0) return [own];
    return Array.from({ length: tensor.size }, (_, at) => {
      let rest = at;
      const index = tensor.shape.map(() => 0);
      for (let axis = index.length - 1; axis >= 0; axis--) {
        index[axis] = rest % tensor.shape[axis];
        rest = Math.floor(rest / tensor.shape[axis]);
      }
      return `${own}[${index.join()}]`;
    });
  });
}

/** The tree like `like` with these numbers. */
export function treeFrom<T>(numbers: ArrayLike<number>, like: T): T {
  let at = 0;
  return mapTree(like as Tree, (leaf) => {
    const data = dataOf(leaf).slice();
    for (let i = 0; i < data.length; i++) data[i] = numbers[at++];
    return fromData(data as TypedArray, leaf.shape);
  }) as T;
}

/** A tensor [numbers.length] of float64. */
export function vector(numbers: readonly number[]): Tensor {
  return fromData(Float64Array.from(numbers), [numbers.length]);
}

/** The Euclidean norm. */
export function lengthOf(numbers: readonly number[]): number {
  return Math.hypot(...numbers);
}

/**
 * @throws LawError unless each |actual - expected| is at most `tolerance` times the largest |expected| (or 1
 * if larger).
 * @param nameOf names an entry in the message.
 */
export function requireClose(
  actual: readonly number[],
  expected: readonly number[],
  tolerance: number,
  what: string,
  nameOf: (entry: number) => string = (entry) => `entry ${entry} of ${actual.length}`,
): void {
  if (actual.length !== expected.length)
    throw new LawError(`${what}: ${actual.length} numbers instead of ${expected.length}`);
  // Of finite numbers: beside a NaN or an infinity, everything would be close.
  const scale = expected.filter(Number.isFinite).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  let worst = -1;
  let at = 0;
  for (let i = 0; i < actual.length; i++) {
    // Infinities have no difference.
    const distance = actual[i] === expected[i] ? 0 : Math.abs(actual[i] - expected[i]);
    // A NaN counts as infinitely far.
    const gap = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
    if (gap > worst) [worst, at] = [gap, i];
  }
  if (!(worst > tolerance * scale)) return;
  const instead = Object.is(actual[at], expected[at]) ? '' : ` instead of ${expected[at]}`;
  const apart = Number.isFinite(worst) ? `, ${worst.toExponential(1)} apart` : '';
  throw new LawError(`${what}: ${nameOf(at)} is ${actual[at]}${instead}${apart}`);
}

/** @throws LawError if a number is NaN or infinite. */
export function requireFinite(numbers: readonly number[], what: string): void {
  const at = numbers.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new LawError(`${what}: entry ${at} of ${numbers.length} is ${numbers[at]}`);
}

/** @throws UncheckedError if a reference is so small that a wrong value would pass; LawError if it is not finite. */
export function requireLive(reference: readonly number[], what: string): void {
  requireFinite(reference, what);
  if (!(lengthOf(reference) > 1e-4))
    throw new UncheckedError(`${what}: is nearly zero, so nothing is checked; use another seed`);
}

const step = 4e-3;

/**
 * The Jacobian of f at x by central differences of order 6, one row per number of f(x). The step is long
 * enough to keep rounding near 1e-13, and the order high enough that truncation does not matter for functions
 * as smooth as cells.
 */
export function jacobianByDifferences(
  f: (x: readonly number[]) => readonly number[],
  x: readonly number[],
): number[][] {
  const columns = x.map((_, i) => {
    const at = (k: number) => f(x.map((value, j) => (j === i ? value + k * step : value)));
    const [a, b, c, d, e, g] = [at(1), at(-1), at(2), at(-2), at(3), at(-3)];
    return a.map(
      (_, row) => (45 * (a[row] - b[row]) - 9 * (c[row] - d[row]) + (e[row] - g[row])) / (60 * step),
    );
  });
  return f(x).map((_, row) => columns.map((column) => column[row]));
}
