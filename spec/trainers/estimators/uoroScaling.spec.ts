import { expect } from 'chai';
import { add, matmul, mul, stack, tanh } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  expectation,
  type Noise,
  pathsOf,
  seeded,
  type Tensor,
  type Tree,
  tensor,
} from '../../../lib/index.ts';
import { type Cell, gru, indrnn, lstm, rnn } from '../../../nn/index.ts';
import {
  createLearner,
  type Estimator,
  noBackTrack,
  restoreLearner,
  rtrl,
  sgd,
  type UoroOptions,
  uoro,
} from '../../../trainers/index.ts';
import { checkUnbiased, estimates, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { type Fixture, jitter, zerosLike } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { jacobians } from './oneStep.ts';
import { fixture, type Vectors, withReadout } from './sparse.ts';

const others: Readonly<Record<string, UoroOptions>> = {
  sources: { scaling: 'sources' },
  preactivations: { noise: 'preactivations' },
  'preactivations, sources': { noise: 'preactivations', scaling: 'sources' },
};

/** E‖Ĝ - G‖²/‖G‖² after a run. */
function variance(run: Fixture, options: UoroOptions): number {
  const last = (estimator: Estimator, noise: Noise) =>
    numbersOf(estimates([run], estimator, noise, { eager: true }).influence);
  const exact = last(rtrl() as Estimator, seeded(1));
  const { mean } = expectation((noise) =>
    tensor(
      last(uoro(options) as Estimator, noise).reduce((sum, value, i) => sum + (value - exact[i]) ** 2, 0),
    ),
  );
  return mean.item() / exact.reduce((sum, value) => sum + value * value, 0);
}

/** Two matrices of unlike sizes, of which one has a dense D, and two vectors without sites. */
const mixedCell: Cell<Vectors, Tensor, Tensor> = {
  name: 'mixed',
  outputs: 3,
  init: (noise) => ({
    V: noise.normal([2, 2]),
    W: mul(noise.normal([3, 3]), 0.5),
    early: noise.normal([2]),
    late: noise.normal([3]),
  }),
  start: () => tensor([0.3, -0.4, 0.7]),
  step({ V, W, early, late }, s, x) {
    const spread = matmul(mul(tanh(matmul(x, V)), early), mixing);
    const state = tanh(add(spread, mul(tanh(matmul(s, W)), late)));
    return { state, output: state };
  },
};
const mixing = tensor([
  [0.5, -1, 0.3],
  [0.8, 0.2, -0.6],
]);

/** The first pair of signs on pre-activations as an outer product, from the rows of I and the inputs of products. */
function firstPair(run: Fixture, drawn: readonly number[][], epsilon: number, isScaled: boolean): number[] {
  const [{ input }] = run.examples;
  const [x, s] = [input, run.state].map(numbersOf);
  const { I } = jacobians(run, run.parameters, run.state, input);
  const columns = pathsOf(run.parameters as Tree, 'params').flatMap(({ path, tensor: { shape, size } }) =>
    Array.from({ length: size }, (_, i) => ({ path, row: Math.floor(i / shape[1]), unit: i % shape[1] })),
  );
  const scale = (w: number, v: number) => (isScaled ? Math.sqrt((w + epsilon) / (v + epsilon)) : 1);
  const state = [0, 0, 0];
  const theta = columns.map(() => 0);
  for (const [path, z] of [
    ['params.V', x],
    ['params.W', s],
  ] as const) {
    const signs =
      drawn[path === 'params.V' ? drawn.findIndex(({ length }) => length === 2) : drawn.findIndex(isThree)];
    signs.forEach((sign, unit) => {
      const first = columns.findIndex((own) => own.path === path && own.row === 0 && own.unit === unit);
      const D = I.map((row) => row[first] / z[0]);
      const rho = scale(Math.hypot(...z), Math.hypot(...D));
      D.forEach((value, k) => {
        state[k] += sign * rho * value;
      });
      columns.forEach((own, p) => {
        if (own.path === path && own.unit === unit) theta[p] += (sign / rho) * z[own.row];
      });
    });
  }
  const own = columns.map(({ path }) => path === 'params.early' || path === 'params.late');
  (drawn.at(-1) as number[]).forEach((sign, k) => {
    const rho = scale(Math.hypot(...I[k].filter((_, p) => own[p])), 1);
    state[k] += sign * rho;
    columns.forEach((_, p) => {
      if (own[p]) theta[p] += (sign / rho) * I[k][p];
    });
  });
  return state.flatMap((value) => theta.map((other) => value * other));
}
const isThree = ({ length }: readonly number[]) => length === 3;

describe('UORO with other scales and noise', () => {
  it('draws at each pre-activation with the scale of its D and z, and on the state for leaves without sites', () => {
    const run = fixture(mixedCell, 2, 1);
    for (const isScaled of [true, false]) {
      const drawn: number[][] = [];
      const source = seeded(6);
      const noise: Noise = {
        ...source,
        signs(shape) {
          const signs = source.signs(shape);
          drawn.push(numbersOf(signs));
          return signs;
        },
      };
      const options: UoroOptions = {
        noise: 'preactivations',
        scaling: isScaled ? 'sources' : 'drawn',
        epsilon: 0.4,
      };
      const { influence } = estimates([run], uoro(options) as Estimator, noise, { eager: true });
      expect(drawn.map(({ length }) => length).sort()).to.deep.equal([2, 3, 3]);
      const expected = firstPair(run, drawn, 0.4, isScaled);
      requireClose(numbersOf(influence), expected, 1e-10, `scaled: ${isScaled}`);
    }
  });

  for (const [name, options] of Object.entries(others).slice(size(2, 0)))
    it(`has the mean ∂s/∂θ while parameters move: ${name}`, () => {
      expect(uoro(options).bias).to.equal('none');
      const runs = [
        fixture(withReadout(rnn({ inputs: 2, units: 2 })), 2, size(2, 4)),
        ...size([], [fixture(lstm({ inputs: 1, units: 1 }), 1, 3)]),
        // Leaves without sites, which have signs on the state.
        fixture(indrnn({ inputs: 1, units: 2, activation: 'tanh' }), 1, 2),
      ];
      for (const run of runs) {
        const moves = run.examples.map(() => jitter(zerosLike(run.parameters), seeded(2), 0.3));
        checkUnbiased([run], () => uoro(options) as Estimator, { moves });
      }
    });

  it('has that mean on a GRU, whose reset gate has a dense D, and with two pairs', () => {
    const run = fixture(gru({ inputs: 1, units: 1 }), 1, size(2, 3));
    checkUnbiased([run], () => uoro({ noise: 'preactivations' }) as Estimator);
    checkUnbiased(
      [fixture(rnn({ inputs: 1, units: 1 }), 1, size(2, 3))],
      () => uoro({ noise: 'preactivations', scaling: 'sources', rank: 2 }) as Estimator,
    );
  });

  it('is NoBackTrack with a scale for each source', () => {
    const run = fixture(withReadout(lstm({ inputs: 2, units: 2 })), 2, 5);
    const [own, other] = [uoro({ scaling: 'sources' }), noBackTrack()].map((one) =>
      estimates([run], one as Estimator, seeded(3)),
    );
    requireClose(numbersOf(own.influence), numbersOf(other.influence), 1e-12, 'the influence');
  });

  it('is one thing on a tanh network, and less noisy than the default', () => {
    const run = fixture(rnn({ inputs: 1, units: 3 }), 1, 2);
    const [state, preactivations] = [others.sources, others['preactivations, sources']].map(
      (options) => estimates([run], uoro(options) as Estimator, seeded(3)).influence,
    );
    requireClose(numbersOf(preactivations), numbersOf(state), 1e-4, 'the influence');
    const [plain, sources] = [{}, others.sources].map((options) => variance(run, options));
    expect(sources).to.be.below(0.98 * plain);
  });

  it('says what it takes for its scales, and how many pairs it has', () => {
    const ruleOf = (options: UoroOptions, cell: unknown) => {
      const run = fixture(cell, 1, 1);
      const learner = learnerOf([run], uoro(options) as Estimator, seeded(1), { eager: true });
      learner.step(run.examples[0].input, run.examples[0].target);
      return [learner.rule?.structure, learner.rule?.cost.time];
    };
    const network = rnn({ inputs: 1, units: 3 });
    expect(ruleOf({ rank: 2 }, network)).to.deep.equal(['2 pairs of vectors', (3 + 8) * 15]);
    expect(ruleOf(others.sources, network)).to.deep.equal([
      'one pair of vectors, 1 pull for the scales',
      (7 + 2) * 15,
    ]);
    expect(ruleOf(others.preactivations, network)).to.deep.equal([
      'one pair of vectors, 3 pulls for the scales',
      (7 + 6) * 15,
    ]);
  });

  it('leaves the default as it was, and resumes with its own settings', () => {
    expect(uoro().settings).to.deep.equal({ window: 1, rank: 1, epsilon: 1e-5, lanes: 'independent' });
    expect(uoro(others['preactivations, sources']).settings).to.include({
      noise: 'preactivations',
      scaling: 'sources',
    });
    const { model, loss, parameters, state, examples } = fixture(
      withReadout(rnn({ inputs: 2, units: 2 })),
      2,
      4,
    );
    const config = {
      model,
      loss,
      parameters,
      state,
      dtype: 'float64' as const,
      optimizer: sgd({ rate: 0.1 }),
    };
    const learner = createLearner({ ...config, estimator: uoro({ scaling: 'sources' }) as Estimator });
    for (const { input, target } of examples) learner.step(input, target);
    expect(() => restoreLearner({ ...config, estimator: uoro() as Estimator }, learner.save())).to.throw(
      '"scaling":"sources"',
    );
  });

  it('refuses windows, and pre-activations that are not known', () => {
    const refused = (make: () => unknown, message: string) =>
      expect(make).to.throw(ConfigurationError, message);
    refused(
      () => uoro({ scaling: 'sources', window: 2 }),
      "uoro: scaling: 'sources' is for a window of 1, got 2",
    );
    refused(
      () => uoro({ noise: 'preactivations', window: 2 }),
      "uoro: noise: 'preactivations' is for a window of 1",
    );
    const run = fixture(rnn({ inputs: 2, units: 2 }), 2, 1);
    const step: Fixture['model']['step'] = (parameters, state, input) => {
      numbersOf(state);
      return run.model.step(parameters, state, input);
    };
    const learner = learnerOf(
      [{ ...run, model: { ...run.model, step } }],
      uoro({ noise: 'preactivations' }) as Estimator,
      seeded(1),
      { eager: true },
    );
    const [{ input, target }] = run.examples;
    refused(() => learner.step(input, target), 'uoro: the pre-activations are not known');
  });

  for (const name of size(['preactivations, sources'], Object.keys(others)))
    describeInfluence({
      name: `uoro, ${name}`,
      estimator: () => uoro(others[name]) as Estimator,
      fixtures: { rnn: (steps) => fixture(withReadout(rnn({ inputs: 1, units: size(1, 2) })), 1, steps) },
    });
});

describe('UORO over lanes', () => {
  it('carries a pair for each, or one for all of them', () => {
    const carried = (lanes: 'independent' | 'joint') => {
      const run = fixture(rnn({ inputs: 2, units: 3 }), 2, 1);
      const learner = learnerOf([run, run], uoro({ lanes }), seeded(1));
      const { input } = run.examples[0];
      learner.observe(stack([input as Tensor, input as Tensor]));
      return numbersOf(learner.influence).length;
    };
    const [P, S] = [2 * 3 + 3 * 3 + 3, 3];
    expect([carried('independent'), carried('joint')]).to.deep.equal([2 * (P + S), P + 2 * S]);
  });
});

describe('UORO of rank k', () => {
  it('has 1/k of the variance', () => {
    const run = fixture(rnn({ inputs: 2, units: size(1, 2) }), 2, size(3, 2));
    const [one, two] = [1, 2].map((rank) => variance(run, { rank }));
    expect(two).to.be.closeTo(one / 2, 1e-10);
  });
});
