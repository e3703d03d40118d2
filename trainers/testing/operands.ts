import { cast, dataOf, formatShape, fromData, sameShape, type Tensor } from '../../lib/index.ts';
import { LawError } from './numbers.ts';

/** A fixed direction without zeros or repeated values. */
export function wave(x: Tensor, phase: number): Tensor {
  return cast(
    fromData(
      Float64Array.from({ length: x.size }, (_, i) => Math.cos(1.3 * i + phase)),
      x.shape,
    ),
    x.dtype,
  );
}

export function tangentsFor(operands: readonly Tensor[]): (Tensor | undefined)[] {
  return operands.map((operand, i) => (operand.dtype === 'int32' ? undefined : wave(operand, i)));
}

export function zeros(x: Tensor): Tensor {
  return cast(fromData(new Float64Array(x.size), x.shape), x.dtype);
}

export function inner(
  left: readonly (Tensor | undefined)[],
  right: readonly Tensor[],
): { sum: number; terms: number } {
  let [sum, terms] = [0, 0];
  left.forEach((part, i) => {
    if (part === undefined) return;
    const other = dataOf(right[i]);
    dataOf(part).forEach((value, at) => {
      sum += value * other[at];
      terms += Math.abs(value * other[at]);
    });
  });
  return { sum, terms };
}

/** The whole buffer behind a tensor, including memory outside its elements. */
export function snapshot(x: Tensor): Float64Array {
  return Float64Array.from(x.toNdarray().data);
}

export function requireShape(x: Tensor, like: Tensor, what: string): void {
  if (!sameShape(x.shape, like.shape) || x.dtype !== like.dtype)
    throw new LawError(
      `${what} is ${x.dtype} ${formatShape(x.shape)}, not ${like.dtype} ${formatShape(like.shape)}`,
    );
}

export function requireSame(x: Tensor, like: Tensor, what: string): void {
  requireClose(x, like, 0, what);
}

export function requireClose(x: Tensor, like: Tensor, tolerance: number, what: string): void {
  requireShape(x, like, what);
  const [values, expected] = [dataOf(x), dataOf(like)];
  const scale = Math.max(1, ...Array.from(expected, Math.abs).filter(Number.isFinite));
  values.forEach((value, i) => {
    if (!Object.is(value, expected[i]) && !(Math.abs(value - expected[i]) <= tolerance * scale))
      throw new LawError(`element ${i} of the ${what} is ${value}, not ${expected[i]}`);
  });
}
