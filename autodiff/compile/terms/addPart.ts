import { kernels } from '../../../lib/index.ts';
import type { Assembler } from '../instructions/assembler.ts';
import type { Buffer } from '../instructions/instruction.ts';
import type { Diagonal, Part } from './terms.ts';

/** An array with its coefficient. */
interface Factor {
  readonly at: Buffer;
  readonly buffer: Buffer;
}

/**
 * Adds c UᵀV to a matrix, or sets it. The coefficient is multiplied into U. Where zeros are strong the product is
 * written out first, which rounds alike: it is not so deep that the kernel would add it up in parts.
 */
export function addProduct(
  assembler: Assembler,
  out: Buffer,
  { at, buffer }: Factor,
  part: Extract<Part, { kind: 'product' }>,
  isSum: boolean,
): void {
  const { dtype, size } = out;
  const emit = assembler.emit.bind(assembler);
  const isOne = assembler.number(at) === 1;
  const u = isOne ? buffer : assembler.buffer(dtype, buffer.size);
  if (!isOne) emit('muls', dtype, u, buffer, at, buffer.size);
  const [m, n] = [part.u, part.v].map((factor) => factor.size / part.rows);
  const isApart = isSum && part.strong;
  const product = isApart ? assembler.buffer(dtype, size) : out;
  emit('gemm', dtype, product, u, part.v, m, n, part.rows, 1, 0, Number(isSum && !isApart));
  if (part.strong) emit('mend', dtype, product, u, part.v, m, n, part.rows, 1, 0);
  if (isApart) emit('add', dtype, out, out, product, size);
}

/** Adds to the elements of an array on a diagonal, or sets them if the array is zero. */
export function addDiagonal(
  assembler: Assembler,
  out: Buffer,
  { begin, step }: Diagonal,
  { at, buffer: x }: Factor,
  isZero: boolean,
): void {
  const { dtype, size: n } = x;
  const place = { buffer: out, shift: begin };
  const isPlain = isZero && assembler.number(at) === 1;
  const sum = isPlain ? x : assembler.buffer(dtype, n);
  const emit = assembler.emit.bind(assembler);
  if (!isZero) {
    emit('strided', dtype, sum, place, 1, n, 1, step);
    emit('axpby', dtype, sum, assembler.scalar(dtype, 1), sum, at, x, n);
  } else if (!isPlain) emit('muls', dtype, sum, x, at, n);
  emit('strided', dtype, place, sum, 1, n, step, 1);
}

/** The rows of a part, added up in an array of their own, like the given one. */
export function addedRows(
  assembler: Assembler,
  { dtype, size }: Buffer,
  { index, v }: Extract<Part, { kind: 'rows' }>,
): Buffer {
  const out = assembler.buffer(dtype, size);
  const width = v.size / index.size;
  // With many rows, the kernel keeps what additions lose.
  const lost = index.size > kernels.fewRows ? assembler.buffer(dtype, size) : 0;
  assembler.emit('scatteradd', dtype, out, v, index, index.size, width, size / width, lost);
  return out;
}
