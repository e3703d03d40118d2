import { expect } from 'chai';
import { add, exp, mul, sqrt, square, stopGradient, sub, sum, tanh } from '../../../autodiff/index.ts';
import { NonFiniteError, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import { type Cell, type Loss, linear, meanSquare, model, rnn } from '../../../nn/index.ts';
import { adam, createLearner, noBackTrack, rtrl, sgd, snap, tbptt, uoro } from '../../../trainers/index.ts';
import { size } from '../../support/size.ts';
import { type Any, type Config, requireSame } from './planned.ts';

/** Estimators that learn in every step. */
const single = {
  uoro: () => uoro(),
  'uoro of rank 2': () => uoro({ rank: 2 }),
  rtrl: () => rtrl(),
  snap: () => snap({ n: 1 }),
  noBackTrack: () => noBackTrack(),
  'tbptt 1': () => tbptt({ window: 1 }),
};

/** With drawn signs, with all of the influence, and with a window. */
const few = new Set(['uoro of rank 2', 'rtrl', 'tbptt 1']);

const one = (x: number) => tensor([x]);

/** One number of state, s' = f(s, x), and an output made from it. */
function cellOf(
  step: (theta: { a: Tensor; b: Tensor }, s: Tensor, x: Tensor) => { state: Tensor; output: Tensor },
  [a, b]: readonly [number, number] = [0.5, 0.5],
): Cell<unknown, unknown, unknown> {
  return {
    name: 'one',
    init: () => ({ a: one(a), b: one(b) }),
    start: () => zeros([1]),
    step: step as never,
  };
}

const bounded = cellOf(({ a, b }, s, x) => {
  const state = tanh(add(mul(a, s), mul(b, x)));
  return { state, output: state };
});
const unbounded = (a: number, b: number) =>
  cellOf(
    (theta, s, x) => {
      const state = add(mul(theta.a, s), mul(theta.b, x));
      return { state, output: tanh(state) };
    },
    [a, b],
  );

interface Case extends Partial<Config> {
  /** The calls after two good steps; the last one fails. */
  readonly calls: readonly ((learner: Any) => void)[];
  readonly says: RegExp;
}

const grows = /: parameters have grown: lower the learning rate, or clip with clipByGlobalNorm$/;
const step =
  (x: number, y = 0.5) =>
  (learner: Any) =>
    learner.step(one(x), one(y));
const observe = (x: number) => (learner: Any) => learner.observe(one(x));

const cases: Readonly<Record<string, Case>> = {
  'an input that is NaN': {
    calls: [step(Number.NaN)],
    says: /^step 3: input\[0\] is NaN; .*after step 2: leave this input out, or fill in what is missing$/,
  },
  'an input that is infinite': {
    model: unbounded(0.5, 0.5),
    calls: [step(Number.NEGATIVE_INFINITY)],
    says: /^step 3: input\[0\] is -Infinity; .*: leave this input out, or bound it$/,
  },
  'an input that is only observed': {
    calls: [observe(Number.NaN)],
    says: /^observing after step 2: input\[0\] is NaN; the learner is left as it was after step 2: /,
  },
  'a target that is NaN': {
    calls: [step(1, Number.NaN)],
    says: /^step 3: target\[0\] is NaN; .*: observe the input without a target, or fill in what is missing$/,
  },
  'an infinite target': {
    calls: [step(1, Number.POSITIVE_INFINITY)],
    says: /^step 3: target\[0\] is Infinity; .*: observe the input without a target, or bound it$/,
  },
  'a state that overflows': {
    model: unbounded(0.5, 1e10),
    optimizer: sgd({ rate: 0 }),
    calls: [step(1e30)],
    says: /^step 3: state\[0\] would become Infinity \(inputs up to 1\.0e\+30, parameters up to 1\.0e\+10\); /,
  },
  'an output that overflows': {
    model: cellOf(({ a, b }, s, x) => ({ state: tanh(add(mul(a, s), x)), output: exp(mul(b, x)) })),
    calls: [step(1000)],
    says: /^step 3: output\[0\] would be Infinity \(inputs up to 1\.0e\+3, parameters up to 0\.[0-9]+\); .*: scale the inputs, and look at what the model divides by/,
  },
  'a loss that overflows': {
    calls: [step(1, 1e30)],
    says: /^step 3: the loss would be Infinity \(outputs up to 0\.[0-9]+, targets up to 1\.0e\+30\); .*: scale the targets, or use a loss/,
  },
  'a derivative that is infinite': {
    loss: ((output: Tensor) => sqrt(sum(output))) as Loss<unknown>,
    // Zero at x = 1, where the derivative of the root is infinite and that of its argument is not zero.
    model: cellOf(({ a, b }, s, x) => ({
      state: tanh(mul(a, s)),
      output: add(sub(mul(b, x), mul(stopGradient(b), x)), square(sub(x, 1))),
    })),
    calls: [step(1)],
    says: /^step 3: the gradient of b would be Infinity \(influence up to [0-9.e-]+\); .*: a derivative is not finite at these values/,
  },
  'a second moment that overflows': {
    model: cellOf(({ a, b }, s, x) => ({ state: tanh(mul(a, s)), output: mul(b, x) })),
    loss: ((output: Tensor) => sum(output)) as Loss<unknown>,
    optimizer: adam({ rate: 0.01 }),
    calls: [step(1e25)],
    says: /^step 3: what the optimiser remembers \(v\.b\) would become Infinity \(gradient norm 1\.00e\+25, learning rate 0\.01\); .*: lower the learning rate, or clip with clipByGlobalNorm$/,
  },
  'a parameter that overflows': {
    optimizer: sgd({ rate: (t) => (t < 2 ? 0.1 : 3e38) }),
    calls: [step(0.5, 60)],
    says: /^step 3: parameter [ab] would become -?Infinity \(gradient norm [0-9.e+-]+, learning rate 3e\+38\); .*: lower the learning rate, or clip with clipByGlobalNorm$/,
  },
  'a schedule that is not a number': {
    optimizer: sgd({ rate: (t) => (t < 2 ? 0.1 : Math.log(1 - t)) }),
    calls: [step(0.5, 60)],
    says: /^step 3: parameter [ab] would become NaN \(gradient norm [0-9.e+-]+, learning rate NaN\); .*: give a schedule that is finite at step 2$/,
  },
  'a loss that overflows because parameters have grown': {
    model: cellOf(({ a, b }, s, x) => ({ state: tanh(mul(a, s)), output: mul(b, x) })),
    optimizer: sgd({ rate: (t) => (t < 2 ? 0.1 : 1e25) }),
    calls: [step(1), step(1)],
    says: new RegExp(`^step 4: the loss would be Infinity .*${grows.source}`),
  },
};

for (const eager of [true, false])
  describe(`the cause of a NonFiniteError, ${eager ? 'eager' : 'with a plan'}`, () => {
    for (const [what, { calls, says, ...more }] of Object.entries(cases))
      it(`is ${what}, whatever the estimator`, () => {
        for (const [name, estimator] of Object.entries(single).filter(([own]) => size(few.has(own), true))) {
          const config: Config = {
            model: bounded,
            loss: meanSquare as never,
            optimizer: sgd({ rate: 0.1 }),
            ...more,
            estimator: estimator(),
            eager,
          };
          const [learner, twin] = [createLearner(config), createLearner(config)];
          for (const own of [learner, twin]) for (let t = 0; t < 2; t++) step(0.1, 0.2)(own);
          for (const own of [learner, twin]) for (const call of calls.slice(0, -1)) call(own);
          expect(() => {
            calls[calls.length - 1](learner);
            learner.save();
          }, name).to.throw(NonFiniteError, says);
          requireSame(learner, twin, name);
        }
      });

    it('is the influence where only that broke, and the gradient where it was used', () => {
      const own = (estimator: Config['estimator']): Config => ({
        model: unbounded(1e20, 1e-38),
        loss: meanSquare as never,
        optimizer: sgd({ rate: 0 }),
        estimator,
        eager,
      });
      const learner = createLearner(own(rtrl()));
      observe(1)(learner);
      observe(0)(learner);
      expect(() => {
        observe(0)(learner);
        learner.save();
      }).to.throw(
        NonFiniteError,
        'observing after step 0: the influence that rtrl carries would become Infinity (up to 1.0e+20 before); the learner is left as it was after step 0: the influence grows where the recurrence does',
      );
    });

    it('is named at its path, in its lane and at its place in a window', () => {
      const pair = model({ cell: rnn({ inputs: 2, units: 2 }), readout: linear({ outputs: 2 }) });
      const tree: Cell<unknown, unknown, { here: Tensor; there: Tensor[] }> = {
        ...pair,
        step: ((theta: never, s: never, { here, there }: { here: Tensor; there: Tensor[] }) =>
          pair.step(theta, s, add(here, there[0]))) as never,
      } as never;
      const x = (bad: number) => ({ here: tensor([1, 2]), there: [tensor([3, bad])] });
      const make = (more: Partial<Config>): Any =>
        createLearner({
          model: tree as never,
          loss: meanSquare as never,
          estimator: uoro(),
          optimizer: sgd({ rate: 0.1 }),
          eager,
          ...more,
        });
      const y = tensor([0, 0]);
      expect(() => make({}).step(x(Number.NaN), y)).to.throw(
        NonFiniteError,
        'step 1: input.there[0][1] is NaN;',
      );
      for (const estimator of [uoro(), uoro({ lanes: 'joint' })]) {
        const lanes = make({ model: pair as never, lanes: 2, estimator });
        const matrix = (bad: number) =>
          tensor([
            [1, 2],
            [bad, 4],
          ]);
        expect(() => lanes.step(matrix(Number.NaN), matrix(0))).to.throw(
          NonFiniteError,
          'input[0] of lane 1 is NaN',
        );
        expect(() => lanes.step(matrix(0), matrix(Number.NEGATIVE_INFINITY))).to.throw(
          NonFiniteError,
          'target[0] of lane 1 is -Infinity',
        );
      }
      const windowed = make({ estimator: tbptt({ window: 4 }) });
      for (let t = 0; t < 6; t++) windowed.step(x(t), y);
      expect(() => {
        windowed.step(x(Number.NaN), y);
        windowed.step(x(1), y);
        windowed.save();
      }).to.throw(
        NonFiniteError,
        'step 7: input.there[0][1] is NaN; the learner is left as it was after step 6',
      );
      expect(windowed.steps).to.equal(6);
      // An infinite input saturates its unit, which has the derivative 0 then, and is no cause of anything.
      windowed.step(x(Number.POSITIVE_INFINITY), y);
      windowed.step(x(1), y);
      windowed.save();
      expect(windowed.steps).to.equal(8);
    });

    it('is a target that is a plain number', () => {
      const learner = createLearner({
        model: bounded,
        loss: ((output: Tensor, y: Tensor) => square(sub(sum(output), y))) as Loss<unknown>,
        estimator: uoro(),
        optimizer: sgd({ rate: 0.1 }),
        eager,
      });
      learner.step(one(1), 0.5);
      expect(() => learner.step(one(1), Number.NaN)).to.throw(NonFiniteError, 'step 2: target is NaN;');
    });

    it('is what the learner began with', () => {
      const config = {
        model: bounded,
        loss: meanSquare as never,
        estimator: uoro(),
        optimizer: sgd({ rate: 0.1 }),
        eager,
      };
      for (const [given, says] of [
        [{ parameters: { a: one(0.5), b: one(Number.NaN) } }, 'parameter b[0] is NaN from the start'],
        [{ state: one(Number.NaN) }, 'state[0] is NaN from the start'],
      ] as const)
        expect(() => createLearner({ ...config, ...given }).step(one(1), one(0.5))).to.throw(
          NonFiniteError,
          `: ${says}: give finite parameters and a finite state`,
        );
    });

    it('is none of what the model masks', () => {
      const masked: Cell<unknown, unknown, { x: Tensor; known: Tensor }> = {
        name: 'masked',
        init: () => ({ a: one(0.5) }),
        start: () => zeros([1]),
        step: ((theta: { a: Tensor }, s: Tensor, { x }: { x: Tensor }) => {
          const state = tanh(add(mul(theta.a, s), mul(x, 0.5)));
          return { state, output: state };
        }) as never,
      };
      for (const estimator of [uoro(), rtrl(), tbptt({ window: 3 })]) {
        // tanh(∞) is 1, with derivative 0, and nothing is multiplied with the input: it does no harm.
        const learner = createLearner({
          model: masked,
          loss: meanSquare as never,
          estimator,
          optimizer: sgd({ rate: 0.1 }),
          eager,
        });
        for (let t = 0; t < 8; t++)
          learner.step({ x: one(t === 4 ? Number.POSITIVE_INFINITY : 1), known: one(1) }, one(0.5));
        learner.save();
        expect(learner.steps).to.equal(8);
      }
    });
  });
