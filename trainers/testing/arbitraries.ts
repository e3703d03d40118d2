import type { Arbitrary } from 'fast-check';
import fc from 'fast-check';
import {
  allocate,
  ConfigurationError,
  cast,
  checkShape,
  type DType,
  dataOf,
  formatShape,
  fromData,
  guard,
  requireTensor,
  type Shape,
  sizeOf,
  type Tensor,
  type Tree,
  viewOf,
} from '../../lib/index.ts';

/** The check for an arbitrary, for callers without types. */
export const anArbitrary: guard.Check = {
  what: 'an arbitrary of fast-check',
  holds: (value) =>
    typeof value === 'object' &&
    value !== null &&
    'generate' in value &&
    typeof value.generate === 'function',
};

/** Constraints on random shapes. */
export interface ShapeConstraints {
  readonly minRank?: number;
  readonly maxRank?: number;
  readonly maxLength?: number;
  /** Whether an axis may have length zero. Default true. */
  readonly empty?: boolean;
}

/** Shapes whose axes all differ in length, so that code confusing two axes meets sizes that do not fit. */
export function shapes(constraints: ShapeConstraints = {}): Arbitrary<number[]> {
  const {
    minRank = 0,
    maxRank = 3,
    maxLength = 5,
    empty = true,
  } = guard.options('shapes', constraints, shapeChecks);
  if (minRank > Math.min(maxRank, maxLength))
    throw new ConfigurationError(
      `shapes: ${minRank} axes of different lengths up to ${maxLength} are not at most ${maxRank}`,
    );
  const lengths = fc.uniqueArray(fc.integer({ min: 1, max: maxLength }), {
    minLength: minRank,
    maxLength: maxRank,
  });
  if (!empty || maxRank === 0) return lengths;
  return fc.tuple(lengths, fc.option(fc.nat(), { freq: 8 })).map(([shape, at]) => {
    if (at === null || shape.length === 0) return shape;
    return shape.with(at % shape.length, 0);
  });
}

const ranks = guard.whole(0, 32);
const shapeChecks: guard.Checks<ShapeConstraints> = {
  minRank: ranks,
  maxRank: ranks,
  maxLength: guard.whole(1, 2 ** 16),
  empty: guard.flag,
};

/** Constraints on random values and layouts. */
export interface TensorConstraints {
  /** Bounds of the values. Default -2 and 2. */
  readonly min?: number;
  readonly max?: number;
  readonly dtype?: DType;
  /** Whether all values differ, by at least the grid step. Default false. */
  readonly distinct?: boolean;
  /**
   * The position of values between grid points, from 0 to 1; tensors of different phases never tie. Default
   * 0.38.
   */
  readonly phase?: number;
  /** Whether the tensor may be a view with strides and an offset. Default true. */
  readonly views?: boolean;
}

const grid = 1000;
/** Each element is drawn separately, so that it can shrink. */
const most = 2 ** 16;

const tensorChecks: guard.Checks<TensorConstraints> = {
  min: guard.finite,
  max: guard.finite,
  dtype: guard.oneOf('float32', 'float64', 'int32'),
  distinct: guard.flag,
  phase: guard.between(0, 1),
  views: guard.flag,
};

/**
 * Tensors of a shape, in random layouts. Values lie on a grid that misses whole numbers and 0, so that
 * central differences do not straddle a kink. They shrink towards `min`.
 */
export function tensorsOf(shape: Shape, constraints: TensorConstraints = {}): Arbitrary<Tensor> {
  const own = guard.options('tensorsOf', constraints, tensorChecks);
  const { min = -2, max = 2, dtype = 'float64', distinct = false, phase = 0.38, views = true } = own;
  const size = sizeOf(checkShape(shape, 'tensorsOf'));
  if (size > (distinct ? grid : most))
    throw new ConfigurationError(
      `tensorsOf: shape ${formatShape(shape)} has ${size} elements, more than ${distinct ? grid : most}`,
    );
  const length = { minLength: size, maxLength: size };
  const points = distinct ? fc.uniqueArray(fc.nat(grid - 1), length) : fc.array(fc.nat(grid - 1), length);
  return fc.tuple(points, views ? layoutsOf(shape.length) : fc.constant(undefined)).map(([list, layout]) => {
    const data = Float64Array.from(list, (point) => min + ((max - min) * (point + phase)) / grid);
    const dense = cast(fromData(data, [...shape]), dtype);
    return layout === undefined ? dense : inLayout(dense, layout);
  });
}

