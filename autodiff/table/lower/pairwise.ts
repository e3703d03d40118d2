import type { Tensor, wasm } from '../../../lib/index.ts';
import type { Planner } from '../../compile/terms/planner.ts';
import { one, repeatedOf, scaled, type Terms, times } from '../../compile/terms/terms.ts';

/** The kernels of an operation on two arrays of one shape. */
export interface Pairwise {
  readonly whole: wasm.OpName;
  /** The same with one number for all elements of the second array. */
  readonly scalar?: wasm.OpName;
  /** Whether the operands may change places. */
  readonly commutes?: boolean;
  /** A number that the kernel takes before the number of elements. */
  readonly flag?: number;
}

/**
 * An operation on two arrays, element by element. Where one of them is a row that repeats, or one number for
 * each row of the other, the kernel runs row by row, in one instruction, and nothing is written out.
 */
export function pairwise(plan: Planner, result: Tensor, kernels: Pairwise, x: Tensor, y: Tensor): Terms {
  const written = (operand: Tensor) => ({ coefficient: one, buffer: plan.array(operand) });
  const counts = kernels.flag === undefined ? [] : [kernels.flag];
  return (
    byRows(plan, result, kernels, x, y, written) ??
    plan.emit(result, kernels.whole, plan.array(x), plan.array(y), ...counts, result.size)
  );
}

/**
 * The operation row by row; undefined where no operand repeats, or there is no kernel for how it does.
 * @param factor splits the other operand into a coefficient, which waits until after the operation, and an
 *   array.
 */
export function byRows(
  plan: Planner,
  result: Tensor,
  { whole, scalar, commutes = false, flag }: Pairwise,
  x: Tensor,
  y: Tensor,
  factor: (x: Tensor) => ReturnType<Planner['factored']>,
): Terms | undefined {
  const right = repeatedOf(plan.terms(y));
  const repeated = right ?? repeatedOf(plan.terms(x));
  if (repeated === undefined) return undefined;
  const { buffer, each, factor: own } = repeated;
  // A factor of a product can wait until after it; 0, infinity and NaN change what is strong.
  if (own !== 1 && (!commutes || own === 0 || !Number.isFinite(own))) return undefined;
  if (each > 1 && (scalar === undefined || !(right || commutes))) return undefined;
  const other = factor(right ? x : y);
  const after = times(other.coefficient, { factor: own, scalars: [] });
  if (each > 1) {
    const operands = [
      { buffer: other.buffer, stride: each },
      { buffer, stride: 1 },
    ];
    return scaled(plan.emitEach(result, result.size / each, scalar as wasm.OpName, operands, [each]), after);
  }
  const n = buffer.size;
  const [row, rest] = [
    { buffer, stride: 0 },
    { buffer: other.buffer, stride: n },
  ];
  const counts = flag === undefined ? [n] : [flag, n];
  return scaled(
    plan.emitEach(result, result.size / n, whole, right ? [rest, row] : [row, rest], counts),
    after,
  );
}
