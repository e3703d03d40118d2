import { expect } from 'chai';
import { add, mul, tanh } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  leavesOf,
  mapTree,
  pathsOf,
  seeded,
  type Tensor,
  type Tree,
  tensor,
} from '../../../lib/index.ts';
import { type Cell, gru, indrnn, lstm, rnn } from '../../../nn/index.ts';
import { singularValues } from '../../../trainers/estimators/products/reduction.ts';
import {
  createLearner,
  diagonal,
  type Estimator,
  restoreLearner,
  rtrl,
  type SitedInfluence,
  type Sketch,
  sgd,
  sketched,
  unbiased,
} from '../../../trainers/index.ts';
import { checkUnbiased, estimates, influenceOf, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { lengthOf, numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { jacobians } from './oneStep.ts';
import { fixture, unlike, type Vectors, withReadout } from './sparse.ts';

type Matrix = number[][];
type Shown = SitedInfluence<Sketch> & { readonly certificate: Tensor };

const times = (A: Matrix, B: Matrix): Matrix =>
  A.map((row) => B[0].map((_, j) => row.reduce((sum, value, k) => sum + value * B[k][j], 0)));
const turned = (A: Matrix): Matrix => A[0].map((_, j) => A.map((row) => row[j]));
const plus = (A: Matrix, B: Matrix, factor = 1): Matrix =>
  A.map((row, i) => row.map((value, j) => value + factor * B[i][j]));
const zeros = (rows: number, columns: number): Matrix =>
  Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
const rowsOf = (leaf: Tensor): Matrix => {
  const numbers = numbersOf(leaf);
  const [rows, columns] = leaf.shape;
  return zeros(rows, columns).map((_, i) => numbers.slice(i * columns, (i + 1) * columns));
};
const square = (A: Matrix): number => A.flat().reduce((sum, value) => sum + value * value, 0);

/** Gram-Schmidt, row after row. */
function orthonormal(rows: Matrix): Matrix {
  const basis: Matrix = [];
  for (const row of rows) {
    let own = row;
    for (let pass = 0; pass < 2; pass++)
      for (const other of basis) {
        const along = own.reduce((sum, value, i) => sum + value * other[i], 0);
        own = own.map((value, i) => value - along * other[i]);
      }
    basis.push(own.map((value) => value / Math.hypot(...own)));
  }
  return basis;
}

/** The groups of parameters of a cell of `units` units, by path, and the unit of each of them. */
function parametersOf({ parameters }: Fixture, units: number): { group: string; unit: number }[] {
  return pathsOf(parameters as Tree, 'params').flatMap(({ path, tensor: { shape, size } }) =>
    Array.from({ length: size }, (_, at) => ({
      group: path.split('.').slice(0, -1).join('.'),
      // A recurrent matrix has a row for each unit, all others a column.
      unit: path.endsWith('.u') ? Math.floor(at / shape[1]) : at % Math.min(units, shape.at(-1) as number),
    })),
  );
}

interface Defined {
  readonly G: Matrix;
  readonly certificate: number;
  /** For each step and group, ‖Q - UᵀUQ‖² and the least that a sketch of this rank can leave out. */
  readonly missing: readonly (readonly [number, number])[];
}

/** SK-RTRL on plain matrices of all parameters, with Q written out. */
function byDefinition(run: Fixture, units: number, rank: number): Defined {
  const known = parametersOf(run, units);
  const names = [...new Set(known.map(({ group }) => group))];
  const unitOf = leavesOf(run.state as Tree).flatMap((leaf) =>
    Array.from({ length: leaf.size }, (_, i) => i),
  );
  const S = unitOf.length;
  const drawn = numbersOf(seeded(1).normal([rank, S]));
  const first = orthonormal(zeros(rank, S).map((_, i) => drawn.slice(i * S, (i + 1) * S)));
  let { state } = run;
  let M = zeros(S, known.length);
  const sketches = names.map(() => ({ U: first, R: zeros(rank, known.length), e: 0 }));
  const missing: [number, number][] = [];
  for (const { input } of run.examples) {
    const { I, J } = jacobians(run, run.parameters, state, input);
    state = run.model.step(run.parameters, state, input).state;
    const whole = plus(times(J, M), I);
    const next = whole.map((row, k) => row.map((value, p) => (known[p].unit === unitOf[k] ? value : 0)));
    const fourth = times(times(turned(J), J), times(turned(J), J));
    sketches.forEach((own, g) => {
      const inGroup = (A: Matrix) =>
        A.map((row) => row.map((value, p) => (known[p].group === names[g] ? value : 0)));
      const Q = plus(inGroup(plus(whole, next, -1)), times(times(J, turned(own.U)), own.R));
      const C = times(Q, turned(Q));
      const trace = C.reduce((sum, row, i) => sum + row[i], 0);
      let U = own.U;
      for (let i = 0; i < 2 && trace > 0; i++) U = orthonormal(plus(times(U, C), U, 1e-13 * trace));
      own.R = times(U, Q);
      own.U = U;
      const left = square(plus(Q, times(turned(U), own.R), -1));
      own.e = own.e * square(fourth) ** (1 / 8) + Math.sqrt(left + 1e-13 * trace);
      const { values } = singularValues(C);
      missing.push([left, values.slice(rank).reduce((sum, value) => sum + value, 0)]);
    });
    M = next;
  }
  const G = sketches.reduce((sum, { U, R }) => plus(sum, times(turned(U), R)), M);
  return { G, certificate: Math.hypot(...sketches.map(({ e }) => e)), missing };
}

function carriedBy(estimator: Estimator, run: Fixture, eager = true) {
  const learner = learnerOf([run], estimator, seeded(1), { eager });
  return run.examples.map(({ input, target }) => {
    learner.step(input, target);
    const { certificate } = learner.influence as Shown;
    return { G: influenceOf(learner, [run]).flat(), certificate: certificate?.item() };
  });
}

/** h' = tanh(u∘h + x): no parameter has a site. */
const gains: Cell<Vectors, Tensor, Tensor> = {
  name: 'gains',
  outputs: 3,
  init: (noise) => ({ u: noise.normal([3]) }),
  start: () => tensor([0.3, -0.2, 0.1]),
  step({ u }, h, x) {
    const next = tanh(add(mul(u, h), x));
    return { state: next, output: next };
  },
};
/** ∂s/∂θ after each step. */
const exactOf = (run: Fixture) => carriedBy(rtrl({ structure: 'dense' }) as Estimator, run).map(({ G }) => G);

const runs: Readonly<Record<string, readonly [Fixture, number]>> = {
  'a tanh network': [fixture(rnn({ inputs: 2, units: 4 }), 2, 6), 4],
  'a GRU, whose reset gate reaches all': [fixture(gru({ inputs: 1, units: 4 }), 1, 6), 4],
  'an LSTM, with two state elements in a unit': [fixture(lstm({ inputs: 1, units: 3 }), 1, 6), 3],
  'two leaves of unlike sizes': [fixture(unlike, 1, 6), 3],
};

describe('sketched RTRL', () => {
  for (const [i, [name, [run, units]]] of Object.entries(runs).entries())
    for (const rank of size([[1, 3][i % 2]], [1, 3]))
      it(`is its definition on whole matrices, rank ${rank}: ${name}`, () => {
        const expected = byDefinition(run, units, rank);
        for (const eager of [true, false]) {
          const { G, certificate } = carriedBy(sketched({ rank }) as Estimator, run, eager).at(-1) as never;
          requireClose(G, expected.G.flat(), 1e-7, `the influence, eager: ${eager}`);
          requireClose([certificate], [expected.certificate], 1e-6, 'the certificate');
        }
      });

  it('leaves out little more than the best sketch of its rank', () => {
    const run = fixture(rnn({ inputs: 3, units: 8 }), 3, size(12, 30));
    for (const rank of [1, 4]) {
      const { missing } = byDefinition(run, 8, rank);
      const [own, least] = [0, 1].map((i) => missing.slice(4).reduce((sum, pair) => sum + pair[i], 0));
      expect(own, `rank ${rank}`).to.be.within(least * (1 - 1e-9), 1.25 * least);
    }
  });

  it('bounds what it leaves out, at every step', () => {
    for (const [name, [run]] of Object.entries(runs)) {
      const exact = exactOf(run);
      for (const rank of size([1], [0, 1, 2]))
        carriedBy(sketched({ rank }) as Estimator, run).forEach(({ G, certificate }, t) => {
          const away = lengthOf(G.map((value, i) => value - exact[t][i]));
          expect(certificate, `${name}, rank ${rank}, step ${t}`).to.be.at.least(away * (1 - 1e-9) - 1e-14);
          if (t > 0 && rank < 2) expect(away).to.be.greaterThan(1e-3);
        });
    }
  });

  it('is RTRL with the certificate 0 at full rank, and own-unit traces at rank 0', () => {
    for (const [name, [run]] of Object.entries(runs)) {
      const states = numbersOf(run.state).length;
      for (const rank of size([states], [states, states + 5])) {
        const { G, certificate } = carriedBy(sketched({ rank }) as Estimator, run, false).at(-1) as never;
        requireClose(G, exactOf(run).at(-1) as number[], 1e-12, name);
        expect(certificate).to.equal(0);
      }
      const [none, traces] = [sketched({ rank: 0 }), diagonal()].map((estimator) =>
        numbersOf(estimates([run], estimator as Estimator, seeded(1), { eager: true }).influence),
      );
      requireClose(none, traces, 1e-13, `${name}, rank 0`);
    }
  });

  it('carries leaves without sites exactly, and is made unbiased', () => {
    const cell = indrnn({ inputs: 2, units: 3, activation: 'tanh' });
    const run = fixture(withReadout(cell), 2, 4);
    for (const own of [run, fixture(gains, 3, 4)]) {
      const last = carriedBy(sketched({ rank: 0 }) as Estimator, own).at(-1);
      requireClose(last?.G as number[], exactOf(own).at(-1) as number[], 1e-12, 'G');
      expect(last?.certificate).to.equal(0);
    }
    checkUnbiased(
      [fixture(withReadout(rnn({ inputs: 1, units: 2 })), 1, size(3, 4))],
      () => unbiased(sketched({ rank: 1 })) as Estimator,
    );
  });

  it('has a bound that stays finite where none is known', () => {
    const { model, loss, parameters } = fixture(rnn({ inputs: 2, units: 4 }), 2, 1);
    const wild = fixture(rnn({ inputs: 2, units: 4 }), 2, 1);
    const config = { model, loss, parameters, optimizer: sgd({ rate: 0 }), dtype: 'float32' as const };
    const learner = createLearner({ ...config, estimator: sketched({ rank: 1 }) as Estimator });
    const { input, target } = wild.examples[0];
    for (let t = 0; t < 300; t++) learner.step(input, target);
    expect((learner.influence as Shown).certificate.item()).to.be.within(1e-9, 1.1e30);
    const restored = restoreLearner(
      { ...config, estimator: sketched({ rank: 1 }) as Estimator },
      learner.save(),
    );
    for (const one of [learner, restored]) one.step(input, target);
    expect([...restored.save()]).to.deep.equal([...learner.save()]);
  });

  it('bounds by rounding what a sketch leaves out that has all of the rest, and by nothing where J is zero', () => {
    const run = fixture(rnn({ inputs: 2, units: 4 }), 2, 2);
    const only = (unit: number) => ({
      ...run,
      parameters: mapTree(
        run.parameters as Tree,
        (leaf, path) =>
          path.endsWith('.u')
            ? tensor(
                rowsOf(leaf).map((row, i) => row.map((x) => (i === unit ? x : 0))),
                { dtype: 'float64' },
              )
            : leaf,
        'params',
      ),
    });
    // One unit sees the others, so that what is left of J M after two steps has rank 1.
    const { parameters, model, examples, state } = only(2);
    const J = jacobians(
      run,
      parameters,
      model.step(parameters, state, examples[0].input).state,
      examples[1].input,
    ).J;
    const { I } = jacobians(run, parameters, state, examples[0].input);
    const trace = J[2].reduce((sum, value, j) => sum + (j === 2 ? 0 : value ** 2 * square([I[j]])), 0);
    const { certificate } = carriedBy(sketched({ rank: 1 }) as Estimator, only(2)).at(-1) as never;
    expect((certificate as number) ** 2 / trace).to.be.within(0.95e-13, 1.05e-13);
    for (const eager of [true, false])
      expect(carriedBy(sketched({ rank: 1 }) as Estimator, only(9), eager).at(-1)?.certificate).to.equal(0);
  });

  it('takes the time of its formula: for a gate that reaches all, and for units of two elements', () => {
    const timeOf = ([run]: readonly [Fixture, number]) => {
      const learner = learnerOf([run], sketched({ rank: 2 }) as Estimator, seeded(1), { eager: true });
      learner.step(run.examples[0].input, run.examples[0].target);
      return learner.rule?.cost.time;
    };
    const whole = (parameters: number, states: number) => (states + 3) * parameters;
    const [gate, reset] = [2 * 16 * 4 + (1 + 1 + 4 + 8) * 24, 3 * 16 * 4 + (1 + 4 + 8 + 8) * 24];
    expect(timeOf(runs['a GRU, whose reset gate reaches all'])).to.equal(whole(72, 4) + 2 * gate + reset);
    const pairs = 3 * 25 * (2 + 3) + (4 + 4 + 8 + 8) * (12 + 18);
    expect(timeOf(runs['two leaves of unlike sizes'])).to.equal(whole(30, 5) + pairs);
  });

  it('says what it carries, and refuses a rank that is none', () => {
    const [run] = runs['a tanh network'];
    const learner = learnerOf([run], sketched({ rank: 2 }) as Estimator, seeded(1));
    learner.step(run.examples[0].input, run.examples[0].target);
    expect(learner.rule?.structure).to.equal('1 group of sites; rank 2 of 4');
    expect(learner.rule?.cost.memory).to.equal(3 * 28 + 2 * 4 + 1);
    expect(sketched().settings).to.deep.equal({ rank: 4 });
    expect(() => sketched({ rank: -1 })).to.throw(ConfigurationError, 'sketched: rank');
  });

  describeInfluence({
    estimator: () => sketched({ rank: 2 }) as Estimator,
    fixtures: { gru: (steps) => fixture(withReadout(gru({ inputs: 1, units: 3 })), 1, steps) },
  });
});
