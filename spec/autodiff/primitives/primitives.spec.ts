import { expect } from 'chai';
import fc from 'fast-check';
import { bind } from '../../../autodiff/bind.ts';
import type { Parameters, Primitive } from '../../../autodiff/primitive.ts';
import { add } from '../../../autodiff/primitives/add.ts';
import * as constant from '../../../autodiff/primitives/constant.ts';
import { div } from '../../../autodiff/primitives/div.ts';
import * as indexed from '../../../autodiff/primitives/indexed.ts';
import * as linear from '../../../autodiff/primitives/linear.ts';
import { matmul } from '../../../autodiff/primitives/matmul.ts';
import { mul } from '../../../autodiff/primitives/mul.ts';
import * as smooth from '../../../autodiff/primitives/smooth.ts';
import type { Tensor } from '../../../lib/index.ts';
import {
  describePrimitive,
  indicesBelow,
  type ShapeConstraints,
  shapes,
  type TensorConstraints,
  tensors,
  tensorsOf,
} from '../../../trainers/testing/index.ts';
import { size } from '../../support/size.ts';

describe('primitives', () => {
  const described = new Set<Primitive>();

  const unary = (constraints: ShapeConstraints & TensorConstraints = {}) =>
    tensors(constraints).map((x) => [x]);
  const pairs = shapes().chain((shape) => fc.tuple(tensorsOf(shape), tensorsOf(shape, { phase: 0.71 })));

  const plain = (
    primitive: Primitive,
    operands: fc.Arbitrary<Tensor[]>,
    parameters: Parameters = {},
    title = primitive.name,
  ) => {
    described.add(primitive);
    describePrimitive({
      name: title,
      operation: (...given) => bind(primitive, given, parameters),
      operands,
      runs: size(6, 20),
    });
  };

  /** A suite for fixed parameters, and for the fixed shape that they need. */
  const fixed = (primitive: Primitive, shape: readonly number[], parameters: Parameters) =>
    plain(
      primitive,
      tensorsOf(shape).map((x) => [x]),
      parameters,
      `${primitive.name} [${shape}] ${JSON.stringify(parameters)}`,
    );

  plain(add, pairs);
  plain(mul, pairs);
  plain(linear.scale, unary(), { factor: -1.75 });

  fixed(linear.sum, [2, 3, 4], { axes: [1] });
  fixed(linear.sum, [2, 3, 4], { axes: [0, 2] });
  fixed(linear.sum, [3, 0], { axes: [1] });
  fixed(linear.sum, [], { axes: [] });
  fixed(linear.cumsum, [2, 3, 4], { axis: 1, reverse: false });
  fixed(linear.cumsum, [2, 3, 4], { axis: 2, reverse: true });
  fixed(linear.cumsum, [3, 0], { axis: 1, reverse: false });
  fixed(linear.broadcast, [3], { shape: [2, 3, 4], axes: [0, 2] });
  fixed(linear.broadcast, [], { shape: [2, 3], axes: [0, 1] });
  fixed(linear.broadcast, [3], { shape: [0, 3], axes: [0] });
  fixed(linear.reshape, [2, 6], { shape: [3, 4] });
  fixed(linear.reshape, [2, 0], { shape: [0, 5] });
  fixed(linear.permute, [2, 3, 4], { order: [2, 0, 1] });
  fixed(linear.permute, [3, 2], { order: [1, 0] });
  fixed(linear.slice, [4, 5], { begin: [1, 0], end: [3, 4] });
  fixed(linear.slice, [4, 5], { begin: [2, 1], end: [2, 4] });
  fixed(linear.pad, [2, 3], { begin: [1, 2], shape: [4, 6] });
  fixed(linear.pad, [0, 3], { begin: [1, 2], shape: [4, 6] });

  const rows = fc.tuple(tensorsOf([4, 3]), indicesBelow(4, [5]));
  plain(indexed.gather, rows, {}, 'gather: a list of ids, with repetitions');
  plain(indexed.gather, fc.tuple(tensorsOf([4, 3, 2]), indicesBelow(4, [])), {}, 'gather: one id');
  plain(indexed.gather, fc.tuple(tensorsOf([4]), indicesBelow(4, [2, 3])), {}, 'gather: a matrix of ids');
  plain(
    indexed.scatterAdd,
    fc.tuple(tensorsOf([5, 3]), indicesBelow(4, [5])),
    { size: 4 },
    'scatterAdd: a list of ids',
  );
  plain(
    indexed.scatterAdd,
    fc.tuple(tensorsOf([2, 5]), indicesBelow(4, [2, 5])),
    { size: 4 },
    'scatterAdd: a matrix of ids',
  );
  const masked = shapes().chain((shape) => fc.tuple(tensorsOf(shape), indicesBelow(2, shape)));
  plain(indexed.select, masked, { inverted: false });
  plain(indexed.select, masked, { inverted: true }, 'select, inverted');

  for (const transposeLeft of [false, true])
    for (const transposeRight of [false, true]) {
      const operands = fc
        .uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 3 })
        .chain((sizes) => fc.tuple(fc.constant(sizes), fc.option(fc.nat(2), { freq: 8 })))
        .map(([sizes, empty]) => (empty === null ? sizes : sizes.with(empty, 0)))
        .chain(([m, k, n]) =>
          fc.tuple(tensorsOf(transposeLeft ? [k, m] : [m, k]), tensorsOf(transposeRight ? [n, k] : [k, n])),
        );
      plain(
        matmul,
        operands,
        { transposeLeft, transposeRight },
        `matmul${transposeLeft ? ', left transposed' : ''}${transposeRight ? ', right transposed' : ''}`,
      );
    }

  for (const primitive of [
    smooth.tanh,
    smooth.sigmoid,
    smooth.exp,
    smooth.expm1,
    smooth.sin,
    smooth.cos,
    smooth.erf,
    smooth.atan,
  ])
    plain(primitive, unary());
  for (const primitive of [smooth.log, smooth.sqrt]) plain(primitive, unary({ min: 0.3, max: 4 }));
  plain(smooth.log1p, unary({ min: -0.6, max: 4 }));
  const positive = shapes().chain((shape) =>
    fc.tuple(tensorsOf(shape, { min: 0.4, max: 3 }), tensorsOf(shape, { phase: 0.71 })),
  );
  plain(smooth.pow, positive);
  plain(smooth.maximum, pairs);
  plain(
    div,
    positive.map(([x, y]) => [y, x]),
  );

  // No derivative to check; operations.spec.ts covers their values.
  for (const primitive of Object.values(constant)) described.add(primitive);

  it('all have a test suite', () => {
    const all: Primitive[] = [
      add,
      div,
      matmul,
      mul,
      ...[constant, indexed, linear, smooth].flatMap((module) => Object.values(module) as Primitive[]),
    ];
    expect(all.filter((primitive) => !described.has(primitive)).map(({ name }) => name)).to.deep.equal([]);
  });
});
