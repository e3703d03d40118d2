import { expect } from 'chai';
import { compile, gather } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  DTypeError,
  IndexError,
  indices,
  NonFiniteError,
  seeded,
  type Tensor,
  tensor,
} from '../../../lib/index.ts';
import { linear, meanSquare, model, rnn } from '../../../nn/index.ts';
import { createLearner, sgd } from '../../../trainers/index.ts';
import { type Any, act, type Config, configOf, estimators, requireSame, symbols } from './planned.ts';

// A typed array takes any number and keeps what fits: 2^32 becomes class 0, 1.5 class 1, NaN class 0, 1e39
// infinite.
const classes: Readonly<Record<string, readonly [number, typeof DTypeError | typeof IndexError]>> = {
  '2^32': [2 ** 32, DTypeError],
  '2^32 + 1': [2 ** 32 + 1, DTypeError],
  '-2^32': [-(2 ** 32), DTypeError],
  '2^31': [2 ** 31, DTypeError],
  '2^53': [2 ** 53, DTypeError],
  '1e300': [1e300, DTypeError],
  '1.5': [1.5, DTypeError],
  '1e-9': [1e-9, DTypeError],
  NaN: [Number.NaN, DTypeError],
  Infinity: [Number.POSITIVE_INFINITY, DTypeError],
  '-1': [-1, IndexError],
  '5': [5, IndexError],
  '-2^31': [-(2 ** 31), IndexError],
};

const doors: Readonly<Record<string, (learner: Any, bad: number) => unknown>> = {
  input: (learner, bad) => learner.step(bad, 1),
  target: (learner, bad) => learner.step(1, bad),
  observe: (learner, bad) => learner.observe(bad),
  predict: (learner, bad) => learner.predict(bad),
  predictMany: (learner, bad) => learner.predictMany([1, bad]),
  'stepMany, inputs': (learner, bad) => learner.stepMany([bad], [1]),
  'stepMany, targets': (learner, bad) => learner.stepMany(Float64Array.of(1), Float64Array.of(bad)),
};

for (const eager of [true, false])
  describe(`a class that is none, ${eager ? 'eager' : 'with a plan'}`, () => {
    for (const name of ['uoro', 'rtrl', 'tbptt 4'])
      it(`${name}: is refused at every door, before the first step and after, and nothing changes`, () => {
        const config: Config = {
          ...configOf({
            estimator: name,
            optimizer: 'adam',
            kind: 'rnn',
            units: 3,
            lanes: 1,
            dtype: 'float64',
            seed: 4,
          }),
          eager,
        };
        const [learner, twin] = [createLearner(config), createLearner(config)];
        for (const after of [0, 1, 2, 5]) {
          while (twin.steps < after) for (const one of [learner, twin]) act(one, 'step', twin.steps);
          for (const [value, [bad, error]] of Object.entries(classes))
            for (const [door, call] of Object.entries(doors))
              expect(() => call(learner, bad), `${value} at ${door} after ${after}`).to.throw(error);
          if (after > 0) requireSame(learner, twin, `after ${after}`);
        }
      });

    it('takes -0 and the largest class as what they are', () => {
      const config: Config = {
        ...configOf({
          estimator: 'uoro',
          optimizer: 'sgd',
          kind: 'rnn',
          units: 3,
          lanes: 1,
          dtype: 'float64',
          seed: 4,
        }),
        eager,
      };
      const [learner, twin] = [createLearner(config), createLearner(config)];
      for (const [x, y] of [
        [0, 4],
        [4, 0],
      ])
        expect(learner.step(x === 0 ? -0 : x, y).loss).to.equal(twin.step(x, y === 0 ? -0 : y).loss);
    });
  });

