import { expectation, guard, type Noise, recording, seeded, type Tensor } from '../../lib/index.ts';
import { type Cell, gru, linear, lstm, model, rnn } from '../../nn/index.ts';
import { anEstimator, createLearner, type Estimator, restoreLearner, sgd } from '../index.ts';
import { checkUnbiased, estimates, influenceOf, learnerOf, makesEstimator, together } from './agreement.ts';
import { checkLaws, fewest, type Laws } from './laws.ts';
import { describeLaws } from './mocha.ts';
import { numbersOf, requireClose, requireFinite, requireLive, vector } from './numbers.ts';
import { type Fixture, fixtureOf, jitter, requireFixture, singularAtStart, zerosLike } from './unrolled.ts';

/** An estimator and the runs to check it on. */
export interface InfluenceSubject {
  readonly name?: string;
  /** Makes an estimator; each run has its own. */
  readonly estimator: () => Estimator;
  /**
   * Makers of small runs of a given length, by name. Default: a tanh network, a GRU and an LSTM, each with a
   * readout.
   */
  readonly fixtures?: Readonly<Record<string, (steps: number) => Fixture>>;
  /** For an estimator that reads values, and so cannot run as a plan. */
  readonly eager?: boolean;
  /** Seed of the default fixtures. Default 1. */
  readonly seed?: number;
}

/**
 * Registers one test for each law that an estimator must satisfy, with mocha's global `describe` and `it`.
 */
export function describeInfluence(subject: InfluenceSubject): void {
  const laws = influenceLaws(subject);
  describeLaws(subject.name ?? subject.estimator().name, laws);
}

/** Checks every law of `describeInfluence`. @throws LawError for the first that does not hold. */
export function checkInfluence(subject: InfluenceSubject): void {
  checkLaws(known(subject).name ?? subject.estimator().name, influenceLaws(subject));
}

/**
 * The laws by name; each throws if it does not hold. Those on the mean are for estimators that declare the
 * bias `none`.
 */
export function influenceLaws(subject: InfluenceSubject): Laws {
  const { estimator, seed = 1, eager = false } = known(subject);
  const fixtures = checkedFixtures(subject.fixtures ?? defaultFixtures(seed));
  const [first] = Object.values(fixtures);
  const { window } = estimator();

  return {
    ...(estimator().bias === 'none' ? meanLaws(estimator, fixtures) : {}),
    ...carriedLaws(subject, first, true),
    ...(eager ? {} : carriedLaws(subject, first, false)),
    ...(eager
      ? {}
      : {
          'returns the same as a plan as it does eagerly, up to rounding': () => {
            const run = first(4 * window);
            const of = (eager: boolean) => estimates([run], estimator(), seeded(9), { eager });
            const [plain, plan] = [of(true), of(false)];
            requireClose(numbersOf(plan.influence), numbersOf(plain.influence), 1e-11, 'the influence');
            requireClose(numbersOf(plan.gradients), numbersOf(plain.gradients), 1e-11, 'the gradients');
          },
        }),
  };
}

const checks: guard.Checks<InfluenceSubject> = {
  name: guard.string,
  estimator: guard.needed(makesEstimator),
  fixtures: guard.recordOf(
    'a record of functions (steps) => fixtureOf(model, { input, steps })',
    guard.callable.holds,
  ),
  eager: guard.flag,
  seed: guard.whole(0),
};

/** Wraps the makers of fixtures to check their results. */
function checkedFixtures<T extends Readonly<Record<string, (steps: number) => Fixture>>>(makers: T): T {
  const checked = Object.entries(makers).map(([name, make]) => [
    name,
    (steps: number) => {
      const fixture = make(steps);
      requireFixture('checkInfluence', `the result of fixtures.${name}`, fixture);
      return fixture;
    },
  ]);
  return Object.fromEntries(checked) as T;
}

/** Checks a subject. */
function known(subject: InfluenceSubject): InfluenceSubject {
  guard.options('an estimator', subject, checks, 'checkInfluence({ estimator: () => uoro() })');
  guard.argument('an estimator', 'the result of estimator()', subject.estimator(), anEstimator);
  return subject;
}

