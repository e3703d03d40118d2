import { expect } from 'chai';
import { add, greater, mul, slice, sqrt, tanh, where } from '../../../autodiff/index.ts';
import {
  full,
  NonFiniteError,
  NorewindError,
  recording,
  replay,
  seeded,
  type Tensor,
  tensor,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, gru, linear, meanSquare, model, rnn } from '../../../nn/index.ts';
import { adam, createLearner, momentum } from '../../../trainers/index.ts';
import { size } from '../../support/size.ts';
import { type Any, type Config, everyEstimator, requireSame } from './planned.ts';

const bad = [
  Number.NaN,
  3.4e38,
  1e-45,
  ...size([], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e39, -1e300, -3.4e38, 1e25]),
];

type Numbers = readonly number[];

/** One lane of numbers as they come in, and two. */
function shaped(numbers: Numbers, lanes: number): Tensor {
  return lanes === 1 ? tensor(numbers as number[]) : tensor([numbers.map((x) => x / 2), numbers as number[]]);
}
const input = (t: number): Numbers => [Math.sin(t), Math.cos(3 * t)];
const target = (t: number): Numbers => [Math.sin(t + 1)];

/** Ways in which a bad number comes in; the number is among good ones. */
const calls: Readonly<Record<string, (learner: Any, t: number, x: number, lanes: number) => void>> = {
  'the input of a step': (learner, t, x, lanes) =>
    learner.step(shaped([0.5, x], lanes), shaped(target(t), lanes)),
  'the target of a step': (learner, t, x, lanes) => learner.step(shaped(input(t), lanes), shaped([x], lanes)),
  'an observation': (learner, _, x, lanes) => learner.observe(shaped([x, -0.5], lanes)),
  stepMany: (learner, t, x, lanes) => learner.stepMany([shaped([x, x], lanes)], [shaped(target(t), lanes)]),
};

function act(learner: Any, t: number, lanes: number): void {
  if (t % 7 === 3) learner.observe(shaped(input(t), lanes));
  else learner.step(shaped(input(t), lanes), shaped(target(t), lanes));
}

function config(name: string, eager: boolean, more: Partial<Config> = {}): Config {
  const cell = (name.length % 2 === 0 ? gru : rnn)({ inputs: 2, units: 3 }) as unknown as ReturnType<
    typeof rnn
  >;
  return {
    model: model({ cell, readout: linear({ outputs: 1 }) }) as unknown as Cell<unknown, unknown, unknown>,
    loss: meanSquare as never,
    estimator: everyEstimator[name](),
    optimizer: name.length % 3 === 0 ? adam({ rate: 0.01 }) : momentum({ rate: 0.01 }),
    seed: 4,
    eager,
    ...more,
  };
}

/** Three units √(b + x₀) that fade, b = 1/4: the root of 0 has an infinite derivative. */
const rooted: Cell<unknown, unknown, unknown> = {
  name: 'rooted',
  init: () => ({ b: full([3], 0.25) }),
  start: () => zeros([3]),
  step: (({ b }: { b: Tensor }, s: Tensor, x: Tensor) => {
    const z = add(b, slice(x, [0], [1]));
    const state = add(mul(tanh(s), 0.1), where(greater(z, -1e-9), sqrt(z), 0));
    return { state, output: slice(state, [0], [1]) };
  }) as never,
};

/** Whether a call fails, as it must if at all: with an error of norewind's. */
function fails(call: () => void): boolean {
  try {
    call();
    return false;
  } catch (error) {
    expect(error).to.be.instanceOf(NorewindError);
    return true;
  }
}

/** Those whose windows, lanes and draws differ most. */
const few = (eager: boolean) =>
  eager
    ? ['uoro', 'tbptt of stride 1', 'tbptt 1 to 2', 'joint uoro', 'artbp of at most 5']
    : ['uoro', 'uoro of window 3', 'joint uoro', 'rtrl', 'tbptt 4', 'bptt 3', 'artbp of at most 5'];

