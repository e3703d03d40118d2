import { expect } from 'chai';
import fc from 'fast-check';
import ndarray from 'ndarray';
import {
  cast,
  type DType,
  DTypeError,
  dataOf,
  eye,
  full,
  indices,
  type NestedArray,
  ones,
  ShapeError,
  tensor,
  zeros,
} from '../../lib/index.ts';
import { samples, shapes } from './tensors.ts';

/** A value from untyped code. */
const untyped = (value: unknown) => value as NestedArray;

describe('tensor(values)', () => {
  it('is the inverse of toArray', () => {
    fc.assert(
      fc.property(samples, ({ x, values }) => {
        const copy = tensor(x.toArray(), { dtype: x.dtype });
        expect([...dataOf(copy)]).to.deep.equal([...values]);
        // Nested arrays cannot show the lengths after an empty axis.
        const empty = x.shape.indexOf(0);
        expect(copy.shape).to.deep.equal(empty < 0 ? x.shape : x.shape.slice(0, empty + 1));
        expect(copy.dtype).to.equal(x.dtype);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('takes an ndarray in any layout, keeps its dtype and copies it', () => {
    fc.assert(
      fc.property(samples, ({ x, values }) => {
        const array = x.toNdarray();
        const copy = tensor(array);
        array.data.fill(-1);
        expect(copy.shape).to.deep.equal(x.shape);
        expect(copy.dtype).to.equal(x.dtype);
        expect([...dataOf(copy)]).to.deep.equal([...values]);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it('converts other typed arrays to float64, and copies', () => {
    const bytes = Uint8Array.of(1, 255);
    const x = tensor(bytes as unknown as Int32Array);
    bytes[0] = 9;
    expect([x.dtype, x.toArray()]).to.deep.equal(['float64', [1, 255]]);
    expect(tensor(Float32Array.of(0.5)).dtype).to.equal('float32');
    expect(tensor(Int32Array.of(3)).dtype).to.equal('int32');
    expect(tensor([3]).dtype).to.equal('float64');
    expect(indices([3, 1]).dtype).to.equal('int32');
  });

  it('names the place where nested arrays are ragged', () => {
    expect(() => tensor([[1, 2], [3]])).to.throw(ShapeError, 'the entry at [1] is an array of 1');
    expect(() => tensor([1, [2]])).to.throw(
      ShapeError,
      'the entry at [1] is an array where others are numbers',
    );
    expect(() => tensor([[1], 2])).to.throw(ShapeError, 'the entry at [1] is 2');
    expect(() => tensor([[], [1]])).to.throw(ShapeError, 'the entry at [1]');
  });

  it('refuses entries that are not numbers', () => {
    for (const [value, message] of [
      [null, 'the entry at the top is null'],
      [[1, undefined], 'the entry at [1] is nothing'],
      [[['1']], 'the entry at [0][0] is "1"'],
      [{}, 'the entry at the top is a record'],
      [new DataView(new ArrayBuffer(8)), 'is a DataView'],
      [new BigInt64Array(1), '64-bit integers'],
      [ndarray(['a', 'b'] as unknown as number[]), 'an entry of the ndarray is "a"'],
    ] as const)
      expect(() => tensor(untyped(value))).to.throw(DTypeError, message);
  });

  it('accepts only 32-bit whole numbers for int32', () => {
    for (const value of [0.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, Infinity]) {
      expect(() => indices([1, value])).to.throw(DTypeError, `${value} is not a 32-bit whole number`);
      expect(() => cast(tensor([value]), 'int32')).to.throw(DTypeError, `${value}`);
      expect(() => full([2], value, { dtype: 'int32' })).to.throw(DTypeError, `full: ${value}`);
    }
    expect(indices([2 ** 31 - 1, -(2 ** 31), -0]).toArray()).to.deep.equal([2147483647, -2147483648, 0]);
  });

  it('refuses a finite number that float32 would make infinite', () => {
    const float32 = { dtype: 'float32' } as const;
    const says = (who: string) =>
      `${who}: -1e+39 is beyond float32, whose largest number is 3.4e+38; scale it`;
    for (const [who, make] of [
      ['tensor', () => tensor([[1], [-1e39]], float32)],
      ['tensor', () => tensor(Float64Array.of(-1e39), float32)],
      ['tensor', () => tensor({ dtype: 'float32', shape: [1], data: [-1e39] })],
      ['full', () => full([2], -1e39, float32)],
      ['cast', () => cast(tensor([-1e39]), 'float32')],
      ['cast', () => tensor(tensor([-1e39]), float32)],
    ] as const)
      expect(make).to.throw(DTypeError, says(who));
    const kept = [Infinity, -Infinity, Number.NaN, Math.fround(3.4028235e38), 1e-60];
    expect(tensor(kept, float32).toArray()).to.deep.equal([...kept.slice(0, 4), 0]);
  });

  it('refuses an unknown dtype', () => {
    for (const dtype of ['float16', 'constructor', '__proto__'])
      expect(() => zeros([2], { dtype: dtype as DType })).to.throw(
        DTypeError,
        `there is no dtype "${dtype}"`,
      );
  });
});

describe('zeros, ones, full, eye, cast', () => {
  it('fill any shape with one value', () => {
    fc.assert(
      fc.property(shapes, fc.double({ noDefaultInfinity: true }), (shape, value) => {
        for (const [x, entry] of [
          [zeros(shape), 0],
          [ones(shape), 1],
          [full(shape, value), value],
        ] as const) {
          expect(x.shape).to.deep.equal(shape);
          for (const got of dataOf(x)) expect(Object.is(got, entry)).to.equal(true);
        }
      }),
      { seed: 3, numRuns: 200 },
    );
    expect(Object.is(full([], -0).item(), -0)).to.equal(true);
  });

  it('keep their own copy of the shape', () => {
    const shape = [2, 3];
    const x = zeros(shape);
    shape[0] = 7;
    expect(x.shape).to.deep.equal([2, 3]);
  });

  it('eye is the identity', () => {
    expect(eye(3, { dtype: 'float32' }).toArray()).to.deep.equal([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(eye(0).shape).to.deep.equal([0, 0]);
    expect(() => eye(1.5)).to.throw(ShapeError, 'eye');
  });

  it('cast rounds to float32 and returns the tensor itself if it has the dtype already', () => {
    const x = tensor([0.1, 2]);
    expect(cast(x, 'float64')).to.equal(x);
    expect(cast(x, 'float32').toArray()).to.deep.equal([Math.fround(0.1), 2]);
  });
});
