import { expect } from 'chai';
import { add, compile, matmul, mul, sum, tanh } from '../../../autodiff/index.ts';
import { type FloatDType, leavesOf, type Tensor, type Tree, tensor, zeros } from '../../../lib/index.ts';
import { type Cell, type Loss, linear, meanSquare, model, rnn } from '../../../nn/index.ts';
import { normOf } from '../../../trainers/evaluation/index.ts';
import {
  adam,
  chain,
  clipByGlobalNorm,
  createLearner,
  momentum,
  noBackTrack,
  type Optimizer,
  rmsprop,
  rtrl,
  sgd,
  tbptt,
  uoro,
} from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';
import type { Config } from './planned.ts';

/**
 * W x of what comes in, and nothing carried: the gradient of the sum of outputs is 1 ⊗ x, and that of b is 1.
 */
const readout: Cell<unknown, unknown, unknown> = {
  name: 'readout',
  init: () => ({ w: zeros([2, 3]), b: zeros([3]) }),
  start: () => zeros([1]),
  step: (({ w, b }: { w: Tensor; b: Tensor }, s: Tensor, x: Tensor) => ({
    state: tanh(mul(s, 0.5)),
    output: add(matmul(w, x), mul(sum(mul(b, x)), 0)),
  })) as never,
};

const sizes: Readonly<Record<FloatDType, readonly number[]>> = {
  float32: [1e-44, 1e-39, 1e-30, 1e-24, 1e-19, 1e-5, 1, 1e10, 3e18, 1e20, 1e30, 1e38, 3.4e38],
  float64: [5e-324, 1e-310, 1e-300, 1e-160, 1e-10, 1, 1e100, 1e160, 1e300, Number.MAX_VALUE],
};

function learner(optimizer: Optimizer, dtype: FloatDType, eager: boolean) {
  const loss: Loss<unknown> = (output) => sum(output);
  return createLearner({ model: readout, loss, estimator: tbptt({ window: 1 }), optimizer, dtype, eager });
}

for (const eager of [true, false])
  for (const dtype of ['float32', 'float64'] as const)
    describe(`clipping a gradient, ${dtype}, ${eager ? 'eager' : 'with a plan'}`, () => {
      it('keeps its direction and sets its length, however large or small it is', () => {
        for (const given of sizes[dtype])
          for (const share of [1e-3, 0.5, 2]) {
            const size = tensor(given, { dtype }).item();
            // The gradient of W is 1 ⊗ x, twice x.
            const x = [size, -size / 4, 0].map((value) => tensor(value, { dtype }).item());
            const length = Math.hypot(...x.map((value) => value / size)) * Math.SQRT2;
            const most = Math.max(Math.min(share * length * size, 1e300), Number.MIN_VALUE);
            const clipped = learner(chain(clipByGlobalNorm(most), sgd({ rate: 1 })), dtype, eager);
            clipped.step(tensor(x, { dtype }), 0);
            const own = numbersOf((clipped.parameters as { w: Tensor }).w);
            const factor = Math.min(1, most / size / length);
            const want = [...x, ...x].map((value) => -value * factor);
            const scale = Math.max(...want.map(Math.abs));
            // Subnormal numbers have few digits, and so has a factor that is one.
            const isRough =
              scale < (dtype === 'float32' ? 1e-36 : 1e-306) || given > (dtype === 'float32' ? 1e37 : 1e306);
            const got = own.map((value) => value / scale);
            if (scale > (dtype === 'float32' ? 1e-43 : 1e-321))
              requireClose(
                got,
                want.map((value) => value / scale),
                isRough ? 5e-2 : dtype === 'float32' ? 1e-6 : 1e-13,
                `${given}, ${share}`,
              );
          }
      });

      for (const [name, after] of Object.entries({
        sgd: sgd({ rate: 0.1 }),
        momentum: momentum({ rate: 0.1 }),
        adam: adam({ rate: 0.1, epsilon: 1e-12 }),
        rmsprop: rmsprop({ rate: 0.1, epsilon: 1e-12 }),
      } as Record<string, Optimizer>))
        it(`before ${name}: a gradient that is far too long is learnt from like one that is just too long`, () => {
          const after10 = (size: number) => {
            const own = learner(chain(clipByGlobalNorm(1), after), dtype, eager);
            for (let t = 0; t < 10; t++) own.step(tensor([size, -size / 4, size / 2], { dtype }), 0);
            return numbersOf((own.parameters as { w: Tensor }).w);
          };
          const want = after10(2);
          expect(Math.hypot(...want)).to.be.above(0.1);
          for (const size of dtype === 'float32' ? [1e10, 1e20, 1e30, 1e37] : [1e100, 1e160, 1e300])
            requireClose(after10(size), want, dtype === 'float32' ? 1e-5 : 1e-12, `at ${size}`);
        });
    });

