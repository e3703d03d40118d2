import { DataError } from '../errors.ts';
import { formatShape, type Shape } from '../shape.ts';
import { dataOf, type Tensor } from '../tensor.ts';
import { isLittleEndian, swapBytes } from './stored.ts';

/**
 * The most axes accepted from a file (NumPy allowed 32 until version 2): a bound on what a hostile file can
 * build.
 */
const MOST_AXES = 32;

/**
 * The elements in row-major order, little-endian, 4 or 8 bytes each. Read-only: may share memory with the
 * tensor.
 */
export function encodeElements(x: Tensor): Uint8Array {
  const data = dataOf(x);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (isLittleEndian()) return bytes;
  const copy = bytes.slice();
  swapBytes(copy, data.BYTES_PER_ELEMENT);
  return copy;
}

/**
 * The bytes that a shape from a file takes, computed without trusting it.
 * @param width bytes per element; a fraction if several share a byte.
 * @throws DataError if no tensor could have this shape.
 */
export function byteLengthOf(shape: readonly unknown[], width: number, where: string): number {
  if (shape.length > MOST_AXES)
    throw new DataError(`${where}: the shape has ${shape.length} axes, more than ${MOST_AXES}`);
  let count = 1;
  let empty = false;
  for (const axis of shape) {
    if (typeof axis !== 'number' || !Number.isSafeInteger(axis) || axis < 0)
      throw new DataError(
        `${where}: the shape ${quote(shape)} has a length that is not a whole number, zero or more`,
      );
    if (axis === 0) empty = true;
    else count *= axis;
    // Check empty shapes too: their strides are products of the other lengths.
    if (count * width > Number.MAX_SAFE_INTEGER)
      throw new DataError(`${where}: the shape ${formatShape(shape as Shape)} is too large`);
  }
  return empty ? 0 : count * width;
}

/** Quotes a piece of the input in a message: short, on one line, and safe at any nesting. */
export function quote(value: unknown): string {
  if (Array.isArray(value))
    return `[${value.slice(0, 8).map(quoteInside).join(',')}${value.length > 8 ? ',…' : ''}]`;
  return quoteInside(value);
}

function quoteInside(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return '[…]';
  if (typeof value === 'object' && value !== null) return '{…}';
  return value === undefined ? 'nothing' : String(value);
}
