import { type Dependencies, dependencies } from '../../autodiff/index.ts';
import { leavesOf, Tensor, type Tree, UnknownValueError } from '../../lib/index.ts';
import { runStep } from '../../nn/index.ts';
import type { Setting } from './learn.ts';
import type { Memory } from './memory.ts';
import { lift } from './moment.ts';
import { requireRoomToCarry } from './room.ts';
import { conform } from './transition.ts';

/**
 * The setting with its estimator specialised to inputs like these. What was carried before, in a checkpoint, must fit.
 * @throws ConfigurationError or DataError when the estimator's representation does not fit.
 */
export function specialise(setting: Setting, { parameters, lanes }: Memory, inputs: readonly unknown[]): Setting {
  const { estimator } = setting;
  if (estimator.specialise === undefined) return setting;
  const found = dependenciesOf(setting, parameters, lanes[0].state, inputs);
  const own = estimator.specialise(found, parameters as Tree);
  for (const { state } of lanes) requireRoomToCarry(own, parameters, state, setting.dtype);
  for (const { influence } of lanes) if (!isNone(influence)) own.requireOwn?.(influence);
  return { ...setting, estimator: own };
}

/** The memory with an influence in every lane that has none yet. */
export function begun({ estimator }: Setting, memory: Memory): Memory {
  if (!memory.lanes.some(({ influence }) => isNone(influence))) return memory;
  const lanes = memory.lanes.map((lane) =>
    isNone(lane.influence)
      ? { ...lane, influence: estimator.start(memory.parameters, lane.window[0]?.state ?? lane.state) }
      : lane,
  );
  return { ...memory, lanes };
}

/** What the parameters and the state can influence in one step; undefined when the step reads values, and so may differ from call to call. */
function dependenciesOf(
  { systems: { model }, dtype }: Setting,
  parameters: unknown,
  state: unknown,
  inputs: readonly unknown[],
): Dependencies | undefined {
  const [input] = lift({ inputs, targets: undefined }, dtype, 'classes').inputs;
  if (input instanceof Tensor) input.label ??= 'input';
  const step = (theta: unknown, before: unknown, x: unknown) =>
    conform(runStep(model, theta, before, x).state, before, model.name);
  try {
    return dependencies(step, parameters, state, input);
  } catch (error) {
    if (error instanceof UnknownValueError) return undefined;
    throw error;
  }
}

function isNone(influence: unknown): boolean {
  return leavesOf(influence as Tree).length === 0;
}
