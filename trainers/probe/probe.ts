import {
  ConfigurationError,
  type FloatDType,
  guard,
  NonFiniteError,
  seeded,
  type Tree,
} from '../../lib/index.ts';
import { anEstimator, type Bias, type Cost, type Estimator, rtrl } from '../estimators/index.ts';
import { pointsHeld } from '../learner/engine/journal.ts';
import type { LearnerConfig } from '../learner/given/config.ts';
import { Learner } from '../learner/learner.ts';
import { lanesApart, type Point } from '../learner/plan/point.ts';
import type { Scored } from '../learner/scored.ts';
import { Replay, type Staleness } from './replay.ts';
import { Shadow } from './shadow.ts';
import { type Comparison, Tally } from './tally.ts';

export interface ProbeOptions<P, S, X, Y> {
  /** The learner whose trajectory is followed. It learns as without the probe, bit for bit. */
  readonly learner: Learner<P, S, X, Y>;
  /** The estimators by name. Their stride must be 1, as a learner may move its parameters at every step. */
  readonly estimators: Readonly<Record<string, Estimator>>;
  /** Independent copies of each estimator that draws, for its bias and variance. Default 8. */
  readonly copies?: number;
  /** Number of steps that are replayed at today's parameters, to measure staleness. Not measured if left out. */
  readonly replay?: number;
  /** The seed of the estimators' draws. Default 1. */
  readonly seed?: number;
}

/** The figures of one estimator. */
export interface EstimatorReport extends Comparison {
  readonly declared: Bias;
  /** Number of its copies; 1 if it draws nothing. */
  readonly copies: number;
  /** By the path of each leaf of the parameters. */
  readonly blocks: Readonly<Record<string, Comparison>>;
  /** Multiply-adds a step and numbers carried, of the rule for this model. */
  readonly cost: Cost | undefined;
  /**
   * The mean time of a step of one copy, from the third on, with taking over the learner's parameters and
   * reading the gradient. NaN before that.
   */
  readonly microseconds: number;
  /** Why it was followed no further, if a number of its own stopped being finite. */
  readonly stopped?: string;
}

/** The figures of a probe. */
export interface ProbeReport {
  /** Number of steps with a target. */
  readonly steps: number;
  readonly estimators: Readonly<Record<string, EstimatorReport>>;
  readonly staleness?: Staleness;
}

/**
 * Follows a learner with several estimators at once: call its `step`, `observe` and `resetState` in place of
 * the learner's. At each step every estimator, and exact RTRL, estimates the gradient at the learner's own
 * parameters and state; the learner then moves on by its own.
 */
export interface Probe<X, Y> {
  /** Steps the learner, and returns what it returns. @throws NonFiniteError as the learner. */
  step(input: X, target: Y): Scored;
  observe(input: X): void;
  resetState(): void;
  report(): ProbeReport;
}

interface Followed {
  readonly estimator: Estimator;
  shadows: Shadow[];
  tally: Tally | undefined;
  isRandom: boolean;
  steps: number;
  time: number;
  stopped?: string;
}

const checks: guard.Checks<ProbeOptions<unknown, unknown, unknown, unknown>> = {
  learner: guard.needed({ what: 'a learner of createLearner', holds: (value) => value instanceof Learner }),
  estimators: guard.needed(
    guard.recordOf('a record of estimators by name, such as { uoro: uoro() }', anEstimator.holds),
  ),
  copies: guard.whole(1, 2 ** 12),
  replay: guard.whole(1, 2 ** 12),
  seed: guard.whole(0),
};

/**
 * Creates a probe of a learner. The influences begin at its present state, on which the parameters then have
 * none: begin with a fresh learner, or after a reset, to measure all of the past. It costs one step of RTRL and
 * a step of each copy for every step of the learner.
 * @throws ConfigurationError for an estimator whose stride is not 1, or that does not fit the model.
 */
