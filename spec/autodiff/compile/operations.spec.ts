import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  argmax,
  broadcastTo,
  concat,
  cumsum,
  div,
  dot,
  gather,
  globalNorm,
  greater,
  less,
  linearize,
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
  reshape,
  scatterAdd,
  slice,
  softmax,
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
} from '../../../autodiff/index.ts';
import * as operations from '../../../autodiff/operations/index.ts';
import type { Tensor } from '../../../lib/index.ts';
import { indicesBelow, inLayout, layoutsOf, shapes, tensorsOf } from '../../../trainers/testing/index.ts';
import { size } from '../../support/size.ts';
import { eager, narrow, requirePlan } from './agree.ts';
import { unaries } from './unaries.ts';

type Operation = (...xs: Tensor[]) => unknown;

/** Operands and what to do with them. */
interface Case {
  readonly name: string;
  readonly operands: readonly Tensor[];
  readonly operation: Operation;
}

const anyShape = shapes({ maxRank: 4, maxLength: 5 });
const filled = shapes({ minRank: 1, maxRank: 4, maxLength: 5, empty: false });

const binaries: Readonly<Record<string, (x: Tensor, y: Tensor) => Tensor>> = {
  add,
  sub,
  mul,
  strongMul,
  maximum,
  minimum,
  pow: (x, y) => pow(add(2, tanh(x)), y),
  greater,
  less,
  div: (x, y) => div(x, add(1, square(y))),
  where: (x, y) => where(greater(x, y), x, mul(2, y)),
};

function drawn(
  name: string,
  operands: fc.Arbitrary<readonly Tensor[]>,
  operation: Operation,
): fc.Arbitrary<Case> {
  return operands.map((list) => ({ name, operands: list, operation }));
}

/** One operation at a time, at every shape and layout that it takes. */
const cases: Readonly<Record<string, fc.Arbitrary<Case>>> = {
  'functions of one tensor': fc.constantFrom(...Object.entries(unaries)).chain(([name, f]) =>
    drawn(
      name,
      anyShape.chain((shape) => fc.tuple(tensorsOf(shape))),
      f as Operation,
    ),
  ),
  'functions of two tensors that broadcast': fc
    .tuple(fc.constantFrom(...Object.entries(binaries)), anyShape, fc.nat(15), fc.nat(4), fc.boolean())
    .chain(([[name, f], shape, ones, cut, turn]) => {
      // The other operand lacks leading axes, or has length 1 along some.
      const other = shape
        .map((length, axis) => ((ones >> axis) & 1 ? 1 : length))
        .slice(Math.min(cut, shape.length));
      const [first, second] = turn ? [other, shape] : [shape, other];
      return drawn(name, fc.tuple(tensorsOf(first), tensorsOf(second, { phase: 0.61 })), f as Operation);
    }),
  reductions: fc
    .tuple(
      fc.constantFrom(...Object.entries({ sum, mean, max, min, logSumExp, norm, std, variance, prod })),
      filled,
      fc.nat(15),
      fc.boolean(),
    )
    .chain(([[name, f], shape, bits, keepDims]) => {
      const axes = shape.map((_, axis) => axis).filter((axis) => (bits >> axis) & 1);
      return drawn(name, fc.tuple(tensorsOf(shape)), (x) => f(x, { axes, keepDims }));
    }),
  'sums over nothing': fc
    .tuple(anyShape, fc.nat(15))
    .chain(([shape, bits]) =>
      drawn('sum', fc.tuple(tensorsOf(shape)), (x) =>
        sum(x, { axes: shape.map((_, axis) => axis).filter((axis) => (bits >> axis) & 1) }),
      ),
    ),
  'softmax along any axis': fc
    .tuple(filled, fc.nat(3))
    .chain(([shape, axis]) =>
      drawn('softmax', fc.tuple(tensorsOf(shape)), (x) => [
        softmax(x, { axis: axis % shape.length }),
        logSoftmax(x, { axis: axis % shape.length }),
      ]),
    ),
  'running sums along any axis': fc
    .tuple(filled, fc.nat(3))
    .chain(([shape, axis]) =>
      drawn('cumsum', fc.tuple(tensorsOf(shape)), (x) => cumsum(x, { axis: axis % shape.length })),
    ),
  argmax: filled.chain((shape) => drawn('argmax', fc.tuple(tensorsOf(shape)), argmax as Operation)),
  'transposes and blocks': fc.tuple(anyShape, fc.nat(9), fc.nat(99)).chain(([shape, turn, cut]) => {
    const order = shape.map((_, axis) => (axis + turn) % Math.max(1, shape.length));
    const begin = shape.map((length, axis) => (cut >> axis) % (length + 1));
    const end = shape.map((length, axis) => begin[axis] + ((cut * 7) % (length - begin[axis] + 1)));
    return drawn('layout', fc.tuple(tensorsOf(shape)), (x) => [
      transpose(x, order),
      slice(x, begin, end),
      reshape(x, [1, x.size, 1]),
      broadcastTo(x, [2, ...shape]),
    ]);
  }),
  'joins along any axis': fc
    .tuple(filled, fc.nat(3), fc.integer({ min: 0, max: 3 }))
    .chain(([shape, at, length]) => {
      const axis = at % shape.length;
      const other = shape.with(axis, length);
      return drawn('concat', fc.tuple(tensorsOf(shape), tensorsOf(other), tensorsOf(shape)), (x, y, z) => [
        concat([x, y, z, x], axis),
        stack([x, z], axis),
        concat([mul(2, x), tanh(y)], axis),
      ]);
    }),
  'rows by indices of any shape': fc
    .tuple(filled, shapes({ maxRank: 2, maxLength: 4 }))
    .chain(([shape, rows]) =>
      drawn('gather', fc.tuple(tensorsOf(shape), indicesBelow(shape[0], rows)), (x, ids) => [
        gather(x, ids),
        scatterAdd(gather(x, ids), ids, shape[0]),
        scatterAdd(tanh(gather(x, ids)), ids, shape[0] + 2),
      ]),
    ),
  'norms over several tensors': fc
    .tuple(filled, fc.nat(4), fc.integer({ min: 1, max: 4 }))
    .chain(([shape, m, n]) =>
      drawn('globalNorm', fc.tuple(tensorsOf(shape), tensorsOf([m]), tensorsOf([n])), (x, u, v) => [
        globalNorm([x]),
        globalNorm([mul(x, 3), outer(u, v), add(outer(u, mul(v, 0.5)), outer(tanh(u), v))], { unit: 4 }),
        globalNorm([sum(x), u, broadcastTo(sum(v), shape)]),
      ]),
    ),
  'products with every transpose': fc
    .tuple(fc.tuple(...[0, 1, 2].map(() => fc.nat(6))), fc.nat(3))
    .chain(([[m, k, n], flags]) => {
      const [transposeLeft, transposeRight] = [flags % 2 === 1, flags > 1];
      const [a, b] = [transposeLeft ? [k, m] : [m, k], transposeRight ? [n, k] : [k, n]];
      return drawn(
        'matmul',
        fc.tuple(tensorsOf(a), tensorsOf(b), tensorsOf([k]), tensorsOf([m])),
        (x, y, v, u) => [
          matmul(x, y, { transposeLeft, transposeRight }),
          matmul(mul(2, x), neg(y), { transposeLeft, transposeRight }),
          matmul(x, v, { transposeLeft }),
          matmul(v, y, { transposeRight }),
          matmul(v, v),
          outer(u, v),
          dot(v, v),
        ],
      );
    }),
};

