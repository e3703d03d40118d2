import type { Tensor } from '../../lib/index.ts';
import type { Buffer } from './assembler.ts';
import { innerProduct } from './contract.ts';
import type { Planner } from './planner.ts';
import { arrayOf, dense, type Value } from './values.ts';

/**
 * unit · √Σ|x|²: the squares by the formulas for factored parts, as an inner product has them, and the parts themselves for the
 * instruction to look at where their squares overflowed or lost digits.
 */
export function lowerGlobalNorm(plan: Planner, unit: Tensor, parts: readonly Tensor[], result: Tensor): Value {
  const { assembler } = plan;
  const squares = parts.map((x) => {
    // A sum of terms is written out: it is no product whose factors have norms.
    const value = plan.summand(x);
    if (value.length > 1 || value.some(({ part }) => part.kind === 'block')) plan.array(x);
    return arrayOf(innerProduct(plan, x, x, result)) as Buffer;
  });
  const total = squares
    .filter((square) => assembler.constants.get(square)?.[0] !== 0)
    .reduce<Buffer | undefined>((sum, square) => {
      if (sum === undefined) return square;
      const next = assembler.buffer(result.dtype, 1);
      assembler.emit('add', result.dtype, next, sum, square, 1);
      return next;
    }, undefined);
  const terms = parts.flatMap((x) => plan.value(x).map((term) => termOf(plan, x, term)));
  const out = plan.temporary(result);
  const words = [total ?? assembler.scalar(result.dtype, 0), plan.array(unit), terms.length, ...terms.flat()];
  assembler.emit('norm', result.dtype, out, ...words);
  return dense(out);
}

/** The words of a term: c, x, n, |x|², y, m, |y|². */
function termOf(plan: Planner, { dtype }: Tensor, { coefficient, part }: Value[number]): (Buffer | number)[] {
  const c = plan.materializer.coefficient(coefficient, dtype);
  const square = (x: Buffer) => plan.scalar('dot', dtype, [x, x, x.size]);
  switch (part.kind) {
    case 'outer':
      return [c, part.u, part.u.size, square(part.u), part.v, part.v.size, square(part.v)];
    case 'row':
      return [c, part.v, part.v.size, 0, 0, 0, 0];
    case 'dense':
      return [c, part.buffer, part.buffer.size, 0, 0, 0, 0];
    default:
      throw new Error(`a ${part.kind} in a norm is written out before`);
  }
}