export function createProbe<P, S, X, Y>(options: ProbeOptions<P, S, X, Y>): Probe<X, Y> {
  const own = guard.options(
    'createProbe',
    options,
    checks as guard.Checks<ProbeOptions<P, S, X, Y>>,
    example,
  );
  const { learner, estimators, copies = 8, replay, seed = 1 } = own;
  for (const [name, { stride, restarts }] of Object.entries(estimators))
    if (stride !== 1 || restarts)
      throw new ConfigurationError(
        `createProbe: ${name} has an estimate only every ${stride} steps, and the learner moves its parameters in between; give one with a stride of 1, such as tbptt({ window: ${stride}, stride: 1 })`,
      );
  // Points are taken over leaf by leaf, so all have the order of the learner's own.
  const config = { ...learner.config, parameters: learner.parameters, state: learner.state } as Config;
  const { lanes = 1 } = config;
  const noise = seeded(seed);
  const shadow = (estimator: Estimator) => new Shadow(config, estimator, noise.split());
  const exact = shadow(rtrl());
  const followed = new Map<string, Followed>(
    Object.entries(estimators).map(([name, estimator]) => {
      const shadows = Array.from({ length: copies }, () => shadow(estimator));
      return [name, { estimator, shadows, tally: undefined, isRandom: true, steps: 0, time: 0 }];
    }),
  );
  const like = { parameters: learner.parameters as Tree, state: learner.state as Tree };
  const replayed = replay === undefined ? undefined : new Replay(config, like, learner.dtype, replay);
  let steps = 0;

  const each = (advance: (own: Followed) => void) => {
    for (const own of followed.values()) {
      if (own.stopped !== undefined) continue;
      try {
        advance(own);
      } catch (error) {
        // A noisy estimator may diverge where the learner does not.
        if (!(error instanceof NonFiniteError)) throw error;
        own.stopped = error.message;
      }
    }
  };
  const points: Point[] = [];
  let moves = 0;
  const before = (): Point => {
    const at = moves++ % pointsHeld;
    const point = Learner.pointOf(learner, points[at]);
    points[at] = point;
    return learner.estimator.joint && lanes > 1 ? lanesApart(point, lanes) : point;
  };

  return {
    step(input, target) {
      const point = before();
      // First, as it may refuse the step.
      const scored = learner.step(input, target);
      exact.step(point, input, { value: target });
      const truth = exact.estimate;
      const broken = new Set<Followed>();
      each((own) => {
        const began = performance.now();
        for (const copy of own.shadows) copy.step(point, input, { value: target });
        // The first steps compile plans.
        if (steps >= warmUp) own.time += (performance.now() - began) / own.shadows.length;
        own.steps++;
        own.tally ??= begun(own, like.parameters, learner.dtype);
        if (!own.tally.add(truth, estimatesOf(own))) broken.add(own);
      });
      if (broken.size > 0) exact.verify();
      each((own) => {
        if (!broken.has(own)) return;
        for (const copy of own.shadows) copy.verify();
        if (!own.tally?.add(exact.estimate, estimatesOf(own)))
          throw new NonFiniteError(
            `step ${steps + 1}: the estimate of the gradient is too large for ${learner.dtype}; call resetState now and then, or leave the estimator out`,
          );
      });
      replayed?.add(point, input, { value: target }, truth);
      steps++;
      return scored;
    },
    observe(input) {
      const point = before();
      learner.observe(input);
      exact.step(point, input);
      each(({ shadows }) => {
        for (const copy of shadows) copy.step(point, input);
      });
      replayed?.add(point, input, undefined);
    },
    resetState() {
      learner.resetState();
      exact.reset();
      for (const { shadows } of followed.values()) for (const copy of shadows) copy.reset();
      replayed?.forget();
    },
    report: () => ({
      steps,
      estimators: Object.fromEntries([...followed].map(([name, own]) => [name, reportOf(own)])),
      ...(replayed && { staleness: replayed.result }),
    }),
  };
}

type Config = LearnerConfig<unknown, unknown, unknown, unknown>;

const example = 'createProbe({ learner, estimators: { uoro: uoro() } })';

const warmUp = 2;

function estimatesOf({ shadows }: Followed) {
  return shadows.map(({ estimate }) => estimate);
}

/** After the first step: one copy is enough of an estimator that draws nothing. */
function begun(own: Followed, parameters: Tree, dtype: FloatDType): Tally {
  own.isRandom = own.shadows[0].hasDrawn;
  if (!own.isRandom) own.shadows = own.shadows.slice(0, 1);
  return new Tally(parameters, own.shadows.length, dtype);
}

function reportOf({ estimator, shadows, tally, isRandom, steps, time, stopped }: Followed): EstimatorReport {
  if (tally === undefined)
    throw new ConfigurationError('report: there is nothing to report before the first step with a target');
  return {
    declared: estimator.bias,
    copies: shadows.length,
    ...tally.all(isRandom),
    blocks: tally.blocks(isRandom),
    cost: shadows[0].cost,
    microseconds: steps > warmUp ? (1000 * time) / (steps - warmUp) : Number.NaN,
    ...(stopped !== undefined && { stopped }),
  };
}
