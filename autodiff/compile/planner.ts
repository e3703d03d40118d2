import type { DType, Tensor } from '../../lib/index.ts';
import type { Assembler, Buffer, InstructionOperand } from './assembler.ts';
import type { Materializer } from './materialize.ts';
import type { Origins } from './origins.ts';
import type { Care } from './schedule.ts';
import type { Coefficient, Value } from './values.ts';

/** What the lowering of an equation needs of the plan under construction. */
export interface Planner {
  readonly assembler: Assembler;
  readonly care: Care;
  readonly materializer: Materializer;
  /** Where indices come from. */
  readonly origins: Origins;
  /** What the program multiplies by itself. */
  readonly squared: ReadonlySet<Tensor>;
  /** What a tensor stands for. */
  value(x: Tensor): Value;
  /** Its elements, written out. */
  array(x: Tensor): Buffer;
  /** A coefficient times an array. */
  factored(x: Tensor): { coefficient: Coefficient; buffer: Buffer };
  /** The value of an operand of a sum: kept factored unless it would be computed again by others. */
  summand(x: Tensor): Value;
  /** Whether a tensor is zero because inputs are that are known to be. */
  isZero(x: Tensor): boolean;
  /** The value of a scalar that does not depend on what comes in. */
  number(x: Tensor): number | undefined;
  /** A new buffer for a tensor's elements. */
  temporary(x: Tensor): Buffer;
  /** A scalar computed from buffers, once for the same ones. */
  scalar(operation: string, dtype: DType, operands: readonly (Buffer | number)[]): Buffer;
  /** Runs a kernel into a new array of the type of `result`. */
  emit(result: Tensor, operation: string, ...operands: readonly InstructionOperand[]): Value;
}