for (const eager of [true, false])
  describe(`a number beyond float32, ${eager ? 'eager' : 'with a plan'}`, () => {
    const make = (dtype: 'float32' | 'float64') =>
      createLearner<ReturnType<typeof cell.init>, Tensor, Tensor | number, Tensor | number>({
        model: cell,
        loss: meanSquare,
        estimator: estimators.uoro(),
        optimizer: sgd({ rate: 0 }),
        dtype,
        eager,
      });
    const cell = model({ cell: rnn({ inputs: 2, units: 3 }), readout: linear({ outputs: 1 }) });
    const x = tensor([0.5, -1]);

    it('is refused where it comes in, and not learnt as infinite', () => {
      const learner = make('float32');
      for (let t = 0; t < 3; t++) {
        for (const [call, message] of [
          [() => learner.step(tensor([0, 1e39]), tensor([1])), 'input: 1e+39 is beyond float32'],
          [() => learner.step(x, tensor([-1e300])), 'target: -1e+300 is beyond float32'],
          [() => learner.step(x, 3.5e38), 'target: 3.5e+38 is beyond float32'],
          [() => learner.observe(tensor([1e39, 0])), 'input: 1e+39'],
          [() => learner.predict(tensor([1e39, 0])), 'input: 1e+39'],
          [() => learner.stepMany([x], [tensor([1e200])]), 'target: 1e+200'],
        ] as const)
          expect(call).to.throw(DTypeError, message);
        learner.step(x, tensor([1]));
      }
      const theta = cell.init(seeded(1));
      const readout = { ...theta.readout, w: tensor([[1e39, 0, 0]]) };
      expect(() => createLearner({ ...learner.config, parameters: { ...theta, readout } })).to.throw(
        DTypeError,
        'parameters.readout.w: 1e+39',
      );
      expect(() => createLearner({ ...learner.config, state: tensor([0, 1e40, 0]) })).to.throw(
        DTypeError,
        'state: 1e+40',
      );
    });

    it('is taken where float32 rounds it to its largest number, and by float64', () => {
      const largest = 3.4028235e38;
      expect(Number.isFinite(Math.fround(largest))).to.equal(true);
      for (const dtype of ['float32', 'float64'] as const) make(dtype).predict(tensor([largest, 0]));
      make('float64').predict(tensor([1e300, 0]));
      // When a number breaks, an infinite input is named as the cause.
      expect(() => make('float32').step(tensor([1, 1]), tensor([Number.POSITIVE_INFINITY]))).to.throw(
        NonFiniteError,
      );
    });
  });

describe('lists that are no lists of floats', () => {
  it('are refused by stepMany, which would round losses and outputs', () => {
    const learner = createLearner(
      configOf({
        estimator: 'uoro',
        optimizer: 'sgd',
        kind: 'rnn',
        units: 3,
        lanes: 1,
        dtype: 'float32',
        seed: 4,
      }),
    );
    const chunk = [symbols(0, 1), symbols(1, 1)];
    for (const list of [new Int32Array(40), [], Array.from({ length: 40 }, () => 0), new Uint8Array(40)]) {
      if (list.length > 0)
        expect(() => learner.stepMany(chunk, chunk, list as never)).to.throw(
          ConfigurationError,
          'stepMany: losses must be',
        );
      expect(() => learner.stepMany(chunk, chunk, new Float64Array(2), list as never)).to.throw(
        ConfigurationError,
        'outputs',
      );
    }
    expect(learner.steps).to.equal(0);
  });
});

describe('a compiled function', () => {
  it('takes indices as they are, and nothing that int32 would change', () => {
    const pick = compile((x: Tensor, ids: Tensor) => gather(x, ids));
    const x = tensor([1, 2, 3]);
    expect(pick(x, indices([2, 0])).toArray()).to.deep.equal([3, 1]);
    for (const bad of [2 ** 32, 1.5, Number.NaN, 1e300]) {
      expect(() => pick(x, indices([bad, 0])), String(bad)).to.throw(DTypeError);
      expect(() => pick(x, tensor([bad, 0])), String(bad)).to.throw(DTypeError);
      expect(() => pick(x, bad as never), String(bad)).to.throw(DTypeError);
    }
    expect(() => pick(x, indices([3, 0]))).to.throw(IndexError);
    expect(pick.plans).to.equal(1);
  });
});
