import type { Shape, Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { Parameters } from '../primitive.ts';
import { broadcast, reshape } from '../primitives/linear.ts';

/** The batch that a column `batch` is applied to, besides the operands and the parameters. */
export interface Batch<P extends Parameters> {
  /** The number of entries. */
  readonly size: number;
  /** Applies the primitive. */
  apply(operands: readonly Tensor[], parameters: P): Tensor;
}

/** An operand: with a leading axis, one entry for each of the batch, or without one and the same for all. */
export interface Entries {
  readonly x: Tensor;
  readonly isMapped: boolean;
}

/** The operand with a leading axis. */
export function spread({ x, isMapped }: Entries, size: number): Tensor {
  return isMapped ? x : bind(broadcast, [x], { shape: [size, ...x.shape], axes: [0] });
}

/** The batch of a primitive that takes any leading axes as they come: every operand gets one. */
export function together<P extends Parameters>(
  { apply, size }: Batch<P>,
  operands: readonly Entries[],
  parameters: P,
): Tensor {
  return apply(
    operands.map((operand) => spread(operand, size)),
    parameters,
  );
}

/** Axes behind one more. */
export function behind(axes: readonly number[]): number[] {
  return axes.map((axis) => axis + 1);
}

export function reshaped(x: Tensor, shape: Shape): Tensor {
  return bind(reshape, [x], { shape });
}

/**
 * The batch of a primitive that already has a leading axis: the two axes become one, and two again in the
 * result.
 */
export function folded(operands: readonly Tensor[], apply: (operands: readonly Tensor[]) => Tensor): Tensor {
  const [outer, inner] = operands[0].shape;
  const result = apply(operands.map((x) => reshaped(x, [outer * inner, ...x.shape.slice(2)])));
  return reshaped(result, [outer, inner, ...result.shape.slice(1)]);
}
