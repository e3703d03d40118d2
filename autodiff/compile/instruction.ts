import { type DType, type Tensor, wasm } from '../../lib/index.ts';
import type { Equation } from '../symbol.ts';

/** A run of elements in the arena. Its place is known once the whole plan is laid out. */
export interface Buffer {
  readonly dtype: DType;
  readonly size: number;
  /** Pinned buffers keep their place for the whole plan: inputs, constants and outputs. */
  pinned: boolean;
  /** The byte address, set by `layOut`. */
  address: number;
}

/** A place inside a buffer, `shift` elements from its beginning. */
interface Place {
  readonly buffer: Buffer;
  readonly shift: number;
}

/** A place in memory, a plain count, or a register of a tile. */
export type InstructionOperand = Buffer | Place | number | { readonly register: number };

/** A kernel call; the first operands are what it writes. */
export interface Instruction {
  readonly operation: wasm.OpName;
  readonly dtype: DType;
  readonly operands: readonly InstructionOperand[];
  /** For `tiles`: what runs on each tile. For `repeat`: the one instruction that runs for each entry. */
  readonly body?: readonly Instruction[];
  /** For `repeat`: by how many elements each operand of the body moves on from entry to entry. */
  readonly strides?: readonly number[];
  /** For `call`: the primitive to be called back. */
  readonly call?: Call;
}

/** An equation that the machine leaves to the primitive's own `evaluate`, on what is in these buffers. */
export interface Call {
  readonly equation: Equation;
  readonly out: Buffer;
  readonly operands: readonly (Buffer | Tensor)[];
}

/** The buffer that an operand lies in. */
export function bufferOf(operand: InstructionOperand): Buffer | undefined {
  if (typeof operand === 'number' || 'register' in operand) return undefined;
  return 'shift' in operand ? operand.buffer : operand;
}

/** The buffers that an instruction reads or writes, as often as it does. */
export function buffersIn({ operands, body = [] }: Instruction): Buffer[] {
  return [...operands.flatMap((operand) => bufferOf(operand) ?? []), ...body.flatMap(buffersIn)];
}

/** The buffers that an instruction writes. */
export function writtenBy({ operation, operands, body = [] }: Instruction): Buffer[] {
  const own = operands.slice(0, wasm.written[operation] ?? 1).flatMap((operand) => bufferOf(operand) ?? []);
  return [...own, ...body.flatMap(writtenBy)];
}

/** The buffers that an instruction reads; the further ones of several that it writes are among them. */
export function readsOf({ operands, body = [] }: Instruction): Buffer[] {
  return [...operands.slice(1).flatMap((operand) => bufferOf(operand) ?? []), ...body.flatMap(readsOf)];
}

/** The number of times that each buffer is an operand. */
export function countUses(instructions: readonly Instruction[]): Map<Buffer, number> {
  const uses = new Map<Buffer, number>();
  for (const buffer of instructions.flatMap(buffersIn)) uses.set(buffer, (uses.get(buffer) ?? 0) + 1);
  return uses;
}