/** The laws that hold for every bias, with a plan or without. */
function carriedLaws(
  { estimator }: InfluenceSubject,
  make: (steps: number) => Fixture,
  eager: boolean,
): Record<string, () => void> {
  const { window, stride, learns = false } = estimator();
  const middle = 3 * stride + Math.floor(stride / 2);
  const how = eager ? 'eagerly' : 'as a plan';
  return {
    ...(!learns && {
      [`advances alike whether a step is scored or observed, ${how}`]: () => {
        const run = make(3 * window);
        const after = (observed: readonly number[]) =>
          numbersOf(estimates([run], estimator(), seeded(5), { observed, eager }).influence);
        requireClose(
          after(run.examples.map((_, t) => t)),
          after([]),
          eager ? 0 : 1e-13,
          'the influence after observing',
        );
      },
    }),
    [`forgets at a reset, ${how}`]: () => {
      const run = make(2 * window);
      const learner = learnerOf([run], estimator(), seeded(6), { eager });
      for (const { input, target } of run.examples) learner.step(input, target);
      learner.resetState();
      const [rest] = influenceOf(learner, [run]);
      requireClose(
        rest,
        rest.map(() => 0),
        0,
        'the influence after resetState',
      );
      requireClose(numbersOf(learner.state), numbersOf(run.state), 0, 'the state after resetState');
    },
    [`starts, and restarts after a reset, at a state without a derivative, ${how}`]: () => {
      const run = singularAtStart(make(2 * window));
      const learner = learnerOf([run], estimator(), seeded(4), { eager });
      const pass = () => {
        for (const { input, target } of run.examples) learner.step(input, target);
        return numbersOf(learner.state);
      };
      const once = pass();
      learner.resetState();
      requireClose(pass(), once, 0, 'the state of another pass');
      requireFinite(numbersOf(learner.gradient), 'the gradient');
      requireFinite(influenceOf(learner, [run]).flat(), 'the influence');
    },
    [`writes the same bytes for the same noise, ${how}`]: () => {
      const bytes = () => {
        const run = make(middle);
        const learner = learnerOf([run], estimator(), seeded(7), { eager });
        for (const { input, target } of run.examples) learner.step(input, target);
        return [...learner.save()];
      };
      requireClose(bytes(), bytes(), 0, 'the checkpoint');
    },
    [`resumes from a checkpoint bit for bit, also within a window, ${how}`]: () => {
      const { model, loss, parameters, state, examples } = singularAtStart(make(middle + 2 * stride + 1));
      const config = {
        model,
        loss,
        optimizer: sgd({ rate: 0.05 }),
        dtype: 'float64' as const,
        parameters,
        state,
        eager,
      };
      const requireResumed = (cuts: readonly number[], reset?: number) => {
        const learner = createLearner({ ...config, estimator: estimator(), noise: seeded(8) });
        const gradientOf = (one: typeof learner) => numbersOf(one.gradient);
        // Read before each step, so that no plan without it is compiled.
        gradientOf(learner);
        const resumed: { readonly cut: number; readonly copy: typeof learner }[] = [];
        for (const [t, { input, target }] of examples.entries()) {
          const stepped = (one: typeof learner) => {
            const { loss: own, output } = one.step(input, target);
            return [own, ...numbersOf(output), ...gradientOf(one)];
          };
          const cut = () => {
            const copy = restoreLearner({ ...config, estimator: estimator() }, learner.save());
            requireClose(gradientOf(copy), gradientOf(learner), 0, `the gradient after a checkpoint at ${t}`);
            resumed.push({ cut: t, copy });
          };
          if (cuts.includes(t)) cut();
          if (t === reset) {
            for (const { copy } of resumed) copy.resetState();
            learner.resetState();
            cut();
          }
          const here = stepped(learner);
          for (const { cut, copy } of resumed)
            requireClose(stepped(copy), here, 0, `a step after a checkpoint at ${cut}`);
        }
        for (const { cut, copy } of resumed)
          requireClose(
            [...copy.save()],
            [...learner.save()],
            0,
            `the checkpoint at the end, after one at ${cut}`,
          );
      };
      // Before the first input, after the first update, and at each place of a later window.
      requireResumed([0, stride, ...Array.from({ length: stride }, (_, i) => middle - i)]);
      requireResumed([middle + 1], middle + 1);
    },
  };
}

