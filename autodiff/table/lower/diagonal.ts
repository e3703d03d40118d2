import type { DType, Tensor } from '../../../lib/index.ts';
import type { Buffer, InstructionOperand } from '../../compile/instructions/instruction.ts';
import type { Planner } from '../../compile/terms/planner.ts';
import { repeat, repeated } from '../../compile/terms/repeat.ts';
import {
  type Coefficient,
  type Diagonal,
  dense,
  isOne,
  one,
  type Part,
  placeIn,
  repeatedOf,
  scaled,
  type Terms,
} from '../../compile/terms/terms.ts';

/**
 * Products in which an operand is zero off some diagonals. Rows of a Jacobian begin with the unit vectors, which
 * elementwise operations only scale; a product with such a matrix scales rows or columns. A state of two leaves has two
 * diagonals: those of an LSTM's h and c, of which c reaches the new state only along them.
 *
 * Zero times infinity is 0 here, so these are for strong products, or while all numbers are finite.
 */
interface Factor {
  readonly coefficient: Coefficient;
  readonly buffer: Buffer;
}

type Block = Extract<Part, { kind: 'block' }>;

/** The elementwise product; undefined if neither operand is such a tensor. */
export function diagonalProduct(plan: Planner, x: Tensor, y: Tensor, strong: boolean): Terms | undefined {
  const own = plan.diagonals(x);
  const other = own === undefined ? x : y;
  const diagonals = own ?? plan.diagonals(y);
  return diagonals?.map((diagonal) => {
    const { coefficient, buffer } = alongDiagonal(plan, other, diagonal);
    const product = vectorProduct(plan, diagonal.buffer, buffer, other.dtype, strong);
    return { coefficient, part: { ...diagonal, buffer: product } };
  });
}

/** The elements of a tensor along a diagonal, times a coefficient. */
function alongDiagonal(plan: Planner, x: Tensor, diagonal: Diagonal): Factor {
  const {
    buffer: { size: n },
    begin,
    step,
  } = diagonal;
  const repeated = repeatedOf(plan.terms(x));
  const place = x.shape.length === 2 ? placeIn(diagonal, x.shape) : undefined;
  if (repeated !== undefined && place !== undefined && repeated.buffer.size === n) {
    const { buffer, each, factor } = repeated;
    if (each === 1 ? place.column === 0 : each === x.shape[1] && place.row === 0)
      return { coefficient: { factor, scalars: [] }, buffer };
  }
  const out = plan.assembler.buffer(x.dtype, n);
  plan.assembler.emit('strided', x.dtype, out, { buffer: plan.array(x), shift: begin }, 1, n, 1, step);
  return { coefficient: one, buffer: out };
}

/** x ∘ y, which is y if x is a constant of ones. */
function vectorProduct(plan: Planner, x: Buffer, y: Buffer, dtype: DType, strong: boolean): Buffer {
  const isOnes = (own: Buffer) =>
    plan.assembler.constants.get(own)?.every((element: number) => element === 1);
  if (isOnes(x)) return y;
  if (isOnes(y)) return x;
  const out = plan.assembler.buffer(dtype, x.size);
  plan.assembler.emit(strong ? 'strongmul' : 'mul', dtype, out, x, y, x.size);
  return out;
}

/** A diagonal of D that scales rows of Y: those from a row on, into those of the product from another on. */
interface Scales {
  readonly by: Buffer;
  readonly from: number;
  readonly row: number;
}

/**
 * D Y or Dᵀ Y, whose rows are those of Y, scaled; undefined if x is no such matrix.
 * @param factor splits Y into a coefficient, which waits until after the product, and an array.
 */
export function scaledRows(
  plan: Planner,
  [x, y]: readonly [Tensor, Tensor],
  transposed: boolean,
  strong: boolean,
  result: Tensor,
  factor: (x: Tensor) => Factor,
): Terms | undefined {
  const diagonals = plan.diagonals(x);
  if (diagonals === undefined) return undefined;
  const [rows, columns] = result.shape;
  const scales: Scales[] = [];
  for (const own of diagonals) {
    const place = placeIn(own, x.shape);
    if (place === undefined) return undefined;
    const [from, row] = transposed ? [place.row, place.column] : [place.column, place.row];
    scales.push({ by: own.buffer, from, row });
  }
  if (!areApart(scales)) return undefined;
  const { coefficient, buffer } = factor(y);
  const [{ by, row, from }, ...more] = scales;
  if (more.length > 0 || by.size === rows) {
    const out = plan.temporary(result);
    writeScaled(plan, out, scales, { buffer, columns }, strong);
    return scaled(dense(out), coefficient);
  }
  const out = plan.assembler.buffer(result.dtype, by.size * columns);
  writeScaled(plan, out, [{ by, row: 0, from }], { buffer, columns }, strong);
  const part = { kind: 'block', buffer: out, begin: [row, 0], shape: [by.size, columns] } as const;
  return [{ coefficient, part }];
}

