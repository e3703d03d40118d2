import { expect } from 'chai';
import { add, concat, mul, slice, sum, tanh } from '../../../autodiff/index.ts';
import { ConfigurationError, DataError, seeded, type Tensor, zeros } from '../../../lib/index.ts';
import { type Cell, gru, lstm, meanSquare, rnn } from '../../../nn/index.ts';
import { createLearner, restoreLearner, rtrl, sgd, snap } from '../../../trainers/index.ts';
import { estimates, influenceOf, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { type Fixture, jitter, zerosLike } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { jacobians } from './oneStep.ts';
import { chain, fixture, sparse, type Vectors, withReadout } from './sparse.ts';

/** Where entries are other than zero at some of several points. */
function pattern(run: Fixture): { I: boolean[][]; J: boolean[][] } {
  const noise = seeded(11);
  // Units that are off at one point are not at another.
  const found = Array.from({ length: 12 }, (_, i) =>
    jacobians(
      run,
      jitter(run.parameters, noise, 0.5),
      jitter(run.state, noise, 0.5),
      run.examples[i % 6].input,
    ),
  );
  const any = (key: 'I' | 'J') =>
    found[0][key].map((row, i) => row.map((_, j) => found.some((one) => one[key][i][j] !== 0)));
  return { I: any('I'), J: any('J') };
}

/** The influence of SnAp-n after a run, by its definition: S rows of P numbers. */
function byDefinition(run: Fixture, n: number): number[][] {
  const { I: once, J: reach } = pattern(run);
  let kept = once;
  for (let step = 1; step < n; step++)
    kept = kept.map((row, k) => row.map((own, j) => own || reach[k].some((sees, l) => sees && kept[l][j])));
  let state = run.state;
  let G = once.map((row) => row.map(() => 0));
  for (const { input } of run.examples) {
    const { I, J } = jacobians(run, run.parameters, state, input);
    state = run.model.step(run.parameters, state, input).state;
    G = I.map((row, k) =>
      row.map((own, j) => (kept[k][j] ? own + J[k].reduce((sum, entry, l) => sum + entry * G[l][j], 0) : 0)),
    );
  }
  return G;
}

const cells: Readonly<Record<string, readonly [cell: unknown, inputs: number]>> = {
  rnn: [withReadout(rnn({ inputs: 2, units: 4 })), 2],
  lstm: [lstm({ inputs: 2, units: 3 }), 2],
  gru: [withReadout(gru({ inputs: 2, units: 3 })), 2],
  chain: [chain, 2],
  ...Object.fromEntries(
    Object.entries(sparse).map(([name, [cell, inputs]]) => [name, [cell, inputs] as const]),
  ),
};

describe('SnAp', () => {
  for (const [i, [name, [cell, inputs]]] of Object.entries(cells).entries())
    for (const n of [1, 2, 3])
      it(`${name}: SnAp-${n} carries what its definition says`, () => {
        const run = fixture(cell, inputs, 6);
        const expected = byDefinition(run, n).flat();
        for (const eager of size(n === 1 + (i % 3), true) ? [true, false] : [true]) {
          const { influence } = estimates([run], snap({ n }), seeded(1), { eager });
          requireClose(numbersOf(influence), expected, 1e-12, `eager: ${eager}`);
        }
      });

  it('is RTRL once n steps reach everything, and is not before', () => {
    const run = fixture(withReadout(chain), 2, 4);
    const exact = numbersOf(estimates([run], rtrl(), seeded(1)).influence);
    const errors = [1, 2, 3, 4].map((n) => {
      const own = numbersOf(estimates([run], snap({ n }), seeded(1), { eager: true }).influence);
      return Math.max(...own.map((value, i) => Math.abs(value - exact[i])));
    });
    expect([...errors].sort((a, b) => b - a)).to.deep.equal(errors);
    expect(errors[2]).to.be.above(1e-3);
    // In four steps nothing reaches further than four.
    expect(errors[3]).to.be.below(1e-12);
    for (const name of ['indrnn', 'lru', 'elementwise', 'blocks'] as const) {
      const diagonal = fixture(sparse[name][0], sparse[name][1], 7);
      const [own, whole] = [snap({ n: 2 }), rtrl()].map((estimator) =>
        estimates([diagonal], estimator, seeded(1)),
      );
      requireClose(numbersOf(own.influence), numbersOf(whole.influence), 1e-13, name);
      requireClose(numbersOf(own.gradients), numbersOf(whole.gradients), 1e-13, name);
    }
  });

  it('follows parameters that move, as RTRL does', () => {
    const run = fixture(sparse.cascade[0], sparse.cascade[1], 6);
    const noise = seeded(2);
    const moves = run.examples.map(() => jitter(zerosLike(run.parameters), noise, 0.3));
    const [own, whole] = [snap({ n: 2 }), rtrl()].map((estimator) =>
      estimates([run], estimator, seeded(1), { moves }),
    );
    requireClose(numbersOf(own.gradients), numbersOf(whole.gradients), 1e-12, 'gradients');
  });

  it('says what it carries: one entry for each parameter of a tanh network, two of an LSTM, one of two gates of a GRU and all of its reset gate, which reaches every unit', () => {
    const said = (cell: unknown, n: number) => {
      const run = fixture(cell, 2, 2);
      const learner = learnerOf([run], snap({ n }), seeded(1));
      expect(learner.rule).to.equal(undefined);
      learner.step(run.examples[0].input, run.examples[0].target);
      return [learner.rule?.structure, learner.rule?.cost.memory];
    };
    const P = 16 * 16 + 2 * 16 + 16;
    expect(said(rnn({ inputs: 2, units: 16 }), 1)).to.deep.equal([
      'sparse: a parameter reaches at most 1 of 16 state elements, 1 pull a step',
      P,
    ]);
    expect(said(lstm({ inputs: 2, units: 16 }), 1)).to.deep.equal([
      // The output gate does not reach the cell.
      'sparse: a parameter reaches at most 2 of 32 state elements, 2 pulls a step',
      (3 * 2 + 1) * P,
    ]);
    // The two other gates have one entry for each parameter.
    expect(said(gru({ inputs: 2, units: 16 }), 1)).to.deep.equal([
      `sparse: a parameter reaches at most 1 of 16 state elements, 1 pull a step; ${P} parameters reach more, and all of theirs is carried`,
      2 * P + 16 * P,
    ]);
    expect(said(rnn({ inputs: 2, units: 16 }), 2)[0]).to.equal(
      'dense: parameters reach too many of the 16 state elements',
    );
    expect(said(chain, 3)[0]).to.equal(
      'sparse: a parameter reaches at most 3 of 30 state elements, 3 pulls a step',
    );
  });

  it('refuses what it cannot do, in a sentence', () => {
    expect(() => snap({ n: 0 })).to.throw(ConfigurationError, 'snap: n');
    const reads: Cell<{ w: Tensor }, Tensor, Tensor> = {
      name: 'reads',
      init: (noise) => ({ w: noise.normal([2, 2]) }),
      start: () => rnn({ inputs: 2, units: 2 }).start(),
      step({ w }, h, x) {
        const next = x.item === undefined || numbersOf(h)[0] > 0 ? w : w;
        return { state: h, output: next };
      },
    };
    const run = fixture(reads, 2, 1);
    const learner = learnerOf([run], snap({ n: 1 }), seeded(1));
    expect(() => learner.observe(run.examples[0].input)).to.throw(
      ConfigurationError,
      'snap: what a parameter reaches is not known',
    );
  });

  for (const eager of [true, false])
    for (const [units, reach, how] of [
      [12, 2, 'sparse'],
      [16, 9, 'dense'],
    ] as const)
      it(`says when another type of input reaches more; ${how}, eager: ${eager}`, () => {
        // A parameter reaches this many units; with an input of one number, all of them.
        const cell: Cell<Vectors, Tensor, Tensor> = {
          name: 'two ways',
          init: (noise) => ({ u: noise.normal([units]) }),
          start: () => zeros([units]),
          step({ u }, h, x) {
            const own = mul(u, h);
            const turned = (by: number) => concat([slice(own, [by], [units]), slice(own, [0], [by])]);
            const near = Array.from({ length: reach - 1 }, (_, k) => turned(k + 1)).reduce(
              (a, b) => add(a, b),
              own,
            );
            const next = tanh(
              add(x.shape[0] === 1 ? sum(own) : near, x.shape[0] === 1 ? add(x, zeros([units])) : x),
            );
            return { state: next, output: next };
          },
        };
        const config = {
          model: cell,
          loss: meanSquare,
          optimizer: sgd({ rate: 0.1 }),
          eager,
          dtype: 'float64' as const,
        };
        const learner = createLearner({ ...config, estimator: snap({ n: 1 }) });
        const target = seeded(1).normal([units]);
        learner.step(seeded(2).normal([units]), target);
        expect(learner.rule?.structure).to.match(new RegExp(`^${how}`));
        const before = [...learner.save()];
        expect(() => learner.step(seeded(3).normal([1]), target)).to.throw(
          ConfigurationError,
          'snap: with an input of this type',
        );
        expect([...learner.save()]).to.deep.equal(before);
        const restored = restoreLearner({ ...config, estimator: snap({ n: 1 }) }, learner.save());
        // A dense form does not tell the types apart.
        if (how === 'sparse')
          expect(() => restored.step(seeded(3).normal([1]), target)).to.throw(
            DataError,
            'or this input is of another type than those before the checkpoint',
          );
        restored.step(seeded(4).normal([units]), target);
        learner.step(seeded(4).normal([units]), target);
        expect([...restored.save()]).to.deep.equal([...learner.save()]);
        const wider = createLearner({ ...config, estimator: snap({ n: 1 }) });
        wider.step(seeded(3).normal([1]), target);
        wider.step(seeded(2).normal([units]), target);
        expect(wider.steps).to.equal(2);
      });

  it('has in its settings what is no default', () => {
    expect(snap({ n: 2 }).settings).to.deep.equal({ n: 2 });
    expect(snap({ n: 2, pairing: 'exact' }).settings).to.deep.equal({ n: 2 });
    expect(snap({ n: 2, pairing: 'published' }).settings).to.deep.equal({ n: 2, pairing: 'published' });
  });

  it('does not continue with what another n carried', () => {
    const run = fixture(chain, 2, 3);
    const { model, loss, parameters, state, examples } = run;
    const config = {
      model,
      loss,
      parameters,
      state,
      dtype: 'float64' as const,
      optimizer: sgd({ rate: 0.1 }),
    };
    const learner = createLearner({ ...config, estimator: snap({ n: 2 }) });
    for (const { input, target } of examples) learner.step(input, target);
    expect(() => restoreLearner({ ...config, estimator: snap({ n: 3 }) }, learner.save())).to.throw(
      DataError,
      '"n":2',
    );
    const restored = restoreLearner({ ...config, estimator: snap({ n: 2 }) }, learner.save());
    requireClose(influenceOf(restored, [run]).flat(), influenceOf(learner, [run]).flat(), 0, 'influence');
  });

  if (size(false, true)) describeInfluence({ estimator: () => snap({ n: 1 }) });
  describeInfluence({
    name: 'snap of 2 steps, dense and sparse',
    estimator: () => snap({ n: 2 }),
    fixtures: {
      chain: (steps) => fixture(withReadout(chain), 2, steps),
      gru: (steps) => fixture(gru({ inputs: 2, units: 3 }), 2, steps),
    },
  });
});
