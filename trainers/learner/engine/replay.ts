import type { WindowPlan } from '../plan/window-plan.ts';
import type { Seen } from '../window/cause.ts';
import { firstHarm } from '../window/harm.ts';
import { hasInfluence } from '../window/memory.ts';
import type { TimeStep } from '../window/timeStep.ts';
import { type Generation, timeStepsIn, writeInputs } from './journal.ts';
import type { Place } from './place.ts';

// The reasons to replay the last windows. Each function gets the current place.

/** Recomputes the last gradient if it is unknown. */
export function recomputeGradient(place: Place): void {
  if (place.knowsGradient) return;
  const { journal } = place;
  const timeSteps = place.timeSteps();
  if (journal.isScored) place.rewind(journal.now);
  else {
    place.rewind(journal.before);
    replay(place, journal.before);
    journal.learnt(place.gradient?.());
  }
  replay(place, journal.now);
  place.take(timeSteps, true);
}

/** Replays the windows since the snapshot. @returns whether all numbers are finite now. */
export function isFiniteAgain(place: Place, keeps: boolean): boolean {
  const { now } = place.journal;
  const timeSteps = place.timeSteps();
  place.rewind(now);
  replay(place, now);
  place.take(timeSteps, keeps);
  return place.isFinite();
}

/**
 * Replays with plans that take more care with 0 times infinity or NaN, since a model may mask a singular
 * branch. They take longer, so learners use them only from the first failure on.
 * @returns whether all numbers are finite now.
 */
export function becomesFinite(place: Place, keeps: boolean): boolean {
  while (place.plans.takeMoreCare()) if (isFiniteAgain(place, keeps)) return place.plans.careHelped();
  return place.plans.careFailed();
}

/**
 * The first window after a start or a reset was learnt from with zeros for the absent influence. That is
 * right if J is finite, and needs no separate plan. Otherwise J·0 is NaN, and the window is replayed with a
 * plan for an absent influence.
 * @returns the plan that has learnt from the window.
 */
export function learnAgainIfSingular(place: Place, plan: WindowPlan): WindowPlan {
  if (!hasInfluence(place.like) || plan.feed.isFirst || plan.finite) return plan;
  place.rewind(place.journal.now);
  const own = place.planFor(plan.feed.timeSteps, plan.keeps, true);
  place.load(own);
  own.feed.copy(plan.feed);
  retake(own);
  place.learn(own);
  return own;
}

/** A failed time step and its values; without a step if it is the current one. */
export interface Break {
  readonly timeStep: TimeStep | undefined;
  readonly seen: Seen;
}

/** Returns to before the first time step that leaves a non-finite number. */
export function undo(place: Place, keeps: boolean): Break {
  const { now } = place.journal;
  const timeSteps = place.timeSteps();
  place.rewind(now);
  for (let good = 0; good < now.count; good++) {
    const broken = brokenIn(place, now, good);
    if (broken === undefined) continue;
    const after = place.unloaded();
    const window = inputsOf(place, now, good);
    place.rewind(now);
    replay(place, now, good);
    now.count = good;
    const t = firstHarm(place.setting, place.unloaded(), window.slice(0, broken + 1)) ?? broken;
    place.take(window.slice(0, t), keeps);
    return { timeStep: window[t], seen: t === broken ? { after } : {} };
  }
  place.take(timeSteps, keeps);
  const t = place.brokenWithin();
  if (t === undefined) return { timeStep: undefined, seen: {} };
  place.taken = t;
  return { timeStep: timeSteps[t], seen: {} };
}

/** Replays a window. @returns the time step that leaves a non-finite number, if there is one. */
function brokenIn(place: Place, generation: Generation, at: number): number | undefined {
  const plan = fed(place, generation, at);
  const last = timeStepsIn(generation).length - 1;
  for (let t = 0; t < last; t++) {
    plan.takeAgain(t);
    if (!plan.finiteAt(t)) return t;
  }
  place.learn(plan);
  place.count(plan);
  return plan.finite ? undefined : last;
}

/** The inputs of a window. */
function inputsOf(place: Place, generation: Generation, at: number): TimeStep[] {
  const { feed } = fed(place, generation, at);
  return timeStepsIn(generation).map((_, t) => feed.read(t));
}

/** Replays the first windows since the snapshot of a generation, with their gradients; all by default. */
function replay(place: Place, generation: Generation, to = generation.count): void {
  for (let at = 0; at < to; at++) {
    const plan = fed(place, generation, at);
    retake(plan);
    place.learn(plan);
    place.count(plan);
  }
}

/** Takes in a whole window, already written to the arena, up to its last time step. */
function retake(plan: WindowPlan): void {
  for (let t = 0; t < plan.feed.timeSteps.length - 1; t++) plan.takeAgain(t);
}

/** The plan for the windows of a generation, with the inputs of one of them. */
function fed(place: Place, generation: Generation, at: number): WindowPlan {
  const plan = place.planFor(timeStepsIn(generation), true, generation.feed?.isFirst);
  place.load(plan);
  writeInputs(generation, at, plan.feed);
  const point = generation.points[at];
  if (point !== undefined) place.put(point);
  return plan;
}
