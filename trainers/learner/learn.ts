import { type FloatDType, full, type Noise, pathsOf, type Tree } from '../../lib/index.ts';
import { addTrees, scaleTree } from '../algebra.ts';
import type { Estimator } from '../estimators/index.ts';
import type { Clock, Optimizer } from '../optimizers/index.ts';
import type { FoundNumbers } from './kind.ts';
import { absent, type HeldStep, type Lane, type Memory } from './memory.ts';
import type { Systems } from './system.ts';
import { firstTransitionOf, pullLosses, takeStep, transitionOf } from './transition.ts';

/** What learning works with, besides the memory that it changes. */
export interface Setting {
  readonly systems: Systems;
  readonly estimator: Estimator;
  readonly optimizer: Optimizer;
  readonly dtype: FloatDType;
  readonly noise: Noise;
  readonly relaxedSimd: boolean;
  /** What was found about the plain numbers that come in. */
  readonly found: FoundNumbers;
}

/** The targets of one moment, one for each system; undefined when it is only observed. */
export type Targets = readonly unknown[] | undefined;

/** The states that the next step begins with. */
export function beginnings(
  { systems, estimator }: Setting,
  { lanes, pending }: Pick<Memory, 'lanes' | 'pending'>,
): readonly unknown[] {
  return estimator.restarts && pending === 0 ? systems.start : lanes.map(({ state }) => state);
}

/** One step of every system, linearised. */
export function takeSteps(setting: Setting, memory: Memory, inputs: readonly unknown[], targets: Targets): HeldStep[] {
  const { model, loss } = setting.systems;
  const { parameters } = memory;
  const states = beginnings(setting, memory);
  return inputs.map((input, i) =>
    takeStep(model, loss, { parameters, state: states[i], input, target: targets && { value: targets[i] } }),
  );
}

/**
 * The memory after these steps: the losses are learnt from when the estimator's stride is complete, and the influence absorbs the
 * steps that leave the window. A pure function of tensors but for the draws of noise, so that it can be traced.
 *
 * @param check sees the updated memory before noise is drawn, and throws if it must not come into being.
 */
export function moveOn(
  setting: Setting,
  memory: Memory,
  steps: readonly HeldStep[],
  clock: Clock,
  check?: (updated: Memory) => void,
): Memory {
  const { estimator, noise } = setting;
  const lanes = memory.lanes.map((lane, i) => ({ ...lane, state: steps[i].next, window: [...lane.window, steps[i]] }));
  const scored = steps[0].target === undefined ? 0 : 1;
  const moved: Memory = { ...memory, lanes, steps: memory.steps + scored, pending: memory.pending + 1 };
  if (moved.pending < estimator.stride) return moved;
  const anyLoss = lanes[0].window.slice(-estimator.stride).some(({ loss }) => loss !== undefined);
  const updated = anyLoss ? update(setting, moved, clock) : moved;
  check?.(updated);
  return { ...updated, lanes: lanes.map((lane) => shorten(lane, estimator, noise)), pending: 0 };
}

/** The time at a memory, by the numbers themselves. */
export function clockAt({ steps, updates }: Memory): Clock {
  return { steps: (f) => f(steps), updates: (f) => f(updates + 1) };
}

/** The memory after a moment that does not complete a window. */
export function movedOn(
  setting: Setting,
  memory: Memory,
  { inputs, targets }: { inputs: readonly unknown[]; targets: Targets },
): Memory {
  return moveOn(setting, memory, takeSteps(setting, memory, inputs, targets), clockAt(memory));
}

/** Gives the parameters their paths as labels, for messages. */
export function named<T>(parameters: T): T {
  for (const { path, tensor } of pathsOf(parameters as Tree, 'params')) tensor.label = path;
  return parameters;
}

/** Lanes in the states to begin with, on which the parameters have no influence. */
export function freshLanes({ start }: Systems): Lane[] {
  return start.map((state) => ({ state, influence: absent, window: [] }));
}

function update(setting: Setting, memory: Memory, clock: Clock): Memory {
  const gradients = memory.lanes.map((lane) => gradientOf(setting, lane));
  const total = gradients.reduce((sum, part) => addTrees(sum, part));
  const gradient = gradients.length === 1 ? total : scaleTree(total, 1 / gradients.length);
  const { update, memory: moments } = setting.optimizer.update(gradient, memory.moments, memory.parameters, clock);
  return { ...memory, parameters: named(addTrees(memory.parameters, update)), moments, gradient, updates: memory.updates + 1 };
}

/** The losses of the stride, pulled back through the window, and from its first state through the influence. */
function gradientOf({ estimator, dtype }: Setting, { influence, window }: Lane): unknown {
  const own = pullLosses(window, estimator.stride, full([], 1, { dtype }));
  const carried = influence === absent ? undefined : estimator.pull(influence, own.state);
  return carried === undefined ? own.parameters : addTrees(own.parameters, carried);
}

/** Lets the influence absorb the steps that the window gives up. */
function shorten({ state, influence, window }: Lane, estimator: Estimator, noise: Noise): Lane {
  const leaving = window.length - (estimator.window - estimator.stride);
  if (leaving <= 0) return { state, influence, window };
  return { state, influence: advance(estimator, influence, window.slice(0, leaving), noise), window: window.slice(leaving) };
}

function advance(estimator: Estimator, influence: unknown, steps: readonly HeldStep[], noise: Noise): unknown {
  if (influence !== absent) return estimator.advance(influence, transitionOf(steps), noise);
  const transition = firstTransitionOf(steps);
  return estimator.advance(estimator.start(transition.parameters, transition.state), transition, noise);
}
