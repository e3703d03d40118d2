import fc from 'fast-check';
import { add, concat, mul, slice, sub, tanh } from '../../autodiff/index.ts';
import { type Noise, seeded, type Tensor, type Tree, zeros, zipTrees } from '../../lib/index.ts';
import {
  type Cell,
  crossEntropy,
  embedded,
  embedding,
  gru,
  linear,
  lstm,
  model,
  rnn,
} from '../../nn/index.ts';
import { rtrl } from '../../trainers/index.ts';
import { estimates, influenceOf, learnerOf } from '../../trainers/testing/agreement.ts';
import { numbersOf } from '../../trainers/testing/numbers.ts';
import {
  type Fixture,
  fixtureOf,
  jitter,
  type Reference,
  zerosLike,
} from '../../trainers/testing/unrolled.ts';
import { size } from '../support/size.ts';

/** A small random run, drawn by its sizes. */
export interface Run {
  readonly kind: 'rnn' | 'gru' | 'lstm';
  readonly inputs: number;
  readonly units: number;
  readonly steps: number;
  /**
   * The layers around the cell: nothing, a readout, or an embedding of class indices and a readout to
   * classes.
   */
  readonly around: 'nothing' | 'readout' | 'embedding';
  readonly seed: number;
}

/** How many state elements a run has. */
function stateSize({ kind, units }: Run): number {
  return kind === 'lstm' ? 2 * units : units;
}

/**
 * Runs of at most `flips` signs, when each of the blocks of `window` steps draws `each` signs for a state
 * element.
 */
export function runs({ flips = size(4, 6), window = 1, each = 1, least = 2 } = {}): fc.Arbitrary<Run> {
  return fc
    .record({
      kind: fc.constantFrom('rnn', 'gru', 'lstm'),
      inputs: fc.integer({ min: 1, max: 3 }),
      units: fc.integer({ min: 1, max: 3 }),
      blocks: fc.integer({ min: least, max: 4 }),
      around: fc.constantFrom('nothing', 'readout', 'embedding'),
      seed: fc.integer({ min: 1, max: 1e6 }),
    })
    .map(({ blocks, ...run }) => ({ ...run, steps: blocks * window }) as Run)
    .filter((run) => (stateSize(run) * each * run.steps) / window <= flips);
}

/**
 * The cell of a run with what stands around it, its parameters, a state that is not zero, inputs and targets.
 */
export function fixture({ kind, inputs, units, steps, around, seed }: Run): Fixture {
  const cell = { rnn, gru, lstm }[kind]({ inputs, units }) as unknown as ReturnType<typeof rnn>;
  const dense = (noise: Noise) => noise.normal([inputs]);
  if (around === 'nothing') return fixtureOf(cell, { input: dense, steps, seed });
  if (around === 'readout')
    return fixtureOf(model({ cell, readout: linear({ outputs: 2 }) }), { input: dense, steps, seed });
  const symbols = model({
    cell: embedded(embedding({ symbols: 4, size: inputs }), cell),
    readout: linear({ outputs: 3 }),
  });
  const run = fixtureOf(symbols, { input: (noise) => noise.integer(4), steps, seed });
  const classes = seeded(seed + 1);
  return {
    ...run,
    loss: crossEntropy,
    examples: run.examples.map(({ input }) => ({ input, target: classes.integer(3) })),
  };
}

/** Updates that go somewhere, whatever the gradient. */
export function movesFor({ parameters, examples }: Fixture, seed: number): unknown[] {
  const noise = seeded(seed);
  return examples.map(() => jitter(zerosLike(parameters), noise, 0.2));
}

/** The influence of RTRL along a trajectory, and its gradients. */
export function byRtrl(run: Fixture, trajectory: readonly unknown[]): Reference {
  const moves = trajectory
    .slice(1)
    .map((next, t) => zipTrees(next as Tree, trajectory[t] as Tree, (a, b) => sub(a, b), 'moves'));
  const { gradients } = estimates([run], rtrl(), seeded(0), { moves });
  const learner = learnerOf([run], rtrl(), seeded(0), { moves });
  for (const { input, target } of run.examples) learner.step(input, target);
  const [flat] = influenceOf(learner, [run]);
  const width = numbersOf(run.parameters).length;
  const influence = Array.from({ length: flat.length / width }, (_, i) =>
    flat.slice(i * width, (i + 1) * width),
  );
  return { influence, gradients: gradients.map(numbersOf) };
}

/** A run with two parameters and four state elements: h' = tanh(a·shift(h) + b·x). */
export function narrowRun(): Fixture {
  const cell: Cell<{ a: Tensor; b: Tensor }, { h: Tensor; g: Tensor }, Tensor> = {
    name: 'narrow',
    init: (noise) => ({ a: noise.normal([]), b: noise.normal([]) }),
    start: () => ({ h: zeros([3]), g: zeros([1]) }),
    step({ a, b }, { h, g }, x) {
      const shifted = concat([slice(h, [1], [3]), g]);
      const next = tanh(add(mul(a, shifted), mul(b, x)));
      return { state: { h: next, g: tanh(mul(a, slice(h, [0], [1]))) }, output: next };
    },
  };
  return fixtureOf(cell, { input: (noise) => noise.normal([3]), steps: 5, seed: 9 });
}
