import {
  add,
  concat,
  matmul,
  mul,
  reshape,
  sigmoid,
  slice,
  sub,
  sum,
  tanh,
} from '../../../autodiff/index.ts';
import { type Noise, type Tensor, zeros } from '../../../lib/index.ts';
import { type Cell, indrnn, linear, lru, model, project } from '../../../nn/index.ts';
import { type Fixture, fixtureOf } from '../../../trainers/testing/unrolled.ts';

const readout = linear({ outputs: 2 });
const dense = (inputs: number) => (noise: Noise) => noise.normal([inputs]);
export const fixture = (cell: unknown, inputs: number, steps: number, seed = 1): Fixture =>
  fixtureOf(cell as Cell<unknown, unknown, Tensor>, { input: dense(inputs), steps, seed });

export type Vectors = Readonly<Record<string, Tensor>>;

/**
 * An element-wise long short-term memory without outputs gates (Irie et al. 2024): f = σ(F x + v∘c), z =
 * tanh(Z x + w∘c), c' = f∘c + (1-f)∘z.
 */
export const elementwise: Cell<Vectors, Tensor, Tensor> = {
  name: 'elementwise',
  outputs: 5,
  init: (noise) => ({
    F: noise.normal([3, 5]),
    Z: noise.normal([3, 5]),
    v: noise.normal([5]),
    w: noise.normal([5]),
  }),
  start: () => zeros([5]),
  step({ F, Z, v, w }, c, x) {
    const f = sigmoid(add(project(x, F), mul(v, c)));
    const next = add(mul(f, c), mul(sub(1, f), tanh(add(project(x, Z), mul(w, c)))));
    return { state: next, output: next };
  },
};

/** Four blocks of three units; a block sees itself only. */
const blocks: Cell<Vectors, Tensor, Tensor> = {
  name: 'blocks',
  outputs: 12,
  init: (noise) => ({
    U: mul(noise.normal([4, 3, 3]), 0.5),
    W: noise.normal([2, 12]),
    b: noise.normal([4, 3]),
  }),
  start: () => zeros([12]),
  step({ U, W, b }, h, x) {
    const within = sum(mul(U, reshape(h, [4, 1, 3])), { axes: 2 });
    const next = reshape(tanh(add(add(within, b), reshape(project(x, W), [4, 3]))), [12]);
    return { state: next, output: next };
  },
};

/**
 * Pairs of units of which the first drives the second, so that parameters of one leaf reach different numbers
 * of state elements; and a trace of the inputs that no parameter reaches.
 */
export const cascade: Cell<
  Vectors,
  { readonly trace: Tensor; readonly a: Tensor; readonly b: Tensor },
  Tensor
> = {
  name: 'cascade',
  outputs: 8,
  init: (noise) => ({ u: noise.normal([2, 4]), p: noise.normal([4]), w: noise.normal([3, 4]) }),
  start: () => ({ trace: zeros([1]), a: zeros([4]), b: zeros([4]) }),
  step({ u, p, w }, { trace, a, b }, x) {
    const row = (i: number) => reshape(slice(u, [i, 0], [i + 1, 4]), [4]);
    const first = tanh(add(add(mul(row(0), a), project(x, w)), trace));
    const second = tanh(add(mul(row(1), b), mul(p, a)));
    const faded = add(mul(trace, 0.5), slice(x, [0], [1]));
    return { state: { trace: faded, a: first, b: second }, output: concat([first, second]) };
  },
};

/** Each unit sees the one before it: in one step little is reached, in the end everything. */
export const chain: Cell<Vectors, Tensor, Tensor> = {
  name: 'chain',
  outputs: 30,
  init: (noise) => ({ u: noise.normal([30]), w: noise.normal([2, 30]) }),
  start: () => zeros([30]),
  step({ u, w }, h, x) {
    const before = concat([zeros([1], { dtype: h.dtype }), slice(h, [0], [29])]);
    const next = tanh(add(mul(u, add(h, before)), project(x, w)));
    return { state: next, output: next };
  },
};

type Matrices = { readonly a: { readonly w: Tensor }; readonly b: { readonly w: Tensor } };
type TwoLeaves = { readonly a: Tensor; readonly b: Tensor };

/** Two leaves of unlike sizes that see each other, so that the last unit has one state element, and others two. */
export const unlike: Cell<Matrices, TwoLeaves, Tensor> = {
  name: 'unlike',
  outputs: 3,
  init: (noise) => ({
    a: { w: mul(noise.normal([6, 2]), 0.4) },
    b: { w: mul(noise.normal([6, 3]), 0.4) },
  }),
  start: () => ({ a: zeros([2]), b: zeros([3]) }),
  step(parameters, { a, b }, x) {
    const z = concat([x, a, b]);
    const next = tanh(matmul(z, parameters.b.w));
    return { state: { a: tanh(matmul(z, parameters.a.w)), b: next }, output: next };
  },
};

type Halves = { readonly a: Tensor; readonly b: Tensor };

/** Two layers: of the one entries of J are picked, of the other, a product of matrices, they are not. */
export const halves = (names: readonly string[]): Cell<Vectors, Halves, Tensor> => ({
  name: 'halves',
  outputs: 3,
  init: (noise) =>
    Object.fromEntries(names.map((name) => [name, noise.normal(name.endsWith('A') ? [3] : [2, 2])])),
  start: () => ({ a: zeros([3]), b: zeros([2, 2]) }),
  step({ biasA = zeros([3]), biasB = zeros([2, 2]), gainA, gainB }, { a, b }, x) {
    const [first, second] = [add(a, x), add(matmul(b, b), sum(x))];
    const next = tanh(add(gainA === undefined ? first : mul(gainA, first), biasA));
    const square = tanh(add(gainB === undefined ? second : mul(gainB, second), biasB));
    return { state: { a: next, b: square }, output: next };
  },
});

export const withReadout = (cell: unknown) =>
  model({ cell: cell as Cell<unknown, unknown, Tensor>, readout });

/** Models, their inputs, and how much is found to be carried for a parameter, in how many pulls. */
export const sparse: Readonly<
  Record<string, readonly [cell: unknown, inputs: number, most: number, pulls: number]>
> = {
  indrnn: [withReadout(indrnn({ inputs: 3, units: 6 })), 3, 1, 1],
  'indrnn with tanh': [indrnn({ inputs: 2, units: 5, activation: 'tanh' }), 2, 1, 1],
  lru: [withReadout(lru({ inputs: 3, units: 4, outputs: 5, radii: [0.3, 0.95] })), 3, 2, 2],
  elementwise: [withReadout(elementwise), 3, 1, 1],
  blocks: [withReadout(blocks), 2, 3, 3],
  cascade: [withReadout(cascade), 3, 2, 2],
};
