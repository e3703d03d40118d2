import { dataOf, type FloatDType, guard, type Noise, seeded, type Tensor, tensor } from '../../lib/index.ts';
import { floats, seeds } from './options.ts';
import { type Example, readings, type Task } from './task.ts';

export interface MimicOptions {
  /** Coins a step. Default 4. */
  readonly inputs?: number;
  /** Units of the network that is mimicked. Default 16. */
  readonly hidden?: number;
  /** Numbers in a target. Default 2. */
  readonly outputs?: number;
  /** The dtype of inputs and targets. Default float64. */
  readonly dtype?: FloatDType;
  /** Of the network that is mimicked, and of the coins. */
  readonly seed?: number;
}

export interface MimicTask extends Task<Tensor, Tensor> {
  readonly settings: { readonly inputs: number; readonly hidden: number; readonly outputs: number };
  /** The mean squared errors of the best constant answer, over the first 10,000 steps, and the lowest possible one. */
  readonly meanSquare: { readonly constant: number; readonly optimum: 0 };
}

/**
 * The Mimic task: inputs are vectors of fair coins, and targets are the outputs of a fixed random network fed these:
 *
 *     h ← tanh(W h + U x)     y = V h
 *
 * with normal weights of standard deviation 1/√n for n inputs of a unit, from h = 0. The target belongs to the input
 * of the same step. A network of the same kind with as many units can reach zero loss.
 * Source: Marschall, Cho and Savin, "A unified framework of online learning algorithms for training recurrent neural
 * networks", 2020; `Mimic_RNN` of github.com/omarschall/vanilla-rtrl, with linear outputs in place of a softmax, and
 * without its stretching of time.
 * @throws ConfigurationError for sizes that are not whole or out of range.
 */
export function mimic(options: MimicOptions = {}): MimicTask {
  const own = guard.options('mimic', options, mimicOptions);
  const { inputs = 4, hidden = 16, outputs = 2, dtype = 'float64', seed = 1 } = own;
  const start = () => steps(seeded(seed), inputs, hidden, outputs);
  return {
    name: `mimic(${inputs},${hidden},${outputs})`,
    settings: { inputs, hidden, outputs },
    get meanSquare() {
      return { constant: spread(start(), outputs), optimum: 0 as const };
    },
    ...readings(() => examples(start(), dtype)),
  };
}

const sizes = guard.whole(1, 2 ** 12);

export const mimicOptions = {
  inputs: guard.setting(sizes, 'coins a step'),
  hidden: guard.setting(sizes, 'units of the network that is mimicked'),
  outputs: guard.setting(sizes, 'numbers in a target'),
  dtype: floats,
  seed: seeds,
} satisfies guard.Checks<MimicOptions>;

interface Step {
  readonly x: readonly number[];
  readonly y: Float64Array;
}

function* steps(
  noise: Noise,
  inputs: number,
  hidden: number,
  outputs: number,
): Generator<Step, never, undefined> {
  const weights = (rows: number, columns: number) => {
    const values = Float64Array.from(dataOf(noise.normal([rows, columns])), (w) => w / Math.sqrt(columns));
    return (v: ArrayLike<number>, row: number) => {
      let sum = 0;
      for (let i = 0; i < columns; i++) sum += values[row * columns + i] * v[i];
      return sum;
    };
  };
  const [w, u, v] = [weights(hidden, hidden), weights(hidden, inputs), weights(outputs, hidden)];
  let h = new Float64Array(hidden);
  for (;;) {
    const x = Array.from({ length: inputs }, () => noise.integer(2));
    const before = h;
    h = Float64Array.from(before, (_, i) => Math.tanh(w(before, i) + u(x, i)));
    const now = h;
    yield { x, y: Float64Array.from({ length: outputs }, (_, i) => v(now, i)) };
  }
}

function* examples(
  all: Iterable<Step>,
  dtype: FloatDType,
): Generator<Example<Tensor, Tensor>, void, undefined> {
  for (const { x, y } of all) yield { input: tensor(x, { dtype }), target: tensor(y, { dtype }) };
}

const sampled = 10_000;

/** The mean over the outputs of their variances. */
function spread(all: Iterator<Step, never>, outputs: number): number {
  const rows = Array.from({ length: sampled }, () => all.next().value.y);
  let total = 0;
  for (let i = 0; i < outputs; i++) {
    const mean = rows.reduce((sum, y) => sum + y[i], 0) / sampled;
    total += rows.reduce((sum, y) => sum + (y[i] - mean) ** 2, 0) / sampled;
  }
  return total / outputs;
}
