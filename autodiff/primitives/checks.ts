import { DTypeError, formatShape, requireFloat, ShapeError, sameShape, Tensor } from '../../lib/index.ts';
import type { TensorType } from '../primitive.ts';

/** The common type of two operands. @throws ShapeError or DTypeError if they differ. */
export function sameType(name: string, [x, y]: readonly TensorType[]): TensorType {
  sameDType(name, x, y);
  if (!sameShape(x.shape, y.shape))
    throw new ShapeError(
      `${name}: shapes differ, ${formatShape(x.shape)} and ${formatShape(y.shape)}${nameOperands(x, y)}`,
    );
  return { shape: x.shape, dtype: x.dtype };
}

/** @throws DTypeError if two operands have different dtypes or hold indices. */
export function sameDType(name: string, x: TensorType, y: TensorType): void {
  if (x.dtype !== y.dtype)
    throw new DTypeError(
      `${name}: ${x.dtype} with ${y.dtype}; nothing is promoted, convert one of them with cast${nameOperands(x, y)}`,
    );
  requireFloat(x.dtype, name);
}

/** The type of a float operand. @throws DTypeError for int32. */
export function floatType(name: string, x: TensorType): TensorType {
  requireFloat(x.dtype, name);
  return { shape: x.shape, dtype: x.dtype };
}

/** @throws DTypeError unless the operand is int32. */
export function requireIndices(name: string, ids: TensorType): void {
  if (ids.dtype !== 'int32')
    throw new DTypeError(
      `${name}: needs an int32 tensor of indices, got ${ids.dtype}; make one with indices([...])`,
    );
}

/** `: left is params.update.w, right is input`, if the operands have labels. */
export function nameOperands(x: TensorType, y: TensorType): string {
  const names = [labelOf('left', x), labelOf('right', y)].filter((name) => name !== '');
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
}

function labelOf(side: string, x: TensorType): string {
  return x instanceof Tensor && x.label !== undefined ? `${side} is ${x.label}` : '';
}
