/** Vectors as plain numbers. */
type Vector = Float64Array;

const product = (a: Vector, b: Vector) => a.reduce((sum, value, i) => sum + value * b[i], 0);

export const lengthOf = (a: Vector): number => Math.sqrt(product(a, a));
export const minus = (a: Vector, b: Vector): Vector => a.map((value, i) => value - b[i]);

/** A plane through the origin, by two vectors of length 1 at right angles. */
export type Plane = readonly [Vector, Vector];

/** The plane that comes closest to some directions, all of the same weight: their two principal components. */
export function planeOf(directions: readonly Vector[]): Plane {
  const units = directions
    .filter((each) => lengthOf(each) > 1e-12)
    .map((each) => scaled(each, 1 / lengthOf(each)));
  const first = leading(units);
  const second = leading(units.map((each) => without(each, first)));
  return [first, second];
}

export const onto = ([a, b]: Plane, v: Vector): readonly [x: number, y: number] => [
  product(a, v),
  product(b, v),
];

const scaled = (a: Vector, factor: number) => a.map((value) => value * factor);
const without = (a: Vector, unit: Vector) => minus(a, scaled(unit, product(a, unit)));

/** The direction with the largest sum of squares, by the power method. */
function leading(vectors: readonly Vector[]): Vector {
  const size = vectors[0].length;
  let v: Vector = Float64Array.from({ length: size }, (_, i) => 1 + i / size);
  for (let round = 0; round < 300; round++) {
    const next = new Float64Array(size);
    for (const each of vectors) {
      const weight = product(each, v);
      for (let i = 0; i < size; i++) next[i] += weight * each[i];
    }
    const length = lengthOf(next);
    if (length < 1e-12) return v;
    v = scaled(next, 1 / length);
  }
  return v;
}
