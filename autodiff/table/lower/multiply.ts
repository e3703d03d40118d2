import type { DType, Tensor } from '../../../lib/index.ts';
import type { Program } from '../../compile/equations/program.ts';
import type { Planner } from '../../compile/terms/planner.ts';
import {
  type Coefficient,
  dense,
  one,
  repeatedOf,
  scaled,
  splatOf,
  type Term,
  type Terms,
  times,
} from '../../compile/terms/terms.ts';
import { mul } from '../../primitives/mul.ts';
import { diagonalProduct } from './diagonal.ts';
import { byRows, type Pairwise } from './pairwise.ts';

const products: Pairwise = { whole: 'mul', scalar: 'muls', commutes: true };
const strongProducts: Pairwise = { whole: 'strongmul', scalar: 'strongmuls', commutes: true };

/**
 * The elementwise product, in a strong one of which 0 times infinity or NaN is 0. A factor that all
 * elements share becomes a coefficient.
 */
export function lowerMul(plan: Planner, x: Tensor, y: Tensor, strong: boolean, result: Tensor): Terms {
  if (result.size === 1) {
    if (plan.number(x) === 1) return plan.terms(y);
    if (plan.number(y) === 1) return plan.terms(x);
    return plan.emit(result, strong ? 'strongmul' : 'mul', plan.array(x), plan.array(y), 1);
  }
  if (strong && (plan.terms(x).length === 0 || plan.terms(y).length === 0)) return [];
  const [left, right] = [splatOf(plan.terms(x)), splatOf(plan.terms(y))];
  if ((strong || plan.care === 'none') && left === undefined && right === undefined) {
    const diagonal = diagonalProduct(plan, x, y, strong);
    if (diagonal !== undefined) return diagonal;
  }
  if (strong && plan.care === 'whole') return strongProduct(plan, x, y, result);
  const own = (coefficient: Coefficient) => (strong ? inRule(plan, coefficient) : coefficient);
  if (right !== undefined) return beforeSquare(plan, scaled(plan.summand(x), own(right)), result);
  if (left !== undefined) return beforeSquare(plan, scaled(plan.summand(y), own(left)), result);
  if (!strong) {
    const entries = scaledEntries(plan, x, y) ?? scaledEntries(plan, y, x);
    if (entries !== undefined) return entries;
  }
  const rows = byRows(plan, result, strong ? strongProducts : products, x, y, (operand) =>
    plan.factored(operand),
  );
  if (rows !== undefined) return rows;
  const [a, b] = [plan.factored(x), plan.factored(y)];
  // c x ∘ d y as c d (x ∘ y) may leave the dtype where c x and d y do not: (c x)² for a clipped x, whose c is
  // small and whose x large.
  if (!strong && a.coefficient.scalars.length > 0 && b.coefficient.scalars.length > 0)
    return plan.emit(result, 'mul', plan.array(x), plan.array(y), result.size);
  const product = plan.emit(result, strong ? 'strongmul' : 'mul', a.buffer, b.buffer, result.size);
  return scaled(product, times(a.coefficient, b.coefficient));
}

/**
 * Entries of three axes or more, each times a number of its own: kept as factors, where they are products themselves or
 * an input, such as the influences of lanes that are about to be replaced.
 */
function scaledEntries(plan: Planner, x: Tensor, y: Tensor): Terms | undefined {
  const repeated = repeatedOf(plan.terms(y));
  if (repeated === undefined || repeated.each === 1) return undefined;
  // As zeros times one number for all elements.
  if (plan.terms(x).length === 0) return [];
  const { buffer, each, factor } = repeated;
  if (x.shape.length < 3 || buffer.size !== x.shape[0] || each * buffer.size !== x.size) return undefined;
  const count = buffer.size;
  const terms = plan.summand(x).map(({ coefficient, part }): Term | undefined => {
    const own = times(coefficient, { factor, scalars: [] });
    if (part.kind === 'entries' && part.count === count)
      return { coefficient: own, part: { ...part, by: [...part.by, buffer] } };
    if (part.kind === 'dense' && part.buffer.pinned)
      return { coefficient: own, part: { kind: 'entries', count, by: [buffer], of: part } };
    return undefined;
  });
  const known = terms.filter((term) => term !== undefined);
  return known.length === terms.length ? known : undefined;
}

