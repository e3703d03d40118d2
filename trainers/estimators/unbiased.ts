import { div, mul, neg, type Operand } from '../../autodiff/index.ts';
import {
  ConfigurationError,
  cast,
  guard,
  mapTree,
  type Noise,
  type Parts,
  type Tensor,
  type Tree,
} from '../../lib/index.ts';
import { addParts, addTrees, dotTrees, scaleTree, zerosOf } from '../algebra.ts';
import { asSchedule, type Schedule } from '../optimizers/schedules.ts';
import { balanced, onePair, type RankOne } from './products/rank-one.ts';
import { ageOf, unlessNew } from './rule/age.ts';
import { anEstimator, type Estimator, steps } from './rule/estimator.ts';
import { type Absent, absent, type Rule } from './rule/rule.ts';
import type { Sizes } from './step/cost.ts';
import type { Moment } from './step/moment.ts';
import type { StepStructure } from './step/step-structure.ts';
import type { Transition } from './step/transition.ts';

/** The influence that the estimator carries, and pairs whose outer products estimate what it leaves out. */
export type UnbiasedInfluence<I = unknown> = {
  readonly kept: I;
  readonly pairs: readonly RankOne[];
  /** Around an estimator that keeps what it has learnt at a reset: 0 after one, 1 from the next step on; a scalar. */
  readonly age?: Tensor;
};

export interface UnbiasedOptions {
  /**
   * The factor λ of the correction in the gradient, from 0, the estimator itself, to 1, which is unbiased: a
   * number, or a function of the time step. 1 by default.
   */
  readonly weight?: number | Schedule;
  /** Number of independent pairs that are averaged. 1 by default. */
  readonly rank?: number;
  /** Number of steps that are differentiated together and share one draw and one update. 1 by default. */
  readonly window?: number;
  /** Added to norms to avoid a division by zero. 1e-5 by default. */
  readonly epsilon?: number;
  /** One pair for each lane, or one for the joint state of all lanes. */
  readonly lanes?: 'independent' | 'joint';
}

const fraction = guard.between(0, 1);

export const unbiasedOptions = {
  weight: {
    what: 'a number from 0 to 1, or a function of the time step',
    holds: (value) => fraction.holds(value) || typeof value === 'function',
  },
  rank: guard.setting(guard.whole(1, 2 ** 16), 'pairs that are averaged', 'rank'),
  window: guard.setting(steps, 'steps that are differentiated together', 'window'),
  epsilon: guard.setting(guard.between(Number.MIN_VALUE), 'added to norms'),
  lanes: guard.setting(guard.oneOf('independent', 'joint'), 'whether each lane has a pair of its own'),
} satisfies guard.Checks<UnbiasedOptions>;

/** The parts of an estimator that are read before it is bound. */
const partsOfEstimator = {
  name: guard.string,
  bias: guard.oneOf('none', 'truncated', 'approximate'),
  settings: guard.record,
  window: steps,
  stride: steps,
  restarts: guard.flag,
  joint: guard.flag,
  cost: guard.callable,
  bind: guard.callable,
} satisfies Partial<Readonly<Record<keyof Estimator, guard.Check>>>;

/**
 * Makes any estimator unbiased by UORO of what it leaves out. Let S be the influence that it carries, by whatever
 * rule S → S', and G = S + R. Then R' = J R + (J S + I - S'), exactly, so that R is carried as UORO carries G, with
 * this remainder in the place of I:
 *
 *     s̃' = ρ0 J s̃ + ρ1 ν        θ̃' = θ̃/ρ0 + (νᵀI + (Jᵀν)ᵀS - νᵀS')/ρ1
 *     ρ0 = √(‖θ̃‖/‖J s̃‖)         ρ1 = √(‖νᵀI + (Jᵀν)ᵀS - νᵀS'‖/‖ν‖)
 *
 * with ν uniform in {±1}^S, E[s̃ ⊗ θ̃] = R, and the gradient of the next loss
 *
 *     ∂ℓ/∂θ + δᵀS + λ (δ·s̃) θ̃        δ = ∂ℓ/∂s before the step
 *
 * λ is the weight: its squared error is (1-λ)² bias² + λ² variance, so that a small λ is best where the noise is
 * large. It acts in the gradient alone: the influence, as `learner.pull` returns it, has all of R. Where the
 * estimator makes a gradient of its own, as by the published pairing, the result is λ times the unbiased gradient
 * and 1-λ times that one, for a window of one step.
 *
 * The remainder is one pull of ν through the step, one pull of S and one of S'. Draws of the estimator are
 * independent of ν. Where it carries nothing, as `frozen`, this is UORO, bit for bit. Over a window, the estimator
 * advances step by step.
 * @throws ConfigurationError for an estimator with a window, for a window around one that learns from the losses, and,
 * at the first input, for a window with a weight other than 1 around one that makes a gradient of its own.
 */
