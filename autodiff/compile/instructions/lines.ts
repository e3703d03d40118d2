import type { Assembler } from './assembler.ts';
import {
  type Buffer,
  buffersIn,
  type Instruction,
  type InstructionOperand,
  readsOf,
  writtenBy,
} from './instruction.ts';

/** A matrix with a factor for each of its rows, or of its columns. */
interface Scaled {
  readonly matrix: Buffer;
  readonly factors: Buffer;
  readonly rows: number;
  readonly columns: number;
  readonly isByColumns: boolean;
}

/** A coefficient times an array; the array is `scaled` if that is known. */
interface Summand {
  readonly at: Buffer;
  readonly x: Buffer;
  readonly scaled?: Scaled;
}

/** out = the first summand, the second, the product and the third, added up in this order. */
interface Sum {
  readonly out: Buffer;
  readonly summands: readonly Summand[];
  readonly product?: readonly [at: Buffer, u: Buffer, v: Buffer];
}

/**
 * A matrix whose rows or columns are scaled, by a vector, and which one sum alone reads, is multiplied out in the
 * pass over memory that computes the sum: so the traces of own units, E ← d∘E + D⊗z, move on in one pass, and so do
 * the weights along them, W ← W - η(δ∘E + a⊗z).
 */
export function fuseLines(
  instructions: readonly Instruction[],
  uses: ReadonlyMap<Buffer, number>,
  assembler: Assembler,
): readonly Instruction[] {
  let list = [...instructions];
  for (let at = 0; at < list.length; at++) {
    const sum = sumOf(list[at], assembler);
    if (sum === undefined) continue;
    const makers = new Map<Buffer, number>();
    for (const { x } of sum.summands)
      if (uses.get(x) === 2 && !x.pinned) {
        const maker = makerOf(list, at, x);
        if (maker !== undefined) makers.set(x, maker);
      }
    const [first] = [...makers.values()].map((maker) => scaledIn(list[maker]));
    if (first === undefined) continue;
    const [, u, v] = sum.product ?? [];
    if (u !== undefined && (u.size !== first.rows || v?.size !== first.columns)) continue;
    const isAlike = (own: Scaled) =>
      own.isByColumns === first.isByColumns && own.rows === first.rows && own.columns === first.columns;
    const fused = sum.summands.map((summand): Summand => {
      const maker = makers.get(summand.x);
      const scaled = maker === undefined ? undefined : scaledIn(list[maker]);
      return scaled !== undefined && isAlike(scaled) ? { ...summand, scaled } : summand;
    });
    const gone = fused.flatMap(({ x, scaled }) => (scaled === undefined ? [] : (makers.get(x) as number)));
    const own = written({ ...sum, summands: fused }, first, list[at].dtype);
    const before = beforeIn(list, at, own, assembler);
    list[at] = before === undefined ? own : added(list[before], own);
    if (before !== undefined) gone.push(before);
    list = list.filter((_, i) => !gone.includes(i));
    at -= gone.length;
  }
  return list;
}

/** The sum that an instruction computes; undefined for any other instruction. */
function sumOf({ operation, dtype, operands }: Instruction, assembler: Assembler): Sum | undefined {
  if (operands.some((operand) => typeof operand === 'object' && !('address' in operand))) return undefined;
  const [out, a, x, b, y, c, z] = operands as readonly Buffer[];
  const one = () => assembler.scalar(dtype, 1);
  switch (operation) {
    case 'copy':
      return { out, summands: [{ at: one(), x: a }] };
    case 'add':
      return { out, summands: [a, x].map((own) => ({ at: one(), x: own })) };
    case 'axpby':
      return { out, summands: [summand(a, x), summand(b, y)] };
    case 'axpbypcz':
      return { out, summands: [summand(a, x), summand(b, y), summand(c, z)] };
    case 'rank1':
      return { out, summands: [summand(a, x)], product: [b, y, c] };
    case 'rank1two': {
      const [at, u, v] = operands.slice(5) as Buffer[];
      return { out, summands: [summand(a, x), summand(b, y)], product: [at, u, v] };
    }
    default:
      return undefined;
  }
}

