import { dataOf, kernels, leavesOf, type Tree } from '../../../lib/index.ts';
import { type Broken, brokenIn, type Cause } from './finite.ts';
import { clockAt, moveOn, ruled, type Setting, takeSteps } from './learn.ts';
import { carriedOf, type HeldStep, type Memory } from './memory.ts';
import type { TimeStep } from './timeStep.ts';

/** A plan's view of the failed time step: a plan may round to infinity where the reference kernels do not. */
export interface Seen {
  /** The memory after it. */
  readonly after?: Memory;
  readonly loss?: number | undefined;
}

/**
 * Finds the first number that is not finite in a time step, from its input to the new memory, by repeating
 * the step with the reference kernels. Noise is restored afterwards.
 *
 * @param memory before the time step, all finite unless the learner was made with numbers that are not.
 */
export function causeOf(setting: Setting, memory: Memory, timeStep: TimeStep | undefined, seen: Seen): Cause {
  const goBack = setting.noise.snapshot?.();
  try {
    return (timeStep && causeIn(setting, memory, timeStep)) ?? causeSeen(setting, memory, seen);
  } finally {
    goBack?.();
  }
}

function causeIn(setting: Setting, memory: Memory, { inputs, targets }: TimeStep): Cause | undefined {
  const given = inGiven(setting, { inputs, targets });
  if (given !== undefined) return given;
  const steps = takeSteps(setting, memory, inputs, targets);
  const forward = inStep(setting, memory, steps);
  if (forward !== undefined) return forward;
  let updated: Memory | undefined;
  const next = moveOn(ruled(setting, memory, inputs), memory, steps, clockAt(memory), (own) => {
    updated = own;
  });
  return inMemory(setting, memory, { ...next, gradient: updated?.gradient });
}

/** An input or a target that is not finite. */
function inGiven(setting: Setting, { inputs, targets }: TimeStep): Cause | undefined {
  const { apart } = setting.systems;
  const input = inLanes(setting, apart(inputs), 'input');
  const remedy = ({ value }: Broken) => (Number.isNaN(value) ? 'fill in what is missing' : 'bound it');
  if (input !== undefined)
    return { what: `${input.where} is ${input.value}`, advice: `leave this input out, or ${remedy(input)}` };
  const target = targets && inLanes(setting, apart(targets), 'target');
  return (
    target && {
      what: `${target.where} is ${target.value}`,
      advice: `observe the input without a target, or ${remedy(target)}`,
    }
  );
}

function inStep(setting: Setting, memory: Memory, steps: readonly HeldStep[]): Cause | undefined {
  const inputs = largest(steps.map(({ input }) => input));
  const state = inLanes(
    setting,
    steps.map(({ next }) => next),
    'state',
  );
  const advice =
    grown(memory) ??
    'scale the inputs, and look at what the model divides by, or takes a power, an exponential or a logarithm of';
  if (state !== undefined)
    return {
      what: `${state.where} would become ${state.value} (inputs up to ${inputs}, parameters up to ${largest(memory.parameters)})`,
      advice,
    };
  const outputs = steps.map(({ output }) => output);
  const output = inSystems(outputs, 'output');
  if (output !== undefined)
    return {
      what: `${output.where} would be ${output.value} (inputs up to ${inputs}, parameters up to ${largest(memory.parameters)})`,
      advice,
    };
  const loss = steps.flatMap(({ loss }) => loss?.item() ?? []).find((value) => !Number.isFinite(value));
  if (loss === undefined) return undefined;
  const targets = largest(steps.map(({ target }) => target?.value));
  return {
    what: `the loss would be ${loss} (outputs up to ${largest(outputs)}, targets up to ${targets})`,
    advice: grown(memory) ?? 'scale the targets, or use a loss that is finite there',
  };
}

