import type { DType, NestedArray, Tensor } from '../../../../lib/index.ts';

/** The numbers of a dtype that programs seldom meet. */
export interface Extremes {
  readonly dtype: Extract<DType, `float${string}`>;
  /** The smallest subnormal number, the smallest normal one, and the largest. */
  readonly tiny: number;
  readonly least: number;
  readonly huge: number;
}

/**
 * An operation's result at one point: its value, and per operand the derivative of the sum of the value's
 * elements.
 */
export interface Row {
  readonly operands: readonly NestedArray[];
  readonly value: NestedArray;
  readonly slopes: readonly (NestedArray | undefined)[];
  readonly why: string;
}

/** An operation, and its results at special values. */
export interface Case {
  /** The exported operations under test. */
  readonly about: readonly string[];
  readonly operation: (...operands: Tensor[]) => Tensor;
  readonly rows: (of: Extremes) => readonly Row[];
  /** The indices of the int32 operands. */
  readonly integers?: readonly number[];
}

export const infinity = Number.POSITIVE_INFINITY;
export const nan = Number.NaN;

/** The points at which every function of one number is tested. */
const pointsOf = ({ tiny, huge }: Extremes) => [0, -0, infinity, -infinity, nan, tiny, huge, -huge];

/** Value, derivative and reason at each of `pointsOf`, in that order. */
export type Line = readonly [value: number, slope: number, why: string];

export function unary(
  about: string,
  operation: (x: Tensor) => Tensor,
  lines: (of: Extremes) => readonly [Line, Line, Line, Line, Line, Line, Line, Line],
): Case {
  return {
    about: [about],
    operation,
    rows: (of) => {
      const points = pointsOf(of);
      return lines(of).map(([value, slope, why], i) => ({
        operands: [points[i]],
        value,
        slopes: [slope],
        why,
      }));
    },
  };
}

/** Two operands, value, both derivatives and the reason. */
export type Pair = readonly [x: number, y: number, value: number, byX: number, byY: number, why: string];

export function binary(
  about: string,
  operation: (x: Tensor, y: Tensor) => Tensor,
  lines: (of: Extremes) => readonly Pair[],
): Case {
  return {
    about: [about],
    operation,
    rows: (of) =>
      lines(of).map(([x, y, value, byX, byY, why]) => ({ operands: [x, y], value, slopes: [byX, byY], why })),
  };
}

/** A vector, value, derivative and reason. */
export type VectorLine = readonly [
  x: readonly number[],
  value: NestedArray,
  slope: readonly number[],
  why: string,
];

export function ofVector(
  about: string | readonly string[],
  operation: (x: Tensor) => Tensor,
  lines: (of: Extremes) => readonly VectorLine[],
): Case {
  return {
    about: typeof about === 'string' ? [about] : about,
    operation,
    rows: (of) => lines(of).map(([x, value, slope, why]) => ({ operands: [x], value, slopes: [slope], why })),
  };
}
