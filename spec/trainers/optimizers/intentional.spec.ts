import { expect } from 'chai';
import fc from 'fast-check';
import { add, dot, mul, sub } from '../../../autodiff/index.ts';
import { ConfigurationError, indices, seeded, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import { crossEntropy, linear, lru, meanSquare, model, rnn } from '../../../nn/index.ts';
import {
  type Clock,
  createLearner,
  intentional,
  restoreLearner,
  rtrl,
  tbptt,
} from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

type Pair = { readonly w: Tensor; readonly b: Tensor };
const at = (k: number): Clock => ({ steps: (f) => f(k - 1), updates: (f) => f(k) });
const sizes = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  size: fc.integer({ min: 1, max: 6 }),
  fraction: fc.double({ min: 0.01, max: 1, noNaN: true }),
});
const draw = (seed: number, size: number): Pair => {
  const noise = seeded(seed);
  return { w: noise.normal([size, 2]), b: noise.normal([size]) };
};

describe('intentional updates', () => {
  it('remove the given fraction of the error of a linear output at every step, whatever the scales', () => {
    fc.assert(
      fc.property(sizes, fc.double({ min: -4, max: 4, noNaN: true }), ({ seed, size, fraction }, power) => {
        const noise = seeded(seed);
        const optimizer = intentional({ fraction, epsilon: 0 });
        let theta: Tensor = noise.normal([size]);
        let memory = optimizer.init(theta);
        for (let k = 1; k <= 4; k++) {
          const x = mul(add(noise.normal([size]), 0.1), 10 ** power);
          const error = sub(dot(theta, x), 3 * k);
          const next = optimizer.update(mul(x, mul(error, 2)), memory, theta, at(k), mul(error, error));
          [theta, memory] = [add(theta, next.update), next.memory];
          requireClose(
            [sub(dot(theta, x), 3 * k).item()],
            [(1 - fraction) * error.item()],
            1e-9,
            `update ${k}`,
          );
        }
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('remove the given fraction of any loss to first order, over all leaves together', () => {
    fc.assert(
      fc.property(sizes, ({ seed, size, fraction }) => {
        const optimizer = intentional({ fraction, intent: 'loss', epsilon: 0 });
        let memory = optimizer.init(draw(seed, size));
        for (let k = 1; k <= 3; k++) {
          const gradient = draw(seed + k, size);
          const next = optimizer.update(gradient, memory, gradient, at(k), tensor(0.7));
          const [g, moved] = [numbersOf(gradient), numbersOf(next.update)];
          const decrease = g.reduce((sum, value, i) => sum + value * moved[i], 0);
          requireClose([decrease], [-0.7 * fraction], 1e-12, `update ${k}`);
          memory = next.memory;
        }
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it('are the same for a loss in other units, and none without a gradient', () => {
    for (const intent of ['error', 'loss'] as const) {
      const optimizer = intentional({ intent, epsilon: 0 });
      const updateOf = (unit: number) => {
        const gradient = mul(draw(1, 3).w, unit);
        return optimizer.update(gradient, optimizer.init(gradient), gradient, at(1), tensor(2 * unit)).update;
      };
      requireClose(numbersOf(updateOf(1e6)), numbersOf(updateOf(1)), 1e-12, intent);
    }
    const still = intentional();
    const none = still.update(zeros([2]), still.init(zeros([2])), zeros([2]), at(1), tensor(1));
    expect(numbersOf(none.update).map(Math.abs)).to.deep.equal([0, 0]);
  });

  for (const [name, estimator] of Object.entries({ rtrl: rtrl(), tbptt: tbptt({ window: 3 }) }))
    it(`with ${name}: learn from the losses of a window, in a plan as without, and resume bit for bit`, () => {
      const config = {
        model: model({ cell: lru({ inputs: 1, units: 3, outputs: 2 }), readout: linear({ outputs: 1 }) }),
        loss: meanSquare,
        estimator,
        optimizer: intentional({ fraction: 0.2 }),
        seed: 2,
      };
      const [planned, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
      const wave = (t: number) => tensor([Math.sin(t / 3)]);
      const losses: number[] = [];
      for (let t = 0; t < 300; t++) {
        losses.push(planned.step(wave(t), wave(t + 1)).loss);
        if (t < 30) requireClose([losses[t]], [eager.step(wave(t), wave(t + 1)).loss], 1e-3, `loss ${t}`);
      }
      const mean = (from: number) => losses.slice(from, from + 50).reduce((sum, loss) => sum + loss, 0) / 50;
      expect(mean(250)).to.be.below(mean(0) / 10);
      const resumed = restoreLearner(config, planned.save());
      for (let t = 300; t < 320; t++)
        for (const learner of [planned, resumed]) learner.step(wave(t), wave(t + 1));
      expect(Buffer.compare(resumed.save(), planned.save())).to.equal(0);
    });

  it('average the losses of lanes as the gradient is averaged', () => {
    const config = {
      model: model({ cell: rnn({ inputs: 3, units: 2 }), readout: linear({ outputs: 3 }) }),
      loss: crossEntropy,
      estimator: tbptt({ window: 2 }),
      optimizer: intentional({ intent: 'loss' }),
      seed: 3,
      dtype: 'float64',
    } as const;
    const [one, two] = [createLearner(config), createLearner({ ...config, lanes: 2 })];
    for (let t = 0; t < 8; t++) {
      one.step(t % 3, (t + 1) % 3);
      two.step(indices([t % 3, t % 3]), indices([(t + 1) % 3, (t + 1) % 3]));
    }
    requireClose(numbersOf(two.parameters), numbersOf(one.parameters), 1e-10, 'parameters');
  });

  it('need the loss, and a fraction of at most 1', () => {
    const optimizer = intentional();
    expect(() => optimizer.update(zeros([2]), optimizer.init(zeros([2])), zeros([2]), at(1))).to.throw(
      ConfigurationError,
      'intentional.update: needs the loss',
    );
    expect(() => intentional({ fraction: 1.5 })).to.throw(
      ConfigurationError,
      'intentional: fraction must be',
    );
    expect(() => intentional({ intent: 'gradient' as never })).to.throw(
      ConfigurationError,
      'intentional: intent must be error or loss',
    );
  });
});
