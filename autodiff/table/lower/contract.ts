import type { DType, Tensor, wasm } from '../../../lib/index.ts';
import { deepest, isShallow } from '../../compile/equations/shallow.ts';
import type { Buffer } from '../../compile/instructions/instruction.ts';
import type { Planner } from '../../compile/terms/planner.ts';
import { type EntryOperand, repeat } from '../../compile/terms/repeat.ts';
import {
  type Coefficient,
  dense,
  isOne,
  one,
  type Part,
  scaled,
  type Term,
  type Terms,
  times,
} from '../../compile/terms/terms.ts';
import { productByPieces, scaledColumns, scaledRows } from './diagonal.ts';
import { entriesOf } from './entries.ts';
import { inRule, strongFactor, strongScale } from './multiply.ts';

type Flags = {
  readonly transposeLeft: boolean;
  readonly transposeRight: boolean;
  readonly strong?: boolean;
  readonly factored?: boolean;
};

/** A matrix product by its shape: outer product, inner product, matrix·vector, vector·matrix, or matrices. */
export function lowerMatmul(
  plan: Planner,
  x: Tensor,
  y: Tensor,
  { transposeLeft, transposeRight, strong = false, factored = false }: Flags,
  result: Tensor,
): Terms {
  if (result.shape.length === 3)
    return productOfEach(plan, x, y, { transposeLeft, transposeRight, strong }, result);
  const [rows, columns] = result.shape;
  const inner = x.shape[transposeLeft ? 0 : 1];
  const whole = strong && plan.care === 'whole';
  const mended = strong && plan.care !== 'none';
  if (inner === 1 && rows * columns > 1) return outerProduct(plan, x, y, strong, result);
  if (rows === 1 && columns === 1)
    return whole ? strongInner(plan, x, y, result) : innerProduct(plan, x, y, result, strong);
  const factor = (own: Tensor) => (whole ? strongFactor(plan, own) : plan.factored(own));
  if (strong || plan.care === 'none') {
    const isStrong = strong && plan.care !== 'none';
    const simple =
      (transposeRight ? undefined : scaledRows(plan, [x, y], transposeLeft, isStrong, result, factor)) ??
      (transposeLeft ? undefined : scaledColumns(plan, [x, y], isStrong, result, factor));
    if (simple !== undefined) return simple;
  }
  if (!strong && plan.care !== 'whole' && !transposeLeft && !transposeRight) {
    const byPieces = productByPieces(plan, x, y, result);
    if (byPieces !== undefined) return byPieces;
  }
  const [a, b] = [factor(x), factor(y)];
  if (factored && rows === 1 && columns > 1 && !strong && !transposeRight && isOne(b.coefficient)) {
    const part = { kind: 'mixture', weights: a.buffer, buffer: b.buffer } as const;
    return [{ coefficient: a.coefficient, part }];
  }
  const isKept = factored || isShallow(rows, columns, inner);
  if (transposeLeft && !transposeRight && inner <= deepest && isKept && rows > 1 && columns > 1 && !whole) {
    const part = { kind: 'product', u: a.buffer, v: b.buffer, rows: inner, strong: mended } as const;
    return [{ coefficient: times(a.coefficient, b.coefficient), part }];
  }
  const out = plan.temporary(result);
  const emit = (operation: wasm.OpName, ...operands: (Buffer | number)[]) =>
    plan.assembler.emit(operation, result.dtype, out, ...operands);
  // A vector has the same elements either way round, so only the matrix's flag counts.
  if (columns === 1)
    emit(transposeLeft ? 'matvect' : 'matvec', a.buffer, b.buffer, x.shape[0], x.shape[1], 0);
  else if (rows === 1)
    emit(transposeRight ? 'matvec' : 'matvect', b.buffer, a.buffer, y.shape[0], y.shape[1], 0);
  else
    emit('gemm', a.buffer, b.buffer, rows, columns, inner, Number(transposeLeft), Number(transposeRight), 0);
  if (mended)
    emit('mend', a.buffer, b.buffer, rows, columns, inner, Number(transposeLeft), Number(transposeRight));
  return scaled(dense(out), times(a.coefficient, b.coefficient));
}