/**
 * The instruction before that out ← 1 out + b e∘y of `own` adds to: the sum of two matrices and a product, out of
 * which nothing is read in between.
 */
function beforeIn(
  list: readonly Instruction[],
  at: number,
  own: Instruction,
  assembler: Assembler,
): number | undefined {
  const [out, , , , by, x, factors, , y, , more, , , , u] = own.operands;
  if (x !== out || factors !== 0 || y === 0 || more !== 0 || u !== 0 || !isBuffer(by)) return undefined;
  if (assembler.number(by) !== 1) return undefined;
  const before = list.findLastIndex((one, i) => i < at && buffersIn(one).some((buffer) => buffer === out));
  if (before < 0 || list[before].operation !== 'lines') return undefined;
  const { operands } = list[before];
  const isSame = [0, 1, 2, 3].every((i) => operands[i] === own.operands[i]);
  if (!isSame || operands[8] === 0 || operands[11] !== 0 || operands[14] === 0) return undefined;
  const reads = readsOf(list[before]);
  const between = list.slice(before + 1, at);
  return between.some((one) => writtenBy(one).some((written) => reads.includes(written)))
    ? undefined
    : before;
}

/** The sum with one matrix more. */
function added({ operands, ...rest }: Instruction, own: Instruction): Instruction {
  return {
    ...rest,
    operands: [...operands.slice(0, 10), ...own.operands.slice(7, 10), ...operands.slice(13)],
  };
}

function summand(at: Buffer, x: Buffer): Summand {
  return { at, x };
}

/**
 * The instruction that scales the lines of a matrix into x, which could as well do so at `at`: nothing that it reads
 * is overwritten before.
 */
function makerOf(list: readonly Instruction[], at: number, x: Buffer): number | undefined {
  for (let i = at - 1; i >= 0; i--) {
    if (!writtenBy(list[i]).includes(x)) continue;
    if (scaledIn(list[i])?.matrix === undefined) return undefined;
    const reads = readsOf(list[i]).filter((own) => own !== x);
    const between = list.slice(i + 1, at);
    return between.some((own) => writtenBy(own).some((out) => reads.includes(out))) ? undefined : i;
  }
  return undefined;
}

/** The factor that `repeat` of a product scales. */
export function scaledIn({
  operation,
  operands: [count],
  body = [],
  strides = [],
}: Instruction): Scaled | undefined {
  const [one] = body;
  if (operation !== 'repeat' || typeof count !== 'number') return undefined;
  const [out, x, y, columns] = one.operands;
  if (!isBuffer(out) || !isBuffer(x) || !isBuffer(y) || typeof columns !== 'number') return undefined;
  if (out.size !== count * columns || strides[0] !== columns) return undefined;
  const shape = { rows: count, columns };
  const isAs = (left: number, right: number) => strides[1] === left && strides[2] === right;
  if (one.operation === 'muls' && isAs(columns, 1))
    return { ...shape, matrix: x, factors: y, isByColumns: false };
  if (one.operation !== 'mul') return undefined;
  if (isAs(columns, 0)) return { ...shape, matrix: x, factors: y, isByColumns: true };
  return isAs(0, columns) ? { ...shape, matrix: y, factors: x, isByColumns: true } : undefined;
}

export function isBuffer(operand: InstructionOperand): operand is Buffer {
  return typeof operand === 'object' && 'address' in operand;
}

function written(
  { out, summands, product }: Sum,
  { rows, columns, isByColumns }: Scaled,
  dtype: Instruction['dtype'],
): Instruction {
  const none = [0, 0, 0];
  const [first, second = none, third = none] = summands.map(({ at, x, scaled }) => [
    at,
    scaled?.matrix ?? x,
    scaled?.factors ?? 0,
  ]);
  return {
    operation: 'lines',
    dtype,
    operands: [out, rows, columns, Number(isByColumns), ...first, ...second, ...third, ...(product ?? none)],
  };
}
