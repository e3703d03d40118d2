import { expect } from 'chai';
import fc from 'fast-check';
import ndarray, { type NdArray } from 'ndarray';
import {
  ArrayTensor,
  DTypeError,
  dataOf,
  fromData,
  isContiguous,
  type NestedArray,
  ShapeError,
  sizeOf,
  stridesOf,
  type TypedArray,
  tensor,
  viewOf,
} from '../../lib/index.ts';
import { copyInto } from '../../lib/tensor.ts';
import { forEachIndex, samples } from './tensors.ts';

describe('tensor', () => {
  it('reads any layout in row-major order', () => {
    fc.assert(
      fc.property(samples, ({ x, values }) => {
        expect(x.size).to.equal(values.length);
        expect([...dataOf(x)]).to.deep.equal([...values]);
        expect(flatten(x.toArray())).to.deep.equal([...values]);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('draws non-contiguous layouts, so that the law above is a test', () => {
    const kinds = fc.sample(samples, { seed: 1, numRuns: 500 }).map(({ x }) => isContiguous(x.toNdarray()));
    expect(kinds.filter((contiguous) => !contiguous).length).to.be.greaterThan(50);
    expect(kinds.filter((contiguous) => contiguous).length).to.be.greaterThan(50);
  });

  it('calls a layout contiguous exactly when the elements lie one after the other', () => {
    fc.assert(
      fc.property(samples, ({ x }) => {
        const array = x.toNdarray();
        let inOrder = true;
        forEachIndex(x.shape, (index, at) => {
          if (array.index(...index) !== array.offset + at) inOrder = false;
        });
        // An empty layout may count as either: it has nothing to read.
        if (x.size > 0) expect(isContiguous(array)).to.equal(inOrder);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('shares memory if the layout allows it, else copies', () => {
    const data = Float64Array.of(0, 1, 2, 3, 4, 5, 6);
    const rows = viewOf(fromData(data, [7]).toNdarray(), [2, 3], [3, 1], 1);
    const columns = viewOf(fromData(data, [7]).toNdarray(), [3, 2], [1, 3], 1);
    expect(dataOf(rows).buffer).to.equal(data.buffer);
    expect([...dataOf(rows)]).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(dataOf(columns).buffer).not.to.equal(data.buffer);
    expect([...dataOf(columns)]).to.deep.equal([1, 4, 2, 5, 3, 6]);
    expect([...data]).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
  });

  it('copies into the beginning of a longer array and leaves the rest', () => {
    const target = new Float64Array(5).fill(9);
    copyInto(target, viewOf(fromData(Float64Array.of(1, 2, 3), [3]).toNdarray(), [3], [-1], 2).toNdarray());
    expect([...target]).to.deep.equal([3, 2, 1, 9, 9]);
  });

  it('nests arrays one level per axis', () => {
    const nested = (shape: readonly number[]): NestedArray =>
      tensor(fromData(new Float64Array(sizeOf(shape)), [...shape])).toArray();
    expect(nested([])).to.equal(0);
    expect(nested([0])).to.deep.equal([]);
    expect(nested([2, 0, 3])).to.deep.equal([[], []]);
    expect(nested([1, 2])).to.deep.equal([[0, 0]]);
  });

  it('refuses an ndarray that reaches beyond its memory', () => {
    const data = Float64Array.of(1, 2, 3, 4);
    const beyond: readonly [shape: number[], stride?: number[], offset?: number][] = [
      [[2, 3]],
      [[2, 2], [2, 1], 1],
      [[4], [-1], 2],
      [[2], [1], -1],
      [[2], [0.5], 0],
      [[-2], [1], 0],
      [[Number.NaN], [1], 0],
      [[0, -1], [1, 1], 0],
    ];
    for (const [shape, stride, offset] of beyond)
      for (const make of [(array: NdArray<TypedArray>) => new ArrayTensor(array), tensor])
        expect(() => make(ndarray(data, shape, stride, offset)), `${shape}`).to.throw(
          ShapeError,
          'does not lie within 4 elements',
        );
    expect(() => tensor(ndarray(data, [2, 2], [2, 1], 1))).to.throw(
      'tensor: shape [2,2] with strides [2,1] from element 1 on does not lie within 4 elements',
    );
    for (const make of [(array: NdArray<TypedArray>) => new ArrayTensor(array), tensor]) {
      expect(make(ndarray(data, [4], [-1], 3)).toArray()).to.deep.equal([4, 3, 2, 1]);
      expect(make(ndarray(data, [2, 2], [0, 1], 2)).toArray()).to.deep.equal([
        [3, 4],
        [3, 4],
      ]);
      expect(make(ndarray(data, [0, 9])).shape).to.deep.equal([0, 9]);
    }
  });

  it('reads an ndarray over a store of its own', () => {
    const squares = { length: 4, get: (i: number) => i * i, set: () => 1 };
    expect(tensor(ndarray(squares, [2, 2]).transpose(1, 0)).toArray()).to.deep.equal([
      [0, 4],
      [1, 9],
    ]);
    // @ts-expect-error: the compiler says so too
    expect(() => tensor(ndarray(new BigInt64Array(2)))).to.throw(
      DTypeError,
      '64-bit integers are not a dtype',
    );
  });

  it('returns the element of any tensor with one element', () => {
    expect(tensor(2.5).item()).to.equal(2.5);
    expect(tensor([[7]], { dtype: 'int32' }).item()).to.equal(7);
  });

  it('says that its memory was transferred, wherever values are read', () => {
    const x = fromData(Float64Array.of(1, 2, 3), [3]);
    const scalar = fromData(Float64Array.of(1), []);
    const empty = fromData(new Float64Array(0), [0]);
    for (const { data } of [x, scalar, empty].map((each) => each.toNdarray()))
      structuredClone(data.buffer, { transfer: [data.buffer as ArrayBuffer] });
    for (const read of [
      () => x.toArray(),
      () => String(x),
      () => dataOf(x),
      () => tensor(x, { dtype: 'float32' }),
      () => JSON.stringify(x),
    ])
      expect(read).to.throw(ShapeError, 'float64[3]: its memory has been transferred, as by postMessage');
    expect(() => scalar.item()).to.throw(ShapeError, 'float64[]: its memory has been transferred');
    expect(empty.toArray()).to.deep.equal([]);
    expect(viewOf(tensor([1, 2, 3]).toNdarray(), [1, 1], [5, 5], 2).item()).to.equal(3);
    expect(() => tensor([1, 2]).item()).to.throw(ShapeError, 'item: a tensor of shape [2] has 2 elements');
    expect(() => tensor([]).item()).to.throw(ShapeError, '0 elements');
  });

  it('strides a fresh tensor in row-major order', () => {
    const x = fromData(new Float32Array(24), [2, 3, 4]);
    expect(x.toNdarray().stride).to.deep.equal(stridesOf([2, 3, 4]));
    expect([x.dtype, x.level]).to.deep.equal(['float32', 0]);
  });
});

function flatten(values: NestedArray): number[] {
  return typeof values === 'number' ? [values] : values.flatMap(flatten);
}
