import { type Shape, sizeOf, stridesOf, type Tensor } from '../../../lib/index.ts';
import type { Buffer } from '../../compile/instructions/instruction.ts';
import type { Planner } from '../../compile/terms/planner.ts';

/** A copy of the elements of x that a view of this shape visits; `shift` and the strides are in elements. */
export function strided(
  plan: Planner,
  x: Tensor,
  shape: Shape,
  strides: readonly number[],
  shift = 0,
): Buffer {
  const out = plan.assembler.buffer(x.dtype, sizeOf(shape));
  const from = { buffer: plan.array(x), shift };
  plan.assembler.emit('strided', x.dtype, out, from, shape.length, ...shape, ...stridesOf(shape), ...strides);
  return out;
}
