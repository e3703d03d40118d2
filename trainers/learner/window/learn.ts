import { add, mul } from '../../../autodiff/index.ts';
import { type FloatDType, mapTree, type Noise, pathsOf, type Tensor, type Tree } from '../../../lib/index.ts';
import { addParts, addTrees, scaleTree, zerosOf } from '../../algebra.ts';
import type { Estimator, Moment, Rule } from '../../estimators/index.ts';
import { lengthsAt } from '../../estimators/rule/estimator.ts';
import type { Clock, Optimizer } from '../../optimizers/index.ts';
import { conform } from '../given/conform.ts';
import type { Systems } from '../systems/system.ts';
import { assumedRule } from './assumed.ts';
import { absent, type HeldStep, type Lane, type Memory } from './memory.ts';
import type { FoundMeanings } from './plainNumbers.ts';
import { momentOf } from './ruleMoment.ts';
import { takeStep } from './step.ts';
import type { Targets } from './timeStep.ts';
import { firstTransitionOf, transitionOf } from './transition.ts';

/** The fixed parts that learning uses, besides the memory that it changes. */
export interface Setting {
  readonly systems: Systems;
  readonly estimator: Estimator;
  readonly optimizer: Optimizer;
  readonly dtype: FloatDType;
  readonly noise: Noise;
  readonly relaxedSimd: boolean;
  /** The meanings of plain numbers in the inputs and targets. */
  readonly found: FoundMeanings;
  readonly bindings: Rules;
  /** How a plan takes several lanes, as one batch; without it they are taken one by one. */
  readonly together?: Together;
}

/** Several lanes as one, whose tensors are entries of a batch. */
interface Together {
  /** The mean over the lanes. */
  mean(x: Tensor): Tensor;
  /** From here on, draws are made when every lane has made those before. */
  nextRound(): void;
}

/** The rules of an estimator for one model, by the type of the inputs. */
export interface Rules {
  /** The rule that was bound last; undefined before the first input. */
  readonly last: Rule | undefined;
  /**
   * Returns the rule for inputs like these.
   * @throws ConfigurationError or DataError if the estimator does not fit, or carries the influence in
   * another form than before.
   */
  ruleFor(setting: Setting, memory: Pick<Memory, 'parameters' | 'lanes'>, inputs: readonly unknown[]): Rule;
}

/** A setting with the estimator's rule for the inputs at hand. */
export interface Ruled extends Setting {
  readonly rule: Rule;
}

/** @throws as `Rules.ruleFor`. */
export function ruled(
  setting: Setting,
  memory: Pick<Memory, 'parameters' | 'lanes'>,
  inputs: readonly unknown[],
): Ruled {
  return { ...setting, rule: setting.bindings.ruleFor(setting, memory, inputs) };
}

/** The first states of the next step. */
export function beginnings(
  { systems, estimator }: Setting,
  { lanes, pending }: Pick<Memory, 'lanes' | 'pending'>,
): readonly unknown[] {
  return estimator.restarts && pending === 0 ? systems.start : lanes.map(({ state }) => state);
}

/** One step of every system, linearised. */
export function takeSteps(
  setting: Setting,
  memory: Memory,
  inputs: readonly unknown[],
  targets: Targets,
): HeldStep[] {
  const { model, loss, apart } = setting.systems;
  const { parameters } = memory;
  const states = beginnings(setting, memory);
  const goals = targets && apart(targets);
  return apart(inputs).map((input, i) =>
    takeStep(model, loss, { parameters, state: states[i], input, target: goals && { value: goals[i] } }),
  );
}

/**
 * Returns the memory after these steps: it learns from the losses when the stride is complete, and the
 * influence absorbs the steps that leave the window. Apart from the draws of noise it is a pure function of
 * tensors, so it can be traced.
 *
 * @param check receives the updated memory before noise is drawn, and throws to refuse it.
 */
export function moveOn(
  setting: Ruled,
  memory: Memory,
  steps: readonly HeldStep[],
  clock: Clock,
  check?: (updated: Memory) => void,
): Memory {
  const { stride } = lengthsAt(setting.estimator, memory);
  const lanes = memory.lanes.map((lane, i) => ({
    ...lane,
    state: steps[i].next,
    window: [...lane.window, steps[i]],
  }));
  const scored = steps[0].target === undefined ? 0 : 1;
  const moved: Memory = { ...memory, lanes, steps: memory.steps + scored, pending: memory.pending + 1 };
  if (moved.pending < stride) return moved;
  const anyLoss = lanes[0].window.slice(-stride).some(({ loss }) => loss !== undefined);
  const moments = anyLoss ? lanes.map((lane) => momentOf(setting, lane, clock)) : [];
  const updated = anyLoss ? update(setting, moved, clock, moments) : moved;
  check?.(updated);
  return { ...updated, lanes: shortened(setting, lanes, moments), pending: 0 };
}

/** The clock at a memory, from its counters. */
export function clockAt({ steps, updates }: Memory): Clock {
  return { steps: (f) => f(steps), updates: (f) => f(updates + 1) };
}

