import { full, mapTree, type Tree } from '../../../lib/index.ts';
import { brokenIn } from './finite.ts';
import { clockAt, moveOn, ruled, type Setting, takeSteps } from './learn.ts';
import type { HeldStep, Memory } from './memory.ts';
import type { TimeStep } from './timeStep.ts';

/**
 * Whether an input or target that is not finite breaks a later update. tanh(∞) and its loss are finite, but
 * the pull through that step, when its window is complete, is not. A NaN that the model masks does no harm.
 */
export function doesHarm({ inputs, targets = [] }: TimeStep, steps: readonly HeldStep[]): boolean {
  if ([...inputs, ...targets].every((value) => brokenIn(value) === undefined)) return false;
  return steps.some(({ derivative, next, loss }) => {
    const ones = <T extends Tree>(tree: T) => mapTree(tree, ({ shape, dtype }) => full(shape, 1, { dtype }));
    const cotangent = { state: ones(next as Tree), ...(loss === undefined ? {} : { loss: ones(loss) }) };
    return brokenIn(derivative.pull(cotangent)) !== undefined;
  });
}

/** Returns the first time step of a window that does harm. @param memory at the beginning of the window. */
export function firstHarm(
  setting: Setting,
  memory: Memory,
  timeSteps: readonly TimeStep[],
): number | undefined {
  const given = timeSteps.flatMap(({ inputs, targets = [] }) => [...inputs, ...targets]);
  if (given.every((value) => brokenIn(value) === undefined)) return undefined;
  let now = memory;
  for (const [t, timeStep] of timeSteps.entries()) {
    const steps = takeSteps(setting, now, timeStep.inputs, timeStep.targets);
    if (doesHarm(timeStep, steps)) return t;
    // Observe only: the last time step may complete the window.
    if (t + 1 < timeSteps.length)
      now = moveOn(ruled(setting, now, timeStep.inputs), now, steps, clockAt(now));
  }
  return undefined;
}
