import { expect } from 'chai';
import fc from 'fast-check';
import { DataError, leavesOf, seeded, type Tensor, type Tree, tensor, zeros } from '../../../lib/index.ts';
import { meanSquare } from '../../../nn/index.ts';
import { blocksOf } from '../../../trainers/estimators/step/blocks.ts';
import {
  createLearner,
  type Estimator,
  restoreLearner,
  rtrl,
  sgd,
  snap,
  unbiased,
} from '../../../trainers/index.ts';
import { requireCarried } from '../../../trainers/learner/checkpoint/requireCarried.ts';
import { estimates } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';
import { feedback, layers, stackOf, tied, turned } from './layerCells.ts';
import { structureOfStep } from './oneStep.ts';
import { fixture, withReadout } from './sparse.ts';

const blocksIn = (cell: unknown) =>
  blocksOf(structureOfStep(fixture(cell, 2, 1))).map(({ leaves, elements, from }) => ({
    leaves,
    elements,
    from,
  }));

describe('blocks of G', () => {
  it('are the cells of the state, each after those that it depends on', () => {
    expect(blocksIn(stackOf({ kinds: ['rnn', 'lstm'], units: [3, 2], output: 'top' }))).to.deep.equal([
      { leaves: [0], elements: [0, 1, 2], from: [0] },
      { leaves: [1, 2], elements: [3, 4, 5, 6], from: [0, 1] },
    ]);
    expect(blocksIn(turned)).to.deep.equal([
      { leaves: [2], elements: [5, 6, 7], from: [0] },
      { leaves: [1], elements: [3, 4], from: [0, 1] },
      { leaves: [0], elements: [0, 1, 2], from: [0, 1, 2] },
    ]);
    expect(blocksIn(feedback)).to.deep.equal([
      { leaves: [1, 2], elements: [4, 5, 6, 7, 8], from: [0] },
      { leaves: [0], elements: [0, 1, 2, 3], from: [0, 1] },
    ]);
  });

  it('have an eighth of the state at least: smaller cells share one', () => {
    const of = (...units: number[]) =>
      blocksIn(stackOf({ kinds: units.map(() => 'rnn' as const), units, output: 'top' })).map(
        ({ leaves }) => leaves,
      );
    expect(of(1, 7)).to.deep.equal([[0], [1]]);
    expect(of(1, 8)).to.deep.equal([[0, 1]]);
    expect(of(8, 1)).to.deep.equal([[0, 1]]);
    expect(of(20, 1, 20, 1, 1)).to.deep.equal([[0], [1, 2, 3, 4]]);
  });

  it('take only what is not zero, and say so', () => {
    const rule = rtrl().bind(
      structureOfStep(fixture(stackOf({ kinds: ['rnn', 'rnn'], units: [4, 3], output: 'top' }), 2, 1)),
    );
    const [lower, upper] = [(2 + 4 + 1) * 4, (4 + 3 + 1) * 3];
    expect(rule.structure).to.equal(
      `dense: parameters reach too many of the 7 state elements; ${4 * upper} entries are always zero`,
    );
    expect(rule.cost).to.deep.equal({
      time: (4 * 4 + 3 * (4 + 3)) * lower + 3 * 3 * upper,
      memory: 7 * lower + 3 * upper,
    });
    const shapes = leavesOf(rule.start(seeded(1)) as Tree).map(({ shape }) => shape[0]);
    expect(shapes).to.deep.equal([4, 3, 4, 3, 4, 3, 3, 3, 3]);
  });

  it('are those of G in full, on random stacks', () => {
    fc.assert(
      fc.property(layers, fc.integer({ min: 1, max: 2 }), fc.boolean(), (own, lanes, eager) => {
        const runs = [1, 2].slice(0, lanes).map((seed) => ({
          ...fixture(withReadout(stackOf(own)), 2, 5, seed),
          parameters: fixture(withReadout(stackOf(own)), 2, 5).parameters,
        }));
        const options = { eager, before: 2, observed: [1] };
        const [blocks, full] = [rtrl(), rtrl({ structure: 'dense' })].map((estimator) =>
          estimates(runs, estimator as Estimator, seeded(1), options),
        );
        requireLive(numbersOf(full.influence), 'the influence');
        requireClose(numbersOf(blocks.influence), numbersOf(full.influence), 1e-10, 'the influence');
        requireClose(numbersOf(blocks.gradients), numbersOf(full.gradients), 1e-10, 'the gradients');
      }),
      { seed: 1, numRuns: size(4, 200) },
    );
  });

  for (const [name, cell] of Object.entries({ turned, tied, feedback }))
    for (const estimator of [rtrl(), snap({ n: 2 })])
      it(`are those of G in full where layers are ${name}, as ${estimator.name} has them`, () => {
        const run = fixture(cell, 2, 6);
        const own = estimates([run], estimator as Estimator, seeded(1));
        const eager = estimates([run], estimator as Estimator, seeded(1), { eager: true });
        const full = estimates([run], earliest(estimator as Estimator), seeded(1));
        requireLive(numbersOf(full.influence), 'the influence');
        for (const one of [own, eager]) {
          requireClose(numbersOf(one.influence), numbersOf(full.influence), 1e-12, 'the influence');
          requireClose(numbersOf(one.gradients), numbersOf(full.gradients), 1e-12, 'the gradients');
        }
      });

  describeInfluence({
    name: 'rtrl() on a stack of two',
    estimator: () => rtrl(),
    fixtures: {
      stack: (steps: number) =>
        fixture(withReadout(stackOf({ kinds: ['rnn', 'rnn'], units: [2, 3], output: 'all' })), 2, steps),
    },
  });
});

