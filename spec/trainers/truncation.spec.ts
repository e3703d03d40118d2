import { expect } from 'chai';
import fc from 'fast-check';
import { readSafetensorsMetadata, seeded } from '../../lib/index.ts';
import { bptt, tbptt } from '../../trainers/index.ts';
import { estimates, learnerOf } from '../../trainers/testing/agreement.ts';
import {
  jacobianByDifferences,
  lengthOf,
  numbersOf,
  requireClose,
  treeFrom,
} from '../../trainers/testing/numbers.ts';
import { type Fixture, unroll, zerosLike } from '../../trainers/testing/unrolled.ts';
import { size } from '../support/size.ts';
import { fixture, movesFor, type Run } from './runs.ts';

const cases = fc.record({
  kind: fc.constantFrom('rnn', 'gru', 'lstm'),
  window: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 4 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
  around: fc.constantFrom('nothing', 'readout', 'embedding'),
}) as fc.Arbitrary<Pick<Run, 'kind' | 'seed' | 'around'> & { window: number; stride: number }>;

/** The states of a run whose parameters do not move, the first being the one it begins with. */
function statesOf(run: Fixture): unknown[] {
  const zero = zerosLike(run.parameters);
  return [...run.examples.keys(), run.examples.length].map(
    (t) => unroll(run, Array(t).fill(run.parameters), zero).state,
  );
}

/** The gradient of the losses of steps scored..end-1, by differences, when θ acts from step `begin` on. */
function truncated(run: Fixture, begin: number, scored: number, end: number): number[] {
  const part: Fixture = { ...run, state: statesOf(run)[begin], examples: run.examples.slice(begin, end) };
  const trajectory = part.examples.map(() => run.parameters);
  const zero = zerosLike(run.parameters);
  const [gradient] = jacobianByDifferences((shift) => {
    const { losses } = unroll(part, trajectory, treeFrom(shift, zero));
    return [numbersOf(losses.slice(scored - begin)).reduce((sum, loss) => sum + loss, 0)];
  }, numbersOf(zero));
  return gradient;
}

describe('truncated backpropagation through time', () => {
  it('after each stride has the gradient of its losses through the last `window` steps, and no more', () => {
    fc.assert(
      fc.property(
        cases.filter(({ window, stride }) => stride <= window),
        ({ window, stride, ...drawn }) => {
          const steps = 3 * stride + window;
          const run = fixture({ ...drawn, inputs: 2, units: 2, steps });
          const { gradients } = estimates([run], tbptt({ window, stride }), seeded(1));
          expect(gradients.length).to.equal(Math.floor(steps / stride));
          gradients.forEach((gradient, k) => {
            const end = (k + 1) * stride;
            const expected = truncated(run, Math.max(0, end - window), end - stride, end);
            expect(lengthOf(expected)).to.be.greaterThan(1e-4);
            requireClose(
              numbersOf(gradient),
              expected,
              1e-10,
              `gradient ${k + 1} of window ${window}, stride ${stride}`,
            );
          });
        },
      ),
      { seed: 1, numRuns: size(3, 8) },
    );
  });

  it('leaves something out: with a window of 1 the gradient is not that of a window of 4', () => {
    const run = fixture({ kind: 'rnn', inputs: 2, units: 3, steps: 4, around: 'readout', seed: 5 });
    const last = (window: number) =>
      numbersOf(estimates([run], tbptt({ window, stride: 1 }), seeded(1)).gradients[3]);
    const gap = last(1).map((value, i) => value - last(4)[i]);
    expect(lengthOf(gap) / lengthOf(last(4))).to.be.greaterThan(0.01);
  });

  for (const [window, stride] of [
    [1, 1],
    [5, 5],
    [5, 2],
    [4, 1],
  ])
    it(`holds at most ${window} steps with window ${window} and stride ${stride}, for ever`, () => {
      const run = fixture({ kind: 'gru', inputs: 2, units: 2, steps: 25, around: 'nothing', seed: 6 });
      const learner = learnerOf([run], tbptt({ window, stride }), seeded(1), { moves: movesFor(run, 1) });
      const held = run.examples.map(({ input, target }) => {
        learner.step(input, target);
        const { memory } = JSON.parse(readSafetensorsMetadata(learner.save()).learner);
        return memory.lanes[0].window.length as number;
      });
      // A completed stride is learnt from at once, so at most window - 1 steps wait between calls.
      expect(Math.max(...held)).to.equal(window - 1);
      expect(new Set(held.slice(-2 * stride)).size).to.equal(stride);
    });

  it('bytes of a checkpoint do not grow', () => {
    const run = fixture({ kind: 'rnn', inputs: 2, units: 2, steps: 40, around: 'nothing', seed: 6 });
    const learner = learnerOf([run], tbptt({ window: 4, stride: 2 }), seeded(1));
    const sizes = run.examples.map(({ input, target }) => {
      learner.step(input, target);
      return learner.save().length;
    });
    expect(Math.max(...sizes.slice(20)) - Math.max(...sizes.slice(0, 20))).to.be.within(-64, 64);
  });
});

describe('backpropagation through time', () => {
  it('restarts each sequence in the start state', () => {
    const run = fixture({ kind: 'lstm', inputs: 2, units: 2, steps: 9, around: 'readout', seed: 7 });
    const learner = learnerOf([run], bptt({ length: 3 }), seeded(1));
    const outputs = run.examples.map(({ input, target }) => {
      const predicted = numbersOf(learner.predict(input));
      const { output } = learner.step(input, target);
      requireClose(numbersOf(output), predicted, 1e-14, 'the output of step against that of predict');
      return predicted;
    });
    for (const begin of [0, 3, 6]) {
      const own = { ...run, examples: run.examples.slice(begin) };
      const { model, parameters, state } = run;
      expect(outputs[begin]).to.deep.equal(
        numbersOf(model.step(parameters, state, own.examples[0].input).output),
        `at ${begin}`,
      );
    }
    const again = learnerOf([{ ...run, examples: run.examples.slice(3) }], bptt({ length: 3 }), seeded(1));
    for (const { input, target } of run.examples.slice(6)) again.step(input, target);
    expect(numbersOf(again.gradient)).to.deep.equal(numbersOf(learner.gradient));
  });

  it('has the gradient of the sum of the losses of its sequence, by differences', () => {
    const run = fixture({ kind: 'gru', inputs: 2, units: 2, steps: 4, around: 'embedding', seed: 8 });
    const { gradients } = estimates([run], bptt({ length: 4 }), seeded(1));
    requireClose(numbersOf(gradients[0]), truncated(run, 0, 0, 4), 1e-10, 'gradient');
  });
});
