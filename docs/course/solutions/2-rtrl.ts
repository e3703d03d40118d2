import { add, type Estimator, eye, mapTree, matmul, type Noise, reshape, rnn, type Tensor, type Tree, zeros, zipTrees } from 'norewind';
import { fixtureOf } from 'norewind/testing';

/** The influence G = ∂s/∂θ: a tree like the parameters, in which every leaf has a first axis for the S state elements. */
type Influence = Tree;

const rtrl: Estimator<Influence> = {
  name: 'my RTRL',
  bias: 'none',
  settings: {},
  window: 1,
  stride: 1,
  restarts: false,
  joint: false,
  cost: ({ state, parameters }) => ({ time: state * state * parameters, memory: state * parameters }),
  bind: ({ parameters, sizes }) => ({
    structure: 'all of G',
    cost: rtrl.cost(sizes),
    start: () => mapTree(parameters, ({ shape, dtype }) => zeros([sizes.state, ...shape], { dtype })),
    advance(influence, transition) {
      // Pulling the unit vectors of the state gives the rows of I and of J.
      const { parameters: I, state: J } = transition.pullMany(eye(sizes.state));
      return zipTrees(influence, I, (g, i) => add(product(J as Tensor, g), i), 'advance');
    },
    // cᵀG.
    pull: (influence, c) => mapTree(influence, (g) => product(c as Tensor, g)),
    expand: (influence) => influence,
  }),
};

/** a G for a matrix or a vector a. G is used as a matrix of S rows. */
function product(a: Tensor, g: Tensor): Tensor {
  return reshape(matmul(a, reshape(g, [g.shape[0], -1])), [...a.shape.slice(1), ...g.shape.slice(1)]);
}

const small = (steps: number) =>
  fixtureOf(rnn({ inputs: 1, units: 2 }), { input: (noise: Noise) => noise.normal([1]), steps });

export default { estimator: () => rtrl, fixtures: { small } };
