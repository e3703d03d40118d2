import { dataOf, fromData, type Noise, type Tensor } from '../lib/index.ts';
import type { Element } from './comparison.ts';

/** Up to this many elements are varied one by one; more are varied together, in a few random directions. */
const allElements = 64;
const randomDirections = 8;

/** A direction in which to vary elements. */
export interface Direction {
  readonly values: Float64Array;
  /** The non-zero element, if there is just one. */
  readonly element: Element;
}

/** All unit directions if there are few elements, else a few random ones. */
export function directionsOf(size: number, noise: Noise): Direction[] {
  if (size > allElements)
    return Array.from({ length: randomDirections }, () => ({
      values: dataOf(noise.normal([size])) as Float64Array,
      element: 'random',
    }));
  return Array.from({ length: size }, (_, element) => {
    const values = new Float64Array(size);
    values[element] = 1;
    return { values, element };
  });
}

/** The inner product, and the sum of its terms' absolute values. 0 times infinity counts as 0. */
export function dot(a: Float64Array, b: Float64Array): { sum: number; terms: number } {
  let [sum, terms] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0 || b[i] === 0) continue;
    sum += a[i] * b[i];
    terms += Math.abs(a[i] * b[i]);
  }
  return { sum, terms: Number.isFinite(terms) ? terms : 0 };
}

/** The largest finite |value|. */
export function largest(values: Float64Array): number {
  return values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
}

/** All elements of several tensors. */
export function flatten(tensors: readonly Tensor[]): Float64Array {
  return Float64Array.from(tensors.flatMap((tensor) => Array.from(dataOf(tensor))));
}

/** Tensors with the shapes of `like` and these elements. */
export function split(values: Float64Array, like: readonly Tensor[]): Tensor[] {
  let at = 0;
  return like.map(({ shape, size }) => {
    at += size;
    return fromData(values.slice(at - size, at), shape);
  });
}
