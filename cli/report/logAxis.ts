/** The range of a logarithmic axis; values outside are drawn at its edge. */
export const leastPower = 1e-34;
export const mostPower = 1e12;

export function onLogAxis(value: number): number {
  return Math.min(mostPower, Math.max(leastPower, value));
}

/** The most labels that fit above each other. */
const mostTicks = 8;

/**
 * Places for labels on a logarithmic axis: every multiple of a power of ten if they are few, else 1, 2 and 5 times
 * it, else some of the powers. A number of places, for the library to choose, where none is in range.
 */
export function logTicks([least, most]: readonly [number, number]): number[] | number {
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const some = (mantissas: readonly number[], own = powers) =>
    own
      .flatMap((power) => mantissas.map((mantissa) => Number(`${mantissa}e${power}`)))
      .filter((value) => value >= least && value <= most);
  const choices = [some([1, 2, 3, 4, 5, 6, 7, 8, 9]), some([1, 2, 5]), some([1])];
  const found = choices.find(({ length }) => length <= mostTicks - 2);
  const every = Math.ceil(powers.length / mostTicks);
  const ticks =
    found ??
    some(
      [1],
      powers.filter((power) => power % every === 0),
    );
  return ticks.length < 2 ? 4 : ticks;
}

export function powerOfTen(value: number): string {
  const exponent = Math.log10(value);
  return Math.abs(exponent) <= 3 ? String(value) : `1e${Math.round(exponent)}`;
}
