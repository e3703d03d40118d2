import fc from 'fast-check';
import { square } from '../../autodiff/index.ts';
import { type Noise, type Tensor, tensor } from '../../lib/index.ts';
import { rnn } from '../../nn/index.ts';
import { rtrl, sgd } from '../../trainers/index.ts';
import { fixtureOf, shapes, tensorsOf } from '../../trainers/testing/index.ts';
import { x } from './lib.ts';
import { type Doors, door, openDoor } from './walk.ts';

const cell = () => rnn({ inputs: 1, units: 1 });
const input = (noise: Noise) => noise.normal([1]);
const run = () => fixtureOf(cell(), { input, steps: 2 });
const drawn = (arbitrary: fc.Arbitrary<unknown>) => ({
  draw: { ...door(() => []), call: () => fc.sample(arbitrary, { seed: 1, numRuns: 3 }) },
});
const constraints = () => ({ minRank: 1, maxRank: 2, maxLength: 3, empty: true });
const values = () => ({ min: -1, max: 1, dtype: 'float64', distinct: false, phase: 0.2, views: true });

export const testingDoors: Doors = {
  checkUnbiased: door(() => [[run()], rtrl, { tolerance: 1e-9, moves: [], observed: [], eager: true }]),
  fixtureOf: openDoor(() => [cell(), { input, steps: 2, seed: 1 }]),
  byBackpropagation: openDoor(() => [run(), [cell().init, cell().init].map(() => run().parameters)]),
  byDifferences: openDoor(() => [run(), [run().parameters, run().parameters]]),
  cellLaws: door(() => [{ name: 'own', cell: cell(), input, seed: 1 }]),
  checkCell: door(() => [{ cell: cell(), input }]),
  cells: door(() => [{ maxState: 2 }], drawn),
  check: openDoor(() => [{ cell: cell(), input }]),
  kindOf: openDoor(() => [{ cell: cell(), input }]),
  lawsOf: openDoor(() => [{ cell: cell(), input }]),
  verdictOf: openDoor(() => [{ cell: cell(), input }]),
  judge: openDoor(() => ['a law', () => {}]),
  primitiveLaws: door(() => [
    { name: 'square', operation: (v: Tensor) => square(v), operands: tensorsOf([2]).map((v) => [v]) },
  ]),
  influenceLaws: door(() => [{ name: 'own', estimator: rtrl, fixtures: { own: run }, eager: true, seed: 1 }]),
  optimizerLaws: door(() => [{ name: 'own', optimizer: () => sgd({ rate: 0.01 }), seed: 1 }]),
  checkOptimizer: door(() => [{ optimizer: () => sgd({ rate: 0.01 }) }]),
  checkInfluence: {
    ...door(() => [
      {
        estimator: rtrl,
        eager: true,
        fixtures: { own: (steps: number) => fixtureOf(cell(), { input, steps }) },
      },
    ]),
    dear: ['fixtures'],
  },
  checkPrimitive: door(() => [
    {
      name: 'square',
      operation: (v: Tensor) => square(v),
      operands: tensorsOf([2]).map((v) => [v]),
      reference: (v: Tensor) => square(v),
      order: 1,
      runs: 2,
      seed: 1,
      tolerance: 1e-6,
    },
  ]),
  indicesBelow: door(() => [3, [2]], drawn),
  inLayout: door(() => [tensor([[1, 2]]), { ranks: [1, 0], step: 2, offset: 1 }]),
  layoutsOf: door(() => [2], drawn),
  shapes: door(() => [constraints()], drawn),
  tensors: door(() => [{ ...constraints(), ...values() }], drawn),
  tensorsOf: door(() => [[2, 3], values()], drawn),
  trees: openDoor(() => [shapes().map(() => x())], drawn),
  programs: door(() => [{ maxLength: 3, kinks: true }], drawn),
};

const registers = 'registers tests of the laws that its check runs, after the same look at its subject';
export const testingOthers: Readonly<Record<string, string>> = {
  describeCell: registers,
  describeInfluence: registers,
  describeOptimizer: registers,
  describePrimitive: registers,
  fc: 'fast-check',
  lawText: 'prints what judge returns',
};
