import fc from 'fast-check';
import { dot, matmul, outer } from '../../../autodiff/index.ts';
import { dataOf, fromData } from '../../../lib/index.ts';
import {
  describePrimitive,
  type PrimitiveSubject,
  shapes,
  tensorsOf,
} from '../../../trainers/testing/index.ts';
import { flip, naiveProduct, reshapeOf } from './naive.ts';

describe('products', () => {
  const laws = (name: string, subject: Omit<PrimitiveSubject, 'name'>) =>
    describePrimitive({ name, ...subject });

  for (const transposeLeft of [false, true])
    for (const transposeRight of [false, true])
      laws(`matmul of matrices, ${transposeLeft ? 'Xᵀ' : 'X'}${transposeRight ? 'Yᵀ' : 'Y'}`, {
        operation: (x, y) => matmul(x, y, { transposeLeft, transposeRight }),
        operands: fc.tuple(
          tensorsOf(transposeLeft ? [4, 2] : [2, 4]),
          tensorsOf(transposeRight ? [3, 4] : [4, 3]),
        ),
        reference: (x, y) => naiveProduct(transposeLeft ? flip(x) : x, transposeRight ? flip(y) : y),
      });
  laws('matmul, matrix·vector', {
    operation: (x, y) => matmul(x, y),
    operands: fc.tuple(tensorsOf([3, 5]), tensorsOf([5])),
    reference: (x, y) => reshapeOf(naiveProduct(x, reshapeOf(y, [5, 1])), [3]),
  });
  laws('matmul, transposed matrix·vector', {
    operation: (x, y) => matmul(x, y, { transposeLeft: true, transposeRight: true }),
    operands: fc.tuple(tensorsOf([3, 5]), tensorsOf([3])),
    reference: (x, y) => reshapeOf(naiveProduct(flip(x), reshapeOf(y, [3, 1])), [5]),
  });
  laws('matmul, vector·matrix', {
    operation: (x, y) => matmul(x, y),
    operands: fc.tuple(tensorsOf([3]), tensorsOf([3, 5])),
    reference: (x, y) => reshapeOf(naiveProduct(reshapeOf(x, [1, 3]), y), [5]),
  });
  laws('matmul, vector·transposed matrix', {
    operation: (x, y) => matmul(x, y, { transposeRight: true }),
    operands: fc.tuple(tensorsOf([5]), tensorsOf([3, 5])),
    reference: (x, y) => reshapeOf(naiveProduct(reshapeOf(x, [1, 5]), flip(y)), [3]),
  });
  laws('matmul, vector·vector', {
    operation: (x, y) => matmul(x, y),
    operands: shapes({ minRank: 1, maxRank: 1 }).chain((shape) =>
      fc.tuple(tensorsOf(shape), tensorsOf(shape)),
    ),
    reference: (x, y) =>
      fromData(
        Float64Array.of(Array.from(dataOf(x)).reduce((total, value, i) => total + value * dataOf(y)[i], 0)),
        [],
      ),
  });
  laws('matmul over nothing', {
    operation: (x, y) => matmul(x, y),
    operands: fc.tuple(tensorsOf([3, 0]), tensorsOf([0, 2])),
    reference: () => fromData(new Float64Array(6), [3, 2]),
  });
  laws('outer', {
    operation: (x, y) => outer(x, y),
    operands: fc.tuple(tensorsOf([3]), tensorsOf([4])),
    reference: (x, y) => naiveProduct(reshapeOf(x, [3, 1]), reshapeOf(y, [1, 4])),
  });
  laws('dot', {
    operation: (x, y) => dot(x, y),
    operands: shapes().chain((shape) => fc.tuple(tensorsOf(shape), tensorsOf(shape))),
    reference: (x, y) =>
      fromData(
        Float64Array.of(Array.from(dataOf(x)).reduce((total, value, i) => total + value * dataOf(y)[i], 0)),
        [],
      ),
  });
});
