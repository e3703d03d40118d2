import type { DType, Tensor } from '../../../lib/index.ts';
import type { Buffer } from '../../compile/instruction.ts';
import type { Diagonal, Planner } from '../../compile/planner.ts';
import { repeat } from '../../compile/repeat.ts';
import { type Coefficient, dense, one, repeatedOf, scaled, type Terms } from '../../compile/terms.ts';

/**
 * Products in which an operand is zero off one diagonal. Rows of a Jacobian begin with the unit vectors, which
 * elementwise operations only scale; a product with such a matrix scales rows or columns.
 *
 * Zero times infinity is 0 here, so these are for strong products, or while all numbers are finite.
 */
interface Factor {
  readonly coefficient: Coefficient;
  readonly buffer: Buffer;
}

/** The elementwise product; undefined if neither operand is such a matrix. */
export function diagonalProduct(plan: Planner, x: Tensor, y: Tensor, strong: boolean): Terms | undefined {
  const own = plan.diagonal(x);
  const other = own === undefined ? x : y;
  const diagonal = own ?? plan.diagonal(y);
  if (diagonal === undefined) return undefined;
  const { coefficient, buffer } = alongDiagonal(plan, other, diagonal);
  const { begin } = diagonal;
  const product = vectorProduct(plan, diagonal.buffer, buffer, other.dtype, strong);
  return [{ coefficient, part: { kind: 'diagonal', buffer: product, begin } }];
}

/** The elements of a tensor where a matrix is not zero, times a coefficient. */
function alongDiagonal(plan: Planner, x: Tensor, { buffer: { size: n }, begin }: Diagonal): Factor {
  const repeated = repeatedOf(plan.terms(x));
  if (repeated !== undefined && (repeated.each === 1 || begin === 0)) {
    const { buffer, each, factor } = repeated;
    if (each === 1 ? buffer.size === n : each === n && buffer.size === n)
      return { coefficient: { factor, scalars: [] }, buffer };
  }
  const out = plan.assembler.buffer(x.dtype, n);
  const from = { buffer: plan.array(x), shift: begin * n };
  plan.assembler.emit('strided', x.dtype, out, from, 1, n, 1, n + 1);
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
  const diagonal = plan.diagonal(x);
  if (diagonal === undefined || x.shape[1] !== diagonal.buffer.size) return undefined;
  const [n, columns] = [diagonal.buffer.size, result.shape[1]];
  const { coefficient, buffer } = factor(y);
  const out = plan.assembler.buffer(result.dtype, n * columns);
  // The rows of Y that Dᵀ picks begin at a row of their own.
  const shift = transposed ? diagonal.begin * columns : 0;
  const rows = { buffer: shift === 0 ? buffer : rowsFrom(plan, buffer, shift, out), stride: columns };
  const by = { buffer: diagonal.buffer, stride: 1 };
  if (columns === 1)
    plan.assembler.emit(strong ? 'strongmul' : 'mul', result.dtype, out, rows.buffer, by.buffer, n);
  else
    plan.assembler.instructions.push(
      ...repeat(out, n, strong ? 'strongmuls' : 'muls', [rows, by], [columns]),
    );
  if (result.shape[0] === n) return scaled(dense(out), coefficient);
  const part = { kind: 'block', buffer: out, begin: [diagonal.begin, 0], shape: [n, columns] } as const;
  return [{ coefficient, part }];
}

function rowsFrom({ assembler }: Planner, buffer: Buffer, shift: number, { dtype, size }: Buffer): Buffer {
  const rows = assembler.buffer(dtype, size);
  assembler.emit('strided', dtype, rows, { buffer, shift }, 1, size, 1, 1);
  return rows;
}

/** X D for a square D, whose columns are those of X, scaled; undefined if y is no such matrix. */
export function scaledColumns(
  plan: Planner,
  [x, y]: readonly [Tensor, Tensor],
  strong: boolean,
  result: Tensor,
  factor: (x: Tensor) => Factor,
): Terms | undefined {
  const diagonal = plan.diagonal(y);
  if (diagonal === undefined || y.shape[0] !== diagonal.buffer.size || y.shape[1] !== diagonal.buffer.size)
    return undefined;
  const { coefficient, buffer } = factor(x);
  const out = plan.assembler.buffer(result.dtype, result.size);
  const [n, by] = [diagonal.buffer.size, { buffer: diagonal.buffer, stride: 0 }];
  const rows = { buffer, stride: n };
  plan.assembler.instructions.push(
    ...repeat(out, result.shape[0], strong ? 'strongmul' : 'mul', [rows, by], [n]),
  );
  return scaled(dense(out), coefficient);
}