/** The memory after a time step that does not complete a window. */
export function movedOn(
  setting: Setting,
  memory: Memory,
  { inputs, targets }: { inputs: readonly unknown[]; targets: Targets },
): Memory {
  return moveOn(
    ruled(setting, memory, inputs),
    memory,
    takeSteps(setting, memory, inputs, targets),
    clockAt(memory),
  );
}

/** Labels the parameters with their paths, for messages. */
export function named<T>(parameters: T): T {
  for (const { path, tensor } of pathsOf(parameters as Tree, 'params')) tensor.label = path;
  return parameters;
}

/** Lanes in their first states, on which the parameters have no influence. */
export function freshLanes({ start }: Systems): Lane[] {
  return start.map((state) => ({ state, influence: absent, window: [] }));
}

/**
 * A memory after a reset: lanes in their first states, with what the rule has learnt. Before the first input after a
 * checkpoint no rule is bound, and the one for any step restarts the influence.
 */
export function atReset(memory: Memory, { systems, bindings, estimator }: Setting): Memory {
  const [{ state }] = memory.lanes;
  const isCarried = memory.lanes.some(({ influence }) => influence !== absent);
  const rule =
    bindings.last ??
    (isCarried ? assumedRule(estimator, memory.parameters as Tree, state as Tree) : undefined);
  const lanes = freshLanes(systems).map((lane, i) => {
    const { influence } = memory.lanes[i];
    return influence === absent || rule?.restart === undefined
      ? lane
      : { ...lane, influence: rule.restart(influence) };
  });
  return { ...memory, lanes, pending: 0 };
}

function update(setting: Ruled, memory: Memory, clock: Clock, at: readonly Moment[]): Memory {
  const gradient = meanGradient(
    setting,
    memory.lanes.map((lane, i) => gradientOf(setting.rule, lane, at[i])),
  );
  return updated(setting, memory, gradient, lossOf(setting, memory.lanes), clock);
}

/** The first memory of an optimiser. @throws TreeError unless it is a tree of tensors. */
export function firstMoments(optimizer: Optimizer, parameters: unknown): unknown {
  const moments = optimizer.init(parameters);
  pathsOf(moments as Tree, `${optimizer.name}.init()`);
  return moments;
}

/** The memory after an update with a gradient. @param loss that of all steps which the gradient is of. */
export function updated(
  { optimizer }: Setting,
  memory: Memory,
  gradient: unknown,
  loss: Tensor,
  clock: Clock,
): Memory {
  const { update, memory: moments } = optimizer.update(
    gradient,
    memory.moments,
    memory.parameters,
    clock,
    loss,
  );
  const who = `${optimizer.name}.update`;
  return {
    ...memory,
    parameters: named(conform(memory.parameters, addTrees(memory.parameters, update), who, 'parameters')),
    moments: conform(memory.moments, moments, who, 'memory'),
    gradient,
    updates: memory.updates + 1,
  };
}

/** The mean over the lanes of what each has. */
export function meanGradient({ together }: Setting, lanes: readonly unknown[]): unknown {
  const total = lanes.reduce((sum, part) => addTrees(sum, part));
  if (together !== undefined) return mapTree(total as Tree, together.mean);
  return lanes.length === 1 ? total : scaleTree(total, 1 / lanes.length);
}

/** The losses of the stride, summed over it and averaged over the lanes, as the gradient is. */
function lossOf({ estimator, together }: Setting, lanes: readonly Lane[]): Tensor {
  const losses = lanes.flatMap(({ window }) =>
    window.slice(-estimator.stride).flatMap(({ loss }) => loss ?? []),
  );
  const total = losses.reduce((sum, loss) => add(sum, loss));
  if (together !== undefined) return together.mean(total);
  return lanes.length === 1 ? total : mul(total, 1 / lanes.length);
}

/**
 * Pulls the losses of the stride back through the window and, from its first state, through the influence.
 */
function gradientOf(rule: Rule, { influence, window }: Lane, moment: Moment): unknown {
  if (rule.gradient !== undefined)
    return addParts(zerosOf(window[0].parameters) as Tree, rule.gradient(influence, moment));
  return addParts(moment.own, influence === absent ? undefined : rule.pull(influence, moment.before));
}

/** Advances the influences over the steps that leave the windows. */
function shortened(
  { systems, estimator, rule, noise, together }: Ruled,
  lanes: readonly Lane[],
  moments: readonly Moment[],
): readonly Lane[] {
  const leaving = lanes[0].window.length - (estimator.window - estimator.stride);
  if (leaving <= 0) return lanes;
  // All start before any advances, which fixes the order of the draws.
  const begun = lanes.map(({ influence }) => (influence === absent ? rule.start(noise) : influence));
  together?.nextRound();
  return lanes.map(({ state, influence, window }, i) => {
    const steps = window.slice(0, leaving);
    const transition = (influence === absent ? firstTransitionOf : transitionOf)(systems.model, steps);
    const next = rule.advance(begun[i], transition, noise, moments[i]);
    return { state, influence: next, window: window.slice(leaving) };
  });
}