/** An estimator as its first version was, which carried all rows of G for each leaf. */
function earliest(estimator: Estimator): Estimator {
  return {
    ...estimator,
    bind(step) {
      let rule = estimator.bind(step);
      while (rule.earlier !== undefined) rule = rule.earlier;
      return rule;
    },
  };
}

describe('checkpoints of G in another form', () => {
  const stack = withReadout(stackOf({ kinds: ['gru', 'rnn'], units: [3, 2], output: 'top' }));
  for (const [name, estimator] of Object.entries({
    'rtrl()': rtrl(),
    'snap({ n: 1 })': snap({ n: 1 }),
    "snap({ n: 2, pairing: 'published' })": snap({ n: 2, pairing: 'published' }),
    'unbiased(rtrl())': unbiased(rtrl()),
  } as Readonly<Record<string, Estimator>>))
    it(`resume bit for bit: ${name}`, () => {
      const { examples, parameters, model } = fixture(stack, 2, 6);
      const config = (own: Estimator) => ({
        ...{ model, parameters, loss: meanSquare, optimizer: sgd({ rate: 0.1 }), seed: 2 },
        ...{ dtype: 'float64' as const, estimator: own },
      });
      const before = createLearner(config(earliest(estimator)));
      const learn = (learner: { step(input: unknown, target: Tensor): unknown }) => {
        for (const { input, target } of examples) learner.step(input, target as Tensor);
      };
      learn(before);
      const resumed = restoreLearner(config(estimator), before.save());
      const c = [zeros([3]), tensor([1, 2])];
      requireClose(numbersOf(resumed.influence), numbersOf(before.influence), 0, 'shown');
      requireClose(numbersOf(resumed.pull(c)), numbersOf(before.pull(c)), 1e-13, 'pulled');
      for (const learner of [before, resumed]) {
        learn(learner);
        learner.resetState();
        learn(learner);
      }
      expect(Buffer.from(resumed.save()).equals(Buffer.from(before.save()))).to.equal(true);
    });

  it('are refused where they do not fit the state', () => {
    const { parameters, state } = fixture(stack, 2, 1);
    const [{ shape }] = leavesOf(parameters as Tree);
    const rows = (count: number) => zeros([count, ...shape]);
    const carried = (place: unknown) => () =>
      requireCarried('influence', { jacobians: { 0: place } }, parameters as Tree, state as Tree);
    for (const place of [rows(5), { 0: rows(3), 1: rows(2) }, { '0,1': rows(5) }, {}]) carried(place)();
    for (const place of [{ 2: rows(3) }, { '00': rows(3) }, { '': rows(3) }, { '0,x': rows(3) }])
      expect(carried(place)).to.throw(DataError, 'is about none of the 2 tensors of the state');
    for (const place of [rows(4), { 0: rows(2) }, { '0,1': rows(3) }])
      expect(carried(place)).to.throw(DataError, `,${shape.join()}]`);
  });
});
