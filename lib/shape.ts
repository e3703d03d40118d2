import { ShapeError } from './errors.ts';
import { describe } from './guard/index.ts';

/** The length of each axis. `[]` is a scalar; a length may be zero. */
export type Shape = readonly number[];

/**
 * The most axes a tensor may have, as in NumPy 1. ndarray generates code for each number of axes it meets.
 */
export const mostAxes = 32;

export function sizeOf(shape: Shape): number {
  if (!Array.isArray(shape)) refuseShape(shape, 'sizeOf');
  let size = 1;
  for (const length of shape) {
    if (typeof length !== 'number') refuseShape(shape, 'sizeOf');
    size *= length;
  }
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) refuseShape(Array.isArray(a) ? b : a, 'sameShape');
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  sizeOf(shape);
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** `[2,3]`, the way shapes appear in messages. */
export function formatShape(shape: Shape): string {
  if (!Array.isArray(shape)) return describe(shape);
  // A shape from untyped code may be very long, or hold values that join() throws on.
  return shape.length <= mostAxes && shape.every((length) => typeof length === 'number')
    ? `[${shape.join(',')}]`
    : `[${shape.slice(0, 4).map(describe).join(',')}${shape.length > 4 ? ',…' : ''}]`;
}

/** Returns the shape. @throws ShapeError unless it is a list of at most 32 non-negative whole numbers. */
export function checkShape(shape: Shape, who: string): Shape {
  if (!Array.isArray(shape)) refuseShape(shape, who);
  if (shape.length > mostAxes)
    throw new ShapeError(`${who}: a shape of ${shape.length} axes, more than ${mostAxes}`);
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0)
      throw new ShapeError(
        `${who}: ${formatShape(shape)} is not a shape; lengths are whole numbers, zero or more`,
      );
  }
  return shape;
}

function refuseShape(shape: unknown, who: string): never {
  throw new ShapeError(
    `${who}: needs a shape such as [2,3], got ${Array.isArray(shape) ? formatShape(shape as number[]) : describe(shape)}`,
  );
}

/** The common shape under NumPy's broadcasting rule; undefined if there is none. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  sizeOf(a);
  sizeOf(b);
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    shape[axis] = left === 1 ? right : left;
  }
  return shape;
}

/** The axes sorted and without repeats; negative ones count from the end. All axes if none are given. */
export function normalizeAxes(
  axes: number | readonly number[] | undefined,
  rank: number,
  who: string,
): number[] {
  if (!Number.isSafeInteger(rank) || rank < 0 || rank > 2 ** 16)
    throw new ShapeError(`${who}: a number of axes is a whole number, zero or more, got ${describe(rank)}`);
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = typeof axes === 'number' ? [axes] : axes;
  if (!Array.isArray(list))
    throw new ShapeError(`${who}: axes must be a whole number or a list of them, got ${describe(axes)}`);
  const seen = new Set<number>();
  for (const axis of list) {
    const at = typeof axis === 'number' && axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(at) || at < 0 || at >= rank)
      throw new ShapeError(`${who}: there is no axis ${describe(axis)} in a tensor with ${rank} axes`);
    if (seen.has(at)) throw new ShapeError(`${who}: axis ${axis} is named twice`);
    seen.add(at);
  }
  return [...seen].sort((a, b) => a - b);
}
