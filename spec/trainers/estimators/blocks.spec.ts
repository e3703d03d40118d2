import { expect } from 'chai';
import fc from 'fast-check';
import { add, matmul, tanh } from '../../../autodiff/index.ts';
import { DataError, leavesOf, seeded, type Tensor, type Tree, tensor, zeros } from '../../../lib/index.ts';
import { type Cell, gru, lstm, meanSquare, rnn, stacked } from '../../../nn/index.ts';
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
import { structureOfStep } from './oneStep.ts';
import { fixture, type Vectors, withReadout } from './sparse.ts';

const kinds = { rnn, gru, lstm };

interface Layers {
  readonly kinds: readonly (keyof typeof kinds)[];
  readonly units: readonly number[];
  readonly output: 'top' | 'all';
}

function stackOf({ kinds: names, units, output }: Layers): Cell<unknown, unknown, Tensor> {
  const cells = names.map((name, k) => kinds[name]({ inputs: k === 0 ? 2 : units[k - 1], units: units[k] }));
  return stacked(cells as [(typeof cells)[0]], { output }) as Cell<unknown, unknown, Tensor>;
}

const layers = fc.integer({ min: 2, max: 3 }).chain((count) => {
  const each = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: count, maxLength: count });
  return fc.record({
    kinds: each(fc.constantFrom('rnn', 'gru', 'lstm')),
    units: each(fc.integer({ min: 1, max: 4 })),
    output: fc.constantFrom('top', 'all'),
  });
});

/**
 * Leaves of the state, of which each sees itself and these others, by matrices with these names; the last one sees the
 * input, too, and the first one is the output.
 */
function connected(
  name: string,
  units: readonly number[],
  links: readonly (readonly [to: number, from: number, matrix: string])[],
): Cell<Vectors, Tree, Tensor> {
  return {
    name,
    outputs: units[0],
    init: (noise) => ({
      x: noise.normal([units[units.length - 1], 2]),
      ...Object.fromEntries(
        links.map(([to, from, matrix]) => [matrix, noise.normal([units[to], units[from]])]),
      ),
    }),
    start: () => units.map((own) => zeros([own])),
    step(theta, state, x) {
      const before = state as readonly Tensor[];
      const next = before.map((own, to) => {
        const seen = links.filter((link) => link[0] === to);
        return tanh(
          [to === units.length - 1 ? matmul(theta.x, x) : own]
            .concat(seen.map(([, from, matrix]) => matmul(theta[matrix], before[from])))
            .reduce((sum, part) => add(sum, part)),
        );
      });
      return { state: next, output: next[0] };
    },
  };
}

/** The lowest layer last. */
const turned = connected(
  'turned',
  [3, 2, 3],
  [
    [2, 2, 'a'],
    [0, 0, 'b'],
    [0, 2, 'c'],
    [0, 1, 'd'],
    [1, 2, 'e'],
  ],
);
/** One matrix for both layers: it reaches the lower one too. */
const tied = connected(
  'tied',
  [3, 3],
  [
    [1, 1, 'a'],
    [0, 0, 'a'],
    [0, 1, 'b'],
  ],
);
/** Two that feed each other, and one above. */
const feedback = connected(
  'feedback',
  [4, 3, 2],
  [
    [1, 2, 'a'],
    [2, 1, 'b'],
    [0, 1, 'c'],
    [0, 0, 'd'],
  ],
);

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
