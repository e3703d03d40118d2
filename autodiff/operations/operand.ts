import {
  allocate,
  broadcastShapes,
  type DType,
  formatShape,
  fromData,
  requireTensor,
  type Shape,
  ShapeError,
  sameShape,
  Tensor,
} from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { nameOperands } from '../primitives/checks.ts';
import { broadcast, reshape } from '../primitives/linear.ts';

/** An operand. A plain number is a scalar of the other operand's dtype. */
export type Operand = Tensor | number;

/**
 * The operand as a tensor; a number becomes a scalar of the given dtype. @throws DTypeError for anything
 * else.
 */
export function asTensor(x: Operand, dtype: DType = 'float64', who = 'operation'): Tensor {
  if (x instanceof Tensor) return x;
  if (typeof x !== 'number') requireTensor(x, who, 'a tensor or a number');
  const data = allocate(dtype, 1);
  data[0] = x;
  return fromData(data, []);
}

/** Two operands as tensors of one shape, broadcast as in NumPy. @throws ShapeError if that is impossible. */
export function broadcastPair(x: Operand, y: Operand, who: string): [Tensor, Tensor] {
  const left = asTensor(x, y instanceof Tensor ? y.dtype : 'float64', who);
  const right = asTensor(y, left.dtype, who);
  if (sameShape(left.shape, right.shape)) return [left, right];
  const shape = commonShape(left, right, who);
  return [expandTo(left, shape), expandTo(right, shape)];
}

/** The shape to which two tensors broadcast. @throws ShapeError if there is none. */
function commonShape(left: Tensor, right: Tensor, who: string): Shape {
  const shape = broadcastShapes(left.shape, right.shape);
  if (shape === undefined)
    throw new ShapeError(
      `${who}: shapes ${formatShape(left.shape)} and ${formatShape(right.shape)} do not broadcast${nameOperands(left, right)}`,
    );
  return shape;
}

/** x repeated to `shape`, to which it is known to broadcast. */
export function expandTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const inserted = shape.length - x.shape.length;
  const axes: number[] = [];
  const kept: number[] = [];
  shape.forEach((length, axis) => {
    const own = x.shape[axis - inserted];
    if (axis < inserted || own !== length) axes.push(axis);
    else kept.push(own);
  });
  const squeezed = kept.length === x.shape.length ? x : bind(reshape, [x], { shape: kept });
  return bind(broadcast, [squeezed], { shape, axes });
}
