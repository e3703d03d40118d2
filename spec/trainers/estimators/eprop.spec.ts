import { expect } from 'chai';
import { add, matmul, mul, sigmoid, sub, tanh } from '../../../autodiff/index.ts';
import { seeded, type Tensor } from '../../../lib/index.ts';
import {
  ctrnn,
  elstm,
  type Gate,
  type GruParameters,
  gru,
  indrnn,
  type LstmParameters,
  lru,
  lstm,
  minGru,
  rnn,
  rtu,
} from '../../../nn/index.ts';
import { diagonal, type Estimator, eprop, rflo, rtrl } from '../../../trainers/index.ts';
import { estimates } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';
import { jacobians } from './oneStep.ts';
import { fixture, withReadout } from './sparse.ts';

const influenceOf = (run: Fixture, estimator: Estimator, eager = false) =>
  numbersOf(estimates([run], estimator, seeded(1), { eager }).influence);

const pre = ({ w, u, b }: Gate, x: Tensor, h: Tensor) => add(add(matmul(x, w), matmul(u, h)), b);

/** For each element of the state, what the elements of its unit do to it without weights: J°. */
type Local = (theta: never, state: never, x: Tensor) => number[][];

const locally: Readonly<Record<string, readonly [cell: unknown, local: Local]>> = {
  // h' = z∘h~ + (1-z)∘h: what passes through no weight is 1-z.
  gru: [
    gru({ inputs: 2, units: 3 }),
    ({ update }: GruParameters, h: Tensor, x: Tensor) => diagonals([[sub(1, sigmoid(pre(update, x, h)))]]),
  ],
  // c' = f∘c + …, and h' = o∘tanh(c').
  lstm: [
    lstm({ inputs: 2, units: 2 }),
    (theta: LstmParameters, { h, c }: { h: Tensor; c: Tensor }, x: Tensor) => {
      const [i, o] = [theta.input, theta.output].map((gate) => sigmoid(pre(gate, x, h)));
      const f = sigmoid(add(pre(theta.forget, x, h), 1));
      const next = add(mul(f, c), mul(i, tanh(pre(theta.candidate, x, h))));
      const slope = mul(o, sub(1, mul(tanh(next), tanh(next))));
      const zero = mul(f, 0);
      return diagonals([
        [zero, mul(slope, f)],
        [zero, f],
      ]);
    },
  ],
};

/** A matrix of diagonal blocks. */
function diagonals(blocks: readonly (readonly Tensor[])[]): number[][] {
  return blocks.flatMap((row) =>
    numbersOf(row[0]).map((_, i) =>
      row.flatMap((block) => numbersOf(block).map((value, j) => (i === j ? value : 0))),
    ),
  );
}

describe('e-prop', () => {
  for (const [name, [cell, local]] of Object.entries(locally))
    it(`${name}: carries on by what a unit does to itself without weights, eagerly and as a plan`, () => {
      const run = fixture(cell, 2, 4);
      // The state elements of the unit of each parameter: its column, or its row in a recurrent matrix.
      const S = numbersOf(run.state).length;
      const n = name === 'gru' ? 3 : 2;
      const unit = Object.values(run.parameters as Record<string, Gate>).flatMap(({ w, u, b }) => [
        ...numbersOf(w).map((_, at) => at % n),
        ...numbersOf(u).map((_, at) => Math.floor(at / n)),
        ...numbersOf(b).map((_, at) => at),
      ]);
      let { state } = run;
      let G: number[][] = [];
      for (const { input } of run.examples) {
        const { I } = jacobians(run, run.parameters, state, input);
        const J = local(run.parameters as never, state as never, input as Tensor);
        state = run.model.step(run.parameters, state, input).state;
        const before = G;
        G = I.map((row, k) =>
          row.map((own, j) =>
            k % n === unit[j]
              ? own + J[k].reduce((all, entry, q) => all + entry * (before[q]?.[j] ?? 0), 0)
              : 0,
          ),
        );
      }
      expect(G.length).to.equal(S);
      requireLive(G.flat(), 'the traces');
      for (const eager of [true, false])
        requireClose(influenceOf(run, eprop() as Estimator, eager), G.flat(), 1e-12, `eager: ${eager}`);
      expect(influenceOf(run, diagonal() as Estimator)).not.to.deep.equal(G.flat());
    });

  it('is RFLO with the leak of leaky units, and carries nothing on in a tanh network', () => {
    const leaky = fixture(withReadout(ctrnn({ inputs: 2, units: 3, leak: 0.3 })), 2, 4);
    requireClose(
      influenceOf(leaky, eprop() as Estimator),
      influenceOf(leaky, rflo({ leak: 0.3 }) as Estimator),
      1e-13,
      'leaky',
    );
    const plain = fixture(rnn({ inputs: 2, units: 3 }), 2, 4);
    requireClose(
      influenceOf(plain, eprop() as Estimator),
      influenceOf(plain, rflo({ leak: 1 }) as Estimator),
      1e-13,
      'tanh',
    );
  });

  it('is RTRL where units are recurrent without matrices', () => {
    for (const cell of [
      indrnn({ inputs: 2, units: 3, activation: 'tanh' }),
      elstm({ inputs: 2, units: 3 }),
      lru({ inputs: 2, units: 2 }),
      ...size([], [rtu({ inputs: 2, units: 2 }), minGru({ inputs: 2, units: 3 })]),
    ]) {
      const run = fixture(cell, 2, 4);
      requireClose(influenceOf(run, eprop() as Estimator), influenceOf(run, rtrl()), 1e-12, cell.name);
    }
  });

  if (size(false, true))
    describeInfluence({
      estimator: () => eprop({ feedback: 'random' }),
      fixtures: { lstm: (steps) => fixture(withReadout(lstm({ inputs: 2, units: 2 })), 2, steps) },
    });
});
