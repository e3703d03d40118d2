import type { DType, Tensor } from '../../../lib/index.ts';
import type { Buffer } from '../../compile/instructions/instruction.ts';
import type { Planner } from '../../compile/terms/planner.ts';
import { type EntryOperand, repeated } from '../../compile/terms/repeat.ts';
import { type Coefficient, dense, type EntryPart, one, type Terms } from '../../compile/terms/terms.ts';

/** An entry of a term, with the numbers that it is multiplied with. */
interface EntryTerm {
  readonly coefficient: Coefficient;
  readonly by: readonly Buffer[];
  readonly of: EntryPart;
}

/** At most this many terms has a leaf of the instruction `norm`. */
const most = 3;

/**
 * A norm for each entry of a batch, as `lowerGlobalNorm` has one: the squares by formulas, from the factors of products,
 * and one repeated instruction that looks at the parts themselves where these lost digits.
 */
export function lowerNormOfEach(plan: Planner, [unit, ...given]: readonly Tensor[], result: Tensor): Terms {
  const { dtype, size: count } = result;
  const values = given
    .filter((x) => x.size > 0 && !plan.isZero(x) && plan.terms(x).length > 0)
    .map((x) => ({ terms: entryTerms(plan, x, count), size: x.size / count }));
  const numbers = ({ coefficient, by }: EntryTerm) =>
    plan.materializer.entryNumbers.of(coefficient, by, dtype);
  const total = values
    .flatMap(({ terms }) => squaresOf(plan, terms, count, dtype))
    .reduce<Buffer | undefined>((sum, square) => {
      if (sum === undefined) return square;
      const next = plan.assembler.buffer(dtype, count);
      plan.assembler.emit('add', dtype, next, sum, square, count);
      return next;
    }, undefined);
  const checks = values.flatMap(({ terms }) =>
    terms.flatMap((term) => {
      const { of: part } = term;
      const square = (x: Buffer) => ({ buffer: plan.eachDot(x, x, count), stride: 1 });
      if (part.kind === 'outer') return [numbers(term), square(part.u), square(part.v)];
      const isPlain = term.by.length === 0 && term.coefficient === one;
      if (terms.length === 1 && isPlain) return [];
      const x = part.kind === 'row' ? part.v : part.buffer;
      return [numbers(term), square(x), { buffer: plan.assembler.scalar(dtype, 1), stride: 0 }];
    }),
  );
  const leaves = values.flatMap(({ terms, size }) => {
    const columns = terms.reduce(
      (known, { of: part }) => (part.kind === 'dense' ? known : part.v.size / count),
      size,
    );
    return [
      ...[terms.length, size / columns, columns],
      ...terms.flatMap((term) => [numbers(term), ...wordsOf(term.of, count)]),
    ];
  });
  const squares =
    total === undefined
      ? { buffer: plan.assembler.scalar(dtype, 0), stride: 0 }
      : { buffer: total, stride: 1 };
  const head = [squares, { buffer: plan.array(unit), stride: 0 }, checks.length / 3, values.length];
  const out = plan.temporary(result);
  plan.assembler.instructions.push(
    repeated('norm', count, [{ buffer: out, stride: 1 }, ...head, ...checks, ...leaves]),
  );
  return dense(out);
}

/** The terms of a tensor, if their squares have formulas; otherwise it is written out. */
function entryTerms(plan: Planner, x: Tensor, count: number): readonly EntryTerm[] {
  const terms = plan.summand(x);
  const known = terms.flatMap(({ coefficient, part }): EntryTerm[] => {
    const size = Math.abs(coefficient.factor);
    if (size < 2 ** -20 || size > 2 ** 20) return [];
    if (part.kind === 'entries' && part.count === count) return [{ coefficient, by: part.by, of: part.of }];
    return part.kind === 'dense' ? [{ coefficient, by: [], of: part }] : [];
  });
  const isKnown =
    known.length === terms.length &&
    known.length <= most &&
    known.every((a) => known.every((b) => haveProduct(a.of, b.of)));
  if (isKnown) return known;
  return [{ coefficient: one, by: [], of: { kind: 'dense', buffer: plan.array(x) } }];
}

/** Whether the inner product of two parts has a formula. */
function haveProduct(a: EntryPart, b: EntryPart): boolean {
  if (a.kind === 'outer') return b.kind === 'outer' && a.u.size === b.u.size;
  if (a.kind === 'row') return b.kind === 'row' && a.index === b.index && a.v.size === b.v.size;
  return b.kind === 'dense';
}

/** The squares of the entries as a list of what is added up: <a+b, a+b> = <a,a> + 2<a,b> + <b,b>. */
function squaresOf(plan: Planner, terms: readonly EntryTerm[], count: number, dtype: DType): Buffer[] {
  return terms.flatMap((a, i) =>
    terms.slice(i).map((b, j) => {
      const dots = dotsOf(plan, a.of, b.of, count);
      const factor = (j === 0 ? 1 : 2) * a.coefficient.factor * b.coefficient.factor;
      const scalars = [...a.coefficient.scalars, ...b.coefficient.scalars];
      const by = [...dots, ...a.by, ...b.by];
      return plan.materializer.entryNumbers.of({ factor, scalars }, by, dtype).buffer;
    }),
  );
}

function dotsOf(plan: Planner, a: EntryPart, b: EntryPart, count: number): Buffer[] {
  const dot = (x: Buffer, y: Buffer) => plan.eachDot(x, y, count);
  if (a.kind === 'outer' && b.kind === 'outer') return [dot(a.u, b.u), dot(a.v, b.v)];
  if (a.kind === 'row' && b.kind === 'row') return [dot(a.v, b.v)];
  if (a.kind === 'dense' && b.kind === 'dense') return [dot(a.buffer, b.buffer)];
  throw new Error(`the product of a ${a.kind} and a ${b.kind} is written out before`);
}

/** The words of a term of the instruction `norm` after its coefficient. */
function wordsOf(part: EntryPart, count: number): (EntryOperand | number)[] {
  switch (part.kind) {
    case 'dense':
      return [{ buffer: part.buffer, stride: part.buffer.size / count }, 0, 0];
    case 'outer':
      return [
        { buffer: part.u, stride: part.u.size / count },
        { buffer: part.v, stride: part.v.size / count },
        part.strong ? 2 : 1,
      ];
    case 'row':
      return [{ buffer: part.index, stride: 1 }, { buffer: part.v, stride: part.v.size / count }, 3];
  }
}
