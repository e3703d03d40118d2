import { quat, vec3 } from 'gl-matrix';
import { add, div, dot, matmul, mul, norm, reshape, slice, square, sub } from '../../autodiff/index.ts';
import {
  dataOf,
  type FloatDType,
  guard,
  requireFloat,
  seeded,
  type Tensor,
  tensor,
  zeros,
} from '../../lib/index.ts';
import type { Cell } from '../../nn/index.ts';
import { floats, longest, seeds } from './options.ts';
import { type Example, readings, type Task } from './task.ts';

export interface AttitudeOptions {
  /** Steps from one fix to the next, in the mean. Default 400. */
  readonly period?: number;
  /** Revolutions of the body in a period. Default 8/9. */
  readonly turns?: number;
  /** The length of the gyroscope's bias, in radians a step. Default 0.001. */
  readonly bias?: number;
  /** The standard deviation of each of the gyroscope's three readings, in radians a step. Default 0.0001. */
  readonly noise?: number;
  /** The dtype of inputs, targets, the bias and the state. Default float64. */
  readonly dtype?: FloatDType;
  readonly seed?: number;
}

/** The estimated bias, [3], in radians a step. A type rather than an interface, so that it is a tree. */
export type AttitudeParameters = { readonly bias: Tensor };

export interface AttitudeTask extends Task<Tensor, Tensor> {
  readonly settings: {
    readonly period: number;
    readonly turns: number;
    readonly bias: number;
    readonly noise: number;
  };
  /**
   * Integrates the gyroscope's readings minus the bias; the state and the output are a unit quaternion [4],
   * as x, y, z, w. A fix replaces the state after the output.
   */
  readonly model: Cell<AttitudeParameters, Tensor, Tensor>;
  /** The squared sine of half the angle between output and fix, times 4: the squared angle if small. */
  loss(output: Tensor, target: Tensor): Tensor;
  /** The hidden bias. */
  readonly bias: Tensor;
}

/**
 * The attitude of a spinning body from a gyroscope with a hidden constant bias, and a star seen about once in
 * `period` steps: a fix comes up to an eighth of a period early or late. The only loss is that of a fix, and
 * what caused it lies up to a whole period back.
 *
 * A body that turns by an angle φ between two fixes carries an early error of a transverse axis along with
 * it: at the fix, the effect of the bias is the mean of all directions it had on the way, at the angle φ/2,
 * while the effect of the latest few steps is at the angle 0. Beyond half a revolution these oppose each
 * other: a gradient through the latest steps alone pushes the transverse bias away from its value. Inputs
 * are [8]: three readings, in radians a step; 1 at a fix, else 0; and the quaternion of the fix, else zeros.
 * Targets are [5]: the last five entries of the input.
 * @throws ConfigurationError for a period that is not whole, and for numbers out of range.
 */
export function attitude(options: AttitudeOptions = {}): AttitudeTask {
  const {
    period = 400,
    turns = 8 / 9,
    bias: size = 1e-3,
    noise = 1e-4,
    dtype = 'float64',
    seed = 1,
  } = guard.options('attitude', options, attitudeOptions);
  const direction = Float64Array.from(dataOf(seeded(seed).normal([3])));
  const bias = direction.map((entry) => (entry * size) / Math.hypot(...direction));
  const spin = (2 * Math.PI * turns) / period;
  return {
    name: `attitude(${period},${turns})`,
    settings: { period, turns, bias: size, noise },
    model: integrator(dtype),
    loss: (output, target) => {
      const isFix = reshape(slice(target, [0], [1]), []);
      const cosine = dot(output, slice(target, [1], [5]));
      return mul(mul(isFix, sub(1, square(cosine))), 4);
    },
    bias: tensor(bias, { dtype }),
    ...readings(() => flight({ period, spin, bias, noise, dtype, seed })),
  };
}

export const attitudeOptions = {
  period: guard.setting(guard.whole(1, longest), 'steps from one fix to the next, in the mean'),
  turns: guard.setting(guard.between(-1e3, 1e3), 'revolutions of the body in a period'),
  bias: guard.setting(guard.between(0, 0.1), "length of the gyroscope's bias, radians a step"),
  noise: guard.setting(guard.between(0, 0.1), "deviation of the gyroscope's readings, radians a step"),
  dtype: floats,
  seed: seeds,
} satisfies guard.Checks<AttitudeOptions>;

/** By columns x, y, z, w of a quaternion q: the matrix M(q), [4, 3] by rows, with q ⊗ (v, 0) = M(q) v. */
const product = [
  [0, 0, 0, 1],
  [0, 0, -1, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
  [-1, 0, 0, 0],
  [0, -1, 0, 0],
  [1, 0, 0, 0],
  [0, 0, 0, 1],
  [-1, 0, 0, 0],
  [0, -1, 0, 0],
  [0, 0, -1, 0],
];

/** q ← (q + ½ q ⊗ (ω - bias)) / |…|, of second order in the angle of a step, and then the fix if there is one. */
function integrator(dtype: FloatDType): Cell<AttitudeParameters, Tensor, Tensor> {
  const products = { float32: tensor(product, { dtype: 'float32' }), float64: tensor(product) };
  return {
    name: 'attitude',
    outputs: 4,
    init: () => ({ bias: zeros([3], { dtype }) }),
    start: () => tensor([0, 0, 0, 1], { dtype }),
    step({ bias }, q, input) {
      const matrix = matmul(products[requireFloat(q.dtype, 'attitude')], q);
      const rate = sub(slice(input, [0], [3]), bias);
      const moved = add(q, mul(matmul(reshape(matrix, [4, 3]), rate), 0.5));
      const output = div(moved, norm(moved));
      const [isFix, fix] = [slice(input, [3], [4]), slice(input, [4], [8])];
      return { state: add(mul(output, sub(1, isFix)), mul(fix, isFix)), output };
    },
  };
}

interface Flight {
  readonly period: number;
  readonly spin: number;
  readonly bias: Float64Array;
  readonly noise: number;
  readonly dtype: FloatDType;
  readonly seed: number;
}

/** The body spins about its z axis. */
function* flight({
  period,
  spin,
  bias,
  noise,
  dtype,
  seed,
}: Flight): Generator<Example<Tensor, Tensor>, never, undefined> {
  const draws = seeded(seed).split();
  const turn = quat.setAxisAngle(new Float64Array(4), [0, 0, 1], spin);
  const truth = quat.identity(new Float64Array(4));
  const reading = new Float64Array(3);
  const early = Math.floor(period / 8);
  const wait = () => period - early + (early === 0 ? 0 : draws.integer(2 * early + 1));
  for (let left = wait(); ; left--) {
    quat.normalize(truth, quat.multiply(truth, truth, turn));
    const errors = dataOf(draws.normal([3]));
    vec3.add(reading, bias, [noise * errors[0], noise * errors[1], spin + noise * errors[2]]);
    const isFix = left === 1;
    if (isFix) left += wait();
    const fix = [isFix ? 1 : 0, ...(isFix ? truth : [0, 0, 0, 0])];
    yield { input: tensor([...reading, ...fix], { dtype }), target: tensor(fix, { dtype }) };
  }
}
