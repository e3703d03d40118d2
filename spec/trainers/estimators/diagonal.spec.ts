import { expect } from 'chai';
import { add, matmul, mul, sigmoid, sum, tanh, transpose } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  DataError,
  type Noise,
  pathsOf,
  seeded,
  type Tensor,
  type Tree,
  zeros,
  zipTrees,
} from '../../../lib/index.ts';
import { type Cell, embedded, embedding, gru, type Input, lstm, mgu, rnn } from '../../../nn/index.ts';
import {
  type DiagonalInfluence,
  diagonal,
  type Estimator,
  type Rule,
  rtrl,
  snap,
} from '../../../trainers/index.ts';
import { estimates, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import { type Fixture, fixtureOf, jitter, zerosLike } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { jacobians } from './oneStep.ts';
import { elementwise, fixture, sparse, type Vectors, withReadout } from './sparse.ts';

/** The state elements of the unit of the element `index` of a parameter. */
type UnitOf = (path: string, index: readonly number[]) => readonly number[];

/** For each parameter the state elements of its unit. */
function unitsOf({ parameters }: Fixture, unitOf: UnitOf): (readonly number[])[] {
  return pathsOf(parameters as Tree, 'params').flatMap(({ path, tensor: { shape, size } }) => {
    const indexOf = (at: number) => {
      let rest = at;
      return shape.map((_, axis) => {
        const below = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
        const own = Math.floor(rest / below);
        rest -= own * below;
        return own;
      });
    };
    return Array.from({ length: size }, (_, at) => unitOf(path, indexOf(at)));
  });
}

/** After a run: G'_kj = Σ_{q∈U} J_kq G_qj + I_kj for k in the unit U of θ_j, else 0; S rows of P numbers. */
function byDefinition(run: Fixture, unitOf: UnitOf, moves: readonly unknown[] = []): number[] {
  const units = unitsOf(run, unitOf);
  let { parameters, state } = run;
  let G: number[][] = [];
  run.examples.forEach(({ input }, t) => {
    const { I, J } = jacobians(run, parameters, state, input);
    state = run.model.step(parameters, state, input).state;
    const before = G;
    G = I.map((row, k) =>
      row.map((own, j) =>
        units[j].includes(k)
          ? own + units[j].reduce((all, q) => all + J[k][q] * (before[q]?.[j] ?? 0), 0)
          : 0,
      ),
    );
    if (moves[t] !== undefined) parameters = zipTrees(parameters as Tree, moves[t] as Tree, add, 'move');
  });
  return G.flat();
}

/** Unit i of a cell of n units: element i of each of its leaves, which begin here. */
const of = (n: number, ...begins: number[]) => {
  const block = (i: number) => begins.map((begin) => begin + (i % n));
  // A recurrent matrix has a row for each unit, all others a column.
  const unitOf: UnitOf = (path, index) =>
    path.includes('readout')
      ? []
      : block(path.endsWith('.u') && index.length === 2 ? index[0] : (index.at(-1) as number));
  return unitOf;
};

type Layers = { readonly below: Tree; readonly above: Tree };

/** A cell on top of another: states { above, below }, so that the lower layer is the later leaf. */
function stacked(
  below: Cell<unknown, unknown, Input>,
  above: Cell<unknown, unknown, Input>,
): Cell<Layers, Layers, Tensor> {
  return {
    name: 'stacked',
    outputs: 2,
    init: (noise) => ({ above: above.init(noise) as Tree, below: below.init(noise) as Tree }),
    start: () => ({ above: above.start() as Tree, below: below.start() as Tree }),
    step(theta, state, x) {
      const first = below.step(theta.below, state.below, x);
      const second = above.step(theta.above, state.above, first.output);
      return {
        state: { above: second.state as Tree, below: first.state as Tree },
        output: second.output,
      };
    },
  };
}

/** One matrix in two gates of a group, a turned one, gains, and a bias that is added twice. */
const tied: Cell<Vectors, Tensor, Tensor> = {
  name: 'tied',
  outputs: 3,
  init: (noise: Noise) => ({
    b: noise.normal([3]),
    g: noise.normal([3]),
    u: noise.normal([3, 3]),
    w: noise.normal([2, 3]),
  }),
  start: () => zeros([3]),
  step({ b, g, u, w }, h, x) {
    const gate = sigmoid(add(add(matmul(x, w), matmul(h, transpose(u))), b));
    const next = mul(tanh(add(mul(gate, h), add(matmul(u, mul(gate, h)), b))), g);
    return { state: next, output: next };
  },
};

/** Three matrices follow each other, more than are followed. */
const deep: Cell<Vectors, Tensor, Tensor> = {
  name: 'deep',
  outputs: 3,
  init: (noise: Noise) => ({ u: noise.normal([3, 3]), w: noise.normal([2, 3]) }),
  start: () => zeros([3]),
  step({ u, w }, h, x) {
    const inner = tanh(matmul(u, tanh(matmul(u, tanh(matmul(u, h))))));
    const next = tanh(add(inner, matmul(x, w)));
    return { state: next, output: next };
  },
};

const runs: Readonly<Record<string, readonly [run: Fixture, unitOf: UnitOf]>> = {
  rnn: [fixture(withReadout(rnn({ inputs: 2, units: 3 })), 2, 4), of(3, 0)],
  'a GRU, whose reset gate reaches all units': [
    fixture(withReadout(gru({ inputs: 2, units: 3 })), 2, 4),
    of(3, 0),
  ],
  mgu: [fixture(mgu({ inputs: 2, units: 3 }), 2, 4), of(3, 0)],
  'an LSTM, whose units have two elements': [
    fixture(withReadout(lstm({ inputs: 2, units: 3 })), 2, 4),
    of(3, 0, 3),
  ],
  'a layer on top of another': [
    fixture(stacked(gru({ inputs: 2, units: 3 }) as never, lstm({ inputs: 3, units: 2 }) as never), 2, 4),
    (path, index) => (path.includes('below') ? of(3, 4)(path, index) : of(2, 0, 2)(path, index)),
  ],
  'rows picked by an index': [
    fixtureOf(embedded(embedding({ symbols: 3, size: 2 }), rnn({ inputs: 2, units: 3 })), {
      input: (noise: Noise) => noise.integer(3),
      steps: 4,
    }) as Fixture,
    // A column of the embedding reaches all units: it belongs to that of its number.
    of(3, 0),
  ],
  'matrices that are used twice, turned, and gains': [fixture(tied, 2, 4), of(3, 0)],
  'entries that take pulls': [fixture(deep, 2, 4), of(3, 0)],
};

describe('own-unit traces', () => {
  for (const [name, [run, unitOf]] of Object.entries(runs))
    it(`are what their definition says, eagerly and as a plan, while parameters move: ${name}`, () => {
      const noise = seeded(2);
      const moves = run.examples.map(() => jitter(zerosLike(run.parameters), noise, 0.2));
      const expected = byDefinition(run, unitOf, moves);
      requireLive(expected, 'the traces');
      for (const eager of [true, false]) {
        const { influence } = estimates([run], diagonal(), seeded(1), { eager, moves });
        requireClose(numbersOf(influence), expected, 1e-12, `eager: ${eager}`);
      }
    });

  const same = (run: Fixture, ...pair: Estimator[]) => {
    const [own, other] = pair.map((estimator) => estimates([run], estimator, seeded(1)));
    requireClose(numbersOf(own.influence), numbersOf(other.influence), 1e-12, 'the influence');
    requireClose(numbersOf(own.gradients), numbersOf(other.gradients), 1e-12, 'the gradients');
  };

  it('are RTRL where units do not see each other', () => {
    for (const name of ['indrnn', 'indrnn with tanh', 'lru'] as const)
      same(fixture(sparse[name][0], sparse[name][1], 5), diagonal(), rtrl());
    same(fixture(withReadout(elementwise), 3, 5), diagonal(), rtrl());
  });

  it('are SnAp-1 on a tanh network', () => {
    same(fixture(withReadout(rnn({ inputs: 2, units: 4 })), 2, 5), diagonal(), snap({ n: 1 }));
  });

  it('say what they carry, and what that takes', () => {
    const told = (cell: unknown) => {
      const run = fixture(cell, 2, 1);
      const learner = learnerOf([run], diagonal(), seeded(1));
      learner.observe(run.examples[0].input);
      return learner.rule;
    };
    expect(told(gru({ inputs: 2, units: 3 }))?.structure).to.equal('own units of 1 of 3 state elements');
    expect(told(gru({ inputs: 2, units: 3 }))?.cost).to.deep.equal({ time: 5 * 54, memory: 54 });
    expect(told(lstm({ inputs: 2, units: 3 }))?.structure).to.equal('own units of 2 of 6 state elements');
    expect(told(lstm({ inputs: 2, units: 3 }))?.cost.memory).to.equal(2 * 72);
    expect(told(deep)?.structure).to.equal('own units of 1 of 3 state elements, 3 pulls a step');
  });

  it('are refused for a step that cannot be traced, and for what another model carried', () => {
    const inner = rnn({ inputs: 2, units: 3 });
    const reading: typeof inner = {
      ...inner,
      step: (theta, h, x) => inner.step(theta, h, sum(h).item() > 100 ? h : x),
    };
    const run = fixture(reading, 2, 1);
    expect(() => learnerOf([run], diagonal(), seeded(1)).observe(run.examples[0].input)).to.throw(
      ConfigurationError,
      'diagonal: which unit a parameter belongs to is not known',
    );
    const other = fixture(rnn({ inputs: 2, units: 3 }), 2, 2);
    const rule = ruleOf(other);
    const { units, traces } = rule.start(seeded(1));
    expect(() => rule.pull({ units: units.map((own) => add(own, 1)), traces }, other.state as Tree)).to.throw(
      DataError,
      'diagonal: the traces were carried for a model in which parameters belong to other units',
    );
  });

  describeInfluence({
    estimator: () => diagonal(),
    fixtures: {
      lstm: (steps) => fixture(withReadout(lstm({ inputs: 2, units: size(1, 2) })), 2, steps),
    },
  });
});

function ruleOf(run: Fixture): Rule<DiagonalInfluence> {
  let found: Rule<DiagonalInfluence> | undefined;
  const estimator = diagonal();
  const watched: Estimator<DiagonalInfluence> = {
    ...estimator,
    bind(step) {
      found = estimator.bind(step);
      return found;
    },
  };
  learnerOf([run], watched, seeded(1)).observe(run.examples[0].input);
  return found as Rule<DiagonalInfluence>;
}
