import { indices, type Noise, seeded, tensor, zeros } from '../../lib/index.ts';
import { type Cell, embedding, gru, type Layer, linear } from '../../nn/index.ts';
import { matrix, x } from './lib.ts';
import { type Doors, door, methods, openDoor } from './walk.ts';

const draw = () => (noise: Noise, shape: readonly number[]) => noise.normal(shape);
const sizes = () => ({ inputs: 2, units: 2, init: { input: draw(), recurrent: draw(), bias: draw() } });
const cellOn = (input: () => unknown) => (made: Cell<unknown, unknown, unknown>) =>
  methods(made, {
    init: openDoor(() => [seeded(1)]),
    start: door(() => []),
    step: openDoor(() => [made.init(seeded(1)), made.start(), input()]),
  });
const cell = cellOn(x);
const layer = (made: Layer<unknown, unknown>) =>
  methods(made, {
    init: openDoor(() => [seeded(1), 2]),
    apply: openDoor(() => [made.init(seeded(1), 2), x()]),
  });
const initializer = (draws: (...args: readonly unknown[]) => unknown) => ({
  draw: { ...openDoor(() => [seeded(1), [2, 3]]), call: draws },
});

export const nnDoors: Doors = {
  binaryCrossEntropy: door(() => [x(), x()]),
  crossEntropy: door(() => [matrix(), indices([1, 0])]),
  meanSquare: door(() => [x(), x()]),
  fanIn: door(() => [3], initializer),
  filled: door(() => [0.1], initializer),
  glorot: door(() => [], initializer),
  normal: door(() => [0.1], initializer),
  orthogonal: door(() => [1], initializer),
  uniform: door(() => [0.1], initializer),
  gru: door(() => [{ ...sizes(), norm: 'rms' }], cell),
  indrnn: door(() => [{ ...sizes(), activation: 'tanh' }], cell),
  ctrnn: door(() => [{ ...sizes(), leak: 0.5 }], cell),
  cudnnGru: door(() => [sizes()], cell),
  elstm: door(() => [{ ...sizes(), outputGate: true }], cell),
  irnn: door(() => [{ ...sizes(), scale: 0.5 }], cell),
  minGru: door(() => [sizes()], cell),
  peepholeLstm: door(() => [{ ...sizes(), forgetOffset: 0 }], cell),
  rtu: door(
    () => [
      { inputs: 2, units: 2, activation: 'tanh', radii: [0.5, 0.9], maxPhase: 1, init: { input: draw() } },
    ],
    cell,
  ),
  torchGru: openDoor(() => [
    { weight_ih_l0: zeros([6, 3]), weight_hh_l0: zeros([6, 2]), bias_ih_l0: zeros([6]) },
    { prefix: '', layer: 0 },
  ]),
  torchLstm: openDoor(() => [
    { weight_ih_l0: zeros([8, 3]), weight_hh_l0: zeros([8, 2]), bias_ih_l0: zeros([8]) },
    { prefix: '', layer: 0, forgetOffset: 0 },
  ]),
  torchRnn: openDoor(() => [
    { weight_ih_l0: zeros([2, 3]), weight_hh_l0: zeros([2, 2]), bias_ih_l0: zeros([2]) },
    { prefix: '', layer: 0 },
  ]),
  lru: door(
    () => [
      {
        inputs: 2,
        units: 2,
        outputs: 3,
        radii: [0.5, 0.9],
        maxPhase: 1,
        init: { input: draw(), output: draw(), feedthrough: draw() },
      },
    ],
    cell,
  ),
  lstm: door(() => [{ ...sizes(), forgetOffset: 0, coupled: true, norm: 'rms' }], cell),
  mgu: door(() => [{ ...sizes(), norm: 'rms' }], cell),
  rnn: door(() => [{ ...sizes(), norm: 'rms' }], cell),
  embedding: door(() => [{ symbols: 2, size: 3, init: draw() }], layer),
  linear: door(() => [{ outputs: 3, inputs: 2, init: draw() }], layer),
  mlp: door(
    () => [{ outputs: 3, hidden: 4, inputs: 2, init: { hidden: draw(), output: draw(), direct: draw() } }],
    layer,
  ),
  model: door(() => [{ cell: gru({ inputs: 2, units: 3 }), readout: linear({ outputs: 1 }) }], cell),
  embedded: openDoor(
    () => [embedding({ symbols: 3, size: 2 }), gru({ inputs: 2, units: 3 })],
    cellOn(() => 1),
  ),
  project: door(() => [
    x(),
    tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]),
  ]),
  runStep: openDoor(() => [
    gru({ inputs: 2, units: 2 }),
    gru({ inputs: 2, units: 2 }).init(seeded(1)),
    zeros([2]),
    x(),
  ]),
  stacked: door(() => [[gru({ inputs: 2, units: 3 })], { output: 'all' }], cell),
  summary: openDoor(() => [gru({ inputs: 2, units: 2 })]),
};

export const nnOthers: Readonly<Record<string, string>> = {
  aCell: 'a check of the guards',
  cells: 'a table of functions that are walked',
};
