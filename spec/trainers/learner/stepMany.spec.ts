import { expect } from 'chai';
import { ConfigurationError, IndexError, NonFiniteError } from '../../../lib/index.ts';
import { createLearner, sgd } from '../../../trainers/index.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';
import { act, bytesOf, type Config, configOf, estimators, symbols } from './planned.ts';

const one = (estimator: string, more: Partial<Config> = {}): Config => ({
  ...configOf({ estimator, optimizer: 'adam', kind: 'gru', units: 3, lanes: 1, dtype: 'float32', seed: 4 }),
  ...more,
});
const stream = (length: number, phase = 0) =>
  Int32Array.from({ length }, (_, t) => symbols(t, 1, phase) as number);

describe('stepMany', () => {
  for (const name of Object.keys(estimators))
    it(`${name}: is step, again and again, to the last bit`, () => {
      const [many, single] = [createLearner(one(name)), createLearner(one(name))];
      const losses = [
        many.stepMany(stream(70), stream(70, 1)),
        many.stepMany([...stream(3)], [...stream(3, 1)]),
      ];
      const wanted = [70, 3].map((length) => Array.from({ length }, (_, t) => act(single, 'step', t)));
      expect(losses.map((list) => [...list])).to.deep.equal(wanted);
      expect(bytesOf(many)).to.equal(bytesOf(single));
    });

  it('works eagerly, on lanes and on tensors as on numbers', () => {
    for (const lanes of [1, 2])
      for (const eager of [true, false]) {
        const config = { ...one('uoro', { eager }), lanes };
        const [many, single] = [createLearner(config), createLearner(config)];
        const chunk = (phase: number) => Array.from({ length: 5 }, (_, t) => symbols(t, lanes, phase));
        const wanted = Array.from({ length: 5 }, (_, t) => act(single, 'step', t));
        expect([...many.stepMany(chunk(0), chunk(1))]).to.deep.equal(wanted);
      }
  });

  it('writes losses where it is told to', () => {
    const losses = new Float64Array(6).fill(7);
    expect(createLearner(one('uoro')).stepMany(stream(4), stream(4, 1), losses)).to.equal(losses);
    expect([...losses.subarray(4)]).to.deep.equal([7, 7]);
    expect(losses[3]).to.be.within(0.1, 5);
  });

  it('writes predictions where it is told to: those of step, one after the other', () => {
    for (const name of size(['tbptt 4'], ['uoro', 'tbptt 4', 'rtrl']))
      for (const lanes of [1, 2])
        for (const eager of [true, false]) {
          const config = { ...one(name, { eager }), lanes };
          const [many, single] = [createLearner(config), createLearner(config)];
          const chunk = (phase: number) => Array.from({ length: 6 }, (_, t) => symbols(t, lanes, phase));
          const wanted = Array.from({ length: 6 }, (_, t) =>
            numbersOf(single.step(symbols(t, lanes), symbols(t, lanes, 1)).output),
          );
          const outputs = new Float32Array(wanted.flat().length + 1).fill(7);
          many.stepMany(chunk(0), chunk(1), new Float64Array(6), outputs);
          expect([...outputs], `${name}, ${lanes} lanes, eager: ${eager}`).to.deep.equal([
            ...wanted.flat(),
            7,
          ]);
          const tight = outputs.subarray(0, wanted[0].length - 1);
          expect(() => many.stepMany(chunk(0), chunk(1), new Float64Array(6), tight)).to.throw(
            ConfigurationError,
            `a prediction has ${wanted[0].length} numbers, and the list for outputs has ${tight.length}`,
          );
          expect(many.steps).to.equal(6);
        }
  });

  it('refuses lists of unlike lengths, and no room for losses', () => {
    const learner = createLearner(one('uoro'));
    expect(() => learner.stepMany(stream(4), stream(3))).to.throw(ConfigurationError, '4 inputs, 3 targets');
    expect(() => learner.stepMany(stream(4), stream(4), new Float64Array(2))).to.throw(
      ConfigurationError,
      'room for 2 losses',
    );
    expect(learner.steps).to.equal(0);
    expect([...learner.stepMany([], [])]).to.deep.equal([]);
  });

  it('has learnt what came before the step that fails', () => {
    const bad = Int32Array.from(stream(6));
    bad[4] = 9;
    const [learner, twin] = [createLearner(one('uoro')), createLearner(one('uoro'))];
    expect(() => learner.stepMany(bad, stream(6, 1))).to.throw(IndexError, 'index 9');
    twin.stepMany(stream(4), stream(4, 1));
    expect(bytesOf(learner)).to.equal(bytesOf(twin));
    const exploding = createLearner(
      one('tbptt 1', { optimizer: sgd({ rate: (step) => (step < 4 ? 0.1 : Number.POSITIVE_INFINITY) }) }),
    );
    expect(() => exploding.stepMany(stream(9), stream(9, 1))).to.throw(NonFiniteError, 'step 5');
    expect(exploding.steps).to.equal(4);
  });
});
