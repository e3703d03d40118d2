import type { Arbitrary } from 'fast-check';
import fc from 'fast-check';
import {
  abs,
  add,
  atan,
  broadcastTo,
  clip,
  concat,
  cos,
  cumsum,
  div,
  dot,
  erf,
  exp,
  expm1,
  gather,
  globalNorm,
  greater,
  log,
  log1p,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  min,
  minimum,
  mul,
  neg,
  norm,
  outer,
  pow,
  prod,
  relu,
  reshape,
  scatterAdd,
  sigmoid,
  sin,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  stack,
  std,
  strongMul,
  sub,
  sum,
  tanh,
  transpose,
  variance,
  where,
} from '../../autodiff/index.ts';
import { cast, fromData, guard, indices, type Shape, sameShape, type Tensor } from '../../lib/index.ts';
import { shapes, tensorsOf } from './arbitraries.ts';

/**
 * One line of a program: an operation on one or two earlier values. Positions count back from the latest and
 * wrap around.
 */
export interface ProgramLine {
  readonly operation: string;
  readonly left: number;
  readonly right: number;
}

/** A straight-line program over the public operations, finite and smooth at its inputs. */
export interface Program {
  readonly inputs: readonly Tensor[];
  readonly lines: readonly ProgramLine[];
  /** The last value. */
  run(...inputs: Tensor[]): Tensor;
  /** A scalar that depends on every value, so that no line is dead. */
  loss(...inputs: Tensor[]): Tensor;
  toString(): string;
}

type Operation = (x: Tensor, y: Tensor) => Tensor;

// Each keeps values near the range of the inputs, so programs of any length stay where floats are dense:
// factors are squashed, and arguments of log, sqrt and division are bounded away from zero.
const smoothOperations: Readonly<Record<string, Operation>> = {
  add: (x, y) => binary(add, x, y),
  sub: (x, y) => binary(sub, x, y),
  mul: (x, y) => binary((a, b) => mul(a, sin(b)), x, y),
  div: (x, y) => binary((a, b) => div(a, add(2, tanh(b))), x, y),
  strongMul: (x, y) => binary((a, b) => strongMul(sin(a), b), x, y),
  neg,
  scale: (x) => mul(0.75, x),
  square: (x) => square(tanh(x)),
  pow: (x, y) => binary((a, b) => pow(add(1.5, tanh(a)), tanh(b)), x, y),
  cube: (x) => pow(tanh(x), 3),
  exp: (x) => exp(tanh(x)),
  log: (x) => log(add(1.5, tanh(x))),
  sqrt: (x) => sqrt(add(1.5, tanh(x))),
  tanh,
  sigmoid,
  sin,
  cos,
  erf,
  softplus,
  log1p: (x) => log1p(mul(0.5, tanh(x))),
  expm1: (x) => expm1(tanh(x)),
  atan,
  sum: (x) => (x.size > 12 ? mean(x) : sum(x, { axes: x.shape.length - 1 < 0 ? [] : -1 })),
  mean: (x) => (x.shape.length === 0 ? x : mean(x, { axes: 0, keepDims: true })),
  variance: (x) => (x.shape.length === 0 ? x : variance(x, { axes: 0, keepDims: true })),
  std: (x) => (x.size < 2 ? x : std(add(tanh(x), ramp(x)))),
  norm: (x) => norm(add(2, tanh(x))),
  globalNorm: (x, y) => globalNorm([add(2, tanh(x)), y]),
  prod: (x) => (x.shape.length === 0 ? x : prod(tanh(x), { axes: 0 })),
  cumsum: (x) => (x.shape.length === 0 ? x : tanh(cumsum(x, { axis: 0 }))),
  softmax: (x) => (x.shape.length === 0 ? x : softmax(x)),
  logSumExp: (x) => logSumExp(x),
  logSoftmax: (x) => (x.shape.length === 0 ? x : logSoftmax(x)),
  transpose: (x) => transpose(x),
  reshape: (x) => reshape(x, [x.size]),
  slice: (x) =>
    x.shape.length === 0
      ? x
      : slice(
          x,
          x.shape.map((length, axis) => (axis === 0 && length > 1 ? 1 : 0)),
        ),
  concat: (x, y) => concat([reshape(x, [x.size]), reshape(y, [y.size])]),
  stack: (x, y) => stack([sum(x), mean(y)]),
  broadcastTo: (x) => (x.size > 12 ? x : broadcastTo(x, [2, ...x.shape])),
  gather: (x) => (x.shape.length === 0 ? x : gather(x, indices([0, x.shape[0] - 1, 0]))),
  scatterAdd: (x) =>
    x.shape.length === 0 ? x : scatterAdd(x, indices(Array.from({ length: x.shape[0] }, (_, i) => i % 2)), 3),
  matmul: (x, y) => product(x, y),
  outer: (x, y) =>
    x.size * y.size > 40 ? dotOf(x, y) : outer(tanh(reshape(x, [x.size])), reshape(y, [y.size])),
  dot: (x, y) => dotOf(x, y),
};

