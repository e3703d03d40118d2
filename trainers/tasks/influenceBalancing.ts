import { add, matmul, mul, reshape, slice, square, sub } from '../../autodiff/index.ts';
import {
  ConfigurationError,
  type FloatDType,
  full,
  guard,
  ones,
  requireFloat,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import type { Cell } from '../../nn/index.ts';
import { floats, seeds, whole } from './options.ts';
import { type Example, readings, type Task } from './task.ts';

export interface InfluenceBalancingOptions {
  /** Units n of the linear system. Default 23. */
  readonly units?: number;
  /**
   * θ acts with +1 on this many units, counted from the first, and with -1 on the rest. Default 10; half is
   * not allowed.
   */
  readonly positive?: number;
  /**
   * The dtype of the target, the initial θ and the initial state. Default float64. The system itself runs in
   * either.
   */
  readonly dtype?: FloatDType;
  /** Unused, as nothing here is random. Accepted so that every task of an experiment takes a seed. */
  readonly seed?: number;
}

/** θ, a scalar. A type rather than an interface, so that it is a tree. */
export type InfluenceParameters = { readonly theta: Tensor };

/** No input: the system runs by itself. */
export type NoInput = Readonly<Record<string, never>>;

export interface InfluenceBalancingTask extends Task<NoInput, Tensor> {
  readonly settings: { readonly units: number; readonly positive: number };
  /** s' = A s + b θ with the output s'^(1), a scalar; θ starts at 1/2 and the state, [n], at ones. */
  readonly model: Cell<InfluenceParameters, Tensor, NoInput>;
  /** ½ (output - target)², a scalar. */
  loss(output: Tensor, target: Tensor): Tensor;
  /** The θ at which the loss of the fixed point, s^(1) = 2θ(2p - n), is zero. */
  readonly optimum: { readonly theta: number; readonly loss: 0 };
  /**
   * d s^(1) / dθ through the last k steps only, Σ_{j<k} e₁ᵀ Aʲ b. k = Infinity returns the limit, 2(2p - n).
   */
  truncatedDerivative(k: number): number;
  /**
   * The sum over the steps of a block, Σ_{k=1}^{T} truncatedDerivative(k): block-truncated BPTT, where credit
   * stays within a block.
   */
  blockDerivative(length: number): number;
}

/**
 * Influence balancing: the only parameter pushes the loss one way at once, and the other way, more strongly,
 * later.
 *
 * A has 1/2 on the diagonal and on the one above it, b is +1 `positive` times and then -1, and the target is
 * 1. With 23 units and 10 positive ones, derivatives have the right sign only from 41 steps on, and their
 * sums over blocks from 110 steps on: shorter truncation diverges, whatever the rate.
 * Source: Tallec and Ollivier, "Unbiased online recurrent optimization", 2018.
 * @throws ConfigurationError for numbers that are not whole or out of range, and for positive = units/2,
 * where no θ solves it.
 */
export function influenceBalancing(options: InfluenceBalancingOptions = {}): InfluenceBalancingTask {
  const {
    units = 23,
    positive = 10,
    dtype = 'float64',
  } = guard.options('influenceBalancing', options, influenceBalancingOptions);
  whole('influenceBalancing', 'positive', positive, 0, units);
  const limit = 2 * (2 * positive - units);
  if (limit === 0)
    throw new ConfigurationError(
      `influenceBalancing: with ${positive} of ${units} units positive θ has no effect in the long run`,
    );
  const signs = Array.from({ length: units }, (_, i) => (i < positive ? 1 : -1));
  const example: Example<NoInput, Tensor> = { input: {}, target: full([], 1, { dtype }) };
  return {
    name: `influenceBalancing(${units},${positive})`,
    settings: { units, positive },
    model: linearSystem(signs, dtype),
    loss: (output, target) => mul(square(sub(output, target)), 0.5),
    optimum: { theta: 1 / limit, loss: 0 },
    truncatedDerivative: (k) =>
      k === Infinity ? limit : truncated(signs, whole('truncatedDerivative', 'k', k, 0)).last,
    blockDerivative: (length) => truncated(signs, whole('blockDerivative', 'length', length, 0)).sum,
    ...readings(function* () {
      for (;;) yield example;
    }),
  };
}

export const influenceBalancingOptions = {
  units: guard.setting(guard.whole(1, 2 ** 12), 'units of the linear system'),
  positive: guard.setting(guard.whole(0), 'units on which the parameter acts with +1'),
  dtype: floats,
  seed: seeds,
} satisfies guard.Checks<InfluenceBalancingOptions>;

function linearSystem(
  signs: readonly number[],
  dtype: FloatDType,
): Cell<InfluenceParameters, Tensor, NoInput> {
  const n = signs.length;
  const rows = signs.map((_, row) =>
    signs.map((_, column) => (column === row || column === row + 1 ? 0.5 : 0)),
  );
  const constants = (own: FloatDType) => ({
    a: tensor(rows, { dtype: own }),
    b: tensor(signs, { dtype: own }),
  });
  // The learner converts parameters and state to its dtype; A and b must match. Both dtypes hold them
  // exactly.
  const system = { float32: constants('float32'), float64: constants('float64') };
  return {
    name: 'influenceBalancing',
    init: () => ({ theta: full([], 0.5, { dtype }) }),
    start: () => ones([n], { dtype }),
    step({ theta }, state) {
      const { a, b } = system[requireFloat(state.dtype, 'influenceBalancing')];
      const next = add(matmul(a, state), mul(b, theta));
      return { state: next, output: reshape(slice(next, [0], [1]), []) };
    },
  };
}

/**
 * Σ_{j<k} e₁ᵀ Aʲ b, and its sum over 1 … k. The row e₁ᵀ Aʲ holds the binomial probabilities C(j, i) 2⁻ʲ, by
 * Pascal's rule.
 */
function truncated(signs: readonly number[], k: number): { last: number; sum: number } {
  const row = new Float64Array(signs.length);
  row[0] = 1;
  let [last, sum] = [0, 0];
  for (let j = 0; j < k; j++) {
    // Once the probabilities have underflowed, nothing changes.
    if (row.every((probability) => probability === 0)) return { last, sum: sum + (k - j) * last };
    last += signs.reduce((total, sign, i) => total + sign * row[i], 0);
    sum += last;
    for (let i = row.length - 1; i > 0; i--) row[i] = (row[i] + row[i - 1]) / 2;
    row[0] /= 2;
  }
  return { last, sum };
}
