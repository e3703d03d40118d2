import { mapTree, type Noise, seeded, type Tensor, type Tree, tensor } from '../../lib/index.ts';
import {
  type Cell,
  crossEntropy,
  cudnnGru,
  gru,
  type Input,
  type Loss,
  linear,
  lstm,
  meanSquare,
  model,
  rnn,
} from '../../nn/index.ts';

/** Shared by all cases of one file: a cell with a readout, its numbers, and a short stream. */
export interface Problem {
  readonly cell: string;
  readonly options: Readonly<Record<string, number>>;
  readonly equations: readonly string[];
  readonly sizes: { readonly inputs: number; readonly units: number; readonly outputs: number };
  readonly model: Cell<unknown, unknown, Input>;
  readonly loss: { readonly name: string; readonly of: Loss<Tensor | number> };
  readonly parameters: unknown;
  /** Not zeros, at which parts of the first derivative vanish. */
  readonly state: unknown;
  readonly inputs: readonly Tensor[];
  readonly targets: readonly (Tensor | number)[];
}

/** Enough for an influence that has gone through J twice to reach a gradient. */
const steps = 4;

const square = { name: 'mean_square', of: meanSquare as Loss<Tensor | number> };
const entropy = { name: 'cross_entropy', of: crossEntropy };

export const problems: readonly Problem[] = [
  problem({
    cell: 'rnn',
    sizes: { inputs: 2, units: 3, outputs: 2 },
    make: rnn,
    loss: square,
    equations: ["h' = tanh(x·w + u·h + b)"],
  }),
  problem({
    cell: 'gru',
    sizes: { inputs: 1, units: 2, outputs: 3 },
    make: gru,
    loss: entropy,
    equations: [
      'r = σ(x·reset.w + reset.u·h + reset.b)',
      'z = σ(x·update.w + update.u·h + update.b)',
      'n = tanh(x·candidate.w + candidate.u·(r∘h) + candidate.b)',
      "h' = z∘n + (1-z)∘h",
    ],
  }),
  problem({
    cell: 'cudnn_gru',
    sizes: { inputs: 1, units: 2, outputs: 1 },
    make: cudnnGru,
    loss: square,
    equations: [
      'r = σ(x·reset.w + reset.u·h + reset.b)',
      'z = σ(x·update.w + update.u·h + update.b)',
      'n = tanh(x·candidate.w + candidate.b + r∘(candidate.u·h + candidate.c))',
      "h' = (1-z)∘n + z∘h",
    ],
  }),
  problem({
    cell: 'lstm',
    options: { forget_offset: 1 },
    sizes: { inputs: 1, units: 2, outputs: 1 },
    make: (sizes) => lstm({ ...sizes, forgetOffset: 1 }),
    loss: square,
    equations: [
      'i = σ(x·input.w + input.u·h + input.b)',
      'f = σ(x·forget.w + forget.u·h + forget.b + forget_offset)',
      'o = σ(x·output.w + output.u·h + output.b)',
      'n = tanh(x·candidate.w + candidate.u·h + candidate.b)',
      "c' = f∘c + i∘n",
      "h' = o∘tanh(c')",
    ],
  }),
];

interface Given<P, S> {
  readonly cell: string;
  readonly options?: Problem['options'];
  readonly equations: Problem['equations'];
  readonly sizes: Problem['sizes'];
  readonly loss: Problem['loss'];
  make(sizes: { readonly inputs: number; readonly units: number }): Cell<P, S, Input>;
}

function problem<P, S>({ make, options = {}, equations, ...given }: Given<P, S>): Problem {
  const { inputs, units, outputs } = given.sizes;
  const whole = model({ cell: make({ inputs, units }), readout: linear({ outputs }) });
  const [weights, state, data] = [seeded(1), seeded(2), seeded(3)];
  const target = (noise: Noise) =>
    given.loss === entropy ? noise.integer(outputs) : (short(noise.normal([outputs]), 1) as Tensor);
  return {
    ...given,
    options,
    equations: [...equations, "y = readout.w·h' + readout.b"],
    model: whole,
    parameters: mapTree(whole.init(seeded(1)) as Tree, (leaf) => short(weights.normal(leaf.shape), 0.8)),
    state: mapTree(whole.start() as Tree, (leaf) => short(state.normal(leaf.shape), 0.5)),
    inputs: Array.from({ length: steps }, () => short(data.normal([inputs]), 1)),
    targets: Array.from({ length: steps }, () => target(data)),
  };
}

/** In hundredths, so that the files are short and every language reads the same numbers. */
function short(x: Tensor, scale: number): Tensor {
  const hundredths = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(hundredths) : Math.round(100 * scale * (value as number)) / 100;
  return tensor(hundredths(x.toArray()) as number[]);
}
