import {
  alignLeaves,
  DataError,
  type FloatDType,
  guard,
  ResourceError,
  seeded,
  type Tree,
} from '../../../lib/index.ts';
import { zerosOf } from '../../algebra.ts';
import type { Estimator, Rule } from '../../estimators/index.ts';
import { lengthsAt } from '../../estimators/rule/estimator.ts';
import type { LearnerConfig } from '../given/config.ts';
import { misfitOf, type Own } from '../given/fit.ts';
import { requireRoomToCarry } from '../given/room.ts';
import type { Systems } from '../systems/system.ts';
import { certainRule } from '../window/assumed.ts';
import { brokenIn } from '../window/finite.ts';
import { doesHarm } from '../window/harm.ts';
import { absent, type HeldStep, type Lane, type Memory } from '../window/memory.ts';
import { takeStep } from '../window/step.ts';
import { requireCarried } from './requireCarried.ts';

/** The largest counter: more than any run reaches, and small enough for exact sums. */
const mostSteps = 2 ** 52;

/** The configuration that a checkpoint must fit. */
export interface Expected<P, S, X, Y> {
  readonly config: LearnerConfig<P, S, X, Y>;
  readonly systems: Systems;
  readonly dtype: FloatDType;
}

/** Lanes as in a checkpoint, without values that can be recomputed. */
interface Saved extends Omit<Memory, 'lanes'> {
  readonly lanes: readonly (Omit<Lane, 'window'> & { readonly window: readonly Given[] })[];
}

type Given = Pick<HeldStep, 'parameters' | 'state' | 'input' | 'target'>;

/**
 * Returns the memory in a checkpoint, with its windows recomputed. A checkpoint with a valid checksum can
 * still hold values that no learner wrote, so each entry is checked first.
 * @throws DataError that names the entry.
 */
export function memoryIn<P, S, X, Y>(decoded: unknown, expected: Expected<P, S, X, Y>): Memory {
  const { config, systems, dtype } = expected;
  const { estimator, optimizer, model } = config;
  const drawn = estimator.drawLength === undefined ? [] : ['length'];
  const memory = entriesOf('memory', decoded, [
    'parameters',
    'moments',
    'gradient',
    'lanes',
    'steps',
    'updates',
    'pending',
    ...drawn,
  ]);
  if (drawn.length > 0 && !guard.whole(1, estimator.window).holds(memory.length))
    throw refused(`length is not a whole number from 1 to ${estimator.window}`);
  for (const key of ['steps', 'updates', 'pending'] as const) requireCount(key, memory[key]);
  const saved = memory as unknown as Saved;
  if (saved.updates > saved.steps)
    throw refused(`updates is ${saved.updates}, and each takes at least one of the ${saved.steps} steps`);
  const lengths = lengthsAt(estimator, saved);
  if (saved.pending >= lengths.stride)
    throw refused(`pending is ${saved.pending}, and ${estimator.name} learns every ${lengths.stride} steps`);
  const { parameters } = saved;
  requireTree('parameters', parameters, {
    tree: config.parameters ?? model.init(seeded(1)),
    owner: 'the given model',
    dtype,
  });
  requireTree('gradient', saved.gradient, { tree: parameters, owner: 'the given model' });
  requireTree('moments', saved.moments, { tree: optimizer.init(parameters), owner: 'the given optimiser' });
  const lanes = listOf('lanes', saved.lanes, systems.start.length).map((lane, i) => {
    const path = `lanes[${i}]`;
    const own = entriesOf(path, lane, ['state', 'influence', 'window']);
    requireTree(`${path}.state`, own.state, { tree: systems.start[i], owner: 'the given model' });
    return {
      ...own,
      influence: own.influence,
      window: requireWindow(path, own.window, saved.pending, lengths),
    } as Lane;
  });
  requireLike(lanes, saved.steps);
  for (const [i, lane] of lanes.entries())
    requireInfluence(`lanes[${i}].influence`, lane, estimator, parameters, dtype);
  for (const [i, { window }] of lanes.entries())
    for (const [t, step] of window.entries())
      requireStep(`lanes[${i}].window[${t}]`, step, parameters, systems.start[i]);
  return { ...saved, lanes: withSteps(lanes, systems) };
}

/**
 * Checks an influence when the form in which the estimator carries it is known.
 * @throws DataError that names the entry.
 */
export function requireInfluenceOf(rule: Rule, lanes: readonly Lane[]): void {
  for (const [i, { influence, state }] of lanes.entries()) {
    if (influence === absent) continue;
    requireTree(`lanes[${i}].influence`, influence, {
      tree: rule.start(seeded(0)),
      owner: 'the given estimator',
    });
    rule.pull(influence, zerosOf(state as Tree));
  }
}

/**
 * Runs an action on entries on which a model, a loss or an estimator may fail.
 * @throws DataError for any error of theirs.
 */
export function fromEntries<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof DataError || error instanceof ResourceError) throw error;
    const reason = error instanceof Error ? error.message.replace(/\s*\n\s*/g, ' ') : String(error);
    throw new DataError(`checkpoint: ${path} cannot be used: ${reason}`, { cause: error });
  }
}

function refused(reason: string): DataError {
  return new DataError(`checkpoint: ${reason}`);
}

