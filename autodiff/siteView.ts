import { dataOf, fromData, type Tensor } from '../lib/index.ts';
import * as linear from './primitives/linear.ts';
import type { Equation, SymbolTensor } from './symbol.ts';
import { rowOf } from './table/index.ts';

/**
 * Elements of a leaf under another shape, counted from 1; 0 where there is none, as in the padding of a
 * joined tensor.
 */
export type View = { readonly elements: Tensor; readonly factor: number };

/** All elements of a leaf. */
export function whole({ shape, size }: SymbolTensor): View {
  const elements = Int32Array.from({ length: size }, (_, i) => i + 1);
  return { elements: fromData(elements, shape), factor: 1 };
}

/** The view after an operation that only moves its elements about, or scales them. */
export function movedBy(
  { primitive, operands, parameters, result }: Equation,
  { elements, factor }: View,
): View | undefined {
  if (elements.size !== operands[0].size) return undefined;
  if (primitive === linear.scale) return { elements, factor: factor * (parameters.factor as number) };
  const row = rowOf(primitive);
  if (row?.moves === undefined || operands.length > 1) return undefined;
  // No element comes from two, so that there is nothing to unite.
  const reach = { operands, sets: [dataOf(elements) as Int32Array], type: result, union: () => 0 };
  return { elements: fromData(row.reaches(reach, parameters), result.shape), factor };
}

export function hasHoles({ elements }: View): boolean {
  return dataOf(elements).includes(0);
}
