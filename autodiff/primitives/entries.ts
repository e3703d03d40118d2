import { allocate, dataOf, fromData, kernels, type Tensor } from '../../lib/index.ts';
import type { TensorType } from '../primitive.ts';

/** A result of the given type, computed entry by entry along the leading axis. */
export function byEntries(
  operands: readonly Tensor[],
  { shape, dtype }: TensorType,
  evaluate: (entries: readonly Tensor[]) => Tensor,
): Tensor {
  const out = allocate(
    dtype,
    shape.reduce((size, length) => size * length, 1),
  );
  const count = shape[0];
  for (let at = 0; at < count; at++)
    out.set(dataOf(evaluate(operands.map((x) => entryOf(x, at)))), (at * out.length) / count);
  return fromData(out, shape);
}

function entryOf(x: Tensor, at: number): Tensor {
  const entry = kernels.slice(x, [at, ...x.shape.slice(1).map(() => 0)], [at + 1, ...x.shape.slice(1)]);
  return kernels.reshape(entry, x.shape.slice(1));
}
