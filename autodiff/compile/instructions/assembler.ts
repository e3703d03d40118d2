import { allocate, type DType, type TypedArray, type wasm } from '../../../lib/index.ts';
import type { Buffer, Instruction, InstructionOperand } from './instruction.ts';

/** The instructions and the constants of a plan under construction. */
export class Assembler {
  readonly instructions: Instruction[] = [];
  readonly constants = new Map<Buffer, TypedArray>();
  readonly #filled = new Map<string, Buffer>();

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
    return this.filled(dtype, value, 1);
  }

  /** A constant whose elements are all equal, each once. */
  filled(dtype: DType, value: number, size: number): Buffer {
    const key = `${dtype}:${Object.is(value, -0) ? '-0' : value}:${size}`;
    const known = this.#filled.get(key);
    if (known !== undefined) return known;
    const buffer = this.constant(dtype, allocate(dtype, size).fill(value));
    this.#filled.set(key, buffer);
    return buffer;
  }

  /** The value of a scalar that is a constant. */
  number(scalar: Buffer | undefined): number | undefined {
    return scalar && this.constants.get(scalar)?.[0];
  }

  emit(operation: wasm.OpName, dtype: DType, ...operands: readonly InstructionOperand[]): void {
    this.instructions.push({ operation, dtype, operands });
  }
}
