import { expect } from 'chai';
import fc from 'fast-check';
import ndarray, { type NdArray } from 'ndarray';
import ops from 'ndarray-ops';
import { ndarray as portable, type StridedArray } from '../../../lib/portable/ndarray.ts';
import { ops as portableOps } from '../../../lib/portable/ndarray-ops.ts';

type View = NdArray<Float64Array>;

/** One change of a view, by the names that both have. */
interface Change {
  readonly name: 'lo' | 'hi' | 'step' | 'pick' | 'transpose';
  readonly seeds: readonly number[];
}

const changes = fc.array(
  fc.record({
    name: fc.constantFrom('lo', 'hi', 'step', 'pick', 'transpose') as fc.Arbitrary<Change['name']>,
    seeds: fc.array(fc.nat(11), { minLength: 3, maxLength: 3 }),
  }),
  { maxLength: 4 },
);
const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });

/** The arguments of a change that fit a shape. */
function argumentsOf({ name, seeds }: Change, shape: readonly number[]): (number | null)[] {
  if (name === 'transpose') {
    const [first = 0] = seeds;
    return shape.map((_, axis) => (axis + first) % shape.length);
  }
  return shape.map((length, axis) => {
    const seed = seeds[axis];
    if (seed % 3 === 0) return null;
    if (name === 'step') return seed % 2 === 0 ? -1 - (seed % 3) : 1 + (seed % 3);
    return name === 'hi' ? 1 + (seed % length) : seed % length;
  });
}

function changed<V extends View | StridedArray>(view: V, list: readonly Change[]): V {
  return list.reduce((own, change) => {
    const method = own[change.name] as (...args: (number | null)[]) => V;
    return own.shape.length === 0 ? own : method.apply(own, argumentsOf(change, own.shape));
  }, view);
}

function elementsOf(view: View | StridedArray): number[] {
  const places = view.shape.reduce<number[][]>(
    (all, length) => all.flatMap((at) => Array.from({ length }, (_, i) => [...at, i])),
    [[]],
  );
  return places.map((at) => (view as StridedArray).get(...at));
}

const formOf = ({ shape, stride, offset, size, dimension, dtype }: View | StridedArray) => ({
  shape: [...shape],
  stride: [...stride],
  offset,
  size,
  dimension,
  dtype,
});

/** The same view in both packages, over numbers of its own. */
function pairOf(shape: readonly number[], list: readonly Change[], first: number): [View, StridedArray] {
  const size = shape.reduce((product, length) => product * length, 1);
  const data = () => Float64Array.from({ length: size }, (_, i) => first + 0.75 * i);
  return [changed(ndarray(data(), [...shape]), list), changed(portable(data(), shape), list)];
}

describe('the views of the build for browsers', () => {
  it('are those of ndarray, however they are cut, stepped, turned and picked', () => {
    fc.assert(
      fc.property(shapes, changes, (shape, list) => {
        const [known, own] = pairOf(shape, list, 1);
        expect(formOf(own)).to.deep.equal(formOf(known));
        expect(elementsOf(own)).to.deep.equal(elementsOf(known));
        expect([...own.order].sort()).to.deep.equal([...known.order].sort());
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('have its default strides and offset, also for negative strides and no axes', () => {
    const data = Float64Array.of(1, 2, 3, 4, 5, 6);
    for (const [shape, stride] of [
      [undefined, undefined],
      [[], undefined],
      [
        [2, 3],
        [-3, 1],
      ],
      [[3], [-2]],
      [[0, 3], undefined],
    ] as const)
      expect(formOf(portable(data, shape, stride))).to.deep.equal(
        formOf(ndarray(data, shape && [...shape], stride && [...stride])),
      );
  });

  it('are written by set, in the memory that all views of it share', () => {
    const whole = portable(new Float32Array(6), [2, 3]);
    whole.transpose(1, 0).set(2, 1, 7);
    expect(whole.get(1, 2)).to.equal(7);
    expect([...(whole.data as Float32Array)]).to.deep.equal([0, 0, 0, 0, 0, 7]);
  });

  it('go through the same loops as in ndarray-ops, number for number', () => {
    fc.assert(
      fc.property(shapes, changes, fc.double({ min: -9, max: 9, noNaN: true }), (shape, list, factor) => {
        const [x, y, out] = [1, -2, 100].map((first) => pairOf(shape, list, first));
        for (const run of ['assign', 'add', 'mul', 'muls', 'gt'] as const) {
          const rest = run === 'assign' ? [] : run === 'muls' ? [factor] : [y];
          const at = (side: 0 | 1) => [x, ...rest].map((each) => (Array.isArray(each) ? each[side] : each));
          (ops[run] as (...args: unknown[]) => void)(out[0], ...at(0));
          (portableOps[run] as (...args: unknown[]) => void)(out[1], ...at(1));
          expect([...(out[1].data as Float64Array)]).to.deep.equal([...out[0].data]);
        }
      }),
      { seed: 2, numRuns: 200 },
    );
  });
});
