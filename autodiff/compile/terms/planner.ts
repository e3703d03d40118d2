import type { DType, Tensor, wasm } from '../../../lib/index.ts';
import type { Care } from '../equations/schedule.ts';
import type { Assembler } from '../instructions/assembler.ts';
import type { Buffer, InstructionOperand } from '../instructions/instruction.ts';
import type { Materializer } from './materialize.ts';
import type { EntryOperand } from './repeat.ts';
import type { Coefficient, Diagonal, Terms } from './terms.ts';

/** The plan under construction, as the lowering of an equation sees it. */
export interface Planner {
  readonly assembler: Assembler;
  readonly care: Care;
  readonly materializer: Materializer;
  /** The tensors that the program multiplies by themselves. */
  readonly squared: ReadonlySet<Tensor>;
  /** The terms that a tensor stands for. */
  terms(x: Tensor): Terms;
  /** The diagonals of a tensor that is zero off them; undefined for another. */
  diagonals(x: Tensor): readonly Diagonal[] | undefined;
  /** Its elements, written out. */
  array(x: Tensor): Buffer;
  /** A coefficient times an array. */
  factored(x: Tensor): { coefficient: Coefficient; buffer: Buffer };
  /** The terms of an operand of a sum: kept factored unless others would compute them again. */
  summand(x: Tensor): Terms;
  /** Whether a tensor is known to be zero. */
  isZero(x: Tensor): boolean;
  /** The value of a scalar that is a constant. */
  number(x: Tensor): number | undefined;
  /** A new buffer for a tensor's elements. */
  temporary(x: Tensor): Buffer;
  /** A scalar computed from buffers, once for the same ones. */
  scalar(operation: wasm.OpName, dtype: DType, operands: readonly (Buffer | number)[]): Buffer;
  /** The inner products of the entries of two arrays, one for each, once for the same ones. */
  eachDot(x: Buffer, y: Buffer, count: number): Buffer;
  /** Runs a kernel into a new array of the type of `result`. */
  emit(result: Tensor, operation: wasm.OpName, ...operands: readonly InstructionOperand[]): Terms;
  /**
   * Runs a kernel for each of `count` entries of `result` in one instruction: each operand moves on by its
   * stride, from entry to entry, and what follows them stays.
   */
  emitEach(
    result: Tensor,
    count: number,
    operation: wasm.OpName,
    operands: readonly EntryOperand[],
    counts: readonly (number | Buffer)[],
  ): Terms;
}
