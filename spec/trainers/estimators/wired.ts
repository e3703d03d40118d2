import fc from 'fast-check';
import { add, concat, gather, mul, reshape, slice, sum, tanh } from '../../../autodiff/index.ts';
import { indices, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import type { Cell } from '../../../nn/index.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { jacobians } from './oneStep.ts';

/** Unit `to` gets parameter `weight` times unit `from` of the step before. */
export type Edge = {
  readonly to: number;
  readonly from: number;
  readonly weight: number;
};

/** Which sparse cell to make. */
export interface Wiring {
  /** In the first and in the second leaf of the state. */
  readonly units: readonly [number, number];
  /** Of the matrix of weights, which the edges number in row-major order; one more is the scalar. */
  readonly shape: readonly [number, number];
  readonly edges: readonly Edge[];
}

type Weights = {
  readonly scalar: Tensor;
  readonly table: Tensor;
  readonly bias: Tensor;
};
type Halves = { readonly first: Tensor; readonly second: Tensor };

/**
 * h_i' = tanh(x_i + b_i + Σ w·(h_from + 0.3)), with biases in the first leaf only, over the edges, or over
 * the others where the input is one number.
 */
export function wired(
  { units: [m, k], shape: [rows, columns], edges }: Wiring,
  others: readonly Edge[] = edges,
): Cell<Weights, Halves, Tensor> {
  const S = m + k;
  /** Each weight where it belongs, and zeros, known as such, elsewhere. */
  const tableOf = (own: readonly Edge[]) => {
    const at = new Map(own.map(({ to, from, weight }) => [to * S + from, weight]));
    const places = Array.from({ length: S * S }, (_, i) => at.get(i) ?? 0);
    const mask = tensor(places.map((_, i) => Number(at.has(i))));
    return { places: indices(places), mask: reshape(mask, [S, S]) };
  };
  const tables = { edges: tableOf(edges), others: tableOf(others) };
  return {
    name: 'wired',
    outputs: S,
    init: (noise) => ({
      scalar: noise.normal([]),
      table: noise.normal([rows, columns]),
      bias: noise.normal([m]),
    }),
    start: () => ({ first: zeros([m]), second: zeros([k]) }),
    step({ scalar, table, bias }, { first, second }, x) {
      const { places, mask } = x.size === 1 ? tables.others : tables.edges;
      const weights = gather(concat([reshape(table, [rows * columns]), reshape(scalar, [1])]), places);
      const sent = mul(mask, mul(reshape(weights, [S, S]), add(concat([first, second]), 0.3)));
      const biases = concat([bias, zeros([k])]);
      const output = tanh(add(add(biases, x), sum(sent, { axes: 1 })));
      return {
        state: {
          first: slice(output, [0], [m]),
          second: slice(output, [m], [S]),
        },
        output,
      };
    },
  };
}

/** mask ∘ (J G + I) along a run, from G = 0. */
export function masked(run: Fixture, mask: readonly (readonly boolean[])[]): number[][] {
  let { state } = run;
  let G = mask.map((row) => row.map(() => 0));
  for (const { input } of run.examples) {
    const { I, J } = jacobians(run, run.parameters, state, input);
    state = run.model.step(run.parameters, state, input).state;
    const before = G;
    G = I.map((row, i) =>
      row.map((own, j) =>
        mask[i][j] ? own + J[i].reduce((total, entry, l) => total + entry * before[l][j], 0) : 0,
      ),
    );
  }
  return G;
}

export function edgesOf(
  { units: [m, k], shape: [rows, columns] }: Omit<Wiring, 'edges'>,
  withLoops: boolean,
): fc.Arbitrary<Edge[]> {
  const unit = fc.nat(m + k - 1);
  const edge = fc
    .record({ to: unit, from: unit, weight: fc.nat(rows * columns) })
    .filter(({ to, from }) => withLoops || to !== from);
  return fc.uniqueArray(edge, {
    minLength: 1,
    maxLength: 2 * (m + k),
    selector: ({ to, from }) => `${to},${from}`,
  });
}

export const wirings = (withLoops: boolean): fc.Arbitrary<Wiring> =>
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
    .chain(([m, k, rows]) => {
      const sizes = {
        units: [m, m === k ? k + 1 : k] as const,
        shape: [rows, rows + 1] as const,
      };
      return edgesOf(sizes, withLoops).map((edges) => ({ ...sizes, edges }));
    });
