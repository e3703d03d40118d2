import { expect } from 'chai';
import { argmax, custom, gather, greater, mul, smooth, square, tanh } from '../../../autodiff/index.ts';
import { IndexError, type Tensor, tensor } from '../../../lib/index.ts';
import { type Cell, meanSquare, rnn } from '../../../nn/index.ts';
import { createLearner, sgd } from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { bytesOf, type Config, estimators } from './planned.ts';

describe('a learner with a model that has no plan', () => {
  it('runs models with primitives that have no kernel, and rows found by computing', () => {
    const bent = smooth({
      name: 'bent',
      evaluate: (x) => Math.atan(x),
      partials: [
        (x) => {
          const d = mul(x, x);
          return mul(tanh(x), mul(d, 0.1));
        },
      ],
    });
    const soft = custom({
      name: 'soft',
      value: (x: Tensor) => tanh(x),
      push: ([x], [dx]) => mul(dx, square(x)),
    });
    const base = rnn({ inputs: 2, units: 3 });
    const step = (f: (x: Tensor) => Tensor) =>
      ({
        ...base,
        step: (p: never, s: Tensor, x: Tensor) => {
          const { state } = base.step(p, s, x);
          const next = f(state);
          return { state: next, output: next };
        },
      }) as unknown as Cell<unknown, unknown, unknown>;
    const table = tensor([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const models = [
      step(bent),
      step(soft),
      step((h) => mul(h, gather(table, argmax(h)))),
      step((h) => mul(h, gather(tensor([0.5, 1]), greater(h, 0)))),
    ];
    for (const one of models)
      for (const name of ['uoro', 'tbptt 4']) {
        const config: Config = {
          model: one,
          loss: meanSquare as never,
          estimator: estimators[name](),
          optimizer: sgd({ rate: 0.05 }),
          dtype: 'float64',
          seed: 4,
        };
        const [plan, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
        for (let t = 0; t < 9; t++) {
          const [x, y] = [tensor([Math.sin(t), Math.cos(t)]), tensor([0.1, -0.2, 0.3])];
          requireClose([plan.step(x, y).loss], [eager.step(x, y).loss], 1e-12, `loss ${t}`);
        }
        requireClose(numbersOf(plan.parameters), numbersOf(eager.parameters), 1e-12, 'parameters');
        requireClose(numbersOf(plan.gradient), numbersOf(eager.gradient), 1e-12, 'gradient');
      }
  });

  it('draws nothing for a step that fails without a plan', () => {
    const base = rnn({ inputs: 2, units: 3 });
    const table = tensor([
      [1, 1, 1],
      [0.5, 0.5, 0.5],
    ]);
    const pointing = {
      ...base,
      step: (p: never, s: Tensor, x: Tensor) => {
        const { state } = base.step(p, s, x);
        const next = mul(state, gather(table, argmax(x)));
        return { state: next, output: next };
      },
    } as unknown as Cell<unknown, unknown, unknown>;
    const wide = { ...pointing, step: (p: never, s: Tensor, x: Tensor) => pointing.step(p, s, x) } as Cell<
      unknown,
      unknown,
      unknown
    >;
    const row = tensor([[1, 1, 1]]);
    const narrow = {
      ...base,
      step: (p: never, s: Tensor, x: Tensor) => {
        const { state } = base.step(p, s, x);
        const next = mul(state, gather(row, argmax(x)));
        return { state: next, output: next };
      },
    } as unknown as Cell<unknown, unknown, unknown>;
    for (const name of ['uoro', 'uoro of window 3']) {
      const config: Config = {
        model: narrow,
        loss: meanSquare as never,
        estimator: estimators[name](),
        optimizer: sgd({ rate: 0.05 }),
        dtype: 'float64',
        seed: 4,
      };
      const [learner, twin] = [createLearner(config), createLearner(config)];
      const y = tensor([0.1, -0.2, 0.3]);
      for (let t = 0; t < 8; t++) {
        expect(() => learner.step(tensor([0, 1]), y)).to.throw(IndexError, 'index 1');
        learner.step(tensor([1, 0]), y);
        twin.step(tensor([1, 0]), y);
      }
      expect(bytesOf(learner)).to.equal(bytesOf(twin));
      expect(createLearner({ ...config, model: wide }).step(tensor([0, 1]), y).loss).to.be.above(0);
    }
  });
});
