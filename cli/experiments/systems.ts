import { tasks } from '../../trainers/index.ts';
import { system } from './system.ts';

export const influenceBalancing = system({
  name: 'influence-balancing',
  summary: 'one parameter whose near and far effects have opposite signs',
  origin: "the paper's system; the rates are norewind's own",
  ...tasks.influenceBalancing,
  steps: 100_000,
  optimizer: { name: 'sgd', rate: 1e-3, alpha: 1 },
  // The system has a far effect of the opposite sign.
  estimators: { tbptt: { window: 200 }, bptt: { length: 200 } },
  // At its constant rate UORO converged for each of 20 seeds in an independent simulation; at three times the
  // rate it diverges. Truncated backpropagation over 200 steps reaches 1e-15 in 1e5 steps at this rate, and
  // 3e-8 at half of it.
  optimizers: {
    uoro: { name: 'sgd', rate: 1e-5, alpha: 0 },
    tbptt: { name: 'sgd', rate: 2e-3, alpha: 1 },
  },
});

export const hypergradient = system({
  name: 'hypergradient',
  summary: 'the rate of gradient descent, learnt while it descends',
  origin: "settings of norewind's own",
  ...tasks.hypergradient,
  steps: 20_000,
  optimizer: { name: 'adam', rate: 0.1, alpha: 0 },
});

export const attitude = system({
  name: 'attitude',
  summary: 'the hidden bias of a gyroscope, from one fix in about 400 steps',
  origin: "settings of norewind's own",
  ...tasks.attitude,
  steps: 80_000,
  optimizer: { name: 'adam', rate: 1e-6, alpha: 0 },
});
