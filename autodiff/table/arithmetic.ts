import { isOne, scaled, type Terms } from '../compile/terms/terms.ts';
import { add } from '../primitives/add.ts';
import { div } from '../primitives/div.ts';
import { scale } from '../primitives/linear.ts';
import { mul } from '../primitives/mul.ts';
import { together } from './batch.ts';
import { lowerDiv } from './lower/divide.ts';
import { lowerMul } from './lower/multiply.ts';
import { constantOf, elementwise, unless } from './reach.ts';
import { type Entry, rule } from './row.ts';

/** Sums, products and quotients, element by element. */
export const arithmetic: readonly Entry[] = [
  rule(add, {
    keepsNaN: true,
    zero: 'all',
    lower(plan, [x, y], _, result) {
      if (result.size !== 1) return [...plan.summand(x), ...plan.summand(y)];
      if (plan.number(x) === 0) return plan.terms(y);
      if (plan.number(y) === 0) return plan.terms(x);
      return plan.emit(result, 'add', plan.array(x), plan.array(y), 1);
    },
    reaches: elementwise,
    batch: together,
  }),

  rule(scale, {
    keepsNaN: true,
    zero: 'first',
    lower(plan, [x], { factor }, result): Terms {
      const coefficient = { factor, scalars: [] };
      if (result.size !== 1) return scaled(plan.summand(x), coefficient);
      if (isOne(coefficient)) return plan.terms(x);
      return plan.emit(result, 'mul', plan.array(x), plan.materializer.coefficient(coefficient, x.dtype), 1);
    },
    reaches: (reach, { factor }) =>
      factor === 0 ? new Int32Array(elementwise(reach).length) : elementwise(reach),
    batch: together,
  }),

  rule(mul, {
    keepsNaN: true,
    zero: 'any',
    lower: (plan, [x, y], { strong = false }, result) => lowerMul(plan, x, y, strong, result),
    // A coefficient that is a constant 0 lets nothing through; any other may be non-zero.
    reaches(reach) {
      const coefficient = reach.operands.find((_, i) => reach.sets[i] === undefined);
      const values = coefficient && constantOf(coefficient);
      return unless(elementwise(reach), values, (value) => value === 0);
    },
    batch: together,
  }),

  rule(div, {
    keepsNaN: true,
    zero: 'first',
    lower: (plan, [x, y], { strong = false }, result) => lowerDiv(plan, x, y, strong, result),
    reaches: elementwise,
    batch: together,
  }),
];
