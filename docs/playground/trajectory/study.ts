import {
  adam,
  anbn,
  createLearner,
  crossEntropy,
  gru,
  inverseSqrt,
  linear,
  model,
  rtrl,
  tbptt,
  uoro,
} from '../../../trainers/norewind.ts';
import type { Way } from './setting.ts';

/** The states of a network on its way, and the symbol that led to each. */
export interface Trail {
  /** Three numbers a state, between -1 and 1. */
  readonly states: Float32Array;
  readonly symbols: Uint8Array;
}

export interface Study {
  readonly steps: number;
  /** Learns for some steps; returns the mean loss, in bits a symbol. */
  advance(count: number): number;
  /** Learns for some steps, and tells each state. */
  follow(count: number): Trail;
  /** Bits a symbol of the best predictor, and of the best one that does not count. */
  readonly best: number;
  readonly countBlind: number;
}

/** A GRU of three units, whose state is a point in space, learns to count: aⁿbⁿ, with n up to 4. */
export function createStudy(way: Way, seed: number): Study {
  const task = anbn({ max: 4, seed });
  const cell = gru({ inputs: task.symbols, units: 3 });
  const estimators = { rtrl: rtrl(), uoro: uoro(), tbptt: tbptt({ window: 4 }) };
  const learner = createLearner({
    model: model({ cell, readout: linear({ outputs: task.symbols }) }),
    loss: crossEntropy,
    estimator: estimators[way],
    optimizer: adam({ rate: inverseSqrt(1e-2, 0.01) }),
    seed,
  });
  const examples = task[Symbol.iterator]();
  return {
    get steps() {
      return learner.steps;
    },
    best: task.entropyRate,
    countBlind: task.countBlindRate,
    advance(count) {
      const batch = Array.from({ length: count }, () => examples.next().value);
      const losses = new Float64Array(count);
      learner.stepMany(
        batch.map(({ input }) => input),
        batch.map(({ target }) => target),
        losses,
      );
      return losses.reduce((sum, loss) => sum + loss, 0) / count / Math.LN2;
    },
    follow(count) {
      const states = new Float32Array(3 * count);
      const symbols = new Uint8Array(count);
      for (let i = 0; i < count; i++) {
        const { input, target } = examples.next().value;
        learner.step(input, target);
        states.set(learner.state.toArray() as number[], 3 * i);
        symbols[i] = input;
      }
      return { states, symbols };
    },
  };
}
