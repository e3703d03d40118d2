import { type DType, type Tensor, wasm } from '../../../lib/index.ts';
import type { Equation } from '../../symbol.ts';

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
export function buffersIn(instruction: Instruction): Buffer[] {
  return gathered(instruction, ({ operands }) => [0, operands.length]);
}

/** The buffers that an instruction writes. */
export function writtenBy(instruction: Instruction): Buffer[] {
  return gathered(instruction, ({ operation }) => [0, wasm.written[operation] ?? 1]);
}

/** The buffers that an instruction reads; the further ones of several that it writes are among them. */
export function readsOf(instruction: Instruction): Buffer[] {
  return gathered(instruction, ({ operands }) => [1, operands.length]);
}

/** The buffers in a range of operands, of an instruction and of its body. Every pass asks, so it is a loop. */
function gathered(
  instruction: Instruction,
  range: (instruction: Instruction) => readonly [begin: number, end: number],
  into: Buffer[] = [],
): Buffer[] {
  const { operands, body } = instruction;
  const [begin, end] = range(instruction);
  for (let at = begin; at < end && at < operands.length; at++) {
    const buffer = bufferOf(operands[at]);
    if (buffer !== undefined) into.push(buffer);
  }
  if (body !== undefined) for (const one of body) gathered(one, range, into);
  return into;
}

/** The number of times that each buffer is an operand. */
export function countUses(instructions: readonly Instruction[]): Map<Buffer, number> {
  const uses = new Map<Buffer, number>();
  for (const instruction of instructions)
    for (const buffer of buffersIn(instruction)) uses.set(buffer, (uses.get(buffer) ?? 0) + 1);
  return uses;
}
