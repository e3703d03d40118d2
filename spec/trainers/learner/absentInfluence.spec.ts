import { expect } from 'chai';
import { add, div, dot, mul, sqrt } from '../../../autodiff/index.ts';
import { cast, leavesOf, mapTree, seeded, type Tree, zipTrees } from '../../../lib/index.ts';
import { rnn } from '../../../nn/index.ts';
import {
  type Estimator,
  noBackTrack,
  type RankOne,
  rflo,
  rtrl,
  snap,
  tbptt,
  uoro,
} from '../../../trainers/index.ts';
import { checkUnbiased, estimates, learnerOf, together } from '../../../trainers/testing/agreement.ts';
import { numbersOf, requireClose, requireFinite } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';
import { runOf, singular } from './singular.ts';

const exact: Readonly<Record<string, () => Estimator>> = {
  rtrl: () => rtrl() as Estimator,
  'rtrl, dense': () => rtrl({ structure: 'dense' }) as Estimator,
};
const noisy: Readonly<Record<string, () => Estimator>> = {
  uoro: () => uoro() as Estimator,
  'uoro of window 2': () => uoro({ window: 2 }) as Estimator,
  'uoro of joint lanes': () => uoro({ lanes: 'joint' }) as Estimator,
  noBackTrack: () => noBackTrack() as Estimator,
};
const biased: Readonly<Record<string, () => Estimator>> = {
  'snap of 1 step': () => snap({ n: 1 }) as Estimator,
  'snap of 2 steps': () => snap({ n: 2 }) as Estimator,
  rflo: () => rflo({ leak: 0.3 }) as Estimator,
  'uoro of rank 2': () => uoro({ rank: 2 }) as Estimator,
  tbptt: () => tbptt({ window: 2 }),
  'tbptt of stride 1': () => tbptt({ window: 2, stride: 1 }),
};

const every = { ...exact, ...noisy, ...biased };
const few = {
  'rtrl, dense': exact['rtrl, dense'],
  uoro: noisy.uoro,
  'snap of 1 step': biased['snap of 1 step'],
};
/** Cells that are tried in every way. */
const all = new Set(['root of each unit', 'root in another leaf']);

describe('an influence that is absent', () => {
  for (const [cell, model] of Object.entries(singular).filter(([name], i) =>
    size(all.has(name) || i % 3 === 0, true),
  )) {
    describe(`on a state without a derivative: ${cell}`, () => {
      for (const [name, estimator] of Object.entries(exact))
        it(`${name} is backpropagation through time, from the start and after a reset`, () => {
          checkUnbiased([runOf(model, 5)], estimator, { tolerance: 1e-12 });
          checkUnbiased([runOf(model, 3), runOf(model, 3, 2)], estimator, { tolerance: 1e-12, before: 2 });
        });

      for (const [name, estimator] of Object.entries(noisy).filter(([own]) =>
        size(own === 'uoro' || cell === 'root of each unit', true),
      ))
        it(`${name} is so in the mean over every sequence of signs`, () => {
          const { window } = estimator();
          checkUnbiased([runOf(model, 2 * window)], estimator);
          if (!all.has(cell) || size(name !== 'uoro' || cell !== 'root of each unit', false)) return;
          checkUnbiased([runOf(model, 2 * window)], estimator, { before: window });
          const steps = size(1, 2) * window;
          checkUnbiased([runOf(model, steps), runOf(model, steps, 2)], estimator);
        });

      const some = size(cell === 'root of each unit', all.has(cell)) ? every : few;
      for (const [name, estimator] of Object.entries(some))
        it(`${name} returns the same as a plan and eagerly, also after a reset`, () => {
          const lanes = [runOf(model, 6), runOf(model, 6, 2)].slice(0, all.has(cell) ? 2 : 1);
          const [eager, plan] = [true, false].map((own) =>
            estimates(lanes, estimator(), seeded(3), { eager: own, before: 2 }),
          );
          requireFinite(numbersOf([...eager.gradients, eager.influence]), 'eagerly');
          requireClose(numbersOf(plan.gradients), numbersOf(eager.gradients), 1e-11, 'the gradients');
          requireClose(numbersOf(plan.influence), numbersOf(eager.influence), 1e-11, 'the influence');
        });
    });
  }

  for (const [name, estimator] of Object.entries(every))
    for (const eager of [true, false])
      it(`${name}: is shown as zeros of the shapes to come, at the start and after a reset; eager: ${eager}`, () => {
        for (const cell of size(['root with a readout'], [...all, 'root with a readout']))
          for (const count of [1, 2]) {
            const lanes = [runOf(singular[cell], 4), runOf(singular[cell], 4, 2)].slice(0, count);
            const learner = learnerOf(lanes, estimator(), seeded(1), { eager });
            const shapes = () =>
              leavesOf(learner.influence as Tree).map(({ shape, dtype }) => `${dtype}${shape}`);
            const [first] = [shapes()];
            expect(numbersOf(learner.influence).every((value) => value === 0)).to.equal(true);
            for (const [t] of lanes[0].examples.entries())
              learner.step(
                together(lanes.map(({ examples }) => examples[t].input)),
                together(lanes.map(({ examples }) => examples[t].target)),
              );
            expect(shapes()).to.deep.equal(first);
            if (first.length > 0)
              expect(numbersOf(learner.influence).some((value) => value !== 0)).to.equal(true);
            learner.resetState();
            expect(shapes()).to.deep.equal(first);
            expect(numbersOf(learner.influence).every((value) => value === 0)).to.equal(true);
          }
      });

  it('leaves J as it is where it is finite: scales that are taken from it are the same eagerly and as a plan', () => {
    const scaled: Estimator<RankOne> = {
      ...noBackTrack(),
      name: 'scaled',
      bind: (step) => ({
        ...noBackTrack().bind(step),
        advance({ stateTangent, parameterTangent }, transition, noise) {
          const all = mapTree(transition.state, (leaf) => add(mul(leaf, 0), 1));
          const column = leavesOf(transition.pull(all).state);
          const rho = sqrt(
            add(
              1,
              column.map((leaf) => dot(leaf, leaf)).reduce((a, b) => add(a, b)),
            ),
          );
          const signs = mapTree(transition.state, (leaf) => cast(noise.signs(leaf.shape), leaf.dtype));
          const { parameters } = transition.pull(signs);
          const pushed = transition.push(undefined, stateTangent);
          return {
            stateTangent: zipTrees(pushed, signs, (a, b) => add(a, mul(b, rho)), 'scaled'),
            parameterTangent: zipTrees(parameterTangent, parameters, (a, b) => add(a, div(b, rho)), 'scaled'),
          };
        },
      }),
    };
    const plain = { ...rnn({ inputs: 2, units: 2 }) } as never;
    for (const cell of [plain, ...[...all].slice(0, size(1, all.size)).map((name) => singular[name])]) {
      const run = runOf(cell, 3);
      checkUnbiased([run], () => scaled as Estimator);
      for (const before of [0, 2]) {
        const [eager, plan] = [true, false].map((own) =>
          estimates([run], scaled as Estimator, seeded(3), { eager: own, before }),
        );
        requireClose(numbersOf(plan.influence), numbersOf(eager.influence), 1e-11, 'the influence');
        requireClose(numbersOf(plan.gradients), numbersOf(eager.gradients), 1e-11, 'the gradients');
      }
    }
  });
});
