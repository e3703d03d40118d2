import fc from 'fast-check';
import {
  allocate,
  type DType,
  dtypeOf,
  fromData,
  type Shape,
  sizeOf,
  stridesOf,
  type Tensor,
  type TypedArray,
  viewOf,
} from '../../lib/index.ts';

/**
 * Shapes of zero to four axes with lengths 0 to 5; scalars and empty shapes are frequent enough to matter.
 */
export const shapes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });

const dtypes: fc.Arbitrary<DType> = fc.constantFrom('float32', 'float64', 'int32');

/** Every bit pattern that the dtype keeps: NaN, infinities, negative zero, denormals. */
function valuesOf(dtype: DType, size: number): fc.Arbitrary<TypedArray> {
  const entry =
    dtype === 'int32'
      ? fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
      : dtype === 'float32'
        ? fc.oneof(fc.float(), fc.constantFrom(-0, Number.NaN, Infinity, -Infinity))
        : fc.oneof(fc.double(), fc.constantFrom(-0, Number.NaN, Infinity, -Infinity));
  return fc.array(entry, { minLength: size, maxLength: size }).map((list) => {
    const data = allocate(dtype, size);
    data.set(list);
    return data;
  });
}

export interface Sample {
  readonly x: Tensor;
  /** The elements of x in row-major order, known independently of it. */
  readonly values: TypedArray;
}

/** A tensor in any layout: permuted axes, gaps, negative strides, an offset, or plain row-major. */
export const samples: fc.Arbitrary<Sample> = fc
  .record({ shape: shapes, dtype: dtypes })
  .chain(({ shape, dtype }) =>
    fc.record({
      shape: fc.constant(shape),
      values: valuesOf(dtype, sizeOf(shape)),
      order: fc.shuffledSubarray(
        shape.map((_, axis) => axis),
        { minLength: shape.length },
      ),
      steps: fc.array(fc.constantFrom(1, 1, 2, -1, -3), { minLength: shape.length, maxLength: shape.length }),
      offset: fc.integer({ min: 0, max: 3 }),
      plain: fc.boolean(),
    }),
  )
  .map(({ shape, values, order, steps, offset, plain }) => ({
    values,
    x: plain ? fromData(values.slice() as TypedArray, shape) : layOut(values, shape, order, steps, offset),
  }));

/** A view of `shape` whose axes lie in memory in another order, `steps` apart, some of them backwards. */
function layOut(
  values: TypedArray,
  shape: Shape,
  order: readonly number[],
  steps: readonly number[],
  offset: number,
): Tensor {
  const strides = new Array<number>(shape.length);
  let extent = 1;
  let begin = offset;
  for (const axis of order) {
    strides[axis] = steps[axis] * extent;
    if (steps[axis] < 0) begin -= (Math.max(shape[axis], 1) - 1) * strides[axis];
    extent *= Math.max(shape[axis], 1) * Math.abs(steps[axis]);
  }
  const memory = allocate(dtypeOf(values), extent + offset);
  memory.fill(99);
  forEachIndex(shape, (index, at) => {
    memory[begin + index.reduce((sum, i, axis) => sum + i * strides[axis], 0)] = values[at];
  });
  return viewOf(fromData(memory, [memory.length]).toNdarray(), [...shape], strides, begin);
}

/** Calls `visit` with every index of a shape, in row-major order. */
export function forEachIndex(shape: Shape, visit: (index: number[], at: number) => void): void {
  const strides = stridesOf(shape);
  for (let at = 0; at < sizeOf(shape); at++)
    visit(
      shape.map((length, axis) => Math.floor(at / strides[axis]) % length),
      at,
    );
}
