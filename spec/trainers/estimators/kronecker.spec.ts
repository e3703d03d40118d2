import { expect } from 'chai';
import { add, concat, div, matmul, mul, norm, reshape, sqrt } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  cast,
  leavesOf,
  type Noise,
  seeded,
  type Tensor,
  type Tree,
  zeros,
} from '../../../lib/index.ts';
import { embedded, embedding, gru, lru, rnn } from '../../../nn/index.ts';
import type { Estimator } from '../../../trainers/index.ts';
import { checkUnbiased, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { fixtureOf } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';

const flat = (tree: Tree) => concat(leavesOf(tree).map((leaf) => reshape(leaf, [-1])));
const balance = (a: Tensor, b: Tensor) => sqrt(div(add(norm(a), 1e-5), add(norm(b), 1e-5)));

/** KF-RTRL on the sites of a step, as docs/estimators.md has it. */
function kfRtrl(): Estimator<readonly { readonly u: Tensor; readonly A: Tensor }[]> {
  return {
    name: 'kfRtrl',
    bias: 'none',
    settings: {},
    window: 1,
    stride: 1,
    restarts: false,
    joint: false,
    cost: ({ state, parameters }) => ({ time: state ** 3 + parameters, memory: state ** 2 }),
    bind(step) {
      const [other] = step.unsited;
      if (other !== undefined)
        throw new ConfigurationError(
          `kfRtrl: ${other.path} is not a factor of a product with a vector; use uoro()`,
        );
      const { state: rows } = step.sizes;
      const [{ dtype }] = leavesOf(step.state);
      const units = step.groups.reduce((sum, group) => sum + group.units, 0);
      const inputs = step.groups.reduce((sum, group) => sum + group.inputs, 0);
      return {
        structure: `${step.groups.length} Kronecker products`,
        cost: { time: rows ** 2 * units, memory: rows * units + inputs },
        start: () =>
          step.groups.map((group) => ({
            u: zeros([group.inputs], { dtype }),
            A: zeros([rows, group.units], { dtype }),
          })),
        advance(pairs, transition, noise) {
          const { jacobian, groups } = transition.factors();
          return groups.map(({ D, z }, i) => {
            const { u, A } = pairs[i];
            const sign = cast(noise.signs([]), z.dtype);
            const carried = matmul(jacobian, A);
            const [p, q] = [balance(carried, u), balance(D, z)];
            return { u: add(mul(u, p), mul(z, mul(sign, q))), A: add(div(carried, p), div(D, mul(sign, q))) };
          });
        },
        pull: (pairs, cotangent) =>
          step.place(pairs.map(({ u, A }) => ({ z: u, a: matmul(flat(cotangent), A) }))),
        expand: (pairs) => pairs,
      };
    },
  };
}

const options = (steps: number) => ({ input: (noise: Noise) => noise.normal([1]), steps });

describe('Kronecker factors on the sites of a step', () => {
  // The built-in one has all laws in npm test.
  if (size(false, true))
    describeInfluence({
      estimator: kfRtrl,
      fixtures: { rnn: (steps) => fixtureOf(rnn({ inputs: 1, units: 2 }), options(steps)) },
    });

  it('are unbiased on a GRU, where D of the reset gate is dense, and with picked rows', () => {
    checkUnbiased([fixtureOf(gru({ inputs: 1, units: 2 }), options(size(2, 3)))], kfRtrl);
    const symbols = embedded(embedding({ symbols: 3, size: 2 }), rnn({ inputs: 2, units: 2 }));
    checkUnbiased([fixtureOf(symbols, { input: (noise) => noise.integer(3), steps: size(2, 3) })], kfRtrl);
  });

  it('are refused for what has no sites, by its name', () => {
    const run = fixtureOf(lru({ inputs: 1, units: 2 }), options(1));
    const learner = learnerOf([run], kfRtrl(), seeded(1));
    expect(() => learner.step(run.examples[0].input, run.examples[0].target)).to.throw(
      ConfigurationError,
      'kfRtrl: params.nu',
    );
    expect(learner.influence).to.deep.equal([]);
  });
});
