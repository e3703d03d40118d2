import type { wasm } from '../../../lib/index.ts';
import type { Buffer, Instruction, InstructionOperand } from '../instructions/instruction.ts';

/** An array with the number of elements from one entry to the next; 0 for one that all entries share. */
export interface EntryOperand {
  readonly buffer: Buffer;
  readonly stride: number;
  /** The first element of the first entry; 0 if left out. */
  readonly shift?: number;
}

/**
 * One kernel for each of `count` entries of `out`, as one instruction; the kernel alone for one entry,
 * nothing for none.
 */
export function repeat(
  out: Buffer,
  count: number,
  operation: wasm.OpName,
  operands: readonly EntryOperand[],
  counts: readonly (number | Buffer)[],
): Instruction[] {
  if (count === 0) return [];
  const [{ buffer }] = operands;
  const body: Instruction = {
    operation,
    dtype: buffer.dtype,
    operands: [out, ...operands.map(beginOf), ...counts],
  };
  if (count === 1) return [body];
  const strides = [out.size / count, ...operands.map(({ stride }) => stride)];
  return [{ operation: 'repeat', dtype: buffer.dtype, operands: [count], body: [body], strides }];
}

/** An instruction for each entry, with the stride of each of its operands; the first tells the dtype. */
export function repeated(
  operation: wasm.OpName,
  count: number,
  operands: readonly [EntryOperand, ...(EntryOperand | number)[]],
): Instruction {
  const [{ buffer }] = operands;
  const body: Instruction = {
    operation,
    dtype: buffer.dtype,
    operands: operands.map((own) => (typeof own === 'number' ? own : beginOf(own))),
  };
  const strides = operands.map((own) => (typeof own === 'number' ? 0 : own.stride));
  return { operation: 'repeat', dtype: buffer.dtype, operands: [count], body: [body], strides };
}

function beginOf({ buffer, shift = 0 }: EntryOperand): InstructionOperand {
  return shift === 0 ? buffer : { buffer, shift };
}
