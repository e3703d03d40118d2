import { expect } from 'chai';
import fc from 'fast-check';
import {
  abs,
  add,
  argmax,
  atan,
  broadcastTo,
  clip,
  concat,
  cos,
  cumsum,
  div,
  erf,
  exp,
  expm1,
  gather,
  globalNorm,
  grad,
  greater,
  jvp,
  less,
  log,
  log1p,
  logSoftmax,
  logSumExp,
  max,
  maximum,
  mean,
  min,
  minimum,
  mul,
  neg,
  norm,
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
  stopGradient,
  strongMul,
  sub,
  sum,
  tanh,
  transpose,
  variance,
  where,
} from '../../../autodiff/index.ts';
import * as operations from '../../../autodiff/operations/index.ts';
import { dataOf, fromData, sizeOf, type Tensor, tensor } from '../../../lib/index.ts';
import {
  describePrimitive,
  indicesBelow,
  type PrimitiveSubject,
  shapes,
  tensors,
  tensorsOf,
} from '../../../trainers/testing/index.ts';
import { size } from '../../support/size.ts';
import {
  alongAxis,
  elementOf,
  elementwise,
  flip,
  naiveProduct,
  pairs,
  reshapeOf,
  runningSums,
  stacked,
} from './naive.ts';

const varianceOf = (values: number[]) => {
  const middle = values.reduce((total, value) => total + value, 0) / values.length;
  return values.reduce((total, value) => total + (value - middle) ** 2, 0) / values.length;
};
const logSumOf = (values: number[]) => Math.log(values.reduce((total, value) => total + Math.exp(value), 0));

