import fc from 'fast-check';
import { add, concat, matmul, mul, sigmoid, sub, tanh } from '../../../autodiff/index.ts';
import { type Noise, type Tensor, zeros } from '../../../lib/index.ts';
import type { Cell } from '../../../nn/index.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { fixture, type Vectors } from './sparse.ts';

/** A random cell whose parameters enter products, and where else they go. */
export interface SiteCell {
  readonly inputs: number;
  /** The sizes of its two state leaves, which are unlike. */
  readonly a: number;
  readonly b: number;
  /** The recurrent matrix of `a` is used a second time, through another nonlinearity. */
  readonly tied: boolean;
  /** The matrix of `b` enters transposed. */
  readonly turned: boolean;
  /** `b` has gains, element by element. */
  readonly gains: boolean;
  /** A parameter is added to the input before a matrix. */
  readonly shifted: boolean;
  readonly seed: number;
}

export const siteCells: fc.Arbitrary<SiteCell> = fc.record({
  inputs: fc.integer({ min: 1, max: 3 }),
  a: fc.integer({ min: 1, max: 2 }),
  b: fc.integer({ min: 3, max: 4 }),
  tied: fc.boolean(),
  turned: fc.boolean(),
  gains: fc.boolean(),
  shifted: fc.boolean(),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

type State = { readonly a: Tensor; readonly b: Tensor };

function cellOf({
  inputs,
  a: A,
  b: B,
  tied,
  turned,
  gains,
  shifted,
}: SiteCell): Cell<Vectors, State, Tensor> {
  return {
    name: 'sites',
    outputs: A + B,
    init: (noise: Noise) => ({
      bias: noise.normal([A]),
      gain: noise.normal([B]),
      idle: noise.normal([2, 3]),
      shift: noise.normal([inputs]),
      u: mul(noise.normal([A, A]), 0.7),
      v: mul(noise.normal(turned ? [B, A + B + inputs] : [A + B + inputs, B]), 0.5),
      w: noise.normal([inputs + B, A]),
    }),
    start: () => ({ a: zeros([A]), b: zeros([B]) }),
    step({ bias, gain, shift, u, v, w }, { a, b }, x) {
      const seen = shifted ? sub(x, shift) : x;
      const once = add(add(matmul(concat([seen, b]), w), matmul(a, u)), bias);
      const nextA = tied ? tanh(add(once, matmul(sigmoid(a), u))) : tanh(once);
      const z = concat([a, b, x]);
      const before = turned ? matmul(v, z) : matmul(z, v);
      const nextB = gains ? mul(tanh(before), gain) : tanh(before);
      return { state: { a: nextA, b: nextB }, output: concat([nextA, nextB]) };
    },
  };
}

export const siteRun = (cell: SiteCell, steps: number): Fixture =>
  fixture(cellOf(cell), cell.inputs, steps, cell.seed);
