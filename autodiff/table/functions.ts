import type { wasm } from '../../lib/index.ts';
import { splatOf, type Terms } from '../compile/terms.ts';
import type { ConstantPrimitive, SmoothPrimitive } from '../primitive.ts';
import { binade, floor, greater } from '../primitives/constant.ts';
import { select } from '../primitives/indexed.ts';
import * as smooth from '../primitives/smooth.ts';
import { together } from './batch.ts';
import { pairwise } from './lower/pairwise.ts';
import { constantOf, elementwise, unless } from './reach.ts';
import { type Entry, rule } from './row.ts';

/** A function of one number with a kernel. */
function unary(primitive: SmoothPrimitive | ConstantPrimitive, operation: wasm.OpName): Entry {
  return rule(primitive, {
    keepsNaN: true,
    lower: (plan, [x], _, result) => plan.emit(result, operation, plan.array(x), result.size),
    reaches: elementwise,
    batch: together,
  });
}

/** Functions of one or two numbers, element by element. */
export const functions: readonly Entry[] = [
  unary(smooth.tanh, 'tanh'),
  unary(smooth.sigmoid, 'sigmoid'),
  unary(smooth.exp, 'exp'),
  unary(smooth.expm1, 'expm1'),
  unary(smooth.log, 'log'),
  unary(smooth.log1p, 'log1p'),
  unary(smooth.sqrt, 'sqrt'),
  unary(smooth.sin, 'sin'),
  unary(smooth.cos, 'cos'),
  unary(smooth.atan, 'atan'),
  unary(smooth.erf, 'erf'),
  unary(floor, 'floor'),

  rule(binade, {
    lower: (plan, [x], _, result) => plan.emit(result, 'binade', plan.array(x), result.size),
    reaches: elementwise,
    batch: together,
  }),

  rule(smooth.pow, {
    lower(plan, [x, y], _, result) {
      // All elements often share the exponent.
      const exponent = result.size === 1 ? undefined : splatOf(plan.terms(y));
      if (exponent !== undefined)
        return plan.emit(
          result,
          'pows',
          plan.array(x),
          plan.materializer.coefficient(exponent, result.dtype),
          result.size,
        );
      return pairwise(plan, result, { whole: 'pow', scalar: 'pows' }, x, y);
    },
    reaches: elementwise,
    batch: together,
  }),

  rule(smooth.maximum, {
    keepsNaN: true,
    lower: (plan, [x, y], _, result) => pairwise(plan, result, { whole: 'maximum' }, x, y),
    reaches: elementwise,
    batch: together,
  }),

  rule(greater, {
    lower(plan, [x, y], _, result): Terms {
      const [left, right] = [splatOf(plan.terms(x)), splatOf(plan.terms(y))];
      if (right !== undefined)
        return plan.emit(
          result,
          'greaters',
          plan.array(x),
          plan.materializer.coefficient(right, x.dtype),
          result.size,
        );
      // x > y is y < x, for an x that all elements share.
      if (left !== undefined)
        return plan.emit(
          result,
          'lessers',
          plan.array(y),
          plan.materializer.coefficient(left, x.dtype),
          result.size,
        );
      return pairwise(plan, result, { whole: 'greater', scalar: 'greaters' }, x, y);
    },
    reaches: elementwise,
    batch: together,
  }),

  rule(select, {
    zero: 'first',
    lower: (plan, [x, mask], { inverted }, result) =>
      pairwise(plan, result, { whole: 'select', flag: inverted ? 1 : 0 }, x, mask),
    reaches: (reach, { inverted }) =>
      unless(elementwise(reach), constantOf(reach.operands[1]), (flag) => (flag !== 0) === inverted),
    batch: together,
  }),
];
