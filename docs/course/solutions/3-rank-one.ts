import { add, cast, dot, type Estimator, mapTree, mul, type Noise, rnn, type Tensor, type Tree, zeros, zipTrees } from 'norewind';
import { fixtureOf } from 'norewind/testing';

/** s̃, of the shape of the state, and θ̃, a tree like the parameters: s̃ ⊗ θ̃ stands for G. */
type Pair = { readonly s: Tensor; readonly theta: Tree };

const rankOne: Estimator<Pair> = {
  name: 'my rank one',
  bias: 'none',
  settings: {},
  window: 1,
  stride: 1,
  restarts: false,
  joint: false,
  cost: ({ state, parameters }) => ({ time: 7 * parameters, memory: state + parameters }),
  bind: ({ parameters, state, sizes }) => ({
    structure: 'one pair',
    cost: rankOne.cost(sizes),
    start: () => ({ s: zerosLike(state) as Tensor, theta: zerosLike(parameters) }),
    advance({ s, theta }, transition, noise) {
      const nu = cast(noise.signs(s.shape), s.dtype);
      const pushed = transition.push(undefined, s) as Tensor; // J s̃
      const pulled = transition.pull(nu).parameters; // νᵀI
      return { s: add(pushed, nu), theta: zipTrees(theta, pulled, (a, b) => add(a, b), 'advance') };
    },
    // cᵀ(s̃ ⊗ θ̃) = (c · s̃) θ̃.
    pull: ({ s, theta }, c) => mapTree(theta, (leaf) => mul(dot(c as Tensor, s), leaf)),
    expand: (pair) => pair,
  }),
};

function zerosLike(tree: Tree): Tree {
  return mapTree(tree, ({ shape, dtype }) => zeros(shape, { dtype }));
}

const small = (steps: number) =>
  fixtureOf(rnn({ inputs: 1, units: 2 }), { input: (noise: Noise) => noise.normal([1]), steps });

export default { estimator: () => rankOne, fixtures: { small } };
