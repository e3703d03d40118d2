import { expect } from 'chai';
import fc from 'fast-check';
import { DataError } from '../../../lib/index.ts';
import { createLinearModel } from '../../../trainers/evaluation/linearModel.ts';
import { draws } from '../../support/draws.ts';

/** A copy through JSON, as in a checkpoint. */
function reread<T>(saved: T): T {
  return JSON.parse(JSON.stringify(saved));
}

const settings = { seed: 1, numRuns: 100 };

describe('trainers/evaluation: the linear model', () => {
  const value = fc.double({ min: -10, max: 10, noNaN: true });
  const examples = fc.array(fc.tuple(fc.array(value, { minLength: 2, maxLength: 2 }), value), {
    minLength: 1,
    maxLength: 40,
  });

  it('solves weighted least squares with a ridge: the gradient vanishes', () => {
    fc.assert(
      fc.property(examples, (all) => {
        const model = createLinearModel(2);
        for (const [inputs, y] of all) model.learn(inputs, y);
        const constant = model.predict([0, 0]);
        const weights = [model.predict([1, 0]) - constant, model.predict([0, 1]) - constant, constant];
        // Σ λ^(t-i) (y - w·x) x = δ w, with λ = 0.999 and δ = 0.01.
        for (const j of [0, 1, 2]) {
          const left = all.reduce((sum, [inputs, y], i) => {
            const x = [...inputs, 1];
            return (
              sum +
              0.999 ** (all.length - 1 - i) *
                (y - x.reduce((dot, each, k) => dot + each * weights[k], 0)) *
                x[j]
            );
          }, 0);
          expect(left).to.be.closeTo(0.01 * weights[j], 1e-6);
        }
      }),
      settings,
    );
  });

  it('foresees a wave from two values, and its predictions stay sane through 100,000 values that are all the same', () => {
    const model = createLinearModel(2);
    const wave = (i: number) => Math.sin(i / 2);
    for (let i = 2; i < 2000; i++) model.learn([wave(i - 1), wave(i - 2)], wave(i));
    expect(model.predict([wave(1999), wave(1998)])).to.be.closeTo(wave(2000), 1e-3);
    for (let i = 0; i < 1e5; i++) model.learn([1, 1], 1);
    expect(model.predict([1, 1])).to.be.closeTo(1, 1e-3);
    expect(Math.abs(model.predict([5, -5]))).to.be.below(20);
  });

  it('resumes from a checkpoint bit for bit', () => {
    const next = draws(3);
    const straight = createLinearModel(3);
    let resumed = createLinearModel(3);
    for (let i = 0; i < 300; i++) {
      if (i % 70 === 0) resumed = createLinearModel(3, reread(resumed.save()));
      const [x, y] = [[next(), next(), next()], next()];
      expect(resumed.predict(x)).to.equal(straight.predict(x));
      straight.learn(x, y);
      resumed.learn(x, y);
    }
  });

  it('is refused where none saved it', () => {
    const model = createLinearModel(1);
    for (const i of [1, 2, 3, 4]) model.learn([i], 2 * i);
    const saved = model.save();
    expect(createLinearModel(1, saved).predict([5])).to.equal(model.predict([5]));
    for (const [part, says] of [
      [{ matrix: [1, 2] }, /the matrix of the linear model has 2 entries, not 3$/],
      [{ vector: [1] }, /the vector of the linear model has 1 entries, not 2$/],
      [{ matrix: [1, null, 1] }, /a sum of the linear model null is not a number$/],
      [{ vector: [1, 1e121] }, /a sum of the linear model 1e\+121 is not a number from/],
      // Not positive definite.
      [{ matrix: [1, 3, 1] }, /a weight of the linear model null is not a number from/],
    ] as const)
      expect(() => createLinearModel(1, { ...saved, ...part } as never), JSON.stringify(part)).to.throw(
        DataError,
        says,
      );
  });
});
