import { expect } from 'chai';
import { add, mul } from '../../autodiff/index.ts';
import { NoiseError, replay, seeded, type Tensor, tensor, zeros } from '../../lib/index.ts';
import { type Cell, meanSquare, rnn } from '../../nn/index.ts';
import {
  createLearner,
  type Learner,
  type RankOne,
  sgd,
  type UoroOptions,
  uoro,
} from '../../trainers/index.ts';
import { numbersOf, requireClose } from '../../trainers/testing/numbers.ts';

const parameters = {
  w: tensor([[0.5, -1]]),
  u: tensor([
    [0.2, -0.7],
    [1.1, 0.4],
  ]),
  b: tensor([0.1, -0.2]),
};
const state = tensor([0.3, -0.5]);
const xs = [0.25, 2.5];
const signs = [1, -1, -1, -1];

/**
 * A tanh network of 2 units at rest, after the inputs `xs`: the second one saturates it, which makes ‖J s̃‖
 * small.
 */
function run(
  noise = replay(signs),
  options: UoroOptions = {},
  inputs = xs,
): Learner<unknown, unknown, unknown, unknown> {
  const learner = createLearner({
    model: rnn({ inputs: 1, units: 2 }),
    loss: meanSquare,
    estimator: uoro(options),
    optimizer: sgd({ rate: 0 }),
    dtype: 'float64',
    noise,
    parameters,
    state,
  });
  for (const x of inputs) learner.step(tensor([x]), tensor([0.2, 0.4]));
  return learner as Learner<unknown, unknown, unknown, unknown>;
}

function pairOf(learner: Learner<unknown, unknown, unknown, unknown>): {
  s: number[];
  w: number[];
  u: number[];
  b: number[];
  theta: number[];
} {
  const { stateTangent, parameterTangent } = learner.influence as RankOne<typeof parameters>;
  const { w, u, b } = parameterTangent;
  return {
    s: numbersOf(stateTangent),
    w: numbersOf(w),
    u: numbersOf(u),
    b: numbersOf(b),
    theta: [w, u, b].flatMap(numbersOf),
  };
}

function out(state: Tensor): { state: Tensor; output: Tensor } {
  return { state, output: state };
}

function product({ s, theta }: { s: number[]; theta: number[] }): number[] {
  return s.flatMap((a) => theta.map((b) => a * b));
}

describe('the normalisers of UORO', () => {
  // Computed apart from this library, with 17 digits, from the equations in the documentation of `uoro`.
  it('at the first step: ρ0 = 1, ρ1 = 0.97457749', () => {
    const { s, theta } = pairOf(run(replay(signs), {}, xs.slice(0, 1)));
    requireClose(s, [0.9745774938764468, -0.9745774938764468], 1e-14, 's̃');
    const expected = [
      0.17564894589742006, -0.23194806759925685, 0.2107787350769041, -0.3512978917948401, -0.2783376811191082,
      0.4638961351985137, 0.7025957835896802, -0.9277922703970274,
    ];
    requireClose(theta, expected, 1e-14, 'θ̃');
  });

  it('at the second: ρ0 = 3.40980610, ρ1 = 0.52041659', () => {
    const { s, theta } = pairOf(run());
    requireClose(s, [-0.13154182686553217, -0.41026761769239994], 1e-13, 's̃');
    const expected = [
      -0.573098742793534, -0.29549439903156394, -0.07846868684383695, -0.025697119265882376,
      -0.132717165269873, 0.1642091446073712, -0.043793114926797855, -0.36308354456636466,
    ];
    requireClose(theta, expected, 1e-13, 'θ̃');
  });

  it('with one parameter and one state element: both by the formulas', () => {
    // h' = x θ + h, so J = 1 and I = x; all norms are absolute values.
    const [epsilon, x1, x2] = [1e-5, 0.5, 40];
    const learner = createLearner({
      model: {
        name: 'sum',
        init: () => tensor(0.1),
        start: () => tensor(1),
        step: (theta: Tensor, h: Tensor, x: Tensor) => out(add(mul(theta, x), h)),
      },
      loss: meanSquare,
      estimator: uoro(),
      optimizer: sgd({ rate: 0 }),
      dtype: 'float64',
      noise: replay([1, -1]),
    });
    const first = Math.sqrt((x1 + epsilon) / (1 + epsilon));
    learner.step(tensor(x1), tensor(0));
    requireClose(numbersOf(learner.influence), [first, x1 / first], 1e-15, 's̃, θ̃');
    learner.step(tensor(x2), tensor(0));
    const rho0 = Math.sqrt((x1 / first + epsilon) / (first + epsilon));
    const rho1 = Math.sqrt((x2 + epsilon) / (1 + epsilon));
    const { stateTangent, parameterTangent } = learner.influence as RankOne<Tensor, Tensor>;
    requireClose([stateTangent.item()], [rho0 * first - rho1], 1e-14, 's̃');
    requireClose([parameterTangent.item()], [x1 / first / rho0 - x2 / rho1], 1e-14, 'θ̃');
  });

  it('leave s̃⊗θ̃ alone when every sign is flipped', () => {
    const flipped = run(replay(signs.map((sign) => -sign)));
    expect(pairOf(flipped).s).to.deep.equal(pairOf(run()).s.map((value) => -value));
    expect(product(pairOf(flipped))).to.deep.equal(product(pairOf(run())));
    expect(numbersOf(flipped.gradient)).to.deep.equal(numbersOf(run().gradient));
  });

  it('follow ε: a huge one makes both 1, so that s̃ = J s̃ + ν', () => {
    const plain = pairOf(run(replay(signs), { epsilon: 1e12 }));
    const first = pairOf(run(replay(signs), { epsilon: 1e12 }, xs.slice(0, 1)));
    requireClose(first.s, [1, -1], 1e-9, 's̃ after one step');
    const preactivations = (x: number, h: number[]) => [
      0.5 * x + 0.2 * h[0] - 0.7 * h[1] + 0.1,
      -x + 1.1 * h[0] + 0.4 * h[1] - 0.2,
    ];
    const h = preactivations(xs[0], [0.3, -0.5]).map(Math.tanh);
    const slopes = preactivations(xs[1], h).map((a) => 1 - Math.tanh(a) ** 2);
    requireClose(plain.s, [slopes[0] * (0.2 + 0.7) - 1, slopes[1] * (1.1 - 0.4) - 1], 1e-9, 's̃ after two');
  });
});

