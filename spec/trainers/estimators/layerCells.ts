import fc from 'fast-check';
import { add, matmul, tanh } from '../../../autodiff/index.ts';
import { type Tensor, type Tree, zeros } from '../../../lib/index.ts';
import { type Cell, gru, lstm, rnn, stacked } from '../../../nn/index.ts';
import type { Vectors } from './sparse.ts';

const kinds = { rnn, gru, lstm };

interface Layers {
  readonly kinds: readonly (keyof typeof kinds)[];
  readonly units: readonly number[];
  readonly output: 'top' | 'all';
}

export function stackOf({ kinds: names, units, output }: Layers): Cell<unknown, unknown, Tensor> {
  const cells = names.map((name, k) => kinds[name]({ inputs: k === 0 ? 2 : units[k - 1], units: units[k] }));
  return stacked(cells as [(typeof cells)[0]], { output }) as Cell<unknown, unknown, Tensor>;
}

export const layers = fc.integer({ min: 2, max: 3 }).chain((count) => {
  const each = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: count, maxLength: count });
  return fc.record({
    kinds: each(fc.constantFrom('rnn', 'gru', 'lstm')),
    units: each(fc.integer({ min: 1, max: 4 })),
    output: fc.constantFrom('top', 'all'),
  });
});

/**
 * Leaves of the state, of which each sees itself and these others, by matrices with these names; the last one sees the
 * input, too, and the first one is the output.
 */
export function connected(
  name: string,
  units: readonly number[],
  links: readonly (readonly [to: number, from: number, matrix: string])[],
): Cell<Vectors, Tree, Tensor> {
  return {
    name,
    outputs: units[0],
    init: (noise) => ({
      x: noise.normal([units[units.length - 1], 2]),
      ...Object.fromEntries(
        links.map(([to, from, matrix]) => [matrix, noise.normal([units[to], units[from]])]),
      ),
    }),
    start: () => units.map((own) => zeros([own])),
    step(theta, state, x) {
      const before = state as readonly Tensor[];
      const next = before.map((own, to) => {
        const seen = links.filter((link) => link[0] === to);
        return tanh(
          [to === units.length - 1 ? matmul(theta.x, x) : own]
            .concat(seen.map(([, from, matrix]) => matmul(theta[matrix], before[from])))
            .reduce((sum, part) => add(sum, part)),
        );
      });
      return { state: next, output: next[0] };
    },
  };
}

/** The lowest layer last. */
export const turned = connected(
  'turned',
  [3, 2, 3],
  [
    [2, 2, 'a'],
    [0, 0, 'b'],
    [0, 2, 'c'],
    [0, 1, 'd'],
    [1, 2, 'e'],
  ],
);
/** One matrix for both layers: it reaches the lower one too. */
export const tied = connected(
  'tied',
  [3, 3],
  [
    [1, 1, 'a'],
    [0, 0, 'a'],
    [0, 1, 'b'],
  ],
);
/** Two that feed each other, and one above. */
export const feedback = connected(
  'feedback',
  [4, 3, 2],
  [
    [1, 2, 'a'],
    [2, 1, 'b'],
    [0, 1, 'c'],
    [0, 0, 'd'],
  ],
);
