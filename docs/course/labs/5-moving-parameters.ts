import { add, div, type Estimator, eye, mapTree, matmul, mul, type Noise, ones, reshape, rnn, type Tensor, type Tree, zeros, zipTrees } from 'norewind';
import { fixtureOf } from 'norewind/testing';

/** ∂s/∂log θ, which is G with each column multiplied by its parameter, and the parameters to divide by again. */
type Influence = { readonly relative: Tree; readonly theta: Tree };

const relative: Estimator<Influence> = {
  name: 'my relative RTRL',
  bias: 'none',
  settings: {},
  window: 1,
  stride: 1,
  restarts: false,
  joint: false,
  cost: ({ state, parameters }) => ({ time: state * state * parameters, memory: state * parameters }),
  bind: ({ parameters, sizes }) => ({
    structure: 'all of G, relative to the parameters',
    cost: relative.cost(sizes),
    start: () => ({
      relative: mapTree(parameters, ({ shape, dtype }) => zeros([sizes.state, ...shape], { dtype })),
      theta: mapTree(parameters, ({ shape, dtype }) => ones(shape, { dtype })),
    }),
    advance({ relative }, transition) {
      const { parameters: I, state: J } = transition.pullMany(eye(sizes.state));
      const theta = transition.parameters;
      const immediate = zipTrees(I, theta, (i, p) => mul(i, p), 'advance');
      return {
        relative: zipTrees(relative, immediate, (g, i) => add(product(J as Tensor, g), i), 'advance'),
        theta,
      };
    },
    pull: ({ relative, theta }, c) => zipTrees(relative, theta, (g, p) => div(product(c as Tensor, g), p), 'pull'),
    expand: (influence) => influence,
  }),
};

/** a G for a matrix or a vector a. G is used as a matrix of S rows. */
function product(a: Tensor, g: Tensor): Tensor {
  return reshape(matmul(a, reshape(g, [g.shape[0], -1])), [...a.shape.slice(1), ...g.shape.slice(1)]);
}

const small = (steps: number) =>
  fixtureOf(rnn({ inputs: 1, units: 2 }), { input: (noise: Noise) => noise.normal([1]), steps });

export default { estimator: () => relative, fixtures: { small } };
