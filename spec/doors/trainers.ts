import { seeded, tensor, zeros } from '../../lib/index.ts';
import { linear, meanSquare, model, rnn } from '../../nn/index.ts';
import {
  constant,
  createLearner,
  type Learner,
  type LearnerConfig,
  type Markov,
  type Optimizer,
  type Probe,
  sgd,
  snap,
  uoro,
  type Vocabulary,
} from '../../trainers/index.ts';
import { x } from './lib.ts';
import { modelDoors } from './stream.ts';
import { type Doors, door, methods, openDoor } from './walk.ts';

const net = () => model({ cell: rnn({ inputs: 2, units: 2 }), readout: linear({ outputs: 1 }) });
const parts = () => ({
  model: net(),
  loss: meanSquare,
  estimator: uoro(),
  optimizer: sgd({ rate: 0.1 }),
  dtype: 'float64' as const,
  eager: false,
  relaxedSimd: false,
  lanes: 1,
});
const config = () => ({ ...parts(), seed: 1, parameters: net().init(seeded(1)), state: zeros([2]) });

const learner = (made: Learner<unknown, unknown, unknown, unknown>) =>
  methods(made, {
    predict: openDoor(() => [x()]),
    predictMany: openDoor(() => [[x(), x()]]),
    step: openDoor(() => [x(), tensor([0.5])]),
    stepMany: openDoor(() => [
      [x(), x()],
      [tensor([0.5]), tensor([0.1])],
      new Float64Array(2),
      new Float64Array(2),
    ]),
    observe: openDoor(() => [x()]),
    pull: openDoor(() => [zeros([2])]),
    resetState: door(() => []),
    expectGradient: door(() => [3]),
    save: door(() => []),
    toJSON: door(() => []),
  });
const probe = (made: Probe<unknown, unknown>) =>
  methods(made, {
    step: openDoor(() => [x(), tensor([0.5])]),
    observe: openDoor(() => [x()]),
    resetState: door(() => []),
  });
const optimizer = (made: Optimizer) =>
  methods(made, {
    init: openDoor(() => [{ w: x() }]),
    update: openDoor(() => [
      { w: x() },
      made.init({ w: x() }),
      { w: x() },
      { steps: () => 0.1, updates: () => 0.1 },
      tensor(0.5),
    ]),
  });
const first = (task: Iterable<unknown>) => ({
  read: { ...door(() => []), call: () => task[Symbol.iterator]().next() },
});

