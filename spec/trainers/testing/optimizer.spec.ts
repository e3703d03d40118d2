import { expect } from 'chai';
import { add, div, mul, neg, sqrt, square, sub, sum } from '../../../autodiff/index.ts';
import {
  cast,
  dataOf,
  leavesOf,
  mapTree,
  seeded,
  type Tensor,
  type Tree,
  zeros,
} from '../../../lib/index.ts';
import {
  adam,
  chain,
  clipByGlobalNorm,
  intentional,
  momentum,
  type Optimizer,
  optimizers,
  rmsprop,
  sgd,
} from '../../../trainers/index.ts';
import { optimizerLaws, verdictOf } from '../../../trainers/testing/index.ts';

/** The laws that do not hold. */
const failing = (optimizer: () => Optimizer) =>
  verdictOf({ optimizer }).laws.flatMap(({ law, result }) => (result === 'holds' ? [] : [law]));

const laws = {
  like: 'returns an update like the parameters, and memory like that of init',
  pure: 'is pure: one update twice is the same, and nothing that it is given changes',
  float32: 'stays in float32 when it is given float32',
  finite: 'is finite while gradients are zero',
  lowers: 'lowers the loss ½‖θ - c‖² of every leaf in 100 updates',
  plan: 'returns the same as a plan',
  resumes: 'resumes from a checkpoint of a learner bit for bit',
};

/** A rule for each leaf, with a memory like the parameters. */
const ruleOf = (leafRule: (gradient: Tensor, memory: Tensor) => [Tensor, Tensor]): Optimizer => ({
  name: 'own',
  settings: {},
  init: (parameters) => mapTree(parameters as Tree, (leaf) => zeros(leaf.shape, { dtype: leaf.dtype })),
  update(gradient, memory) {
    const before = leavesOf(memory as Tree);
    const after: Tensor[] = [];
    let at = 0;
    const update = mapTree(gradient as Tree, (leaf) => {
      const [moved, next] = leafRule(leaf, before[at++]);
      after.push(next);
      return moved;
    }) as typeof gradient;
    at = 0;
    return { update, memory: mapTree(memory as Tree, () => after[at++]) };
  },
});
const step = (gradient: Tensor) => mul(gradient, -0.01);

describe('laws of optimisers', () => {
  it('have these names', () => {
    expect(Object.keys(optimizerLaws({ optimizer: () => sgd({ rate: 0.01 }) }))).to.deep.equal(
      Object.values(laws),
    );
  });

  const honest: Record<string, () => Optimizer> = {
    sgd: () => sgd({ rate: 0.01 }),
    'momentum, and a chain with a clip': () => chain(clipByGlobalNorm(1), momentum({ rate: 0.01 })),
    adam: () => adam({ rate: 0.01 }),
    rmsprop: () => rmsprop({ rate: 0.01 }),
    intentional: () => intentional({ fraction: 0.1 }),
    'an own one with a memory': () => ruleOf((g, m) => [step(m), add(mul(m, 0.9), g)]),
    'one that returns its keys in another order': () => ({
      ...sgd({ rate: 0.01 }),
      update<P>(gradient: P, memory: unknown) {
        const { gain, layers } = mapTree(gradient as Record<string, Tree>, step);
        return { update: (gain ? { layers, gain } : mapTree(gradient as Tree, step)) as P, memory };
      },
    }),
  };
  it('cover every built-in one', () => {
    expect(Object.keys(honest)).to.include.members(
      Object.keys(optimizers).filter((name) => name !== 'momentum'),
    );
  });
  for (const [name, optimizer] of Object.entries(honest))
    it(`hold for ${name}`, () => {
      expect(failing(optimizer)).to.deep.equal([]);
    });

  it('hold for rules that compute with the clock, in either dtype', () => {
    const decaying: Optimizer = {
      ...ruleOf((g, m) => [step(g), m]),
      update(gradient, memory, _, clock) {
        const rest = sub(
          1,
          clock.updates((update) => 0.5 / update),
        );
        return {
          update: mapTree(gradient as Tree, (leaf) => mul(step(leaf), rest)) as typeof gradient,
          memory,
        };
      },
    };
    expect(failing(() => decaying)).to.deep.equal([]);
  });

  const impostors: Record<string, { readonly optimizer: () => Optimizer; readonly fails: string[] }> = {
    'that goes along the gradient': {
      optimizer: () => ruleOf((g, m) => [neg(step(g)), m]),
      fails: [laws.lowers],
    },
    'that takes the parameters for the gradient': {
      optimizer: () => ({
        ...ruleOf((g, m) => [step(g), m]),
        update: (_, memory, parameters) => ({
          update: mapTree(parameters as Tree, (leaf) => step(leaf)) as typeof parameters,
          memory,
        }),
      }),
      fails: [laws.lowers],
    },
    'that leaves scalars out': {
      optimizer: () => ruleOf((g, m) => [g.shape.length === 0 ? mul(g, 0) : step(g), m]),
      fails: [laws.lowers],
    },
    'whose memory starts at random': {
      optimizer: () => {
        const noise = seeded(1);
        const own = ruleOf((g, m) => [step(g), m]);
        return {
          ...own,
          init: (parameters) => mapTree(parameters as Tree, ({ shape }) => noise.normal(shape)),
        };
      },
      fails: [laws.pure],
    },
    'whose ε vanishes in float32': {
      optimizer: () => ruleOf((g, m) => [div(step(g), sqrt(add(square(g), 1e-60))), m]),
      fails: [laws.finite],
    },
    'whose memory becomes a scalar': {
      optimizer: () => ruleOf((g) => [step(g), sum(g)]),
      fails: [laws.like, laws.resumes],
    },
    'that divides by the length of the gradient': {
      optimizer: () => ruleOf((g, m) => [div(step(g), sqrt(sum(square(g)))), m]),
      fails: [laws.finite],
    },
    'that widens float32': {
      optimizer: () => ruleOf((g, m) => [cast(step(g), 'float64'), m]),
      fails: [laws.float32],
    },
    'that counts its updates in a variable': {
      optimizer: () => {
        let count = 0;
        return ruleOf((g, m) => [mul(g, -0.01 / ++count), m]);
      },
      fails: [laws.pure, laws.plan],
    },
    'that writes into its memory': {
      optimizer: () =>
        ruleOf((g, m) => {
          const data = dataOf(m);
          data.forEach((value, i) => {
            data[i] = value + dataOf(g)[i];
          });
          return [step(m), m];
        }),
      fails: [laws.pure, laws.plan],
    },
  };
  for (const [name, { optimizer, fails }] of Object.entries(impostors))
    it(`are broken by one ${name}`, () => {
      expect(failing(optimizer)).to.include.members(fails);
    });
});