export function unbiased<I>(
  estimator: Estimator<I>,
  options: UnbiasedOptions = {},
): Estimator<UnbiasedInfluence<I>> {
  guard.argument('unbiased', 'estimator', estimator, anEstimator);
  for (const [key, check] of Object.entries(partsOfEstimator))
    guard.argument('unbiased', `estimator.${key}`, estimator[key as keyof Estimator], check);
  const {
    weight = 1,
    rank = 1,
    window = 1,
    epsilon = 1e-5,
    lanes = 'independent',
  } = guard.options('unbiased', options, unbiasedOptions);
  if (estimator.window > 1 || estimator.restarts)
    throw new ConfigurationError(
      `unbiased: ${estimator.name} has a window of its own; use uoro({ window: ${estimator.window} }), or a window of unbiased around an estimator of single steps`,
    );
  if (estimator.learns && window > 1)
    throw new ConfigurationError(
      `unbiased: ${estimator.name} learns from the loss of each step, and a window of ${window} has one for all; leave out window`,
    );
  const cost = ({ state, parameters }: Sizes, own: { readonly time: number; readonly memory: number }) => ({
    time: own.time + rank * (4 * parameters + 2 * own.memory),
    memory: own.memory + rank * (parameters + state) + (window - 1) * state,
  });
  return {
    name: 'unbiased',
    bias: weight === 1 ? 'none' : estimator.bias,
    options: unbiasedOptions,
    settings: {
      of: estimator.name,
      ...(typeof weight === 'number' ? { weight } : {}),
      rank,
      window,
      epsilon,
      lanes,
      ...innerSettings(estimator),
    },
    window,
    stride: window,
    restarts: false,
    joint: lanes === 'joint',
    learns: estimator.learns ?? false,
    cost: (sizes) => cost(sizes, estimator.cost(sizes)),
    bind: (step) => around(step, estimator.bind(step)),
  };

  function around(step: StepStructure, rule: Rule<I>): Rule<UnbiasedInfluence<I>> {
    if (weight !== 1 && window > 1 && rule.gradient !== undefined)
      throw new ConfigurationError(
        `unbiased: ${estimator.name} makes a gradient of its own for each step, as by the published pairing, and has none for a window of ${window}; leave out window, weight or pairing`,
      );
    const pair = onePair(step);
    const pairs = Array.from({ length: rank }, () => pair);
    const correction = ({ pairs, age }: UnbiasedInfluence<I>, cotangent: Tree) =>
      pairs
        .map(({ stateTangent, parameterTangent }) =>
          scaleTree(parameterTangent, div(dotTrees(unlessNew(age, cotangent), stateTangent), rank)),
        )
        .reduce((sum, part) => addTrees(sum, part));
    const { restart } = rule;
    const aged = (steps: 0 | 1) => (restart === undefined ? {} : { age: ageOf(steps, step.state) });
    const { earlier } = rule;
    return {
      ...(earlier && { earlier: around(step, earlier) }),
      structure: `${rule.structure}; ${rank === 1 ? pair.structure : `${rank} pairs of vectors`} for the rest`,
      cost: cost(step.sizes, rule.cost),
      start: (noise) => ({
        kept: rule.start(splitOf(noise)),
        pairs: pairs.map((own) => own.start(noise)),
        ...aged(0),
      }),
      ...(restart && {
        restart: (influence) => ({
          kept: restart(influence.kept),
          pairs: zerosOf(influence.pairs),
          ...aged(0),
        }),
      }),
      advance(influence, transition, noise, moment) {
        const own = splitOf(noise);
        const drawn = influence.pairs.map(({ stateTangent }) =>
          mapTree(stateTangent, (leaf) => cast(noise.signs(leaf.shape), leaf.dtype)),
        );
        const kept = transition.steps.reduce(
          (before, one) => rule.advance(before, one, own, estimator.learns ? moment : undefined),
          influence.kept,
        );
        return {
          kept,
          pairs: influence.pairs.map((before, i) =>
            advancePair(influence, before, drawn[i], transition, epsilon, (immediate, carried) =>
              addParts(
                addParts(immediate, rule.pull(influence.kept, carried)),
                rule.pull(
                  kept,
                  mapTree(drawn[i], (leaf) => neg(leaf)),
                ),
              ),
            ),
          ),
          ...aged(1),
        };
      },
      pull: (influence, cotangent) =>
        addParts(correction(influence, cotangent), rule.pull(influence.kept, cotangent)),
      expand: ({ kept, pairs, age }) => ({ kept: rule.expand(kept), pairs, ...(age && { age }) }),
      ...(weight === 1 ? {} : { gradient: weighted(rule, correction, weight) }),
    };
  }
}