describe('the draws of UORO', () => {
  it('make single runs deviate from the mean', () => {
    const products = new Set<string>();
    for (let k = 0; k < 8; k++) {
      const drawn = [1, k & 1 ? 1 : -1, k & 2 ? 1 : -1, k & 4 ? 1 : -1];
      products.add(
        product(pairOf(run(replay(drawn))))
          .map((value) => value.toFixed(6))
          .join(),
      );
    }
    expect(products.size).to.equal(8);
  });

  it('come from the seed: the same bytes from the same one, other numbers from another', () => {
    const saved = (seed: number) => [...run(seeded(seed)).save()];
    expect(saved(4)).to.deep.equal(saved(4));
    const products = new Set(
      [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => product(pairOf(run(seeded(seed)))).join()),
    );
    expect(products.size).to.be.greaterThan(2);
  });

  it('are taken leaf by leaf in the order of the state, each row by row, once a step', () => {
    const model: Cell<Tensor, { first: Tensor; second: Tensor[] }, Tensor> = {
      name: 'leaves',
      init: () => tensor(1),
      start: () => ({ first: zeros([2, 3]), second: [zeros([]), zeros([1])] }),
      step: (theta, { first, second }, x) => ({
        // The new order of the leaves does not matter: that of the start state does.
        state: { second: second.map((leaf) => mul(leaf, theta)), first: add(mul(first, theta), x) },
        output: x,
      }),
    };
    const drawn = [1, -1, 1, 1, -1, -1, 1, -1];
    const learner = createLearner({
      model,
      loss: meanSquare,
      estimator: uoro({ epsilon: 1e12 }),
      optimizer: sgd({ rate: 0 }),
      dtype: 'float64',
      noise: replay([...drawn, ...drawn.toReversed()]),
      parameters: tensor(0.5),
    });
    learner.step(tensor(2), tensor(0));
    const tangent = () =>
      (learner.influence as RankOne<unknown, { first: Tensor; second: Tensor[] }>).stateTangent;
    const rounded = (tree: unknown) => numbersOf(tree).map(Math.round);
    expect(rounded(tangent().first)).to.deep.equal(drawn.slice(0, 6));
    expect(rounded(tangent().second)).to.deep.equal(drawn.slice(6));
    expect(tangent().first.shape).to.deep.equal([2, 3]);
    learner.observe(tensor(2));
    requireClose(
      numbersOf(tangent()),
      drawn.map((sign, i) => 0.5 * sign + drawn[7 - i]),
      1e-9,
      's̃ after two steps',
    );
    expect(() => learner.observe(tensor(2))).to.throw(NoiseError, 'replay: 6 signs of shape [2,3]');
  });
});