function meanLaws(
  estimator: () => Estimator,
  fixtures: Readonly<Record<string, (steps: number) => Fixture>>,
): Record<string, () => void> {
  const { window, joint } = estimator();
  const laws: Record<string, () => void> = {};
  for (const [name, make] of Object.entries(fixtures)) {
    const over = (check: (run: Fixture) => void) => () =>
      fewest(
        blocksFor(estimator, make),
        (blocks) => check(make(window * blocks)),
        (blocks) => [`the fixture ${name}, ${window * blocks} steps`],
      )();
    laws[`has the mean ∂s/∂θ, and the gradient of the loss: ${name}`] = over((run) =>
      checkUnbiased([run], estimator),
    );
    laws[`has that mean along a prescribed trajectory of moving parameters: ${name}`] = over((run) => {
      const noise = seeded(2);
      const moves = [1, 2, 3, 4].map(() => jitter(zerosLike(run.parameters), noise, 0.2));
      checkUnbiased([run], estimator, { moves });
    });
  }
  const [first] = Object.values(fixtures);
  const lanes = () => [1, 2].map((lane) => laneOf(first(4 * window), lane, window));
  laws['has that mean from a state at which the step has no derivative, and again after a reset'] = () => {
    const steps = window * Math.max(2, blocksFor(estimator, first) - 1);
    checkUnbiased([singularAtStart(first(steps))], estimator, { before: window });
  };
  laws['leaves observed steps out of the gradient'] = () => {
    const steps = window * blocksFor(estimator, first);
    checkUnbiased([first(steps)], estimator, { observed: [0, steps - 2].filter((t) => t < steps - 1) });
  };
  laws['has the mean over two lanes'] = () => checkUnbiased(lanes(), estimator);
  if (!joint) laws['lets lanes vary independently'] = () => requireIndependent(lanes(), estimator);
  return laws;
}

/** A run of two windows from the same model, with other inputs, targets and state. */
function laneOf(run: Fixture, lane: number, window: number): Fixture {
  const state = jitter(run.state, seeded(lane), 0.5);
  return { ...run, state, examples: run.examples.slice((lane - 1) * 2 * window, lane * 2 * window) };
}

/** E[a b] = E[a] E[b] for numbers a of the one lane and b of the other. */
function requireIndependent(lanes: readonly Fixture[], estimator: () => Estimator): void {
  const { mean } = expectation((noise: Noise) => {
    const own = estimator();
    const learner = learnerOf(lanes, own, noise);
    for (const [t] of lanes[0].examples.entries()) {
      const [inputs, targets] = [
        lanes.map(({ examples }) => examples[t].input),
        lanes.map(({ examples }) => examples[t].target),
      ];
      learner.step(together(inputs), together(targets));
    }
    const [a, b] = influenceOf(learner, lanes);
    const products = a.flatMap((x, i) => [x * b[i], x * b[(i + 1) % b.length]]);
    return { a: vector(a), b: vector(b), products: vector(products) };
  });
  const [a, b] = [numbersOf(mean.a), numbersOf(mean.b)];
  if (a.length === 0) return;
  requireLive(a, '∂s/∂θ of a lane');
  const expected = a.flatMap((x, i) => [x * b[i], x * b[(i + 1) % b.length]]);
  requireClose(numbersOf(mean.products), expected, 1e-10, 'the mean of a product over two lanes');
}

/** Number of windows, 2 to 4, that can be enumerated. One window would not show what is carried. */
function blocksFor(estimator: () => Estimator, make: (steps: number) => Fixture): number {
  const { window } = estimator();
  const noise = recording(seeded(3));
  estimates([make(window)], estimator(), noise, { eager: true });
  const flips = noise.draws.length;
  return flips === 0 ? 4 : Math.max(2, Math.min(4, Math.floor(6 / flips)));
}

function defaultFixtures(seed: number): Record<string, (steps: number) => Fixture> {
  const input = (size: number) => (noise: Noise) => noise.normal([size]);
  const readout = linear({ outputs: 2 });
  const make =
    <P, S>(cell: Cell<P, S, Tensor>, inputs: number) =>
    (steps: number): Fixture =>
      fixtureOf(model({ cell, readout }), { input: input(inputs), steps, seed });
  return {
    rnn: make(rnn({ inputs: 3, units: 2 }), 3),
    gru: make(gru({ inputs: 1, units: 2 }), 1),
    lstm: make(lstm({ inputs: 2, units: 1 }), 2),
  };
}
