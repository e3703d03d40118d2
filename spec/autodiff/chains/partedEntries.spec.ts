import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  broadcastTo,
  concat,
  cumsum,
  dissect,
  div,
  exp,
  gather,
  greater,
  matmul,
  maximum,
  mean,
  mul,
  relu,
  reshape,
  scatterAdd,
  sigmoid,
  slice,
  softmax,
  sub,
  sum,
  tanh,
  transpose,
  where,
} from '../../../autodiff/index.ts';
import { dataOf, indices, leavesOf, seeded, type Tensor, type Tree, zeros } from '../../../lib/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { unitTrees } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';

/** An operation on tensors of any shape, up to the numbers that `pick` draws. */
type Operation = (x: Tensor, y: Tensor, pick: (below: number) => number) => Tensor;

const flat = (x: Tensor) => reshape(x, [x.size]);
/** n numbers of y, over again where it has fewer, and zeros where it has far fewer. */
const vector = (y: Tensor, n: number) =>
  slice(concat([flat(y), flat(y), flat(y), flat(y), zeros([n], { dtype: y.dtype })]), [0], [n]);
/** y in a shape that broadcasts with x. */
const like = (x: Tensor, y: Tensor) =>
  y.size === x.size ? reshape(y, x.shape) : vector(y, x.shape.at(-1) ?? 1);
const factors = seeded(5).normal([256]);
const constant = (shape: readonly number[]) => {
  const size = shape.reduce((product, length) => product * length, 1);
  return reshape(slice(factors, [0], [size]), shape);
};
const ids = (count: number, below: number, pick: (below: number) => number) =>
  indices(Array.from({ length: count }, () => pick(below)));

const operations: Readonly<Record<string, Operation>> = {
  tanh: (x) => tanh(x),
  sigmoid: (x) => sigmoid(x),
  scale: (x) => mul(x, -1.5),
  gains: (x) => mul(x, constant(x.shape)),
  add: (x, y) => add(x, like(x, y)),
  sub: (x, y) => sub(like(x, y), x),
  mul: (x, y) => mul(x, like(x, y)),
  div: (x, y) => div(x, add(1, exp(like(x, y)))),
  // Ties on purpose, where both are the same tensor.
  maximum: (x, y) => maximum(x, like(x, y)),
  relu: (x) => relu(sub(x, gather(flat(x), indices([0])))),
  where: (x, y, pick) => where(reshape(ids(x.size, 2, pick), x.shape), x, like(x, y)),
  select: (x, y) => where(greater(x, like(x, y)), x, mul(2, like(x, y))),
  slice: (x, _, pick) => {
    const own = flat(x);
    const begin = pick(own.size);
    return slice(own, [begin], [begin + 1 + pick(own.size - begin)]);
  },
  pad: (x, _, pick) =>
    concat([zeros([pick(3)], { dtype: x.dtype }), flat(x), zeros([pick(3)], { dtype: x.dtype })]),
  join: (x, y) => concat([flat(y), flat(x)]),
  gather: (x, _, pick) => gather(flat(x), ids(1 + pick(5), x.size, pick)),
  scatter: (x, _, pick) => {
    const size = 1 + pick(5);
    return scatterAdd(flat(x), ids(x.size, size, pick), size);
  },
  column: (x) => reshape(x, [x.size, 1]),
  row: (x) => reshape(x, [1, x.size]),
  turn: (x) => transpose(x),
  spread: (x, _, pick) => broadcastTo(flat(x), [1 + pick(3), x.size]),
  repeat: (x, _, pick) => broadcastTo(reshape(x, [x.size, 1]), [x.size, 1 + pick(3)]),
  total: (x) => sum(x),
  sumFirst: (x) => (x.shape.length === 2 ? sum(x, { axes: 0 }) : x),
  sumLast: (x) => (x.shape.length === 2 ? sum(x, { axes: 1 }) : x),
  centre: (x) => sub(x, mean(x)),
  cumsum: (x) => cumsum(flat(x)),
  softmax: (x) => softmax(flat(x)),
  product: (x, y) => {
    const columns = Math.min(x.size, y.size);
    const rows = Math.floor(y.size / columns);
    const matrix = reshape(slice(flat(y), [0], [rows * columns]), [rows, columns]);
    return matmul(matrix, slice(flat(x), [0], [columns]));
  },
  weighted: (x, _, pick) => matmul(constant([1 + pick(4), x.size]), flat(x)),
  bilinear: (x, y) => {
    const [own, other] = [flat(x), flat(y)];
    const most = Math.min(other.size, 12);
    return matmul(reshape(slice(other, [0], [most]), [most, 1]), reshape(own, [1, own.size]));
  },
  applied: (x, y) => {
    const matrix = x.shape.length === 2 ? x : reshape(x, [1, x.size]);
    return matmul(matrix, vector(y, matrix.shape[1]));
  },
};

interface Line {
  readonly operation: string;
  readonly left: number;
  readonly right: number;
  readonly numbers: readonly number[];
}

const line = fc.record({
  operation: fc.constantFrom(...Object.keys(operations)),
  left: fc.nat(9),
  right: fc.nat(9),
  numbers: fc.array(fc.nat(999), { minLength: 8, maxLength: 8 }),
});