/** A product for each entry of a batch. */
function productOfEach(plan: Planner, x: Tensor, y: Tensor, flags: Flags, result: Tensor): Terms {
  const { transposeLeft, transposeRight, strong = false } = flags;
  const [count, rows, columns] = result.shape;
  const inner = x.shape[transposeLeft ? 1 : 2];
  const out = plan.temporary(result);
  const emit = (operation: wasm.OpName, operands: readonly EntryOperand[], ...counts: number[]) =>
    plan.assembler.instructions.push(...repeat(out, count, operation, operands, counts));
  const isStrong = strong && plan.care !== 'none';
  if (inner === 1 && rows > 1 && columns > 1 && count > 1 && !(strong && plan.care === 'whole')) {
    const [u, v] = [plan.array(x), plan.array(y)];
    const of = { kind: 'outer', u, v, strong: isStrong } as const;
    return [{ coefficient: one, part: { kind: 'entries', count, by: [], of } }];
  }
  const [a, b] = [entriesOf(plan, x, count), entriesOf(plan, y, count)];
  if (inner === 1) {
    const unit = { buffer: plan.assembler.scalar(result.dtype, 1), stride: 0 };
    emit(isStrong ? 'strongouter' : 'outer', [unit, a, b], rows, columns);
    return dense(out);
  }
  if (rows === 1 && columns === 1) emit('dot', [a, b], inner);
  else if (columns === 1) emit(transposeLeft ? 'matvect' : 'matvec', [a, b], ...x.shape.slice(1), 0);
  else if (rows === 1) emit(transposeRight ? 'matvec' : 'matvect', [b, a], ...y.shape.slice(1), 0);
  else emit('gemm', [a, b], rows, columns, inner, Number(transposeLeft), Number(transposeRight), 0);
  if (isStrong) emit('mend', [a, b], rows, columns, inner, Number(transposeLeft), Number(transposeRight));
  return dense(out);
}

function outerProduct(plan: Planner, x: Tensor, y: Tensor, strong: boolean, result: Tensor): Terms {
  const whole = strong && plan.care === 'whole';
  const only = (scalar: Buffer): Coefficient => ({ factor: 1, scalars: [scalar] });
  if (whole && x.size === 1) return strongScale(plan, y, only(plan.array(x)), result.dtype);
  if (whole && y.size === 1) return strongScale(plan, x, only(plan.array(y)), result.dtype);
  const [a, b] = whole
    ? [strongFactor(plan, x), strongFactor(plan, y)]
    : [plan.factored(x), plan.factored(y)];
  const coefficient = times(a.coefficient, b.coefficient);
  const by = (scalar: Buffer) => times(coefficient, strong ? inRule(plan, only(scalar)) : only(scalar));
  if (x.size === 1) return [{ coefficient: by(a.buffer), part: { kind: 'dense', buffer: b.buffer } }];
  if (y.size === 1) return [{ coefficient: by(b.buffer), part: { kind: 'dense', buffer: a.buffer } }];
  return [
    {
      coefficient,
      part: { kind: 'outer', u: a.buffer, v: b.buffer, strong: strong && plan.care !== 'none' },
    },
  ];
}

/** The elements are needed: a formula for factored terms would meet infinity before it meets the zeros. */
function strongInner(plan: Planner, x: Tensor, y: Tensor, result: Tensor): Terms {
  if (x.size === 1) return plan.emit(result, 'strongmul', plan.array(x), plan.array(y), 1);
  const [a, b] = [strongFactor(plan, x), strongFactor(plan, y)];
  const out = plan.temporary(result);
  plan.assembler.emit('dot', result.dtype, out, a.buffer, b.buffer, x.size);
  plan.assembler.emit('mend', result.dtype, out, a.buffer, b.buffer, 1, 1, x.size, 0, 0);
  const coefficient = times(a.coefficient, b.coefficient);
  return dense(
    isOne(coefficient)
      ? out
      : plan.materializer.coefficient(times(coefficient, { factor: 1, scalars: [out] }), x.dtype),
  );
}

