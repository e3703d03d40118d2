import { gather, slice, where } from '../../../autodiff/index.ts';
import { fromData, type Tensor } from '../../../lib/index.ts';
import type { Entries } from './transition.ts';

/** The elements of a vector at constant places; 0 where a place is -1. */
export function pick(vector: Tensor, places: Int32Array): Tensor {
  const [first = 0] = places;
  if (places.length === vector.size && places.every((place, i) => place === i)) return vector;
  if (first >= 0 && places.every((place, i) => place === first + i))
    return slice(vector, [first], [first + places.length]);
  const ids = places.map((place) => Math.max(place, 0));
  const picked = gather(vector, fromData(ids, [ids.length]));
  if (!places.includes(-1)) return picked;
  const isThere = places.map((place) => Number(place >= 0));
  return where(fromData(isThere, [places.length]), picked, 0);
}

/**
 * The entries of J between two lists of state elements, computed once for all parameters with the same lists; 0
 * where one of them is -1.
 */
export function carriedBetween(
  entries: Entries,
  through: 'jacobian' | 'local',
): (to: Int32Array, from: Int32Array) => Tensor {
  const known = new Map<string, Tensor>();
  return (to, from) => {
    const key = `${to};${from}`;
    const found =
      known.get(key) ??
      entries[through](
        to.map((row, j) => (from[j] < 0 ? -1 : row)),
        from.map((column) => Math.max(column, 0)),
      );
    known.set(key, found);
    return found;
  };
}