/** X D for a square D, whose columns are those of X, scaled; undefined if y is no such matrix. */
export function scaledColumns(
  plan: Planner,
  [x, y]: readonly [Tensor, Tensor],
  strong: boolean,
  result: Tensor,
  factor: (x: Tensor) => Factor,
): Terms | undefined {
  const [only, ...more] = plan.diagonals(y) ?? [];
  if (only === undefined || more.length > 0 || only.begin !== 0) return undefined;
  if (placeIn(only, y.shape) === undefined || y.shape.some((length) => length !== only.buffer.size))
    return undefined;
  const { coefficient, buffer } = factor(x);
  const out = plan.assembler.buffer(result.dtype, result.size);
  const [n, by] = [only.buffer.size, { buffer: only.buffer, stride: 0 }];
  const rows = { buffer, stride: n };
  plan.assembler.instructions.push(
    ...repeat(out, result.shape[0], strong ? 'strongmul' : 'mul', [rows, by], [n]),
  );
  return scaled(dense(out), coefficient);
}

/**
 * X Y for an X that is put together from blocks and diagonals, such as the Jacobian of a state of several leaves, side by
 * side: what is known to be zero is not multiplied. Undefined for another X. The product is an ordinary one.
 */
export function productByPieces(plan: Planner, x: Tensor, y: Tensor, result: Tensor): Terms | undefined {
  const [rows, columns] = result.shape;
  const scales: Scales[] = [];
  const blocks: Block[] = [];
  for (const { coefficient, part } of plan.terms(x)) {
    if (!isOne(coefficient)) return undefined;
    if (part.kind === 'block') blocks.push(part);
    else if (part.kind === 'diagonal') {
      const place = placeIn(part, x.shape);
      if (place === undefined) return undefined;
      scales.push({ by: part.buffer, from: place.column, row: place.row });
    } else return undefined;
  }
  const isDense = scales.length === 0 && blocks.every(({ shape: [height] }) => height === rows);
  if (isDense || blocks.length === 0 || !areApart(scales)) return undefined;
  const { coefficient, buffer } = plan.factored(y);
  const out = plan.temporary(result);
  writeScaled(plan, out, scales, { buffer, columns }, false);
  for (const { buffer: block, begin, shape } of blocks)
    plan.assembler.emit(
      'gemm',
      result.dtype,
      from(out, begin[0] * columns),
      block,
      from(buffer, begin[1] * columns),
      ...[shape[0], columns, shape[1], 0, 0, 1],
    );
  if (plan.care !== 'none') {
    // The sums are those of plans without care, to the bit, and NaN where zeros that were left out meet infinity.
    const zeros = plan.assembler.filled(result.dtype, 0, x.size);
    plan.assembler.emit('gemm', result.dtype, out, zeros, buffer, rows, columns, x.shape[1], 0, 0, 1);
  }
  return scaled(dense(out), coefficient);
}

/** Whether no row is written twice. */
function areApart(scales: readonly Scales[]): boolean {
  return scales.every(({ by, row }, i) =>
    scales.slice(i + 1).every((other) => row + by.size <= other.row || other.row + other.by.size <= row),
  );
}

/** Writes the scaled rows, and zeros into the others. */
function writeScaled(
  { assembler }: Planner,
  out: Buffer,
  scales: readonly Scales[],
  { buffer, columns }: { readonly buffer: Buffer; readonly columns: number },
  strong: boolean,
): void {
  const { dtype } = out;
  let done = 0;
  const zerosUntil = (row: number) => {
    const count = (row - done) * columns;
    if (count > 0)
      assembler.emit('fill', dtype, from(out, done * columns), assembler.scalar(dtype, 0), count);
  };
  for (const { by, row, from: first } of scales.toSorted((a, b) => a.row - b.row)) {
    zerosUntil(row);
    done = row + by.size;
    const product = strong ? 'strongmul' : 'mul';
    if (columns === 1) assembler.emit(product, dtype, from(out, row), from(buffer, first), by, by.size);
    else
      assembler.instructions.push(
        repeated(`${product}s`, by.size, [
          { buffer: out, stride: columns, shift: row * columns },
          { buffer, stride: columns, shift: first * columns },
          { buffer: by, stride: 1 },
          columns,
        ]),
      );
  }
  zerosUntil(out.size / columns);
}

/** The elements of an array from this one on. */
function from(buffer: Buffer, shift: number): InstructionOperand {
  return shift === 0 ? buffer : { buffer, shift };
}