/** The sum over all pairs of terms, each by the cheapest formula for its two parts. */
export function innerProduct(plan: Planner, x: Tensor, y: Tensor, result: Tensor, strong = false): Terms {
  if (x.size === 1) {
    const out = plan.temporary(result);
    plan.assembler.emit(strong ? 'strongmul' : 'mul', result.dtype, out, plan.array(x), plan.array(y), 1);
    return dense(out);
  }
  const [left, right] = [plan.terms(x), plan.terms(y)];
  const pairs = left.flatMap((a, i) =>
    right.flatMap((b, j) => {
      // <a+b, a+b> = <a,a> + 2<a,b> + <b,b>
      if (left !== right) return [{ a, b, factor: 1 }];
      return j < i ? [] : [{ a, b, factor: i === j ? 1 : 2 }];
    }),
  );
  const products =
    pairs.length <= 6
      ? pairs.map(({ a, b, factor }) => pair(plan, a, b, factor, x.dtype, strong))
      : [undefined];
  if (products.length === 0) return dense(plan.assembler.scalar(x.dtype, 0));
  const known = products.filter((product) => product !== undefined);
  if (known.length < products.length) {
    const out = plan.temporary(result);
    plan.assembler.emit('dot', result.dtype, out, plan.array(x), plan.array(y), x.size);
    if (strong && plan.care !== 'none')
      plan.assembler.emit('mend', result.dtype, out, plan.array(x), plan.array(y), 1, 1, x.size, 0, 0);
    return dense(out);
  }
  return dense(
    known.reduce((sum, product) => {
      const next = plan.assembler.buffer(x.dtype, 1);
      plan.assembler.emit('add', x.dtype, next, sum, product, 1);
      return next;
    }),
  );
}

/** The inner product of two terms as a scalar; undefined when their elements are needed. */
function pair(
  plan: Planner,
  a: Term,
  b: Term,
  factor: number,
  dtype: DType,
  strong: boolean,
): Buffer | undefined {
  const formula =
    partProduct(plan, a.part, b.part, dtype, strong) ?? partProduct(plan, b.part, a.part, dtype, strong);
  if (formula === undefined) return undefined;
  const isStrong =
    plan.care === 'factored' && (strong || [a, b].some(({ part }) => part.kind === 'outer' && part.strong));
  const own: Coefficient = { factor, scalars: formula, ...(isStrong ? { strong: formula } : {}) };
  const coefficient = times(times(a.coefficient, b.coefficient), own);
  return isOne({ ...coefficient, scalars: [] }) && coefficient.scalars.length === 1
    ? coefficient.scalars[0]
    : plan.materializer.coefficient(coefficient, dtype);
}

/** The inner product of two parts as a product of scalars. */
function partProduct(plan: Planner, a: Part, b: Part, dtype: DType, strong: boolean): Buffer[] | undefined {
  const emit = (operation: wasm.OpName, ...operands: (Buffer | number)[]) =>
    plan.scalar(operation, dtype, operands);
  if (a.kind === 'dense' && b.kind === 'dense') {
    if (!strong || plan.care === 'none') return [emit('dot', a.buffer, b.buffer, a.buffer.size)];
    const out = plan.assembler.buffer(dtype, 1);
    plan.assembler.emit('dot', dtype, out, a.buffer, b.buffer, a.buffer.size);
    plan.assembler.emit('mend', dtype, out, a.buffer, b.buffer, 1, 1, a.buffer.size, 0, 0);
    return [out];
  }
  if (
    a.kind === 'diagonal' &&
    b.kind === 'diagonal' &&
    a.begin === b.begin &&
    a.step === b.step &&
    a.buffer.size === b.buffer.size
  )
    return strong && plan.care !== 'none' ? undefined : [emit('dot', a.buffer, b.buffer, a.buffer.size)];
  if (a.kind === 'outer' && b.kind === 'outer' && a.u.size === b.u.size) {
    const factors = [emit('dot', a.u, b.u, a.u.size), emit('dot', a.v, b.v, a.v.size)];
    return plan.care === 'whole' && (a.strong || b.strong) ? [emit('strongmul', ...factors, 1)] : factors;
  }
  if (a.kind === 'outer' && b.kind === 'dense')
    return [emit(a.strong ? 'strongbilinear' : 'bilinear', a.u, b.buffer, a.v, a.u.size, a.v.size)];
  if (a.kind === 'row' && b.kind === 'dense') return [emit('rowdot', b.buffer, a.index, a.v, a.v.size)];
  if (a.kind === 'row' && b.kind === 'row' && a.index === b.index && a.v.size === b.v.size)
    return [emit('dot', a.v, b.v, a.v.size)];
  return undefined;
}