/** Finds the part of a memory that is not finite, in the order in which a step computes them. */
function inMemory({ estimator, optimizer }: Setting, before: Memory, after: Memory): Cause | undefined {
  const name = ({ path }: Broken) => path || 'θ';
  for (const { state } of after.lanes) {
    const broken = brokenIn(state, 'state');
    if (broken !== undefined)
      return {
        what: `${broken.path}${broken.at} would become ${broken.value}`,
        advice: grown(before) ?? 'scale the inputs',
      };
  }
  const carried = largest(before.lanes.map(carriedOf));
  const derivative =
    'a derivative is not finite at these values: look for a root, a logarithm or a division at 0';
  const gradient = after.gradient === undefined ? undefined : brokenIn(after.gradient);
  if (gradient !== undefined)
    return {
      what: `the gradient of ${name(gradient)} would be ${gradient.value} (influence up to ${carried})`,
      advice: tooLarge(before) ?? derivative,
    };
  const rate = optimizer.rate?.(before.steps);
  const norm = kernels.norm(leavesOf((after.gradient ?? []) as Tree)).toPrecision(3);
  const size = `(gradient norm ${norm}${rate === undefined ? '' : `, learning rate ${rate}`})`;
  const advice =
    rate === undefined || Number.isFinite(rate)
      ? 'lower the learning rate, or clip with clipByGlobalNorm'
      : `give a schedule that is finite at step ${before.steps}`;
  const moments = brokenIn(after.moments);
  if (moments !== undefined)
    return {
      what: `what the optimiser remembers (${name(moments)}) would become ${moments.value} ${size}`,
      advice,
    };
  const parameter = brokenIn(after.parameters);
  if (parameter !== undefined)
    return { what: `parameter ${name(parameter)} would become ${parameter.value} ${size}`, advice };
  for (const lane of after.lanes) {
    const broken = brokenIn(carriedOf(lane));
    if (broken !== undefined)
      return {
        what: `the influence that ${estimator.name} carries would become ${broken.value} (up to ${carried} before)`,
        advice: tooLarge(before) ?? derivative,
      };
  }
  return undefined;
}

function causeSeen(setting: Setting, memory: Memory, { after, loss }: Seen): Cause {
  const cause = after && inMemory(setting, memory, after);
  if (cause !== undefined) return cause;
  const advice = grown(memory) ?? 'scale the inputs and the targets';
  return {
    what: loss === undefined ? 'a number would stop being finite' : `the loss would be ${loss}`,
    advice,
  };
}

/** Advice if a learner began with parameters or a state that are not finite, or if earlier updates were too large. */
function grown({ parameters, lanes }: Memory): string | undefined {
  const parameter = brokenIn(parameters);
  const [state] = lanes.flatMap((lane) => brokenIn(lane.state, 'state') ?? []);
  const given =
    parameter === undefined ? state : { ...parameter, path: `parameter ${parameter.path || 'θ'}` };
  if (given !== undefined && Number.isNaN(given.value))
    return `${given.path}${given.at} is NaN from the start: give finite parameters and a finite state`;
  return magnitude(parameters) > 1e4
    ? 'parameters have grown: lower the learning rate, or clip with clipByGlobalNorm'
    : undefined;
}

/** Advice if the influence is so large that products with it overflow. */
function tooLarge({ lanes }: Memory): string | undefined {
  return magnitude(lanes.map(carriedOf)) > 1e9
    ? 'the influence grows where the recurrence does: use smaller recurrent weights, or resetState() now and then'
    : undefined;
}

type Found = Broken & { readonly where: string };

function inLanes(
  { systems, estimator }: Setting,
  values: readonly unknown[],
  root: string,
): Found | undefined {
  return inSystems(systems.lanes > 1 && estimator.joint ? (values[0] as readonly unknown[]) : values, root);
}

function inSystems(values: readonly unknown[], root: string): Found | undefined {
  for (const [lane, value] of values.entries()) {
    const broken = brokenIn(value, root);
    if (broken !== undefined)
      return { ...broken, where: `${broken.path}${broken.at}${values.length > 1 ? ` of lane ${lane}` : ''}` };
  }
  return undefined;
}

function largest(tree: unknown): string {
  return magnitude(tree).toPrecision(2);
}

/** The largest absolute value in a tree, whose parts may be numbers or missing. */
function magnitude(tree: unknown): number {
  if (tree === undefined || tree === null) return 0;
  if (typeof tree === 'number') return Math.abs(tree);
  if (Array.isArray(tree)) return tree.reduce((most, part) => Math.max(most, magnitude(part)), 0);
  let most = 0;
  for (const leaf of leavesOf(tree as Tree))
    for (const value of dataOf(leaf)) most = Math.max(most, Math.abs(value));
  return most;
}
