import { type DType, type TypedArray, wasm } from '../../lib/index.ts';

/** A run of elements in the arena. Its place is known once the whole plan is laid out. */
export interface Buffer {
  readonly dtype: DType;
  readonly size: number;
  /** Pinned buffers keep their place for the whole plan: inputs, constants and outputs. */
  pinned: boolean;
  /** The byte address, given by `layOut`. */
  address: number;
}

/** A place inside a buffer, `shift` elements from its beginning. */
interface Place {
  readonly buffer: Buffer;
  readonly shift: number;
}

/** A place in memory, a plain count, or a register of a tile. */
export type InstructionOperand = Buffer | Place | number | { readonly register: number };

/** A kernel call. */
export interface Instruction {
  readonly operation: string;
  readonly dtype: DType;
  readonly operands: readonly InstructionOperand[];
  /** For `tiles`: what runs on each tile. */
  readonly body?: readonly Instruction[];
}

/** A plan under construction. */
export class Assembler {
  readonly instructions: Instruction[] = [];
  readonly constants = new Map<Buffer, TypedArray>();
  readonly #scalars = new Map<string, Buffer>();

  buffer(dtype: DType, size: number, pinned = false): Buffer {
    return { dtype, size, pinned, address: 0 };
  }

  constant(dtype: DType, data: TypedArray): Buffer {
    const buffer = this.buffer(dtype, data.length, true);
    this.constants.set(buffer, data);
    return buffer;
  }

  /** A constant of one element, each value once. */
  scalar(dtype: DType, value: number): Buffer {
    const key = `${dtype}:${Object.is(value, -0) ? '-0' : value}`;
    const known = this.#scalars.get(key);
    if (known !== undefined) return known;
    const data =
      dtype === 'float32' ? Float32Array.of(value) : dtype === 'float64' ? Float64Array.of(value) : Int32Array.of(value);
    const buffer = this.constant(dtype, data);
    this.#scalars.set(key, buffer);
    return buffer;
  }

  emit(operation: string, dtype: DType, ...operands: readonly InstructionOperand[]): void {
    this.instructions.push({ operation, dtype, operands });
  }
}

const alignment = 64;
const bytesPer: Readonly<Record<DType, number>> = { float32: 4, float64: 8, int32: 4 };

/**
 * Gives every buffer an address: pinned ones first, then each temporary for as long as instructions use it, in the smallest
 * free block that fits. Returns the first byte after them all.
 */
export function layOut(begin: number, pinned: readonly Buffer[], instructions: readonly Instruction[]): number {
  let end = align(begin);
  for (const buffer of pinned) {
    buffer.address = end;
    end += bytesOf(buffer);
  }
  const temporaries = ({ operands, body = [] }: Instruction): Buffer[] => [
    ...operands.flatMap((operand) => bufferOf(operand) ?? []).filter(({ pinned }) => !pinned),
    ...body.flatMap(temporaries),
  ];
  const lastUse = new Map<Buffer, number>();
  instructions.forEach((instruction, at) => {
    for (const buffer of temporaries(instruction)) lastUse.set(buffer, at);
  });
  const placed = new Set<Buffer>();
  const free: { address: number; bytes: number }[] = [];
  instructions.forEach((instruction, at) => {
    const buffers = temporaries(instruction);
    for (const buffer of buffers) {
      if (placed.has(buffer)) continue;
      placed.add(buffer);
      const bytes = bytesOf(buffer);
      const fit = free.filter((block) => block.bytes >= bytes).sort((a, b) => a.bytes - b.bytes)[0];
      if (fit === undefined) {
        buffer.address = end;
        end += bytes;
      } else {
        buffer.address = fit.address;
        fit.address += bytes;
        fit.bytes -= bytes;
      }
    }
    for (const buffer of new Set(buffers))
      if (lastUse.get(buffer) === at) free.push({ address: buffer.address, bytes: bytesOf(buffer) });
  });
  return end;
}

/** The words of a plan, and where each of its parts ends; the bodies of tiles come after them all. */
export interface Encoded {
  readonly words: Int32Array;
  readonly ends: readonly number[];
}

/** The words of a plan's parts as the machine reads them at the address `begin`, with `opcodeOf` naming the operations. */
export function encode(
  begin: number,
  parts: readonly (readonly Instruction[])[],
  opcodeOf: (operation: string, dtype: DType) => number,
): Encoded {
  const wordsOf = ({ operation, dtype, operands }: Instruction) => [opcodeOf(operation, dtype), ...operands.map(word)];
  const lengthOf = ({ operands, body }: Instruction) => 1 + operands.length + (body === undefined ? 0 : 2);
  const own = parts.map((instructions) => instructions.map(narrowed));
  const ends: number[] = [];
  let length = 0;
  for (const instructions of own) {
    for (const one of instructions) length += lengthOf(one);
    ends.push(begin + 4 * length);
  }
  const bodies: number[] = [];
  const main = own.flat().flatMap((instruction) => {
    if (instruction.body === undefined) return wordsOf(instruction);
    const body = instruction.body.flatMap(wordsOf);
    const address = begin + 4 * (length + bodies.length);
    bodies.push(...body);
    return wordsOf({ ...instruction, operands: [address, body.length, ...instruction.operands] });
  });
  return { words: Int32Array.from([...main, ...bodies]), ends };
}

const single = new Set(['add', 'mul', 'div', 'reciprocal', 'sqrt']);

/** What is done to one number has instructions of its own. */
function narrowed(instruction: Instruction): Instruction {
  const { operation, operands } = instruction;
  if (!single.has(operation) || operands[operands.length - 1] !== 1) return instruction;
  return { ...instruction, operation: `${operation}1`, operands: operands.slice(0, -1) };
}

/** The buffers that an instruction writes. */
export function writtenBy({ operation, operands }: Instruction): Buffer[] {
  return operands.slice(0, wasm.written[operation as wasm.OpName] ?? 1).flatMap((operand) => bufferOf(operand) ?? []);
}

function word(operand: InstructionOperand): number {
  if (typeof operand === 'number') return operand;
  if ('register' in operand) return operand.register;
  if ('shift' in operand) return operand.buffer.address + operand.shift * bytesPer[operand.buffer.dtype];
  return operand.address;
}

/** The buffer that an operand lies in. */
export function bufferOf(operand: InstructionOperand): Buffer | undefined {
  if (typeof operand === 'number' || 'register' in operand) return undefined;
  return 'shift' in operand ? operand.buffer : operand;
}

function bytesOf({ dtype, size }: Buffer): number {
  return Math.max(alignment, align(size * bytesPer[dtype]));
}

function align(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
