import { expect } from 'chai';
import { mul, square, sum } from '../../../autodiff/index.ts';
import {
  IndexError,
  indices,
  NonFiniteError,
  type Tensor,
  tensor,
  UnknownValueError,
} from '../../../lib/index.ts';
import { type Cell, linear, meanSquare, model, rnn } from '../../../nn/index.ts';
import { adam, constant, createLearner, type Estimator, sgd } from '../../../trainers/index.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';
import { act, bytesOf, type Config, configOf, estimators, symbols } from './planned.ts';

describe('a learner with a plan', () => {
  describe('when numbers stop being finite', () => {
    /** Learns at a rate that explodes in one window. */
    const exploding = (
      estimator: Estimator,
      from: number,
      dtype: 'float32' | 'float64' = 'float32',
    ): Config => ({
      ...configOf({ estimator: 'uoro', optimizer: 'sgd', kind: 'gru', units: 3, lanes: 1, dtype, seed: 2 }),
      estimator,
      optimizer: sgd({
        rate: (step) => (step >= from && step < from + estimator.window ? Number.POSITIVE_INFINITY : 0.05),
      }),
    });

    for (const [i, [name, estimator]] of Object.entries(estimators).entries())
      for (const look of (['parameters', 'predict'] as const).filter((_, k) => size(i % 2 === k, true)))
        it(`${name}: names the step and a parameter, is as after the last good step, and continues, found out by ${look}`, () => {
          const { window: longest, windowAt = () => longest } = estimator();
          // Two windows are good, and the rate explodes in the third.
          const good = windowAt(0) + windowAt(1);
          const window = windowAt(2);
          const learner = createLearner(exploding(estimator(), good));
          const twin = createLearner({
            ...exploding(estimator(), good),
            optimizer: sgd({ rate: constant(0.05) }),
          });
          for (let t = 0; t < good; t++) {
            act(learner, 'step', t);
            act(twin, 'step', t);
          }
          let thrown: Error | undefined;
          let t = good;
          for (; t < good + 3 * window && thrown === undefined; t++)
            try {
              act(learner, 'step', t);
              // Looking is enough to find out, and so is predicting.
              if (t === good + window - 1) act(learner, look, t);
            } catch (error) {
              thrown = error as Error;
            }
          expect(thrown).to.be.instanceOf(NonFiniteError);
          expect(thrown?.message).to.match(/^step \d+: parameter .*(w|b|W|kernel|readout|cell|embedding)/i);
          const named = Number(/^step (\d+)/.exec(thrown?.message ?? '')?.[1]);
          // The parameters break at the end of the window, and the steps before are still in it.
          expect(named).to.equal(good + window);
          expect(learner.steps).to.equal(good + window - 1);
          for (let s = good; s < good + window - 1; s++) act(twin, 'step', s);
          expect(numbersOf(learner.parameters)).to.deep.equal(numbersOf(twin.parameters));
          expect(numbersOf(learner.state)).to.deep.equal(numbersOf(twin.state));
          expect(numbersOf(learner.influence)).to.deep.equal(numbersOf(twin.influence));
          expect(numbersOf(learner.gradient)).to.deep.equal(numbersOf(twin.gradient));
        });

    it('goes back across hundreds of steps to the right one', () => {
      for (const [good, name] of [
        ...size([], [[255, 'uoro'] as const, [400, 'tbptt 1'] as const]),
        [256, 'uoro'],
        [257, 'rtrl'],
        [512, 'tbptt 4'],
      ] as const) {
        const learner = createLearner(exploding(estimators[name](), good));
        const twin = createLearner({
          ...exploding(estimators[name](), good),
          optimizer: sgd({ rate: 0.05 }),
        });
        const last = good + estimators[name]().window - 1;
        for (let t = 0; t < good; t++) act(learner, 'step', t);
        for (let t = 0; t < last; t++) act(twin, 'step', t);
        expect(() => {
          for (let t = good; t < good + 9; t++) act(learner, 'step', t);
        }, `${name} after ${good}`).to.throw(NonFiniteError);
        expect(learner.steps).to.equal(last);
        for (const part of ['parameters', 'influence', 'state', 'gradient'] as const)
          expect(numbersOf(learner[part])).to.deep.equal(numbersOf(twin[part]));
      }
    });

    it('learns from other data, as if the bad step had not occurred', () => {
      for (const name of ['uoro', 'tbptt 4', 'rtrl']) {
        const dense = model({
          cell: rnn({ inputs: 2, units: 3 }),
          readout: linear({ outputs: 1 }),
        }) as unknown as Cell<unknown, unknown, unknown>;
        const config: Config = {
          model: dense,
          loss: meanSquare as never,
          estimator: estimators[name](),
          optimizer: adam({ rate: 0.01 }),
          seed: 4,
        };
        const [learner, twin] = [createLearner(config), createLearner(config)];
        const input = (t: number) => tensor([Math.sin(t), Math.cos(2 * t)]);
        for (let t = 0; t < 40; t++) {
          learner.step(input(t), tensor([Math.sin(t + 1)]));
          twin.step(input(t), tensor([Math.sin(t + 1)]));
          if (t % 9 === 5) {
            expect(() => learner.step(input(t + 1), tensor([Number.NaN]))).to.throw(
              NonFiniteError,
              `step ${t + 2}: target[0] is NaN`,
            );
            expect(() => learner.step(tensor([Number.POSITIVE_INFINITY, Number.NaN]), tensor([0]))).to.throw(
              NonFiniteError,
              `step ${t + 2}`,
            );
            expect(learner.steps).to.equal(twin.steps);
          }
        }
        expect(bytesOf(learner)).to.equal(bytesOf(twin));
      }
    });
  });

  describe('when an index is out of range', () => {
    for (const name of size(['uoro', 'tbptt 4'], Object.keys(estimators)))
      it(`${name}: changes nothing, noise included`, () => {
        for (const lanes of size([name === 'uoro' ? 2 : 1], [1, 2])) {
          const config = configOf({
            estimator: name,
            optimizer: 'adam',
            kind: 'lstm',
            units: 3,
            lanes,
            dtype: 'float32',
            seed: 6,
          });
          const [learner, twin] = [createLearner(config), createLearner(config)];
          const bad = (id: number) => (lanes === 1 ? id : indices([1, id]));
          for (let t = 0; t < 11; t++) {
            expect(() => learner.step(bad(5), symbols(t, lanes))).to.throw(IndexError, 'index 5');
            expect(() => learner.step(symbols(t, lanes), bad(-1))).to.throw(IndexError, 'index -1');
            expect(() => learner.observe(bad(1000))).to.throw(IndexError, 'index 1000');
            if (t % 4 === 3) {
              expect(bytesOf(learner)).to.equal(bytesOf(twin));
            }
            act(learner, t % 5 === 4 ? 'observe' : 'step', t);
            act(twin, t % 5 === 4 ? 'observe' : 'step', t);
          }
          expect(bytesOf(learner)).to.equal(bytesOf(twin));
        }
      });
  });

  it('refuses to compute with a plain target that it does not know while it is traced', () => {
    const loss = (output: Tensor, target: unknown) =>
      mul(sum(square(output)), (target as number) > 0.5 ? 1 : 2);
    const config: Config = {
      ...configOf({
        estimator: 'uoro',
        optimizer: 'sgd',
        kind: 'rnn',
        units: 3,
        lanes: 1,
        dtype: 'float32',
        seed: 4,
      }),
      loss,
    };
    expect(() => createLearner(config).step(1, 1)).to.throw(UnknownValueError, 'where');
    expect(createLearner({ ...config, eager: true }).step(1, 1).loss).to.be.above(0);
  });
});