describe('operations', () => {
  const described = new Set<unknown>();
  const laws = (operation: unknown, name: string, subject: Omit<PrimitiveSubject, 'name'>) => {
    described.add(operation);
    const { runs = 20 } = subject;
    describePrimitive({ name, ...subject, runs: size(Math.ceil(runs / 5), runs) });
  };
  const unary = (
    operation: (x: Tensor) => Tensor,
    reference: (x: number) => number,
    constraints: Parameters<typeof tensors>[0] = {},
  ) =>
    laws(operation, operation.name, {
      operation: (x) => operation(x),
      operands: tensors(constraints).map((x) => [x]),
      reference: elementwise(reference),
    });
  const binary = (
    operation: (x: Tensor, y: Tensor) => Tensor,
    reference: (x: number, y: number) => number,
    operands = pairs(),
  ) =>
    laws(operation, operation.name, {
      operation: (x, y) => operation(x, y),
      operands,
      reference: elementwise(reference),
    });

  binary(add, (x, y) => x + y);
  binary(sub, (x, y) => x - y);
  binary(mul, (x, y) => x * y);
  binary(strongMul, (x, y) => (x === 0 || y === 0 ? 0 : x * y));
  binary(div, (x, y) => x / y, pairs(0.4, 3));
  binary(maximum, Math.max);
  binary(minimum, Math.min);
  unary(neg, (x) => -x);
  unary(square, (x) => x * x);
  unary(tanh, Math.tanh);
  unary(sigmoid, (x) => 1 / (1 + Math.exp(-x)));
  unary(exp, Math.exp);
  unary(sin, Math.sin);
  unary(cos, Math.cos);
  unary(log, Math.log, { min: 0.3, max: 4 });
  unary(sqrt, Math.sqrt, { min: 0.3, max: 4 });
  unary(abs, Math.abs);
  unary(relu, (x) => Math.max(x, 0));
  unary(softplus, (x) => Math.log1p(Math.exp(x)));
  unary(expm1, Math.expm1);
  unary(atan, Math.atan);
  unary(log1p, Math.log1p, { min: -0.6, max: 4 });
  laws(erf, 'erf', { operation: erf, operands: tensors().map((x) => [x]) });
  for (const exponent of [0, 1, 2, 3, 7, -1, -2])
    laws(pow, `pow, to the ${exponent}`, {
      operation: (x) => pow(x, exponent),
      operands: tensors({ min: 0.5, max: 1.5 }).map((x) => [x]),
      reference: elementwise((x) => x ** exponent),
    });
  for (const exponent of [0.5, 1.5, -0.3])
    laws(pow, `pow, to the ${exponent}`, {
      operation: (x) => pow(x, exponent),
      operands: tensors({ min: 0.4, max: 3 }).map((x) => [x]),
      reference: elementwise((x) => x ** exponent),
    });
  laws(pow, 'pow, of two tensors', {
    operation: (x, y) => pow(x, y),
    operands: fc.tuple(tensorsOf([2, 3], { min: 0.4, max: 3 }), tensorsOf([3])),
    reference: elementwise((x, y) => x ** y),
  });
  laws(pow, 'pow, of a number', {
    operation: (y) => pow(1.7, y),
    operands: tensors().map((y) => [y]),
    reference: elementwise((y) => 1.7 ** y),
  });
  laws(clip, 'clip, between numbers', {
    operation: (x) => clip(x, -0.7, 1.1),
    operands: tensors().map((x) => [x]),
    reference: elementwise((x) => Math.min(1.1, Math.max(-0.7, x))),
  });
  laws(clip, 'clip, between tensors', {
    operation: (x, low, high) => clip(x, low, high),
    operands: fc.tuple(
      tensorsOf([2, 3]),
      tensorsOf([3], { min: -1.5, max: 0, phase: 0.71 }),
      tensorsOf([2, 1], { min: 0, max: 1.5, phase: 0.13 }),
    ),
    reference: elementwise((x, low, high) => Math.min(high, Math.max(low, x))),
  });
  laws(mul, 'arithmetic with numbers', {
    operation: (x) => sub(1, mul(div(add(x, 2), 4), sub(mul(3, x), 0.5))),
    operands: tensors().map((x) => [x]),
    reference: elementwise((x) => 1 - ((x + 2) / 4) * (3 * x - 0.5)),
  });
  laws(div, 'a number over a tensor', {
    operation: (x) => div(3, x),
    operands: tensors({ min: 0.4, max: 3 }).map((x) => [x]),
    reference: elementwise((x) => 3 / x),
  });
  laws(where, 'where', {
    operation: (mask, x, y) => where(mask, x, y),
    operands: fc.tuple(indicesBelow(2, [2, 3]), tensorsOf([3]), tensorsOf([2, 1])),
    reference: elementwise((mask, x, y) => (mask ? x : y)),
  });
  for (const compare of [greater, less])
    laws(compare, `a mask of ${compare.name}`, {
      operation: (x, y) => where(compare(x, y), mul(x, x), sin(y)),
      operands: pairs(),
      reference: elementwise((x, y) => ((compare === greater ? x > y : x < y) ? x * x : Math.sin(y))),
    });

  const cube = tensorsOf([2, 3, 4], { distinct: true }).map((x) => [x]);
  const reductions: [operation: typeof sum, f: (values: number[]) => number][] = [
    [sum, (values) => values.reduce((total, value) => total + value, 0)],
    [mean, (values) => values.reduce((total, value) => total + value, 0) / values.length],
    [max, (values) => Math.max(...values)],
    [min, (values) => Math.min(...values)],
    [prod, (values) => values.reduce((product, value) => product * value, 1)],
    [norm, (values) => Math.hypot(...values)],
    [variance, varianceOf],
    [std, (values) => Math.sqrt(varianceOf(values))],
    [logSumExp, logSumOf],
  ];
  for (const [operation, f] of reductions) {
    laws(operation, `${operation.name} over one axis`, {
      operation: (x) => operation(x, { axes: -2 }),
      operands: cube,
      reference: (x) => alongAxis(x, 1, f),
      runs: 8,
    });
    laws(operation, `${operation.name} over two axes, kept`, {
      operation: (x) => operation(x, { axes: [2, 0], keepDims: true }),
      operands: cube,
      reference: (x) => reshapeOf(alongAxis(reshapeOf(transpose(x, [1, 0, 2]), [3, 8]), 1, f), [1, 3, 1]),
      runs: 8,
    });
    laws(operation, `${operation.name} over all axes`, {
      operation: (x) => operation(x),
      operands: shapes({ empty: operation === sum, minRank: operation === std ? 1 : 0 })
        .filter((shape) => operation !== std || sizeOf(shape) > 1)
        .chain((shape) => tensorsOf(shape, { distinct: true }).map((x) => [x])),
      reference: (x) => alongAxis(reshapeOf(x, [x.size]), 0, f),
      runs: 8,
    });
  }
  laws(globalNorm, 'globalNorm of two tensors', {
    operation: (x, y) => globalNorm([x, y]),
    operands: fc.tuple(tensorsOf([3, 2]), tensorsOf([4])),
    reference: (x, y) => tensor(Math.hypot(...dataOf(x), ...dataOf(y)), { dtype: x.dtype }),
    runs: 8,
  });
  for (const axis of [0, 1, 2])
    laws(cumsum, `cumsum along axis ${axis}`, {
      operation: (x) => cumsum(x, { axis }),
      operands: cube,
      reference: (x) => runningSums(x, axis),
      runs: 8,
    });
  for (const axis of [0, 1]) {
    const weights = (x: Tensor) =>
      elementwise((value, total) => value - total)(
        x,
        reshapeOf(alongAxis(x, axis, logSumOf), axis === 0 ? [1, 4] : [3, 1]),
      );
    const operands = tensorsOf([3, 4]).map((x) => [x]);
    laws(logSoftmax, `logSoftmax along axis ${axis}`, {
      operation: (x) => logSoftmax(x, { axis }),
      operands,
      reference: weights,
    });
    laws(softmax, `softmax along axis ${axis}`, {
      operation: (x) => softmax(x, { axis }),
      operands,
      reference: (x) => elementwise(Math.exp)(weights(x)),
    });
  }

  laws(broadcastTo, 'broadcastTo', {
    operation: (x) => broadcastTo(x, [4, 3, 2]),
    operands: tensorsOf([3, 1]).map((x) => [x]),
  });
  laws(reshape, 'reshape', {
    operation: (x) => reshape(x, [-1, 3]),
    operands: tensorsOf([2, 6]).map((x) => [x]),
  });
  laws(transpose, 'transpose', {
    operation: (x) => transpose(x),
    operands: tensorsOf([2, 3]).map((x) => [x]),
    reference: flip,
  });
  laws(transpose, 'transpose in an order', {
    operation: (x) => transpose(x, [1, -1, 0]),
    operands: cube,
    runs: 8,
  });
  laws(slice, 'slice', {
    operation: (x) => slice(x, [1, -3], [3, 4]),
    operands: tensorsOf([3, 5]).map((x) => [x]),
    reference: (x) =>
      fromData(Float64Array.of(...[1, 2].flatMap((i) => [2, 3].map((j) => elementOf(x, [i, j])))), [2, 2]),
  });
  laws(concat, 'concat', {
    operation: (x, y, z) => concat([x, y, z, x], 1),
    operands: fc.tuple(tensorsOf([2, 3]), tensorsOf([2, 1]), tensorsOf([2, 0])),
    reference: (x, y) =>
      flip(fromData(Float64Array.of(...[x, y, x].flatMap((part) => [...dataOf(flip(part))])), [7, 2])),
  });
  laws(stack, 'stack', {
    operation: (x, y) => stack([x, y, mul(x, y)], 1),
    operands: fc.tuple(tensorsOf([4]), tensorsOf([4])),
    reference: stacked,
  });
  laws(gather, 'gather', {
    operation: (x, ids) => gather(x, ids),
    operands: fc.tuple(tensorsOf([4, 3]), indicesBelow(4, [2])),
    reference: (x, ids) =>
      fromData(
        Float64Array.of(...[...dataOf(ids)].flatMap((row) => [0, 1, 2].map((j) => elementOf(x, [row, j])))),
        [2, 3],
      ),
  });
  laws(gather, 'gather of one row', {
    operation: (x) => gather(x, 2),
    operands: tensorsOf([4, 3]).map((x) => [x]),
  });
  laws(scatterAdd, 'scatterAdd', {
    operation: (x, ids) => scatterAdd(x, ids, 4),
    operands: fc.tuple(tensorsOf([5, 3]), indicesBelow(4, [5])),
    reference: (x, ids) =>
      naiveProduct(
        fromData(
          Float64Array.from({ length: 20 }, (_, at) => (dataOf(ids)[at % 5] === Math.floor(at / 5) ? 1 : 0)),
          [4, 5],
        ),
        x,
      ),
  });
  it('stopGradient keeps the value and drops the derivative, at every level', () => {
    described.add(stopGradient);
    const f = (x: Tensor) => mul(stopGradient(square(x)), x);
    expect(jvp(f, [tensor(3)], [tensor(1)]).map((part) => part.item())).to.deep.equal([27, 9]);
    expect(grad((x: Tensor) => grad(f)(x))(tensor(3)).item()).to.equal(0);
  });

  it('argmax is the first largest, along the last axis', () => {
    described.add(argmax);
    const ids = argmax(
      tensor([
        [1, 3, 3],
        [2, -1, 0],
      ]),
    );
    expect([ids.dtype, ids.toArray()]).to.deep.equal(['int32', [1, 0]]);
    expect(() => argmax(tensor([]))).to.throw(
      'argmax: needs at least one element along the last axis, got shape [0]',
    );
  });

  it('greater and less return int32 masks, 0 for NaN', () => {
    const [x, y] = [tensor([1, 2, Number.NaN, 3]), tensor([2, 1, 0, Number.NaN])];
    expect(greater(x, y).toArray()).to.deep.equal([0, 1, 0, 0]);
    expect(less(x, y).toArray()).to.deep.equal([1, 0, 0, 0]);
    expect(greater(x, 1.5).dtype).to.equal('int32');
  });

  it('all have a test suite', () => {
    // In products.spec.ts and statistics.spec.ts.
    const elsewhere = ['dot', 'matmul', 'outer', 'floor', 'sign', 'var'];
    const missing = Object.entries(operations).filter(
      ([name, operation]) => !described.has(operation) && !elsewhere.includes(name),
    );
    expect(missing.map(([name]) => name)).to.deep.equal([]);
  });
});
