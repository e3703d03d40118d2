import { add, cast, concat, div, dot, type Estimator, leavesOf, mapTree, mul, type Noise, norm, reshape, rnn, sqrt, type Tensor, type Tree, zeros, zipTrees } from 'norewind';
import { fixtureOf } from 'norewind/testing';

/** s̃, of the shape of the state, and θ̃, a tree like the parameters: s̃ ⊗ θ̃ stands for G. */
type Pair = { readonly s: Tensor; readonly theta: Tree };

const uoro: Estimator<Pair> = {
  name: 'my UORO',
  bias: 'none',
  settings: {},
  window: 1,
  stride: 1,
  restarts: false,
  joint: false,
  cost: ({ state, parameters }) => ({ time: 7 * parameters, memory: state + parameters }),
  bind: ({ parameters, state, sizes }) => ({
    structure: 'one pair',
    cost: uoro.cost(sizes),
    start: () => ({ s: zerosLike(state) as Tensor, theta: zerosLike(parameters) }),
    advance({ s, theta }, transition, noise) {
      const nu = cast(noise.signs(s.shape), s.dtype);
      const pushed = transition.push(undefined, s) as Tensor; // J s̃
      const pulled = transition.pull(nu).parameters; // νᵀI
      const rho0 = balance(theta, pushed);
      const rho1 = balance(pulled, nu);
      return {
        s: add(mul(pushed, rho0), mul(nu, rho1)),
        theta: zipTrees(theta, pulled, (a, b) => add(div(a, rho0), div(b, rho1)), 'advance'),
      };
    },
    // cᵀ(s̃ ⊗ θ̃) = (c · s̃) θ̃.
    pull: ({ s, theta }, c) => mapTree(theta, (leaf) => mul(dot(c as Tensor, s), leaf)),
    expand: (pair) => pair,
  }),
};

/** √((‖a‖ + ε)/(‖b‖ + ε)). */
function balance(a: Tree, b: Tree): Tensor {
  return sqrt(div(add(length(a), 1e-5), add(length(b), 1e-5)));
}

/** The norm over all leaves. */
function length(tree: Tree): Tensor {
  return norm(concat(leavesOf(tree).map((leaf) => reshape(leaf, [-1]))));
}

function zerosLike(tree: Tree): Tree {
  return mapTree(tree, ({ shape, dtype }) => zeros(shape, { dtype }));
}

const small = (steps: number) =>
  fixtureOf(rnn({ inputs: 1, units: 2 }), { input: (noise: Noise) => noise.normal([1]), steps });

export default { estimator: () => uoro, fixtures: { small } };