/** Tensors of random shapes. */
export function tensors(constraints: ShapeConstraints & TensorConstraints = {}): Arbitrary<Tensor> {
  const { minRank, maxRank, maxLength, empty, ...values } = guard.options('tensors', constraints, {
    ...shapeChecks,
    ...tensorChecks,
  });
  const own = Object.entries({ minRank, maxRank, maxLength, empty }).filter(
    ([, value]) => value !== undefined,
  );
  return shapes(Object.fromEntries(own)).chain((shape) => tensorsOf(shape, values));
}

/** int32 tensors with entries from 0 to below - 1. */
export function indicesBelow(below: number, shape: Shape): Arbitrary<Tensor> {
  guard.argument('indicesBelow', 'below', below, guard.whole(1, 2 ** 31));
  const size = sizeOf(checkShape(shape, 'indicesBelow'));
  if (size > most)
    throw new ConfigurationError(
      `indicesBelow: shape ${formatShape(shape)} has ${size} elements, more than ${most}`,
    );
  return fc
    .array(fc.nat(below - 1), { minLength: size, maxLength: size })
    .map((list) => fromData(Int32Array.from(list), [...shape]));
}

/** Trees of tensors: a tensor, or arrays and records of trees, sometimes empty. */
export function trees(leaf: Arbitrary<Tensor> = tensors({ maxRank: 2 })): Arbitrary<Tree> {
  guard.argument('trees', 'leaf', leaf, anArbitrary);
  const key = fc.constantFrom('w', 'b', 'gate', 'constructor', '0');
  return fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).tree;
}

/** The memory layout of a tensor's elements. */
export interface Layout {
  /** The rank of each axis in memory, outermost first; equal ranks keep their order. */
  readonly ranks: readonly number[];
  /** The distance of neighbours along the innermost axis; negative if they run backwards. */
  readonly step: number;
  /** Unused elements before the first. */
  readonly offset: number;
}

/** Layouts for a number of axes. They shrink towards row-major. */
export function layoutsOf(rank: number): Arbitrary<Layout> {
  guard.argument('layoutsOf', 'rank', rank, ranks);
  return fc.record({
    ranks: fc.array(fc.nat(2), { minLength: rank, maxLength: rank }),
    step: fc.constantFrom(1, 2, -1, -3),
    offset: fc.nat(3),
  });
}

const layoutChecks: guard.Checks<Layout> = {
  ranks: guard.needed(guard.listOf('a rank for each axis', Number.isFinite)),
  step: guard.needed({
    what: 'a whole number other than 0, up to 1024 in size',
    holds: (value) => Number.isInteger(value) && value !== 0 && Math.abs(value as number) <= 1024,
  }),
  offset: guard.needed(guard.whole(0, 2 ** 16)),
};

/** The same values in another layout. Gaps hold 9999 (a NaN would hide in sums that are NaN already). */
export function inLayout(x: Tensor, layout: Layout): Tensor {
  requireTensor(x, 'inLayout');
  const { ranks, step, offset } = guard.options(
    'inLayout',
    layout,
    layoutChecks,
    'inLayout(x, { ranks: [1, 0], step: 2, offset: 0 })',
  );
  if (ranks.length !== x.shape.length)
    throw new ConfigurationError(`inLayout: ${ranks.length} ranks for a tensor with ${x.shape.length} axes`);
  const order = x.shape.map((_, axis) => axis).sort((a, b) => ranks[a] - ranks[b] || a - b);
  const strides = new Array<number>(x.shape.length);
  let stride = Math.abs(step);
  for (const axis of [...order].reverse()) {
    strides[axis] = Math.sign(step) * stride;
    stride *= Math.max(1, x.shape[axis]);
  }
  const span =
    x.size === 0 ? 0 : x.shape.reduce((sum, length, axis) => sum + (length - 1) * Math.abs(strides[axis]), 0);
  const start = offset + (step < 0 ? span : 0);
  const data = allocate(x.dtype, offset + span + 2).fill(9999);
  const view = viewOf(fromData(data, [data.length]).toNdarray(), x.shape, strides, start);
  const values = dataOf(x);
  const index = new Array<number>(x.shape.length).fill(0);
  for (const value of values) {
    data[index.reduce((at, i, axis) => at + i * strides[axis], start)] = value;
    for (let axis = index.length - 1; axis >= 0 && ++index[axis] === x.shape[axis]; axis--) index[axis] = 0;
  }
  view.label = x.label;
  return view;
}
