import fc from 'fast-check';
import {
  broadcastShapes,
  dataOf,
  fromData,
  type Shape,
  sizeOf,
  stridesOf,
  type Tensor,
} from '../../../lib/index.ts';
import { shapes, tensorsOf } from '../../../trainers/testing/index.ts';

/** Two shapes that broadcast: one, and a suffix of it with some axes of length one, in either order. */
const broadcastable: fc.Arbitrary<[Shape, Shape]> = shapes()
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.nat(shape.length),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      fc.boolean(),
    ),
  )
  .map(([shape, from, squeezed, swap]) => {
    const tail = shape.slice(from).map((length, axis) => (squeezed[axis] ? 1 : length));
    return swap ? [tail, shape] : [shape, tail];
  });

/** Two tensors whose shapes broadcast; the values of the second are bounded. */
export const pairs = (min = -2, max = 2) =>
  broadcastable.chain(([left, right]) =>
    fc.tuple(tensorsOf(left), tensorsOf(right, { phase: 0.71, min, max })),
  );

/** f element by element, by indexing: the definition of broadcasting. */
export function elementwise(f: (...values: number[]) => number): (...operands: Tensor[]) => Tensor {
  return (...operands) => {
    const shape = operands.map((x) => x.shape).reduce((a, b) => broadcastShapes(a, b) as Shape);
    const strides = stridesOf(shape);
    const values = Float64Array.from({ length: sizeOf(shape) }, (_, at) => {
      const index = shape.map((length, axis) => Math.floor(at / strides[axis]) % length);
      return f(...operands.map((x) => elementOf(x, index)));
    });
    return fromData(values, shape);
  };
}

export function elementOf(x: Tensor, index: readonly number[]): number {
  const own = index.slice(index.length - x.shape.length).map((i, axis) => (x.shape[axis] === 1 ? 0 : i));
  const strides = stridesOf(x.shape);
  return dataOf(x)[own.reduce((at, i, axis) => at + i * strides[axis], 0)];
}

/** f of every run along one axis, which is removed. */
export function alongAxis(x: Tensor, axis: number, f: (values: number[]) => number): Tensor {
  const moved = [...x.shape.keys()].filter((other) => other !== axis);
  const shape = moved.map((other) => x.shape[other]);
  const strides = stridesOf(shape);
  const values = Float64Array.from({ length: sizeOf(shape) }, (_, at) => {
    const index = shape.map((length, i) => Math.floor(at / strides[i]) % length);
    return f(Array.from({ length: x.shape[axis] }, (__, i) => elementOf(x, index.toSpliced(axis, 0, i))));
  });
  return fromData(values, shape);
}

export function naiveProduct(x: Tensor, y: Tensor): Tensor {
  const [[m, k], n] = [x.shape, y.shape[1]];
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let l = 0; l < k; l++) out[i * n + j] += elementOf(x, [i, l]) * elementOf(y, [l, j]);
  return fromData(out, [m, n]);
}

export function flip(x: Tensor): Tensor {
  const [rows, columns] = x.shape;
  return fromData(
    Float64Array.from({ length: x.size }, (_, at) => elementOf(x, [at % rows, Math.floor(at / rows)])),
    [columns, rows],
  );
}

export function reshapeOf(x: Tensor, shape: Shape): Tensor {
  return fromData(Float64Array.from(dataOf(x)), shape);
}

export function stacked(x: Tensor, y: Tensor): Tensor {
  const [a, b] = [dataOf(x), dataOf(y)];
  return fromData(Float64Array.of(...Array.from(a).flatMap((value, i) => [value, b[i], value * b[i]])), [
    x.size,
    3,
  ]);
}

/** Running sums along an axis, by indexing. */
export function runningSums(x: Tensor, axis: number): Tensor {
  const strides = stridesOf(x.shape);
  const values = Float64Array.from({ length: x.size }, (_, at) => {
    const index = x.shape.map((length, own) => Math.floor(at / strides[own]) % length);
    return Array.from({ length: index[axis] + 1 }, (__, i) => elementOf(x, index.with(axis, i))).reduce(
      (sum, value) => sum + value,
      0,
    );
  });
  return fromData(values, x.shape);
}