describe('plans of single operations', () => {
  for (const [title, arbitrary] of Object.entries(cases)) {
    it(`${title}: at any shape and layout`, () => {
      fc.assert(
        fc.property(arbitrary.chain(laidOut), ({ operands, operation }) => {
          requirePlan(operation, operands);
          requirePlan(operation, operands.map(narrow));
        }),
        { seed: 1, numRuns: size(18, 35) },
      );
    });

    it(`${title}: and their derivatives`, () => {
      fc.assert(
        fc.property(arbitrary, ({ operands, operation }) => {
          const floats = operands.filter(({ dtype }) => dtype !== 'int32').length;
          const smooth = (...xs: Tensor[]) =>
            eager(operation, ...xs, ...operands.slice(floats)).filter(({ dtype }) => dtype !== 'int32');
          if (smooth(...operands.slice(0, floats)).length === 0) return;
          requirePlan(
            (...xs) => {
              const { value, push, pull } = linearize(smooth, ...xs);
              return [push(...xs), pull(value.map((part) => add(part, 1)))];
            },
            operands.slice(0, floats),
          );
        }),
        { seed: 2, numRuns: size(8, 15) },
      );
    });
  }

  it('cover every public operation', () => {
    const text = Object.values(cases).length > 0 ? [...Object.keys(unaries), ...Object.keys(binaries)] : [];
    const elsewhere =
      'sum mean max min logSumExp std variance var softmax logSoftmax argmax reshape slice broadcastTo concat stack gather scatterAdd matmul outer dot globalNorm'.split(
        ' ',
      );
    const missing = Object.keys(operations).filter((name) => ![...text, ...elsewhere].includes(name));
    expect(missing).to.deep.equal([]);
  });
});

function laidOut(one: Case): fc.Arbitrary<Case> {
  return fc
    .tuple(...one.operands.map(({ shape }) => layoutsOf(shape.length)))
    .map((layouts) => ({ ...one, operands: one.operands.map((x, i) => inLayout(x, layouts[i])) }));
}
