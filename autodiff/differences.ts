/** The largest number of times the step is halved. */
const halvings = 10;

/**
 * The derivative of f at 0, element by element, by central differences extrapolated to step zero (Ridders,
 * 1982). The step is halved until two extrapolations agree to about 1e-12 of the values; each element takes
 * the estimate that moved least. Steps where an element is not finite are ignored; an element without any
 * estimate is NaN.
 */
export function difference(f: (epsilon: number) => Float64Array, step: number): Float64Array {
  let best = new Float64Array(0);
  let errors = new Float64Array(0);
  let row: Float64Array[] = [];
  for (let halving = 0, h = step; halving <= halvings; halving++, h /= 2) {
    const [above, below] = [f(h), f(-h)];
    if (halving === 0) {
      best = new Float64Array(above.length).fill(Number.NaN);
      errors = new Float64Array(above.length).fill(Number.POSITIVE_INFINITY);
    }
    let scale = 0;
    // Equal values have derivative 0, infinite ones too: Infinity - Infinity would be NaN.
    const central = above.map((value, i) => (value === below[i] ? 0 : (value - below[i]) / (2 * h)));
    for (let i = 0; i < above.length; i++) scale = Math.max(scale, finite(above[i]), finite(central[i]));
    const next = [central];
    row.forEach((coarse, column) => {
      const fine = next[column];
      const extrapolated = fine.map((value, i) => value + (value - coarse[i]) / (4 ** (column + 1) - 1));
      extrapolated.forEach((value, i) => {
        const error = Math.max(Math.abs(value - fine[i]), Math.abs(value - coarse[i]));
        if (error < errors[i]) [errors[i], best[i]] = [error, value];
      });
      next.push(extrapolated);
    });
    row = next;
    if (errors.every((error) => error <= 1e-12 * scale)) break;
  }
  return best;
}

function finite(value: number): number {
  return Number.isFinite(value) ? Math.abs(value) : 0;
}