describe('the scales of UORO and NoBackTrack', () => {
  const cell = model({
    cell: rnn({ inputs: 2, units: 3 }),
    readout: linear({ outputs: 1 }),
  }) as unknown as Cell<unknown, unknown, unknown>;
  const input = (t: number, size: number) => tensor([size * Math.sin(t + 1), size * Math.cos(2 * t)]);

  /** Where inputs of one size lead, of which nothing is learnt. */
  function influence(config: Partial<Config>, size: number): number[] {
    const own = createLearner({
      model: small,
      loss: meanSquare as never,
      estimator: uoro(),
      optimizer: sgd({ rate: 0 }),
      seed: 5,
      ...config,
    });
    for (let t = 0; t < 12; t++) own.observe(input(t, size));
    return numbersOf(own.influence);
  }

  /**
   * Weighs its inputs so lightly that the state stays as it is, whatever their size; I is as large as they
   * are.
   */
  const small: Cell<unknown, unknown, unknown> = {
    name: 'small',
    init: () => ({
      w: zeros([2, 3]),
      // One has no site, the other a large D.
      g: zeros([3]),
      v: zeros([2, 3]),
      u: tensor([
        [0.5, -0.25, 0],
        [0.125, 0.5, 0.25],
        [0, -0.5, 0.5],
      ]),
    }),
    start: () => zeros([3]),
    step: (({ w, g, v, u }: { readonly [name: string]: Tensor }, s: Tensor, x: Tensor) => {
      const fixed = tensor([0.5, 0.25, -0.5], { dtype: s.dtype });
      const own = mul(add(g, matmul(tensor([1, -2], { dtype: s.dtype }), v)), sum(x));
      const next = tanh(add(add(matmul(x, w), own), add(matmul(u, s), fixed)));
      return { state: next, output: next };
    }) as never,
  };

  for (const eager of [true, false])
    for (const [name, make] of Object.entries({
      uoro,
      noBackTrack,
      'uoro on pre-activations': ({ epsilon }: { epsilon: number }) =>
        uoro({ epsilon, noise: 'preactivations', scaling: 'sources' }),
    }))
      it(`${name}, ${eager ? 'eager' : 'with a plan'}: are the same in float32 as in float64, where squares of float32 overflow or underflow`, () => {
        for (const [size, epsilon] of [
          [1, 1e-5],
          [1e15, 1e-5],
          [1e20, 1e-5],
          [1e25, 1e-5],
          [1e-15, 1e-25],
          [1e-20, 1e-30],
          [1e-20, 1e-5],
        ]) {
          const [single, double] = (['float32', 'float64'] as const).map((dtype) =>
            influence({ estimator: make({ epsilon }), dtype, eager }, size),
          );
          const scale = Math.max(...double.map(Math.abs));
          const by = (values: readonly number[]) => values.map((value) => value / scale);
          requireClose(by(single), by(double), 1e-4, `inputs near ${size}, ε = ${epsilon}`);
        }
      });

  it('learn on from a norm that a plan carried over when it was beyond its squares', () => {
    for (const estimator of [...size([], [() => uoro()]), () => uoro({ rank: 2 }), () => noBackTrack()]) {
      const run = (eager: boolean) => {
        const own = createLearner({
          model: cell,
          loss: meanSquare as never,
          estimator: estimator(),
          optimizer: chain(clipByGlobalNorm(1e-3), sgd({ rate: 0.1 })),
          seed: 5,
          eager,
        });
        for (let t = 0; t < 150; t++) {
          const large = t % 40 === 7 ? 1e18 : 1;
          own.step(tensor([large * 1e-3 * Math.sin(t), 0.5]), tensor([Math.sin(t + 1)]));
        }
        return own;
      };
      const [plan, eager] = [run(false), run(true)];
      requireClose(numbersOf(plan.parameters), numbersOf(eager.parameters), 1e-3, 'parameters');
      for (const value of numbersOf(plan.influence)) expect(Number.isFinite(value)).to.equal(true);
    }
  });
});

describe('clipping what is not finite', () => {
  it('returns NaN for an infinite element and 0 for the others, and leaves a gradient with a NaN as it is', () => {
    const clip = (x: Tensor) =>
      clipByGlobalNorm(1).update(x, {}, x, { steps: (f) => f(0), updates: (f) => f(0) }).update;
    for (const dtype of ['float32', 'float64'] as const)
      for (const f of [clip, compile(clip)]) {
        const [infinity, nan] = [Number.POSITIVE_INFINITY, Number.NaN];
        expect(numbersOf(f(tensor([2, infinity, -4], { dtype })))).to.deep.equal([0, nan, -0]);
        expect(numbersOf(f(tensor([2, -infinity, -4], { dtype })))).to.deep.equal([0, nan, -0]);
        expect(numbersOf(f(tensor([2, nan, -4], { dtype })))).to.deep.equal([2, nan, -4]);
      }
  });
});

describe('the norms that are told', () => {
  it('are right where squares of float64 overflow or underflow', () => {
    for (const size of [1e-320, 1e-200, 1, 1e160, 1e300]) {
      const tree = { a: tensor([3 * size]), b: [tensor([0, -4 * size])] };
      requireClose([normOf(tree) / size], [5], size < 1e-300 ? 1e-3 : 1e-14, `at ${size}`);
    }
    expect(normOf({ a: tensor([1, Number.NaN]) })).to.be.NaN;
    expect(normOf({ a: tensor([1, Number.NEGATIVE_INFINITY]) })).to.equal(Number.POSITIVE_INFINITY);
    expect(normOf([zeros([3])])).to.equal(0);
  });

  it('are told by a NonFiniteError', () => {
    const own = learner(adam({ rate: 0.1 }), 'float32', true);
    expect(() => own.step(tensor([1e30, 0, 0]), 0)).to.throw('gradient norm 1.41e+30');
    expect(leavesOf(own.parameters as Tree)).to.have.length(2);
    const rates = createLearner({
      model: readout,
      loss: (output) => sum(output),
      estimator: rtrl(),
      optimizer: chain(clipByGlobalNorm(3), sgd({ rate: Number.MAX_VALUE })),
      dtype: 'float64',
      eager: true,
    });
    expect(() => rates.step(tensor([1e300, 0, 0]), 0)).to.throw(
      'gradient norm 1.41e+300, learning rate 1.7976931348623157e+308',
    );
  });
});