/** The gradient for a weight other than 1. */
function weighted<I>(
  rule: Rule<I>,
  correction: (influence: UnbiasedInfluence<I>, cotangent: Tree) => Tree,
  weight: number | Schedule,
): NonNullable<Rule<UnbiasedInfluence<I>>['gradient']> {
  const schedule = asWeight(weight);
  return (influence, moment) => {
    const lambda = moment.clock.steps(schedule);
    const kept = influence === absent ? absent : influence.kept;
    const plain = plainly(rule, kept, moment);
    const whole = (own: Tree): Tree =>
      influence === absent ? own : addTrees(own, scaleTree(correction(influence, moment.before), lambda));
    if (rule.gradient === undefined) return whole(plain);
    const other = rule.gradient(kept, moment);
    const rest = moment.clock.steps((step) => 1 - schedule(step));
    return addParts(whole(scaleTree(plain, lambda)), timesParts(moment.own, other, rest));
  };
}

/** The gradient of an estimator without one of its own. */
function plainly<I>(rule: Rule<I>, kept: I | Absent, { own, before }: Moment): Tree {
  return kept === absent ? own : addParts(own, rule.pull(kept, before));
}

function timesParts(like: Tree, parts: Parts, factor: Operand): Parts {
  const zero = mapTree(like, (leaf) => mul(leaf, 0));
  return scaleTree(addParts(zero, parts), factor);
}

/** One reduction J s̃ ⊗ θ̃ + remainder → s̃' ⊗ θ̃', as in UORO. */
function advancePair(
  { age }: UnbiasedInfluence,
  { stateTangent, parameterTangent }: RankOne,
  signs: Tree,
  transition: Transition,
  epsilon: number,
  remainderOf: (immediate: Tree, carried: Tree) => Tree,
): RankOne {
  const pushed = unlessNew(age, transition.push(undefined, stateTangent));
  const pulled = transition.pull(signs);
  const remainder = remainderOf(pulled.parameters, unlessNew(age, pulled.state));
  return addTrees(
    balanced({ stateTangent: pushed, parameterTangent }, epsilon),
    balanced({ stateTangent: signs, parameterTangent: remainder }, epsilon),
  );
}

/** A source split from another at the first draw, so that an estimator without draws leaves that as it is. */
function splitOf(noise: Noise): Noise {
  let own: Noise | undefined;
  const source = () => {
    own ??= noise.split();
    return own;
  };
  return {
    signs: (shape) => source().signs(shape),
    normal: (shape) => source().normal(shape),
    uniform: (shape) => source().uniform(shape),
    integer: (below) => source().integer(below),
    coin: (probability) => source().coin(probability),
    split: () => source().split(),
    save: () => source().save(),
  };
}

function asWeight(weight: number | Schedule): Schedule {
  if (typeof weight === 'number') return () => weight;
  const schedule = asSchedule(weight);
  return (step) => {
    const now = schedule(step);
    guard.argument('unbiased', `the weight at step ${step}`, now, fraction);
    return now;
  };
}

/** The settings of the estimator within; those that have the name of one of the options here, with its name. */
function innerSettings({ name, settings }: Estimator): Estimator['settings'] {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key in unbiasedOptions ? `${name}.${key}` : key, value]),
  );
}
