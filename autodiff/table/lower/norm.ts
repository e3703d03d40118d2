import type { Tensor } from '../../../lib/index.ts';
import type { Buffer } from '../../compile/instructions/instruction.ts';
import type { Planner } from '../../compile/terms/planner.ts';
import { arrayOf, dense, type Part, type Term, type Terms } from '../../compile/terms/terms.ts';
import { innerProduct } from './contract.ts';

/**
 * unit · √Σ|x|²: the squares by the formulas for factored parts, as an inner product has them, and the parts
 * themselves for the instruction to look at where these formulas overflowed or lost digits.
 */
export function lowerGlobalNorm(plan: Planner, [unit, ...given]: readonly Tensor[], result: Tensor): Terms {
  const { assembler } = plan;
  const parts = given.filter((x) => !plan.isZero(x));
  const squares = parts.map((x) => {
    if (!isFormula(plan.summand(x))) plan.array(x);
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
  const values = parts
    .map((x) => ({ value: plan.terms(x), size: x.size }))
    .filter(({ value }) => value.length > 0);
  const checks = values.flatMap(({ value }) =>
    value.flatMap((term) => checkOf(plan, term, value.length === 1, result)),
  );
  const leaves = values.flatMap(({ value, size }) => leafOf(plan, value, size, result));
  const out = plan.temporary(result);
  const words = [
    total ?? assembler.scalar(result.dtype, 0),
    plan.array(unit),
    checks.length / 3,
    values.length,
  ];
  assembler.emit('norm', result.dtype, out, ...words, ...checks, ...leaves);
  return dense(out);
}

/** The kinds of parts whose squares have a formula. */
const formulas = ['dense', 'outer', 'row', 'diagonal'] as const satisfies readonly Part['kind'][];

/**
 * Whether the squares of a value may come from a formula: with a factor whose square is rounded they had
 * better not.
 */
function isFormula(value: Terms): boolean {
  return value.every(({ coefficient: { factor }, part }) => {
    const size = Math.abs(factor);
    const isKnown = formulas.some((kind) => kind === part.kind);
    return isKnown && (part.kind !== 'diagonal' || value.length === 1) && size >= 2 ** -20 && size <= 2 ** 20;
  });
}

/**
 * The words that tell whether the squares of a term lost nothing on the way; none for an array alone, whose
 * squares tell it themselves.
 */
function checkOf(plan: Planner, { coefficient, part }: Term, isAlone: boolean, { dtype }: Tensor): Buffer[] {
  const { assembler, materializer } = plan;
  const c = materializer.coefficient(coefficient, dtype);
  const square = (x: Buffer) => plan.scalar('dot', dtype, [x, x, x.size]);
  if (part.kind === 'outer') return [c, square(part.u), square(part.v)];
  if (isAlone && Math.abs(assembler.constants.get(c)?.[0] ?? 0) === 1) return [];
  const [x, y] = factorsOf(part);
  return [c, square(y ?? x), assembler.scalar(dtype, 1)];
}

/** The words of a leaf and of its terms. */
function leafOf(plan: Planner, value: Terms, size: number, { dtype }: Tensor): (Buffer | number)[] {
  const terms = value.map(({ coefficient, part }) => ({
    c: plan.materializer.coefficient(coefficient, dtype),
    part,
  }));
  const [, row] = terms.map(({ part }) => factorsOf(part)).find(([, y]) => y !== undefined) ?? [];
  const [only] = terms;
  const count = only?.part.kind === 'diagonal' ? only.part.buffer.size : size;
  const columns = row?.size ?? count;
  return [
    ...[terms.length, count / columns, columns],
    ...terms.flatMap(({ c, part }) => {
      const [x, y] = factorsOf(part);
      return [c, x, y ?? 0, kindOf(part)];
    }),
  ];
}

/** x of an array, or x and y of a product. */
function factorsOf(part: Part): readonly [x: Buffer, y?: Buffer] {
  switch (part.kind) {
    case 'outer':
      return [part.u, part.v];
    case 'row':
      return [part.index, part.v];
    case 'dense':
    case 'diagonal':
      return [part.buffer];
    default:
      throw new Error(`a ${part.kind} in a norm is written out before`);
  }
}

function kindOf(part: Part): number {
  if (part.kind === 'outer') return part.strong ? 2 : 1;
  return part.kind === 'row' ? 3 : 0;
}
