import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError, dataOf } from '../../../lib/index.ts';
import { type AddingOptions, adding } from '../../../trainers/tasks/index.ts';
import { take } from './reading.ts';

describe('adding', () => {
  it('marks one step of each half; the target is the sum of the two values marked last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 21 }), fc.maxSafeNat(), (length, seed) => {
        const examples = take(adding({ length, seed }), 8 * length);
        let marked = [0.5, 0.5];
        const places: number[] = [];
        for (const [t, { input, target }] of examples.entries()) {
          expect([input.shape, target.shape]).to.deep.equal([[2], [1]]);
          const [value, mark] = dataOf(input);
          expect(value).to.be.within(0, 1);
          expect(mark).to.be.oneOf([0, 1]);
          if (mark === 1) {
            marked = [marked[1], value];
            places.push(t);
          }
          expect(target.item()).to.equal(marked[0] + marked[1]);
        }
        expect(places).to.have.length(16);
        for (const [i, place] of places.entries()) {
          const half = Math.floor(length / 2);
          const start = Math.floor(i / 2) * length;
          if (i % 2 === 0) expect(place - start).to.be.within(0, half - 1);
          else expect(place - start).to.be.within(half, length - 1);
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('has the mean squared errors that it states', () => {
    const [length, sequences] = [4, 25000];
    const task = adding({ length });
    let [constant, lastOnly, sum, last] = [0, 0, 0, 0.5];
    const steps = sequences * length;
    for (const { input, target } of take(task, steps)) {
      const [value, mark] = dataOf(input);
      if (mark === 1) last = value;
      sum += target.item();
      constant += (target.item() - 1) ** 2;
      lastOnly += (target.item() - last - 0.5) ** 2;
    }
    // 50,000 independent marked values: standard errors of at most 0.0013, slightly more for values that
    // share a mark.
    expect(sum / steps).to.be.closeTo(1, 0.006);
    expect(constant / steps).to.be.closeTo(task.meanSquare.mean, 0.003);
    expect(lastOnly / steps).to.be.closeTo(task.meanSquare.lastOnly, 0.0015);
  });

  it('makes tensors of the given dtype', () => {
    const [{ input, target }] = take(adding({ length: 5, dtype: 'float32' }), 1);
    expect([input.dtype, target.dtype]).to.deep.equal(['float32', 'float32']);
    const [double] = take(adding({ length: 5 }), 1);
    expect([double.input.dtype, double.target.dtype]).to.deep.equal(['float64', 'float64']);
  });

  it('refuses options that make no sense', () => {
    for (const [bad, message] of [
      [{}, 'length is missing; it must be a whole number from 2 to 16777216'],
      [{ length: 1 }, 'got 1'],
      [{ length: 10, dtype: 'int32' }, 'dtype must be float32 or float64, got "int32"'],
      [{ length: 10, seed: -5 }, 'seed must be'],
      [{ length: 10, t: 1 }, 'there is no option t'],
    ] as [AddingOptions, string][])
      expect(() => adding(bad)).to.throw(ConfigurationError, message);
  });
});
