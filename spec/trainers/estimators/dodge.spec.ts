import { expect } from 'chai';
import { add, mul, tanh } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  expectation,
  type Noise,
  replay,
  seeded,
  type Tensor,
  tensor,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, rnn } from '../../../nn/index.ts';
import { type DodgeOptions, dodge, rtrl } from '../../../trainers/index.ts';
import { estimates, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { jacobians } from './oneStep.ts';
import { fixture, type Vectors } from './sparse.ts';

/** Two parameters, so that few signs are drawn; two units. */
const small: Cell<Vectors, Tensor, Tensor> = {
  name: 'small',
  outputs: 2,
  init: (noise: Noise) => ({ u: noise.normal([]), w: noise.normal([]) }),
  start: () => zeros([2]),
  step({ u, w }, h, x) {
    const next = tanh(add(mul(h, u), mul(x, w)));
    return { state: next, output: next };
  },
};

/** G, restarted at a fixed interval. */
function renewed(run: Fixture, every: number): number[] {
  let { state } = run;
  let G: number[][] = [];
  run.examples.forEach(({ input }, t) => {
    const { I, J } = jacobians(run, run.parameters, state, input);
    state = run.model.step(run.parameters, state, input).state;
    const before = t % every === 0 ? [] : G;
    G = I.map((row, k) =>
      row.map((entry, j) => entry + before.reduce((sum, own, i) => sum + J[k][i] * own[j], 0)),
    );
  });
  return G.flat();
}

const onSmall = (steps: number) => fixture(rnn({ inputs: 1, units: 1 }), 1, steps);

describe('DODGE', () => {
  describeInfluence({
    name: 'with a direction that is kept',
    estimator: () => dodge(),
    fixtures: { onSmall },
  });
  describeInfluence({
    name: 'with two directions, drawn anew',
    estimator: () => dodge({ directions: 2, every: 3 }),
    fixtures: { onSmall },
  });

  for (const steps of size([3], [3, 4]))
    it(`drawn anew every 2 steps has the mean of an influence that begins anew, after ${steps} steps`, () => {
      const run = fixture(small, 2, steps);
      const { mean } = expectation((noise) => estimates([run], dodge({ every: 2 }), noise).influence);
      const expected = renewed(run, 2);
      requireLive(expected, 'the influence');
      requireClose(numbersOf(mean), expected, 1e-12, 'the mean');
    });

  it('draws anew after as many steps, and carries the tangent of a direction on until then', () => {
    const run = fixture(small, 2, 7);
    for (const every of [1, 2, 3, 5])
      for (const eager of [true, false]) {
        const { fillSigns: _, ...source } = seeded(8);
        const drawn: number[] = [];
        const noise: Noise = {
          ...source,
          signs(shape) {
            const signs = source.signs(shape);
            drawn.push(...numbersOf(signs));
            return signs;
          },
        };
        const own = numbersOf(estimates([run], dodge({ every }), noise, { eager }).influence);
        const count = numbersOf(run.parameters).length;
        let { state } = run;
        let tangent = numbersOf(state).map(() => 0);
        let direction: number[] = [];
        run.examples.forEach(({ input }, t) => {
          const { I, J } = jacobians(run, run.parameters, state, input);
          state = run.model.step(run.parameters, state, input).state;
          if (t % every === 0) direction = drawn.slice(-(7 - t) * count).slice(0, count);
          const before = t % every === 0 ? tangent.map(() => 0) : tangent;
          tangent = I.map((row, k) =>
            [...row.map((x, j) => x * direction[j]), ...J[k].map((x, i) => x * before[i])].reduce(
              (a, b) => a + b,
            ),
          );
        });
        requireClose(
          own,
          tangent.flatMap((x) => direction.map((v) => x * v)),
          1e-12,
          `every ${every}, eager ${eager}`,
        );
      }
  });

  it('is RTRL over a full basis of directions', () => {
    const run = fixture(small, 2, 4);
    const exact = estimates([run], rtrl(), seeded(1));
    // (1, 1) and (1, -1): u and w have a sign each.
    const own = estimates([run], dodge({ directions: 2 }), replay([1, 1, 1, -1]), { eager: true });
    requireClose(numbersOf(own.influence), numbersOf(exact.influence), 1e-13, 'the influence');
    requireClose(numbersOf(own.gradients), numbersOf(exact.gradients), 1e-13, 'the gradients');
  });

  it('has the relative variance (P - 1)/k for k directions', () => {
    const run = fixture(small, 2, 3);
    const exact = numbersOf(estimates([run], rtrl(), seeded(1)).influence);
    const square = exact.reduce((sum, value) => sum + value * value, 0);
    for (const directions of size([1, 2], [1, 2, 3])) {
      const { mean } = expectation((noise) => {
        const own = numbersOf(estimates([run], dodge({ directions }), noise).influence);
        return tensor(own.reduce((sum, value, i) => sum + (value - exact[i]) ** 2, 0));
      });
      expect(mean.item() / square, `${directions} directions`).to.be.closeTo(1 / directions, 1e-10);
    }
  });

  it('says what it carries', () => {
    const run = fixture(small, 2, 1);
    const told = (options: DodgeOptions) => {
      const learner = learnerOf([run], dodge(options), seeded(1));
      learner.step(run.examples[0].input, run.examples[0].target);
      return learner.rule?.structure;
    };
    expect(told({})).to.equal('one direction');
    expect(told({ directions: 3, every: 2 })).to.equal('3 directions');
    expect(dodge({ directions: 3 }).cost({ state: 2, parameters: 5 })).to.deep.equal({
      time: 45,
      memory: 21,
    });
    expect([dodge().bias, dodge({ every: 9 }).bias]).to.deep.equal(['none', 'truncated']);
  });

  it('refuses no directions, and a number of steps that is none', () => {
    for (const options of [{ directions: 0 }, { every: -1 }, { every: 1.5 }])
      expect(() => dodge(options)).to.throw(ConfigurationError, 'dodge: ');
  });
});
