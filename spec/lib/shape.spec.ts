import { expect } from 'chai';
import fc from 'fast-check';
import {
  broadcastShapes,
  checkShape,
  formatShape,
  normalizeAxes,
  ShapeError,
  sameShape,
  sizeOf,
  stridesOf,
} from '../../lib/index.ts';
import { forEachIndex, shapes } from './tensors.ts';

describe('shape', () => {
  it('numbers the elements in row-major order by its strides', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const strides = stridesOf(shape);
        let count = 0;
        let previous: number[] | undefined;
        forEachIndex(shape, (index, at) => {
          expect(index.reduce((sum, i, axis) => sum + i * strides[axis], 0)).to.equal(at);
          if (previous !== undefined) expect(lexicographic(previous, index)).to.be.lessThan(0);
          previous = index;
          count++;
        });
        expect(count).to.equal(sizeOf(shape));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('has one element for a scalar and none when an axis is empty', () => {
    expect(sizeOf([])).to.equal(1);
    expect(sizeOf([3, 0, 2])).to.equal(0);
    expect(stridesOf([2, 3, 4])).to.deep.equal([12, 4, 1]);
    expect(stridesOf([])).to.deep.equal([]);
  });

  it('compares axis by axis', () => {
    expect(sameShape([2, 3], [2, 3])).to.equal(true);
    expect(sameShape([2, 3], [3, 2])).to.equal(false);
    expect(sameShape([2], [2, 1])).to.equal(false);
    expect(sameShape([2, 1], [2])).to.equal(false);
  });

  it('broadcasts as NumPy does', () => {
    expect(broadcastShapes([2, 1, 4], [3, 1])).to.deep.equal([2, 3, 4]);
    expect(broadcastShapes([], [5, 2])).to.deep.equal([5, 2]);
    expect(broadcastShapes([1], [0])).to.deep.equal([0]);
    expect(broadcastShapes([0, 3], [1, 3])).to.deep.equal([0, 3]);
    expect(broadcastShapes([2, 3], [3, 2])).to.equal(undefined);
    expect(broadcastShapes([0], [2])).to.equal(undefined);
  });

  it('broadcasts symmetrically, to a shape that absorbs both', () => {
    fc.assert(
      fc.property(
        shapes,
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        fc.nat(4),
        (shape, ones, drop) => {
          const other = shape
            .map((length, axis) => (ones[axis] ? 1 : length))
            .slice(Math.min(drop, shape.length));
          const common = broadcastShapes(shape, other);
          expect(common).to.deep.equal(shape);
          expect(broadcastShapes(other, shape)).to.deep.equal(common);
        },
      ),
      { seed: 2, numRuns: 300 },
    );
  });

  it('refuses lengths that are not whole numbers, zero or more', () => {
    for (const shape of [[-1], [2, 1.5], [Number.NaN], [Infinity], [2 ** 53]])
      expect(() => checkShape(shape, 'zeros')).to.throw(
        ShapeError,
        `zeros: ${formatShape(shape)} is not a shape`,
      );
    expect(checkShape([0, 3], 'zeros')).to.deep.equal([0, 3]);
  });

  it('sorts axes and counts negative ones from the end', () => {
    expect(normalizeAxes(undefined, 3, 'sum')).to.deep.equal([0, 1, 2]);
    expect(normalizeAxes(-1, 3, 'sum')).to.deep.equal([2]);
    expect(normalizeAxes([-1, 0], 3, 'sum')).to.deep.equal([0, 2]);
    expect(normalizeAxes([], 3, 'sum')).to.deep.equal([]);
    expect(
      normalizeAxes(
        Array.from({ length: 12 }, (_, i) => 11 - i),
        12,
        'sum',
      ),
    ).to.deep.equal(Array.from({ length: 12 }, (_, i) => i));
  });

  it('refuses axes out of range or named twice', () => {
    for (const axis of [3, -4, 0.5, Number.NaN])
      expect(() => normalizeAxes(axis, 3, 'sum')).to.throw(ShapeError, `there is no axis ${axis}`);
    expect(() => normalizeAxes([1, -2], 3, 'sum')).to.throw(ShapeError, 'named twice');
    expect(() => normalizeAxes(0, 0, 'sum')).to.throw(ShapeError, '0 axes');
  });
});

function lexicographic(a: readonly number[], b: readonly number[]): number {
  const axis = a.findIndex((i, k) => i !== b[k]);
  return axis < 0 ? 0 : a[axis] - b[axis];
}