/**
 * A coefficient as a rule multiplies with it. One that is a product itself stays ordinary: whether that
 * product is NaN would not be seen.
 */
export function inRule({ assembler, care }: Planner, coefficient: Coefficient): Coefficient {
  const { scalars, strong = [] } = coefficient;
  const others = scalars.filter((scalar) => !strong.includes(scalar) && !assembler.constants.has(scalar));
  return care === 'factored' && others.length <= 1 ? { ...coefficient, strong: scalars } : coefficient;
}

/** The tensors that a program multiplies by themselves. */
export function squaredIn({ equations }: Program): ReadonlySet<Tensor> {
  const squares = equations.filter(({ primitive, operands: [x, y] }) => primitive === mul && x === y);
  return new Set(squares.map(({ operands: [x] }) => x));
}

/**
 * c x that is squared later is written out for that, and so at once: then others read the same array, which
 * Adam's kernel asks for.
 */
function beforeSquare(plan: Planner, value: Terms, result: Tensor): Terms {
  const isScaled =
    value.length === 1 && value[0].part.kind === 'dense' && value[0].coefficient.scalars.length > 0;
  return isScaled && plan.squared.has(result)
    ? dense(plan.materializer.array(value, result.dtype, result.shape))
    : value;
}

/**
 * The strong product of operands that are written out, unless they are multiplied with a number that is
 * known.
 */
function strongProduct(plan: Planner, x: Tensor, y: Tensor, result: Tensor): Terms {
  const [left, right] = [splatOf(plan.terms(x)), splatOf(plan.terms(y))];
  if (left !== undefined && right !== undefined) {
    const [a, b] = [left, right].map((splat) => plan.materializer.coefficient(splat, result.dtype));
    const product = plan.scalar('strongmul', result.dtype, [a, b, 1]);
    return [{ coefficient: { factor: 1, scalars: [product] }, part: { kind: 'splat' } }];
  }
  if (right !== undefined) return strongScale(plan, x, right, result.dtype);
  if (left !== undefined) return strongScale(plan, y, left, result.dtype);
  const rows = byRows(plan, result, strongProducts, x, y, (operand) => strongFactor(plan, operand));
  if (rows !== undefined) return rows;
  const [a, b] = [strongFactor(plan, x), strongFactor(plan, y)];
  return scaled(
    plan.emit(result, 'strongmul', a.buffer, b.buffer, result.size),
    times(a.coefficient, b.coefficient),
  );
}

/**
 * A tensor times one number, in which 0 times infinity or NaN is 0: an outer product of one row, unless the
 * number is known.
 */
export function strongScale(plan: Planner, x: Tensor, by: Coefficient, dtype: DType): Terms {
  if (keepsStrength(plan, by)) return scaled(plan.summand(x), by);
  const { coefficient, buffer } = strongFactor(plan, x);
  return [
    {
      coefficient,
      part: { kind: 'outer', u: plan.materializer.coefficient(by, dtype), v: buffer, strong: true },
    },
  ];
}

/** A tensor as a coefficient times an array, where the coefficient can wait until after a strong product. */
export function strongFactor(plan: Planner, x: Tensor): ReturnType<Planner['factored']> {
  const factored = plan.factored(x);
  return keepsStrength(plan, factored.coefficient) ? factored : { coefficient: one, buffer: plan.array(x) };
}

/**
 * Whether a coefficient is known, finite and not 0, so that it makes no number 0, infinite or NaN that was
 * not.
 */
function keepsStrength({ assembler }: Planner, { factor, scalars }: Coefficient): boolean {
  const known = scalars.reduce(
    (product, scalar) => product * (assembler.constants.get(scalar)?.[0] ?? Number.NaN),
    factor,
  );
  return Number.isFinite(known) && known !== 0;
}
