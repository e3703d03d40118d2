import type { Tensor, wasm } from '../../lib/index.ts';
import type { Planner } from '../compile/terms/planner.ts';
import { type Coefficient, splatOf, type Terms } from '../compile/terms/terms.ts';
import type { ConstantPrimitive, SmoothPrimitive } from '../primitive.ts';
import { binade, floor, greater } from '../primitives/constant.ts';
import { select } from '../primitives/indexed.ts';
import * as smooth from '../primitives/smooth.ts';
import { together } from './batch.ts';
import { pairwise } from './lower/pairwise.ts';
import { constantOf, elementwise, unless } from './reach.ts';
import { type Entry, rule } from './row.ts';

/** The columns of a function of numbers in the same places. */
const byElement = { reaches: elementwise, batch: together };

/** A function of one number with a kernel. */
function unary(primitive: SmoothPrimitive | ConstantPrimitive, operation: wasm.OpName): Entry {
  return rule(primitive, {
    keepsNaN: true,
    lower: (plan, [x], _, result) => plan.emit(result, operation, plan.array(x), result.size),
    ...byElement,
  });
}

/** The operation of an array with one number for all of its elements. */
function withNumber(
  plan: Planner,
  result: Tensor,
  operation: wasm.OpName,
  x: Tensor,
  number: Coefficient,
): Terms {
  const array = plan.array(x);
  return plan.emit(result, operation, array, plan.materializer.coefficient(number, x.dtype), result.size);
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
    ...byElement,
  }),

  rule(smooth.pow, {
    lower(plan, [x, y], _, result) {
      // All elements often share the exponent.
      const exponent = result.size === 1 ? undefined : splatOf(plan.terms(y));
      if (exponent !== undefined) return withNumber(plan, result, 'pows', x, exponent);
      return pairwise(plan, result, { whole: 'pow', scalar: 'pows' }, x, y);
    },
    ...byElement,
  }),

  rule(smooth.maximum, {
    keepsNaN: true,
    lower: (plan, [x, y], _, result) => pairwise(plan, result, { whole: 'maximum' }, x, y),
    ...byElement,
  }),

  rule(greater, {
    lower(plan, [x, y], _, result): Terms {
      const [left, right] = [splatOf(plan.terms(x)), splatOf(plan.terms(y))];
      if (right !== undefined) return withNumber(plan, result, 'greaters', x, right);
      // x > y is y < x, for an x that all elements share.
      if (left !== undefined) return withNumber(plan, result, 'lessers', y, left);
      return pairwise(plan, result, { whole: 'greater', scalar: 'greaters' }, x, y);
    },
    ...byElement,
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