for (const eager of [true, false])
  describe(`a learner to which bad numbers came, ${eager ? 'eager' : 'with a plan'}`, () => {
    for (const name of size(few(eager), Object.keys(everyEstimator)))
      it(`${name}: is one that never met those that it refused, at every place of a window`, () => {
        const lanes = name === 'joint uoro' || name === 'rtrl' ? 2 : 1;
        const [learner, twin] = [
          createLearner(config(name, eager, { lanes })),
          createLearner(config(name, eager, { lanes })),
        ];
        const { window } = learner.estimator;
        let [refused, drawn] = [0, 0];
        act(learner, 0, lanes);
        act(twin, 0, lanes);
        for (let t = 1; t < size(window, 2 * window) + 2; t++) {
          for (const [how, call] of Object.entries(calls))
            for (const x of bad) {
              if (drawn++ % size(5, 1) > 0) continue;
              const what = `${x} in ${how}, before step ${t}`;
              if (
                fails(() => {
                  call(learner, t, x, lanes);
                  // A plan finds out when a value is read.
                  learner.save();
                })
              )
                refused++;
              else
                expect(
                  fails(() => call(twin, t, x, lanes)),
                  what,
                ).to.equal(false);
              requireSame(learner, twin, what);
            }
          for (const one of [learner, twin]) act(one, t, lanes);
        }
        requireSame(learner, twin, 'at the end');
        expect(refused).to.be.above(size(1, 10) * window);
      });

    it('is one that was never called, when its first call fails, for every estimator', () => {
      const first: Readonly<Record<string, (learner: Any) => void>> = {
        'a NaN in the input': (learner) => learner.step(tensor([Number.NaN, 1]), tensor([1])),
        'a NaN in the target': (learner) => learner.step(tensor([1, 1]), tensor([Number.NaN])),
        'a loss that is not finite': (learner) => learner.step(tensor([1, 1]), tensor([3e38])),
        'an input of another shape': (learner) => learner.step(tensor([1, 1, 1]), tensor([1])),
        'a target of another shape': (learner) => learner.step(tensor([1, 1]), tensor([1, 2, 3])),
        'a number in place of a vector': (learner) => learner.step(7, tensor([1])),
        'a NaN that is observed': (learner) => learner.observe(tensor([1, Number.NaN])),
      };
      for (const [k, name] of Object.keys(everyEstimator).entries()) {
        const learner = createLearner(config(name, eager));
        for (const [what, call] of Object.entries(first).filter((_, i) => size((i + k) % 7 === 0, true))) {
          const failed = fails(() => {
            call(learner);
            learner.save();
          });
          expect(failed, `${name}: ${what}`).to.equal(true);
          requireSame(learner, createLearner(config(name, eager)), `${name}: ${what}`);
        }
        const twin = createLearner(config(name, eager));
        for (let t = 0; t <= twin.estimator.window; t++) for (const one of [learner, twin]) act(one, t, 1);
        requireSame(learner, twin, `${name}, later`);
        expect(learner.rule?.structure).to.equal(twin.rule?.structure);
      }
    });

    it('draws again what it drew for a step that failed, from sources that are recorded or replayed too', () => {
      const draws = [...recorded(seeded(3))];
      const sources = {
        seeded: () => seeded(3),
        replay: () => replay(draws),
        recording: () => recording(seeded(3)),
      };
      for (const name of size(['uoro of rank 2'], ['uoro', 'uoro of rank 2', 'noBackTrack']))
        for (const [source, noise] of Object.entries(sources)) {
          const { seed: _, ...rest } = config(name, eager, {
            model: rooted,
            optimizer: momentum({ rate: 0 }),
          });
          const parameters = rest.model.init(seeded(9));
          const own = noise();
          const learner = createLearner({ ...rest, parameters, noise: own });
          const twin = createLearner({ ...rest, parameters, noise: noise() });
          for (let t = 0; t < 6; t++) {
            // The state stays finite; the influence does not, once the signs are drawn.
            expect(
              fails(() => {
                learner.observe(tensor([-0.25, 1]));
                learner.save();
              }),
            ).to.equal(true);
            requireSame(learner, twin, `${name}, ${source}, before step ${t}`);
            for (const one of [learner, twin]) act(one, t, 1);
          }
          if ('draws' in own) expect(own.draws).to.have.length(6 * 3 * (name === 'uoro of rank 2' ? 2 : 1));
        }
    });
  });

function recorded(noise: ReturnType<typeof seeded>): number[] {
  const own = recording(noise);
  own.signs([400]);
  return [...own.draws];
}

describe('a learner with a plan that finds out late', () => {
  for (const name of size(['uoro of window 3'], ['uoro', 'uoro of window 3', 'rtrl', 'tbptt 4', 'bptt 3']))
    it(`${name}: is as before the first bad moment, wherever in a window that was`, () => {
      const { window } = everyEstimator[name]();
      for (let place = 0; place < window; place += size(window - 1, 1))
        for (const x of size([Number.NaN], [Number.NaN, Number.POSITIVE_INFINITY])) {
          const [learner, twin] = [createLearner(config(name, false)), createLearner(config(name, false))];
          const before = 9 * window + place;
          for (let t = 0; t < before; t++) for (const one of [learner, twin]) act(one, t, 1);
          let thrown: unknown;
          try {
            learner.observe(tensor([x, 1]));
            for (let t = 1; t < 80 * window; t++) act(learner, before + t, 1);
          } catch (error) {
            thrown = error;
          }
          if (thrown === undefined) {
            // tanh and sigmoid of infinity have the derivative 0, and in derivative rules 0 times infinity is
            // 0.
            expect(x).to.equal(Number.POSITIVE_INFINITY);
            learner.save();
            continue;
          }
          expect(thrown).to.be.instanceOf(NonFiniteError);
          expect((thrown as Error).message)
            .to.contain(`input[0]`)
            .and.to.contain(String(x));
          requireSame(learner, twin, `${x} at ${place}`);
          for (let t = before; t < before + 2 * window; t++)
            for (const one of [learner, twin]) act(one, t, 1);
          requireSame(learner, twin, `${x} at ${place}, later`);
        }
    });

  it('keeps 19 good steps of windows of 4, and blames the twentieth', () => {
    for (const x of [Number.NaN, 1e30]) {
      const [learner, twin] = [
        createLearner(config('tbptt 4', false)),
        createLearner(config('tbptt 4', false)),
      ];
      const step = (one: Any, t: number) => one.step(shaped(input(t), 1), shaped(target(t), 1));
      for (let t = 0; t < 19; t++) for (const one of [learner, twin]) step(one, t);
      expect(() => learner.step(shaped(input(19), 1), tensor([x]))).to.throw(NonFiniteError, 'step 20: ');
      expect(learner.steps).to.equal(19);
      requireSame(learner, twin, String(x));
    }
  });
});
