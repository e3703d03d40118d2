import { expect } from 'chai';
import { mul } from '../../../autodiff/index.ts';
import { mapTree, type Noise, seeded, type Tensor, type Tree } from '../../../lib/index.ts';
import { type Cell, elstm, gru, indrnn, lru, lstm, rnn } from '../../../nn/index.ts';
import {
  diagonal,
  type Estimator,
  frozen,
  kernl,
  kfRtrl,
  ok,
  rflo,
  rtrl,
  sketched,
  snap,
  tbptt,
  unbiased,
  uoro,
} from '../../../trainers/index.ts';
import { influenceOf, learnerOf } from '../../../trainers/testing/agreement.ts';
import { numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import { type Fixture, fixtureOf, jitter, zerosLike } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { fixture, withReadout } from './sparse.ts';

/** Two estimators that have the same gradients on a cell while the parameters move. */
interface Identity {
  readonly one: Estimator;
  readonly other: Estimator;
  readonly cell: Cell<never, never, Tensor>;
  /** Relative; 0 for the same bits. */
  readonly tolerance?: number;
}

const units = 3;
const dense = {
  rnn: rnn({ inputs: 2, units }),
  gru: gru({ inputs: 2, units }),
  lstm: lstm({ inputs: 2, units: 2 }),
};
let turn = 0;
/** On all of the cells; usually on one of them, each in its turn. */
const named = (what: string, cells: object, pair: () => readonly [unknown, unknown], tolerance?: number) => {
  const all = Object.entries(cells);
  return size([all[turn++ % all.length]], all).map(([name, cell]) => {
    const [one, other] = pair() as [Estimator, Estimator];
    return [
      `${what}: ${name}`,
      { one, other, cell, ...(tolerance !== undefined && { tolerance }) } as Identity,
    ] as const;
  });
};

const identities: Readonly<Record<string, Identity>> = Object.fromEntries([
  ...named('SnAp of many steps is RTRL', dense, () => [snap({ n: 9 }), rtrl()]),
  ...named(
    'SnAp-1 is RTRL where a unit is one number and sees itself only',
    { indrnn: indrnn({ inputs: 2, units }), elstm: elstm({ inputs: 2, units }) },
    () => [snap({ n: 1 }), rtrl()],
  ),
  ...named('SnAp-2 is RTRL where a unit is two', { lru: lru({ inputs: 2, units }) }, () => [
    snap({ n: 2 }),
    rtrl(),
  ]),
  ...named('own-unit traces are SnAp-1', { rnn: dense.rnn }, () => [diagonal(), snap({ n: 1 })]),
  ...named('unbiased of nothing is UORO', dense, () => [unbiased(frozen()), uoro()], 0),
  ...named('a weight of 0 leaves SnAp-1', dense, () => [
    unbiased(snap({ n: 1 }), { weight: 0 }),
    snap({ n: 1 }),
  ]),
  ...named('a weight of 0 leaves own-unit traces', dense, () => [
    unbiased(diagonal(), { weight: 0 }),
    diagonal(),
  ]),
  ...named('KeRNL that learns nothing is RFLO', { rnn: dense.rnn }, () => [
    kernl({ leak: 0.3, rate: 0 }),
    rflo({ leak: 0.3 }),
  ]),
  ...named('RFLO with a leak of 1 is a window of two steps', dense, () => [
    rflo({ leak: 1 }),
    tbptt({ window: 2, stride: 1 }),
  ]),
  ...named('RFLO with a leak of 1 is the immediate term in the published pairing', dense, () => [
    rflo({ leak: 1, pairing: 'published' }),
    frozen(),
  ]),
  ...named('the immediate term is a window of one step', dense, () => [frozen(), tbptt({ window: 1 })]),
  ...named('a sketch of full rank is RTRL', dense, () => [sketched({ rank: 8 }), rtrl()]),
  ...named('OK of full rank is RTRL', dense, () => [ok({ rank: 8 }), rtrl()]),
]);

function gradients(estimator: Estimator, run: Fixture): number[] {
  const moves = run.examples.map(() => jitter(zerosLike(run.parameters), seeded(5), 0.1));
  const learner = learnerOf([run], estimator, seeded(5), { moves });
  // Its first plan keeps the gradient.
  numbersOf(learner.gradient);
  return run.examples.flatMap(({ input, target }) => {
    learner.step(input, target);
    return numbersOf(learner.gradient);
  });
}

describe('identities of estimators', () => {
  for (const [name, { one, other, cell, tolerance = 1e-11 }] of Object.entries(identities))
    it(name, () => {
      const run = fixture(withReadout(cell), 2, 6);
      const expected = gradients(other, run);
      requireLive(expected, 'gradients');
      if (tolerance === 0) expect(gradients(one, run)).to.deep.equal(expected);
      else requireClose(gradients(one, run), expected, tolerance, 'gradients');
    });
});

/** E‖Ĝ - G‖²/‖G‖² after 40 steps of a tanh network with 8 inputs and weights of deviation 1/√units. */
function relativeErrors(
  count: number,
  seed: number,
  runs: number,
  estimators: readonly Estimator[],
): number[] {
  const cell = rnn({ inputs: 8, units: count }) as unknown as Cell<unknown, unknown, Tensor>;
  const noise = seeded(seed);
  const own = {
    ...fixtureOf(cell, { input: (from: Noise) => from.normal([8]), steps: 40, seed }),
    parameters: mapTree(cell.init(noise) as Tree, ({ shape }) =>
      mul(noise.normal([...shape]), shape.length < 2 ? 0 : 1 / Math.sqrt(count)),
    ),
  };
  const influence = (learner: ReturnType<typeof learnerOf>) => {
    learner.resetState();
    for (const { input } of own.examples) learner.observe(input);
    return influenceOf(learner, [own]).flat();
  };
  const exact = influence(learnerOf([own], rtrl() as Estimator, seeded(1)));
  const signal = exact.reduce((sum, value) => sum + value * value, 0);
  return estimators.map((estimator) => {
    const learner = learnerOf([own], estimator, seeded(seed + 10));
    let total = 0;
    for (let i = 0; i < runs; i++)
      influence(learner).forEach((value, at) => {
        total += (value - exact[at]) ** 2;
      });
    return total / runs / signal;
  });
}

describe('the noise of estimators', () => {
  it('falls from UORO by unbiased SnAp-1 and KF-RTRL to OK-8, within the spread of the figures that are known', () => {
    const all = [ok({ rank: 8 }), kfRtrl(), unbiased(snap({ n: 1 })), uoro()] as readonly Estimator[];
    const nets = [1, 2, 3].map((seed) => relativeErrors(8, seed, size(12, 200), all));
    const [best, kronecker, corrected, rankOne] = all.map(
      (_, i) => nets.map((own) => own[i]).sort((a, b) => a - b)[1],
    );
    // Known: 2.1, 16 and 35 for 8 units, and OK-8 below a hundredth of UORO.
    expect(best).to.be.below(kronecker / 10);
    expect(kronecker).to.be.within(2.1 / 3, 2.1 * 3);
    expect(corrected).to.be.within(16 / 3, 16 * 3);
    expect(rankOne).to.be.within(35 / 3, 35 * 3);
    expect([best, kronecker, corrected, rankOne].sort((a, b) => a - b)).to.deep.equal([
      best,
      kronecker,
      corrected,
      rankOne,
    ]);
  });
});