const lineOf = (operation: string, numbers: readonly number[]): Line => ({
  operation,
  left: 0,
  right: 0,
  numbers,
});

/** The values of a program of trees, from which several of different sizes are returned. */
function run(
  lines: readonly Line[],
  outputs: readonly number[],
  args: readonly Tree[],
): Record<string, Tensor> {
  const known = args.flatMap(leavesOf);
  for (const { operation, left, right, numbers } of lines) {
    const back = (by: number) => known[known.length - 1 - (by % known.length)];
    let at = 0;
    const pick = (below: number) => numbers[at++ % numbers.length] % Math.max(1, below);
    const next = operations[operation](back(left), back(right), pick);
    // Small, so that nothing grows out of reach.
    known.push(next.size > 40 ? slice(flat(next), [3], [11]) : next);
  }
  return Object.fromEntries(
    outputs.map((by, i) => [`out${i}`, known[known.length - 1 - (by % known.length)]]),
  );
}

function compare(
  lines: readonly Line[],
  outputs: readonly number[],
  args: readonly Tree[],
  numbers: readonly number[],
): [picked: number, all: number] {
  const derivative = dissect((...given: Tree[]) => ({ value: run(lines, outputs, given) }), ...args);
  const { groups } = derivative.sites('value');
  const entries = derivative.entries('value', groups);
  const rows = unitTrees(derivative.value.value).map((unit) => ({
    unit,
    pulled: derivative.pull({ value: unit }).map(numbersOf),
  }));
  let at = 0;
  const pick = (below: number) => numbers[at++ % numbers.length] % below;
  let [picked, all] = [0, 0];
  const check = (own: Tensor | undefined, expected: readonly number[], what: string) => {
    all++;
    if (own === undefined) return;
    picked++;
    requireClose([...dataOf(own)], expected, 1e-12, what);
  };
  args.forEach((_, argument) => {
    const { length } = rows[0].pulled[argument];
    // Rows one by one, and rows and elements at random, of which some are to be 0.
    const counting = Int32Array.from({ length }, (__, i) => i);
    rows.forEach(({ pulled }, row) => {
      check(
        entries.ofArgument(argument, new Int32Array(length).fill(row), counting),
        pulled[argument],
        `row ${row} by argument ${argument}`,
      );
    });
    for (let turn = 0; turn < 4; turn++) {
      const count = 1 + pick(7);
      const to = Int32Array.from({ length: count }, () => pick(rows.length + 1) - 1);
      const from = Int32Array.from({ length: count }, () => pick(length));
      const expected = Array.from(to, (row, l) => (row < 0 ? 0 : rows[row].pulled[argument][from[l]]));
      check(entries.ofArgument(argument, to, from), expected, `[${to}] by [${from}] of argument ${argument}`);
    }
  });
  const D = derivative.pullAtSites(groups, {
    value: batchOf(rows.map(({ unit }) => unit)),
  }).units;
  D.forEach((own, g) => {
    const [, units] = own.shape;
    for (let turn = 0; turn < 4; turn++) {
      const to = Int32Array.from({ length: units }, () => pick(rows.length + 1) - 1);
      const data = dataOf(own);
      const expected = Array.from(to, (row, j) => (row < 0 ? 0 : data[row * units + j]));
      check(entries.ofGroup(g, to), expected, `[${to}] of group ${g}`);
    }
  });
  return [picked, all];
}

/** Trees side by side, with a first axis of their number. */
function batchOf(trees: readonly Tree[]): Record<string, Tensor> {
  const leaves = trees.map(leavesOf);
  return Object.fromEntries(
    leaves[0].map((first, i) => [
      `out${i}`,
      concat(leaves.map((own) => reshape(own[i], [1, ...first.shape]))),
    ]),
  );
}

describe('entries of a Jacobian of several leaves', () => {
  it('are those of pulls: pads, slices, repeats, broadcasts, ties', () => {
    const noise = seeded(7);
    const args: readonly Tree[] = [
      { w: noise.normal([2, 3]), v: noise.normal([3]) },
      { a: noise.normal([3]), b: noise.normal([2]), c: noise.normal([4]) },
    ];
    let [picked, all] = [0, 0];
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 2, maxLength: 7 }),
        fc.array(fc.nat(6), { minLength: 2, maxLength: 3 }),
        fc.array(fc.nat(9999), { minLength: 60, maxLength: 60 }),
        (lines, outputs, numbers) => {
          const [own, total] = compare(lines, outputs, args, numbers);
          picked += own;
          all += total;
          for (const { operation } of lines) if (own > 0) seen.add(operation);
        },
      ),
      {
        seed: 1,
        numRuns: size(100, 3000),
        // Three elements are added up that one row owns, without a factor.
        examples: [[[lineOf('gather', [3, 0, 0, 0]), lineOf('total', [0])], [0, 0], [0]]],
      },
    );
    expect(picked / all).to.be.above(0.5);
    expect([...seen].sort()).to.deep.equal(Object.keys(operations).sort());
  });
});