/** Requires a record with these entries, and no others but the optional ones. */
export function entriesOf(
  path: string,
  value: unknown,
  needed: readonly string[],
  optional: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  if (!guard.isRecord(value)) throw refused(`${path} is missing, or is not a record`);
  for (const key of needed) if (!Object.hasOwn(value, key)) throw refused(`${path} has no ${key}`);
  const other = Object.keys(value).find((key) => !needed.includes(key) && !optional.includes(key));
  if (other !== undefined)
    throw refused(`${path} has the entry ${JSON.stringify(other.slice(0, 40))}, which is none of its own`);
  return value as Readonly<Record<string, unknown>>;
}

function listOf(path: string, value: unknown, length: number): readonly unknown[] {
  if (Array.isArray(value) && value.length === length) return value;
  throw refused(
    `${path} is ${Array.isArray(value) ? `a list of ${value.length}` : 'not a list'}, and must be one of ${length}`,
  );
}

function requireCount(path: string, value: unknown): void {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > mostSteps)
    throw refused(`the counter ${path} is missing, or not a whole number from 0 to 2^52`);
}

/** Requires a tree like one of the learner's own, of finite numbers. */
function requireTree(path: string, tree: unknown, own: Own): void {
  fromEntries(path, () => {
    const misfit = misfitOf(tree, { dtype: 'same', ...own }, path);
    if (misfit !== undefined) throw refused(misfit.what);
    // A list without leaves would pass for a record.
    alignLeaves(own.tree as Tree, tree, path, path);
    const broken = brokenIn(tree, path);
    if (broken !== undefined) throw refused(`${broken.path}${broken.at} is ${broken.value}`);
  });
}

/**
 * Reads the time steps in a window: the `pending` ones since the last update, and those before that the
 * estimator keeps.
 */
function requireWindow(
  path: string,
  value: unknown,
  pending: number,
  { window, stride }: ReturnType<typeof lengthsAt>,
): readonly Given[] {
  const before = Array.isArray(value) ? value.length - pending : -1;
  if (before < 0 || before > window - stride || (before % stride !== 0 && before !== window - stride))
    throw refused(
      `${path}.window is not a list of what the estimator holds after ${pending} of ${stride} steps`,
    );
  return (value as readonly unknown[]).map((step, t) => {
    const own = entriesOf(`${path}.window[${t}]`, step, ['parameters', 'state', 'input'], ['target']);
    const scored =
      own.target === undefined ? undefined : entriesOf(`${path}.window[${t}].target`, own.target, ['value']);
    return { ...own, target: scored } as Given;
  });
}

/** Requires that lanes have moved together. */
function requireLike([first, ...others]: readonly Lane[], steps: number): void {
  for (const [i, { influence, window }] of others.entries()) {
    if ((influence === absent) !== (first.influence === absent))
      throw refused('some lanes have an influence and some have none');
    if (
      window.length !== first.window.length ||
      window.some(({ target }, t) => (target === undefined) !== (first.window[t].target === undefined))
    )
      throw refused(
        `lanes[${i + 1}].window does not hold as many steps, with targets at the same ones, as lanes[0].window`,
      );
  }
  const scored = first.window.filter(({ target }) => target !== undefined).length;
  if (scored > steps) throw refused(`steps is ${steps}, and the window alone has ${scored} of them`);
}

function requireInfluence(
  path: string,
  { influence, state }: Lane,
  estimator: Estimator,
  parameters: unknown,
  dtype: FloatDType,
): void {
  if (influence === absent) return;
  const rule = certainRule(estimator, parameters as Tree, state as Tree);
  if (rule !== undefined) {
    requireRoomToCarry(estimator, rule, parameters, state, dtype);
    requireTree(path, influence, { tree: rule.start(seeded(0)), owner: 'the given estimator' });
    return;
  }
  // The first input decides the form of the influence, so the rest is checked then.
  requireTree(path, influence, { tree: influence, owner: 'the given estimator' });
  fromEntries(path, () =>
    requireCarried(`checkpoint: ${path}`, influence, parameters as Tree, state as Tree),
  );
}

function requireStep(path: string, given: Given, parameters: unknown, start: unknown): void {
  requireTree(`${path}.parameters`, given.parameters, { tree: parameters, owner: 'the given model' });
  requireTree(`${path}.state`, given.state, { tree: start, owner: 'the given model' });
}

/** Recomputes each step, whose results are not saved. */
function withSteps(lanes: readonly Lane[], { model, loss }: Systems): Lane[] {
  return lanes.map((lane, i) => {
    const window = lane.window.map((given, t) => {
      const path = `lanes[${i}].window[${t}]`;
      return fromEntries(path, () => {
        const step = takeStep(model, loss, { ...given, target: given.target });
        const { input, target, next } = step;
        const lossIsFinite = step.loss === undefined || brokenIn(step.loss) === undefined;
        if (
          brokenIn(next) !== undefined ||
          !lossIsFinite ||
          doesHarm({ inputs: [input], targets: target && [target.value] }, [step])
        )
          throw refused(`${path} leads to a number that is not finite`);
        return step;
      });
    });
    return { ...lane, window };
  });
}
