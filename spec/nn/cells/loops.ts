import fc from 'fast-check';
import { seeded, type Tensor } from '../../../lib/index.ts';
import type { Cell, Gate } from '../../../nn/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

export const sigma = (x: number) => 1 / (1 + Math.exp(-x));
export const sizes = fc.record({
  inputs: fc.integer({ min: 1, max: 5 }),
  units: fc.integer({ min: 1, max: 6 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
  norm: fc.constantFrom('none' as const, 'rms' as const),
});

/**
 * w·x + u·h + b for one unit, by loops, normalised if there is a gain. w is [inputs, units], u is
 * [units, units], row by row.
 */
export function unit({ w, u, b, g }: Gate, i: number, x: readonly number[], h: readonly number[]): number {
  const [weights, recurrent] = [w.toArray(), u.toArray()] as [number[][], number[][]];
  const bias = numbersOf(b);
  const sums = bias.map((_, k) => {
    const own = x.map((value, j) => weights[j][k] * value);
    return [...own, ...h.map((value, j) => recurrent[k][j] * value)].reduce((sum, part) => sum + part, 0);
  });
  if (g === undefined) return sums[i] + bias[i];
  const square = sums.reduce((sum, value) => sum + value ** 2, 0) / sums.length;
  return (numbersOf(g)[i] * sums[i]) / Math.sqrt(square + 1e-5) + bias[i];
}

/**
 * Compares two steps of a cell with two steps of loops. `loop` returns the state as numbers, and the output.
 */
export function compare<P, S>(
  cell: Cell<P, S, Tensor | number>,
  seed: number,
  inputs: number,
  loop: (params: P, state: number[], x: number[]) => { state: number[]; output: number[] },
  make: (numbers: number[]) => S,
): void {
  const noise = seeded(seed);
  const params = cell.init(noise);
  let numbers = numbersOf(noise.normal([numbersOf(cell.start()).length]));
  let state = make(numbers);
  for (let t = 0; t < 2; t++) {
    const x = noise.normal([inputs]);
    const expected = loop(params, numbers, numbersOf(x));
    const { state: next, output } = cell.step(params, state, x);
    requireClose(numbersOf(output), expected.output, 1e-14, 'output');
    requireClose(numbersOf(next), expected.state, 1e-14, 'state');
    [numbers, state] = [expected.state, next];
  }
}