const kinkedOperations: Readonly<Record<string, Operation>> = {
  relu: (x) => relu(x),
  abs: (x) => abs(x),
  maximum: (x, y) => binary(maximum, x, y),
  minimum: (x, y) => binary(minimum, x, y),
  clip: (x, y) => binary((a, b) => clip(a, sub(b, 1), 0.7), x, y),
  min: (x) => (x.shape.length === 0 ? x : min(x, { axes: 0 })),
  max: (x) => (x.shape.length === 0 ? x : max(x, { axes: 0 })),
  where: (x, y) => binary((a, b) => where(greater(a, b), a, mul(0.5, b)), x, y),
  // The masked branch and its derivative are infinite or NaN.
  maskedSqrt: (x) => where(greater(x, 0.1), sqrt(relu(x)), 0),
  maskedLog: (x) => where(greater(x, 0.2), log(x), x),
  maskedDiv: (x, y) => binary((a, b) => where(greater(b, 0.3), div(add(2, tanh(a)), relu(b)), 0), x, y),
  maskedPower: (x) => where(greater(x, 0.4), pow(relu(x), -1.5), 0.5),
  maskedSine: (x) => where(greater(x, 0.3), sin(div(1, relu(x))), x),
  maskedProduct: (x, y) => maskedProduct(x, y),
};

/** The range of programs to draw. */
export interface ProgramConstraints {
  /** Default 8. */
  readonly maxLength?: number;
  /**
   * Allows relu, abs, maximum, where and masked singularities, at which differences do not exist. Default
   * false.
   */
  readonly kinks?: boolean;
}

/**
 * Random straight-line programs. They shrink by deleting lines; the other lines then refer to other values
 * and still run.
 */
export function programs(constraints: ProgramConstraints = {}): Arbitrary<Program> {
  const { maxLength = 8, kinks = false } = guard.options('programs', constraints, {
    maxLength: guard.whole(0, 2 ** 10),
    kinks: guard.flag,
  });
  const table = kinks ? { ...smoothOperations, ...kinkedOperations } : smoothOperations;
  const line = fc.record({
    operation: fc.constantFrom(...Object.keys(table)),
    left: fc.nat(9),
    right: fc.nat(9),
  });
  const input = shapes({ maxRank: 2, maxLength: 4, empty: false }).chain((shape) =>
    tensorsOf(shape, { min: -1.5, max: 1.5 }),
  );
  return fc
    .record({ inputs: fc.array(input, { minLength: 1, maxLength: 3 }), lines: fc.array(line, { maxLength }) })
    .map(({ inputs, lines }) => programOf(inputs, lines));
}

function programOf(inputs: readonly Tensor[], lines: readonly ProgramLine[]): Program {
  const values = (given: readonly Tensor[]) => {
    const known = [...given];
    for (const { operation, left, right } of lines) {
      const pick = (back: number) => known[known.length - 1 - (back % known.length)];
      known.push((smoothOperations[operation] ?? kinkedOperations[operation])(pick(left), pick(right)));
    }
    return known;
  };
  return {
    inputs,
    lines,
    run: (...given) => values(given)[inputs.length + lines.length - 1],
    loss: (...given) =>
      values(given)
        .map((value, i) => mean(sin(add(value, i))))
        .reduce((total, part) => add(total, part)),
    toString() {
      const name = (position: number, back: number) => `v${position - 1 - (back % position)}`;
      const header = inputs.map((input, i) => `v${i}: [${input.shape}] = ${JSON.stringify(input.toArray())}`);
      const body = lines.map(({ operation, left, right }, i) => {
        const position = inputs.length + i;
        return `v${position} = ${operation}(${name(position, left)}, ${name(position, right)})`;
      });
      return `\n${[...header, ...body].join('\n')}\n`;
    },
  };
}

/** Applies the operation, to the mean of y if the shapes do not broadcast. */
function binary(operation: Operation, x: Tensor, y: Tensor): Tensor {
  return operation(x, sameShape(x.shape, y.shape) || y.size === 1 || isTail(y.shape, x.shape) ? y : mean(y));
}

function isTail(short: Shape, long: Shape): boolean {
  return short.length < long.length && sameShape(short, long.slice(long.length - short.length));
}

/** Different numbers of the shape and dtype of x, far enough apart for a spread that does not vanish. */
function ramp(x: Tensor): Tensor {
  const steps = Float64Array.from({ length: x.size }, (_, i) => 3 * (i % 2) + 0.1 * i);
  return cast(fromData(steps, x.shape), x.dtype);
}

/** A product of matrices or vectors with transposes that fit, or an inner product if none do. */
function product(x: Tensor, y: Tensor): Tensor {
  const [a, b] = [x, y].map((t) => (t.shape.length === 1 || t.shape.length === 2 ? t : reshape(t, [t.size])));
  for (const transposeLeft of [false, true])
    for (const transposeRight of [false, true]) {
      const inner = a.shape[a.shape.length === 2 && !transposeLeft ? 1 : 0];
      const other = b.shape[b.shape.length === 2 && transposeRight ? 1 : 0];
      if (inner === other) return div(matmul(tanh(a), b, { transposeLeft, transposeRight }), inner);
    }
  return dotOf(x, y);
}

/** The product of a matrix that has infinite rows, which are masked, with the part of y that fits. */
function maskedProduct(x: Tensor, y: Tensor): Tensor {
  const rows = x.shape.length === 2 ? x : reshape(x, [x.size, 1]);
  const [, columns] = rows.shape;
  const fits =
    y.size >= columns ? slice(reshape(y, [y.size]), [0], [columns]) : broadcastTo(mean(y), [columns]);
  const first = reshape(slice(rows, [0, 0], [rows.shape[0], 1]), [rows.shape[0]]);
  const singular = div(rows, reshape(relu(first), [rows.shape[0], 1]));
  return where(greater(first, 0.3), div(matmul(singular, tanh(fits)), columns), 0);
}

/** The inner product of the elements that both have. */
function dotOf(x: Tensor, y: Tensor): Tensor {
  const size = Math.min(x.size, y.size);
  const head = (t: Tensor) => slice(reshape(t, [t.size]), [0], [size]);
  return div(dot(tanh(head(x)), head(y)), size);
}
