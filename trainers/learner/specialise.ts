import { type Dependencies, dependencies } from '../../autodiff/index.ts';
import { Tensor, type Tree, UnknownValueError } from '../../lib/index.ts';
import { runStep } from '../../nn/index.ts';
import type { Setting } from './learn.ts';
import { absent, type Memory } from './memory.ts';
import { lift } from './moment.ts';
import { numbersOf } from './numbers.ts';
import { requireInfluenceOf } from './requireMemory.ts';
import { requireRoomToCarry } from './room.ts';
import { conform } from './transition.ts';

/**
 * The setting with its estimator specialised to inputs like these. What was carried before, in a checkpoint, must fit.
 * @throws ConfigurationError or DataError when the estimator's representation does not fit.
 */
export function specialise(setting: Setting, memory: Memory, inputs: readonly unknown[]): Setting {
  const { estimator } = setting;
  const { parameters, lanes } = memory;
  if (estimator.specialise === undefined) return setting;
  const found = dependenciesOf(setting, parameters, lanes[0].state, inputs);
  const own = estimator.specialise(found, parameters as Tree);
  for (const { state } of lanes) requireRoomToCarry(own, parameters, state, setting.dtype);
  for (const { influence } of lanes) if (influence !== absent) own.requireOwn?.(influence);
  requireInfluenceOf(own, memory);
  return { ...setting, estimator: own };
}

/** Whether the influence of a memory is absent. */
export function isAbsent({ lanes }: Pick<Memory, 'lanes'>): boolean {
  return lanes.every(({ influence }) => influence === absent);
}

/** The memory with zeros where the influence is absent, as the estimator starts with them. */
export function begun({ estimator }: Setting, memory: Memory): Memory {
  if (!isAbsent(memory)) return memory;
  const { parameters } = memory;
  return { ...memory, lanes: memory.lanes.map((lane) => ({ ...lane, influence: estimator.start(parameters, lane.state) })) };
}

/** What the parameters and the state can influence in one step; undefined when the step reads values, and so may differ from call to call. */
function dependenciesOf(
  setting: Setting,
  parameters: unknown,
  state: unknown,
  inputs: readonly unknown[],
): Dependencies | undefined {
  const { model } = setting.systems;
  const moment = { inputs, targets: undefined };
  const [input] = lift(moment, setting.dtype, numbersOf(setting, parameters, state, moment)).inputs;
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
