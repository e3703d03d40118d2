import { expect } from 'chai';
import { add, concat, matmul, mul, slice, sum, tanh } from '../../../autodiff/index.ts';
import { leavesOf, seeded, type Tensor, type Tree, zeros } from '../../../lib/index.ts';
import { type Cell, gru, rnn } from '../../../nn/index.ts';
import { type Estimator, rtrl, snap } from '../../../trainers/index.ts';
import { influenceOf, learnerOf } from '../../../trainers/testing/agreement.ts';
import { lengthOf, numbersOf } from '../../../trainers/testing/numbers.ts';
import { cascade, fixture, type Vectors, withReadout } from './sparse.ts';

/** Units of which each parameter reaches `reach` in one step, and `more` units that see themselves only. */
const ring = (units: number, reach: number, more = 0): Cell<Vectors, Tensor, Tensor> => ({
  name: 'ring',
  outputs: units + more,
  init: (noise) => ({ g: noise.normal([more]), u: noise.normal([units]) }),
  start: () => zeros([units + more]),
  step({ g, u }, h, x) {
    const own = mul(u, add(slice(h, [0], [units]), sum(x)));
    const turned = (by: number) => concat([slice(own, [by], [units]), slice(own, [0], [by])]);
    const near = Array.from({ length: reach }, (_, k) => turned(k)).reduce((a, b) => add(a, b));
    const next = tanh(concat([near, mul(g, add(slice(h, [units], [units + more]), sum(x)))]));
    return { state: next, output: next };
  },
});

/** Some parameters of a leaf never reach the state, and the others all of it. */
const partly: Cell<Vectors, Tensor, Tensor> = {
  name: 'partly',
  outputs: 3,
  init: (noise) => ({ part: noise.normal([5]), u: noise.normal([3, 3]) }),
  start: () => zeros([3]),
  step({ part, u }, h, x) {
    const next = tanh(add(add(matmul(h, u), slice(part, [0], [3])), sum(x)));
    return { state: next, output: mul(next, sum(part)) };
  },
};

/** The parameters and the slots of each leaf in slots, the parameters of those in full, and what is said of them. */
type Form = readonly [
  cell: unknown,
  estimator: Estimator,
  slots: readonly (readonly [parameters: number, slots: number])[],
  full: number,
  says: RegExp,
];

const dense = (state: number, more = '') =>
  new RegExp(`^dense: parameters reach too many of the ${state} state elements${more}$`);
const sparse = (most: number, state: number, more = '') =>
  new RegExp(
    `^sparse: a parameter reaches at most ${most} of ${state} state elements, \\d+ pulls? a step${more}$`,
  );
const one = snap({ n: 1 }) as Estimator;
const all = rtrl() as Estimator;
// In slots up to 2√S elements, if these are not all.
const forms: Readonly<Record<string, Form>> = {
  'slots of leaves that reach one or two': [
    cascade,
    all,
    [
      [8, 2],
      [4, 1],
      [12, 2],
    ],
    0,
    sparse(2, 9),
  ],
  '6 of 9': [ring(9, 6), one, [[9, 6]], 0, sparse(6, 9)],
  '7 of 9': [ring(9, 7), one, [], 9, dense(9, '; 18 entries are left out')],
  '3 of 4': [ring(4, 3), one, [[4, 3]], 0, sparse(3, 4)],
  '4 of 4': [ring(4, 4), one, [], 4, dense(4)],
  '1 of 2': [ring(2, 1), one, [[2, 1]], 0, sparse(1, 2)],
  'the only one': [ring(1, 1), one, [], 1, dense(1)],
  'a readout beside slots': [
    withReadout(rnn({ inputs: 3, units: 4 })),
    one,
    [
      [12 + 16 + 4, 1],
      [10, 0],
    ],
    0,
    sparse(1, 4),
  ],
  'a readout beside G in full': [
    withReadout(rnn({ inputs: 3, units: 4 })),
    all,
    [],
    32,
    dense(4, '; 10 never reach the state'),
  ],
  'a leaf that reaches the state in part': [partly, all, [], 14, dense(3)],
  'two gates in slots and one in full': [
    gru({ inputs: 3, units: 4 }),
    one,
    [[64, 1]],
    32,
    sparse(1, 4, '; 32 parameters reach more, and all of theirs is carried'),
  ],
  'a leaf in slots, and one in full but for some entries': [
    ring(9, 7, 2),
    one,
    [[2, 1]],
    9,
    sparse(1, 11, '; 9 parameters reach more, and all of theirs is carried but 36 entries'),
  ],
  'G in full when it is told so': [
    withReadout(rnn({ inputs: 3, units: 4 })),
    rtrl({ structure: 'dense' }) as Estimator,
    [],
    42,
    /^dense$/,
  ],
  // Without a limit of steps all leaves have one form.
  'G in full of a leaf that reaches one, beside one that reaches too many': [
    ring(9, 9, 2),
    all,
    [],
    11,
    dense(11),
  ],
};

describe('the entries of G that are in reach', () => {
  for (const [name, [cell, estimator, slots, full, says]] of Object.entries(forms)) {
    const run = fixture(cell, 3, 4);
    const size = numbersOf(run.state).length;

    it(`${name}: have the form that is cheaper, and take what it takes`, () => {
      const learner = learnerOf([run], estimator, seeded(1), { eager: true });
      learner.observe(run.examples[0].input);
      const { structure = '', cost } = learner.rule ?? {};
      expect(structure).to.match(says);
      const pulls = Number(/(\d+) pulls?/.exec(structure)?.[1] ?? 0);
      const sum = (of: (count: number) => number) =>
        slots.reduce((total, [own, count]) => total + own * of(count), 0);
      expect(cost).to.deep.equal({
        time: sum((count) => count * count + (count === 0 ? 0 : pulls)) + size * size * full,
        memory: sum((count) => count) + size * full,
      });
    });

    it(`${name}: are written out as they are pulled, before the first step and after some`, () => {
      const learner = learnerOf([run], estimator, seeded(1));
      const shown = () => {
        const leaves = leavesOf(learner.influence as Tree);
        expect(leaves.map(({ shape }) => shape)).to.deep.equal(
          leavesOf(run.parameters as Tree).map(({ shape }) => [size, ...shape]),
        );
        const parts = leaves.map(numbersOf);
        return Array.from({ length: size }, (_, k) =>
          parts.flatMap((part) => part.slice((k * part.length) / size, ((k + 1) * part.length) / size)),
        ).flat();
      };
      expect(lengthOf(shown())).to.equal(0);
      for (const { input, target } of run.examples) learner.step(input, target);
      expect(lengthOf(shown())).to.be.above(0.1);
      expect(shown()).to.deep.equal(influenceOf(learner, [run]).flat());
    });
  }
});
