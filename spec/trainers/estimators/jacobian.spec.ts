import { expect } from 'chai';
import fc from 'fast-check';
import { concat, slice } from '../../../autodiff/index.ts';
import { full, leavesOf, ones, seeded, type Tensor } from '../../../lib/index.ts';
import { indrnn, meanSquare, rnn, stacked } from '../../../nn/index.ts';
import { blocksOf } from '../../../trainers/estimators/step/blocks.ts';
import { factorsBy } from '../../../trainers/estimators/step/jacobian.ts';
import {
  createLearner,
  type Estimator,
  kfRtrl,
  ok,
  restoreLearner,
  rKfRtrl,
  sgd,
} from '../../../trainers/index.ts';
import { checkUnbiased, estimates } from '../../../trainers/testing/agreement.ts';
import { numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';
import { connected, feedback, layers, stackOf, tied, turned } from './layerCells.ts';
import { structureOfStep } from './oneStep.ts';
import { fixture, withReadout } from './sparse.ts';
import { watched } from './watched.ts';

const estimators: Readonly<Record<string, () => Estimator>> = {
  kfRtrl: () => kfRtrl() as Estimator,
  rKfRtrl: () => rKfRtrl() as Estimator,
  ok: () => ok({ rank: 2 }) as Estimator,
};

/** The estimator, bound to a step in which each state element counts as reached from each. */
function inOneBlock(estimator: Estimator): Estimator {
  return {
    ...estimator,
    bind: (step) =>
      estimator.bind(
        new Proxy(step, {
          get(own, key) {
            if (key === 'successors') return own.successors.map((_, __, all) => [...all.keys()]);
            const value: unknown = Reflect.get(own, key, own);
            return typeof value === 'function' ? value.bind(own) : value;
          },
        }),
      ),
  };
}

/** A layer that sees the input alone, so that its rows of J are zero. */
const memoryless = connected(
  'memoryless',
  [3, 2, 2],
  [
    [0, 0, 'a'],
    [0, 1, 'b'],
    [1, 1, 'c'],
    [1, 2, 'd'],
  ],
);
/** A vector without sites that reaches more than is carried entry by entry. */
const gains = stacked([indrnn({ inputs: 2, units: 3, activation: 'tanh' }), rnn({ inputs: 3, units: 6 })]);

describe('J of a stack', () => {
  const stack = stackOf({ kinds: ['rnn', 'rnn'], units: [4, 3], output: 'top' });

  it('is pulled by blocks, and multiplied without those that are zero', () => {
    const step = structureOfStep(fixture(turned, 2, 1));
    const blocks = blocksOf(step);
    const asked: (readonly number[] | undefined)[] = [];
    const sizes = leavesOf(step.state).map((leaf) => leaf.size);
    const factors = (leaves: readonly number[] = []) => {
      asked.push(leaves);
      const rows = leaves.reduce((sum, leaf) => sum + sizes[leaf], 0);
      const to = blocks.findIndex((block) => block.leaves.join() === leaves.join());
      // Where J is zero, no number may be read.
      const columns = sizes.map((columns, leaf) => {
        const from = blocks.findIndex((block) => block.leaves.includes(leaf));
        return full([rows, columns], blocks[to].from.includes(from) ? to + 1 : Number.NaN);
      });
      return { jacobian: concat(columns, 1), columns, groups: [], rest: {} };
    };
    const { jacobian } = factorsBy(blocks, { factors }, step);
    expect(asked).to.deep.equal([[2], [1], [0]]);
    // The leaves have 3, 2 and 3 elements, the lowest layer last.
    const product = (A: Tensor, reached: number[]) =>
      numbersOf(slice(jacobian(reached).times(A), [0, 0], [8, 1]));
    expect(product(ones([8, 2]), [0, 1, 2])).to.deep.equal([24, 24, 24, 10, 10, 3, 3, 3]);
    const lower = full([3, 2], Number.NaN);
    expect(product(concat([ones([5, 2]), lower]), [1, 2])).to.deep.equal([15, 15, 15, 4, 4, 0, 0, 0]);
  });

  it('is asked for block by block where there are several', () => {
    expect(watched(fixture(stack, 2, 2), kfRtrl() as Estimator).factors).to.equal(2);
    expect(watched(fixture(rnn({ inputs: 2, units: 3 }), 2, 2), kfRtrl() as Estimator).factors).to.equal(1);
  });

  it('takes the products that are not zero, and the memory of all rows', () => {
    const step = structureOfStep(fixture(stack, 2, 1));
    const [lower, upper] = [(2 + 4 + 1) * 4, (4 + 3 + 1) * 3];
    expect(kfRtrl().bind(step).cost).to.deep.equal({
      time: (7 + 3) * (lower + upper) + (4 * 4 + 3 * (4 + 3)) * 4 + 3 * 3 * 3,
      memory: 7 * 4 + (2 + 4 + 1) + 7 * 3 + (4 + 3 + 1),
    });
    const vector = 9 * 3;
    const { cost } = kfRtrl().bind(structureOfStep(fixture(gains, 2, 1)));
    expect(cost).to.deep.equal({
      time: (9 + 3) * (9 + 3 + 60) + 2 * (3 * 3 + 6 * 9) * 3 + 6 * 6 * 6,
      memory: 9 * 3 + 3 + (9 * 6 + 10) + vector,
    });
  });

  const agree = (runs: Parameters<typeof estimates>[0], make: () => Estimator, eager: boolean) => {
    const options = { eager, before: 2, observed: [1] };
    const [own, whole] = [make(), inOneBlock(make())].map((estimator) =>
      estimates(runs, estimator, seeded(1), options),
    );
    requireLive(numbersOf(whole.influence), 'the influence');
    requireClose(numbersOf(own.influence), numbersOf(whole.influence), 1e-10, 'the influence');
    requireClose(numbersOf(own.gradients), numbersOf(whole.gradients), 1e-10, 'the gradients');
  };

  it('leaves the estimates of each draw as they are, on random stacks and lanes', () => {
    fc.assert(
      fc.property(
        layers,
        fc.constantFrom(...Object.keys(estimators)),
        fc.integer({ min: 1, max: 2 }),
        fc.boolean(),
        (own, name, lanes, eager) => {
          const cell = withReadout(stackOf(own));
          const { parameters } = fixture(cell, 2, 5);
          const runs = [1, 2].slice(0, lanes).map((seed) => ({ ...fixture(cell, 2, 5, seed), parameters }));
          agree(runs, estimators[name], eager);
        },
      ),
      { seed: 1, numRuns: size(4, 100) },
    );
  });

  for (const [name, cell] of Object.entries({ turned, tied, feedback, memoryless, gains }))
    it(`leaves them as they are where layers are ${name}`, () => {
      for (const make of Object.values(estimators)) agree([fixture(cell, 2, 6)], make, false);
      agree([fixture(cell, 2, 6)], estimators.kfRtrl, true);
    });

  it('leaves the mean ∂s/∂θ', () => {
    const run = fixture(stackOf({ kinds: ['rnn', 'rnn'], units: [2, 1], output: 'top' }), 2, size(2, 3));
    checkUnbiased([run], () => kfRtrl());
  });

  it('resumes checkpoints of a version that had one block', () => {
    const { examples, parameters, model } = fixture(withReadout(stack), 2, 5);
    for (const make of Object.values(estimators)) {
      const config = (estimator: Estimator) => ({
        ...{ model, parameters, loss: meanSquare, optimizer: sgd({ rate: 0.1 }), seed: 2 },
        ...{ dtype: 'float64' as const, estimator },
      });
      const before = createLearner(config(inOneBlock(make())));
      const learn = (learner: { step(input: unknown, target: Tensor): unknown }) => {
        for (const { input, target } of examples) learner.step(input, target as Tensor);
      };
      learn(before);
      const resumed = restoreLearner(config(make()), before.save());
      requireClose(numbersOf(resumed.influence), numbersOf(before.influence), 0, 'shown');
      for (const learner of [before, resumed]) {
        learn(learner);
        learner.resetState();
        learn(learner);
      }
      requireClose(numbersOf(resumed.influence), numbersOf(before.influence), 1e-10, 'learnt');
      requireClose(numbersOf(resumed.parameters), numbersOf(before.parameters), 1e-10, 'the parameters');
    }
  });
});
