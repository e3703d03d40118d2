import { type Dependencies, partialDependencies } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  DataError,
  dataOf,
  pathsOf,
  sameShape,
  seeded,
  Tensor,
  type Tree,
  UnknownValueError,
} from '../../../lib/index.ts';
import { runStep } from '../../../nn/index.ts';
import { type Estimator, type Find, type Rule, StepStructure } from '../../estimators/index.ts';
import { boundTo } from '../../estimators/rule/nothing.ts';
import { union } from '../../estimators/step/step-structure.ts';
import { once } from '../../once.ts';
import { requireInfluenceOf } from '../checkpoint/requireMemory.ts';
import { stateLike } from '../given/conform.ts';
import { misfitOf } from '../given/fit.ts';
import { requireRoomToCarry } from '../given/room.ts';
import type { Rules, Setting } from '../window/learn.ts';
import { absent, type Memory } from '../window/memory.ts';
import { lift, meaningsOf } from '../window/plainNumbers.ts';
import { signatureOf } from '../window/timeStep.ts';

/** The parts of a memory that binding reads. */
type Present = Pick<Memory, 'parameters' | 'lanes'>;

/**
 * The rules of an estimator for one model, one for each type of input so far. All carry the influence in one
 * form.
 */
export class Bindings implements Rules {
  readonly #rules = new Map<string, Rule>();
  /** The union of the dependencies with these types. */
  #find: Find = () => undefined;
  #last: Rule | undefined;

  get last(): Rule | undefined {
    return this.#last;
  }

  ruleFor(setting: Setting, memory: Present, inputs: readonly unknown[]): Rule {
    const signature = signatureOf([{ inputs, targets: undefined }]);
    const known = this.#rules.get(signature);
    if (known !== undefined) return known;
    const { estimator } = setting;
    const { parameters, lanes } = memory;
    const [{ state, influence }] = lanes;
    const example = [...inputs];
    const now = once(() => dependenciesOf(setting, parameters, state, example));
    const find = this.#last === undefined ? now : joined(this.#find, now);
    const bound = boundTo(estimator, new StepStructure(parameters as Tree, state as Tree, find));
    const requireRoom = (own: Rule) => requireRoomToCarry(estimator, own, parameters, state, setting.dtype);
    requireRoom(bound);
    const rule =
      bound.earlier === undefined
        ? bound
        : inFormOf(this.#last?.start(seeded(0)) ?? influence, bound, requireRoom);
    if (this.#last !== undefined) requireSameForm(estimator, this.#last, rule);
    else requireContinued(estimator, rule, lanes);
    this.#rules.set(signature, rule);
    this.#find = find;
    this.#last = rule;
    return rule;
  }
}

/** The rule, or that for checkpoints of an earlier version, if an influence has its form. */
function inFormOf(influence: unknown, rule: Rule, requireRoom: (rule: Rule) => void): Rule {
  if (influence === absent) return rule;
  for (let own: Rule | undefined = rule; own !== undefined; own = own.earlier) {
    requireRoom(own);
    if (misfitOf(influence, { tree: own.start(seeded(0)), owner: '' }, '') === undefined) return own;
  }
  return rule;
}

/**
 * Requires the influence of a checkpoint to have the form of the first rule after it. @throws DataError that names the
 * other possible cause too: the form depends on the type of the input.
 */
function requireContinued({ name }: Estimator, rule: Rule, lanes: Present['lanes']): void {
  try {
    requireInfluenceOf(rule, lanes);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(
      `${error.message}; or this input is of another type than those before the checkpoint, and reaches other state elements: ${name} cannot continue with it`,
      { cause: error },
    );
  }
}

/**
 * The union of the dependencies of two steps. Those of the second alone where the model refused the
 * input of the first: some rules ask about the step only when they move, and are bound by then.
 */
function joined(before: Find, now: Find): Find {
  return once(() => {
    const second = now();
    const first = ranWith(before);
    return first === 'refused' ? second : first && second && union(first, second);
  });
}

function ranWith(find: Find): Dependencies | undefined | 'refused' {
  try {
    return find();
  } catch {
    return 'refused';
  }
}

/** @throws ConfigurationError unless both rules carry the influence in one form. */
function requireSameForm({ name }: Estimator, before: Rule, now: Rule): void {
  const [a, b] = [before, now].map((rule) => pathsOf(rule.start(seeded(0)) as Tree));
  const isSame =
    a.length === b.length &&
    a.every((leaf, i) => isAlike(leaf, b[i]) && sameNumbers(leaf.tensor, b[i].tensor));
  if (before.structure !== now.structure || !isSame)
    throw new ConfigurationError(
      `${name}: with an input of this type, parameters or state elements reach other state elements than before; use rtrl({ structure: 'dense' })`,
    );
}

interface Leaf {
  readonly path: string;
  readonly tensor: Tensor;
}

function isAlike(a: Leaf, b: Leaf): boolean {
  return a.path === b.path && a.tensor.dtype === b.tensor.dtype && sameShape(a.tensor.shape, b.tensor.shape);
}

function sameNumbers(a: Tensor, b: Tensor): boolean {
  const [left, right] = [dataOf(a), dataOf(b)];
  return left.every((value: number, i: number) => value === right[i]);
}

/**
 * The dependencies of one step; undefined if it reads values: its structure may then change between calls.
 */
function dependenciesOf(
  setting: Setting,
  parameters: unknown,
  state: unknown,
  inputs: readonly unknown[],
): Dependencies | undefined {
  const { model } = setting.systems;
  const timeStep = { inputs, targets: undefined };
  const numbers = meaningsOf(setting, parameters, state, [timeStep]);
  const [input] = setting.systems.apart(lift(timeStep, setting.dtype, numbers).inputs);
  if (input instanceof Tensor) input.label ??= 'input';
  const step = (theta: unknown, before: unknown, x: unknown) =>
    stateLike(before, runStep(model, theta, before, x).state, model.name);
  try {
    return partialDependencies(step, [parameters, state], [input]);
  } catch (error) {
    if (error instanceof UnknownValueError) return undefined;
    throw error;
  }
}
