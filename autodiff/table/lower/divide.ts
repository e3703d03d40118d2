import type { Tensor } from '../../../lib/index.ts';
import type { Planner } from '../../compile/terms/planner.ts';
import { type Coefficient, scaled, splatOf, type Terms } from '../../compile/terms/terms.ts';
import { type Pairwise, pairwise } from './pairwise.ts';

/** x / y, rounded once. Only a division by a power of two is a product too. */
export function lowerDiv(plan: Planner, x: Tensor, y: Tensor, strong: boolean, result: Tensor): Terms {
  if (plan.number(y) === 1) return plan.terms(x);
  const kernels: Pairwise = strong
    ? { whole: 'strongdiv', scalar: 'strongdivs' }
    : { whole: 'div', scalar: 'divs' };
  const { whole, scalar: scalars } = kernels as Required<Pairwise>;
  if (result.size === 1) return plan.emit(result, whole, plan.array(x), plan.array(y), 1);
  const [left, right] = [splatOf(plan.terms(x)), splatOf(plan.terms(y))];
  const scalar = (coefficient: Coefficient) => plan.materializer.coefficient(coefficient, result.dtype);
  if (left !== undefined && right !== undefined) {
    const quotient = plan.scalar(whole, result.dtype, [scalar(left), scalar(right), 1]);
    return [{ coefficient: { factor: 1, scalars: [quotient] }, part: { kind: 'splat' } }];
  }
  if (right !== undefined) {
    const divisor = numberOf(plan, right);
    if (divisor !== undefined && isPowerOfTwo(divisor))
      return scaled(plan.summand(x), { factor: 1 / divisor, scalars: [] });
    return plan.emit(result, scalars, plan.array(x), scalar(right), result.size);
  }
  if (left !== undefined && numberOf(plan, left) === 1)
    return plan.emit(result, 'reciprocal', plan.array(y), result.size);
  return pairwise(plan, result, kernels, x, y);
}

/** The value of a coefficient that does not depend on what comes in. */
function numberOf({ assembler }: Planner, { factor, scalars }: Coefficient): number | undefined {
  const known = scalars.map((scalar) => assembler.constants.get(scalar)?.[0]);
  return known.reduce<number | undefined>(
    (product, one) => (product === undefined || one === undefined ? undefined : product * one),
    factor,
  );
}

/** Whether the reciprocal is exact, and neither it nor the number itself is subnormal in any dtype. */
function isPowerOfTwo(x: number): boolean {
  const exponent = Math.log2(Math.abs(x));
  return Number.isInteger(exponent) && Math.abs(exponent) < 126 && Math.abs(x) === 2 ** exponent;
}