export const trainersDoors: Doors = {
  ...modelDoors,
  addParts: openDoor(() => [{ w: x() }, { w: x() }]),
  createLearner: door(() => [config()], learner),
  readParameters: door(() => [
    createLearner(parts() as LearnerConfig<unknown, unknown, unknown, unknown>).save(),
  ]),
  restoreLearner: door(() => [
    parts(),
    createLearner(parts() as LearnerConfig<unknown, unknown, unknown, unknown>).save(),
  ]),
  artbp: door(() => [{ keep: 0.5 }]),
  bptt: door(() => [{ length: 3 }]),
  diagonal: door(() => [{}]),
  dni: door(() => [{ rate: 0.1 }]),
  dodge: door(() => [{ directions: 2, every: 3 }]),
  eprop: door(() => [{ feedback: 'random', feedbackSeed: 1, pairing: 'published' }]),
  frozen: door(() => [{}]),
  kernl: door(() => [{ leak: 0.1, rate: 0.1, deviation: 1e-3 }]),
  kfRtrl: door(() => [{ epsilon: 1e-5 }]),
  noBackTrack: door(() => [{ epsilon: 1e-5 }]),
  ok: door(() => [{ rank: 2 }]),
  pes: door(() => [{ particles: 4, deviation: 0.1 }]),
  rKfRtrl: door(() => [{ epsilon: 1e-5 }]),
  rflo: door(() => [{ leak: 0.1 }]),
  rtrl: door(() => [{ structure: 'dense' }]),
  sketched: door(() => [{ rank: 2 }]),
  snap: door(() => [{ n: 1 }]),
  tbptt: door(() => [{ window: 3, stride: 1, parameters: 'current' }]),
  grow: door(() => [2, 4]),
  // An estimator may have more than its interface; the specs of `unbiased` have its options.
  unbiased: openDoor(() => [
    snap({ n: 1 }),
    { weight: 0.5, rank: 2, window: 2, epsilon: 1e-5, lanes: 'joint' },
  ]),
  uoro: door(() => [
    { window: 1, rank: 2, epsilon: 1e-5, lanes: 'joint', scaling: 'sources', noise: 'preactivations' },
  ]),
  adam: door(() => [{ rate: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 1e-6 }], optimizer),
  intentional: door(() => [{ fraction: 0.5, intent: 'loss', decay: 0.9, epsilon: 1e-6 }], optimizer),
  momentum: door(() => [{ rate: 0.1, decay: 0.8 }], optimizer),
  rmsprop: door(() => [{ rate: 0.1, decay: 0.8, epsilon: 1e-6 }], optimizer),
  sgd: door(() => [{ rate: constant(0.1), rates: {} }], optimizer),
  chain: openDoor(() => [sgd({ rate: 0.1 }), sgd({ rate: 0.1 })], optimizer),
  clipByGlobalNorm: door(() => [1], optimizer),
  constant: door(() => [0.1]),
  cosine: door(() => [0.1, 100, 0.01]),
  inverseSqrt: door(() => [0.1, 0.03, 0.01]),
  sqrtDecay: door(() => [0.1, 0.03, 0.01]),
  adding: door(() => [{ length: 5, dtype: 'float32', seed: 2 }], first),
  anbn: door(() => [{ min: 1, max: 3, seed: 2 }], first),
  copy: door(() => [{ symbols: 3, length: 2, delay: 1, seed: 2 }], first),
  delayedSum: door(() => [{ first: 2, second: 3, seed: 2 }], first),
  mimic: door(() => [{ inputs: 2, hidden: 3, outputs: 2, dtype: 'float32', seed: 2 }], first),
  distantBrackets: door(() => [{ s: 1, k: 2, a: 3, seed: 2 }], first),
  influenceBalancing: door(
    () => [{ units: 3, positive: 2, dtype: 'float64', seed: 1 }],
    (task: Iterable<unknown>) => ({
      ...first(task),
      ...methods(task, { truncatedDerivative: door(() => [2]), blockDerivative: door(() => [2]) }),
    }),
  ),
  createProbe: door(
    () => [{ learner: createLearner(config()), estimators: { uoro: uoro() }, copies: 1, replay: 2, seed: 1 }],
    probe,
  ),
  hypergradient: door(
    () => [{ coordinates: 3, condition: 10, rateFor: 'each', dtype: 'float64', seed: 1 }],
    first,
  ),
  attitude: door(
    () => [{ period: 3, turns: 0.5, bias: 0.01, noise: 0.001, dtype: 'float64', seed: 1 }],
    first,
  ),
  rotation: door(() => [{ angle: 0.1, dimensions: 3, axis: [0, 1, 0], dtype: 'float64', seed: 1 }], first),
  series: door(() => [[1, 2, 3], { horizon: 1, dtype: 'float64' }], first),
  text: door(
    () => ['to be', { alphabet: ' abeot', unit: 'character' }],
    (task: Vocabulary & Iterable<unknown>) => ({
      ...first(task),
      ...methods(task, { encode: door(() => ['be']), decode: door(() => [[1, 2]]) }),
    }),
  ),
  markov: door(
    () => [{ symbols: 3, order: 1, prior: 0.5 }],
    (made: Markov) => methods(made, { observe: door(() => [1]), predict: door(() => []) }),
  ),
};

export const trainersOthers: Readonly<Record<string, string>> = {
  Learner: 'for instanceof; its constructor says who makes learners',
  absent: 'a value',
  StepStructure: 'made by learners, for estimators',
  anEstimator: 'a check of the guards',
  anOptimizer: 'a check of the guards',
  steps: 'a check of the guards',
  estimators: 'a table of functions that are walked',
  optimizers: 'a table of functions that are walked',
  tasks: 'a table of functions that are walked',
};
