import {
  ConfigurationError,
  type FloatDType,
  guard,
  inspect,
  type Tensor,
  type Tree,
  UsageError,
} from '../../lib/index.ts';
import { addParts, copyOfTree, countElements, zerosOf } from '../algebra.ts';
import type { Estimator, Rule } from '../estimators/index.ts';
import { identityOf, writeCheckpoint } from './checkpoint/checkpoint.ts';
import type { Engine } from './engine/engine.ts';
import type { LearnerConfig } from './given/config.ts';
import { conform } from './given/conform.ts';
import { requireFit } from './given/fit.ts';
import { aList, floats } from './given/lists.ts';
import { requireNumbers } from './given/numbers-only.ts';
import type { Losses, OutputsTo } from './plan/outputs.ts';
import type { Point } from './plan/point.ts';
import { LazyScored, type Scored } from './scored.ts';
import { assumedRule } from './window/assumed.ts';
import { shownInfluence } from './window/beginning.ts';
import { atReset, type Setting } from './window/learn.ts';
import { absent } from './window/memory.ts';

/**
 * Trains a model online: predicts, learns from the target, and moves on, without rewinding.
 *
 * Trees are copied on their way in and out: changing one never changes the learner.
 *
 * RTRL and UORO are exact or unbiased for the trajectory of parameters that was visited: each step's part of the
 * influence was computed at the parameters of that step.
 */
export class Learner<P, S, X, Y> {
  readonly config: LearnerConfig<P, S, X, Y>;
  readonly dtype: FloatDType;
  readonly #setting: Setting;
  readonly #engine: Engine;
  /** The last inputs, as the engine takes them. */
  readonly #inputs: unknown[] = [];
  readonly #targets: unknown[] = [];
  readonly #loss = new Float64Array(1);
  /** Copies of the numbers of a learner's parameters and state: for those that follow it. */
  static readonly pointOf = <P, S, X, Y>(own: Learner<P, S, X, Y>, into?: Point): Point =>
    own.#engine.point(into);

  /** Use `createLearner` or `restoreLearner`. */
  constructor(config: LearnerConfig<P, S, X, Y>, setting: Setting, engine: Engine) {
    guard.argument('Learner', 'its parts', setting, madeByUs);
    this.config = config;
    this.dtype = setting.dtype;
    this.#setting = setting;
    this.#engine = engine;
  }

  /** The parameters, a tree like that of `model.init`. */
  get parameters(): P {
    return copyOfTree(this.#engine.look().parameters) as P;
  }

  /** The state after the last step; with several lanes, leaves of shape [lanes, ...]. */
  get state(): S {
    const states = this.#engine.look().lanes.map(({ state }) => state);
    return copyOfTree(this.#setting.systems.collect(states)) as S;
  }

  /** The last estimate of the gradient, before the optimiser, like the parameters; zeros before the first. */
  get gradient(): P {
    return copyOfTree(this.#engine.gradient) as P;
  }

  /**
   * Keeps the gradient of each window for the next `within` steps, at some cost a step; otherwise a reading
   * replays up to 64 windows. Changes no number. @throws UsageError unless it is a whole number.
   */
  expectGradient(within: number): void {
    guard.argument('expectGradient', 'within', within, guard.whole(0), UsageError);
    this.#engine.expectGradient(within);
  }

  /** The estimator, as described. */
  get estimator(): Estimator {
    return this.config.estimator;
  }

  /**
   * The estimator's rule for this model and the last new type of input: its `structure` and `cost`; undefined
   * before the first input.
   */
  get rule(): Rule | undefined {
    return this.#setting.bindings.last;
  }

  /**
   * The influence that the estimator carries, zeros at the start and after a reset; a list with several
   * independent lanes. The estimator has its structure. Before the first input, an estimator that depends on
   * the step shows an empty list, or the influence of a checkpoint as it is carried.
   */
  get influence(): unknown {
    return shownInfluence(this.#engine.look().lanes, this.#shownBy);
  }

  /**
   * Returns cᵀG for a cotangent c of the state, a tree like the parameters: the gradient of a loss of the
   * state through the past. Zeros at the start and after a reset; with several independent lanes, a list of
   * one for each.
   * @throws TreeError or ShapeError for a cotangent that is not like the state; ConfigurationError before the
   * first input, if the influence comes from a checkpoint and its form depends on the step.
   */
  pull(cotangent: S): unknown {
    const { systems } = this.#setting;
    requireFit('learner.pull', cotangent, this.state, 'cotangent');
    const { parameters, lanes } = this.#engine.look();
    const none = zerosOf(parameters) as Tree;
    const own = systems.distribute(cotangent, 'cotangent');
    const rule = this.#shownBy;
    const all = lanes.map(({ influence, state }, i) => {
      if (influence === absent) return none;
      const like = conform(state, own[i], 'learner.pull', 'cotangent') as Tree;
      if (rule !== undefined) return addParts(none, rule.pull(influence, like));
      throw new ConfigurationError(
        `learner.pull: how ${this.estimator.name} uses what the checkpoint carried is not known before the first input; observe one`,
      );
    });
    return copyOfTree(all.length === 1 ? all[0] : all);
  }

  /** The rule to show the influence with, also before the first input of a restored learner. */
  get #shownBy(): Rule | undefined {
    const { parameters, lanes } = this.#engine.look();
    return this.rule ?? assumedRule(this.estimator, parameters as Tree, lanes[0].state as Tree);
  }

  /**
   * The memory of its plans in bytes: what it carries, and room for all that a window computes. There is a plan for each
   * type of window, one more where the gradient is read, one for each type of input of `predict`, and none if eager.
   */
  get planBytes(): number {
    return this.#engine.planBytes;
  }

  /** Number of calls of `step`. */
  get steps(): number {
    return this.#engine.total;
  }

  /** Returns the model's output for an input at the carried state. The learner does not move. */
  predict(input: X): Tensor {
    return this.predictMany([input])[0];
  }

  /** Returns the outputs for consecutive inputs, from the carried state on. The learner does not move. */
  predictMany(inputs: readonly X[]): Tensor[] {
    guard.argument('predictMany', 'inputs', inputs, guard.list);
    const { collectOutputs } = this.#setting.systems;
    const closed = () => inputs.slice(0, 1).flatMap((input) => this.#closed(input));
    requireNumbers('learner.predict', inputs, closed);
    const outputs = this.#engine.predict(inputs.map((input) => this.#engine.given(input, 'input')));
    return outputs.map((own) => collectOutputs(own) as Tensor);
  }

  /**
   * Predicts, then learns from the target, then moves on. The parameters change when the estimator's stride
   * is complete.
   * @throws NonFiniteError if the loss, the gradient or a parameter becomes NaN or infinite; the learner is
   * then as before the call.
   */
  step(input: X, target: Y): Scored {
    this.#step(input, target, this.#loss, 0, 'kept');
    const { outputs } = this.#engine;
    const { collectOutputs } = this.#setting.systems;
    return new LazyScored(this.#loss[0], () => collectOutputs(outputs()) as Tensor);
  }

  /**
   * Steps through a chunk of the stream, like repeated calls of `step` but faster: it keeps no outputs and
   * allocates nothing.
   * @param losses receives the losses; a new list by default.
   * @param outputs receives the predictions, one after the other; they are dropped by default.
   * @returns the loss of each prediction.
   * @throws ConfigurationError if the lengths differ, or for lists that are not of floats; NonFiniteError as
   * `step`, after learning from the steps before.
   */
  stepMany(
    inputs: ArrayLike<X>,
    targets: ArrayLike<Y>,
    losses: Losses = new Float64Array(guard.isList(inputs) ? inputs.length : 0),
    outputs: Losses | 'nowhere' = 'nowhere',
  ): Losses {
    for (const [name, list] of Object.entries({ inputs, targets }))
      guard.argument('stepMany', name, list, aList);
    guard.argument('stepMany', 'losses', losses, floats);
    if (outputs !== 'nowhere') guard.argument('stepMany', 'outputs', outputs, floats);
    if (targets.length !== inputs.length || losses.length < inputs.length)
      throw new ConfigurationError(
        `stepMany: ${inputs.length} inputs, ${targets.length} targets, and room for ${losses.length} losses; give as many of each`,
      );
    for (let at = 0; at < inputs.length; at++) this.#step(inputs[at], targets[at], losses, at, outputs);
    return losses;
  }

  #step(input: X, target: Y, losses: Losses, at: number, outputs: OutputsTo): void {
    const engine = this.#engine;
    requireNumbers('learner.step', [input, target], () => this.#closed(input, { target }));
    engine.given(input, 'input', this.#inputs);
    engine.given(target, 'target', this.#targets);
    engine.step(this.#inputs, this.#targets, losses, at, outputs);
  }

  /** Moves on without a target: the state and the influence advance, without learning from this input. */
  observe(input: X): void {
    requireNumbers('learner.observe', [input], () => this.#closed(input));
    this.#engine.step(this.#engine.given(input, 'input'), undefined, this.#loss, 0, 'nowhere');
  }

  /** Runs the model and the loss of one step, outside a plan. */
  #closed(input: X, scored?: { readonly target: Y }): readonly unknown[] {
    const { distribute, model, loss } = this.#setting.systems;
    const { parameters, lanes } = this.#engine.look();
    const { state, output } = model.step(parameters, lanes[0].state, distribute(input, 'input')[0]);
    return [state, output, ...(scored ? [loss(output, distribute(scored.target, 'target')[0])] : [])];
  }

  /** Returns to the start state, without influence and window. What the estimator learnt, as `dni`, is kept. */
  resetState(): void {
    this.#engine.restore(atReset(this.#engine.save(), this.#setting));
  }

  /** Describes the learner: its parts, sizes and counters. */
  toString(): string {
    const { model, estimator, optimizer, dtype, lanes, steps, parameters, state } = this.toJSON();
    const sizes = `${parameters.toLocaleString('en-US')} parameters, ${state.toLocaleString('en-US')} state elements`;
    const many = lanes === 1 ? '' : `, ${lanes} lanes`;
    return `learner of ${model} by ${estimator.name} and ${optimizer.name}: ${sizes}, ${dtype}${many}, ${steps} steps`;
  }

  /** The description as JSON. `save` returns the whole learner. */
  toJSON() {
    const { config, dtype, steps } = this;
    return {
      ...identityOf(config, dtype),
      steps,
      parameters: countElements(this.#engine.look().parameters),
      state: countElements(this.#engine.look().lanes.map(({ state }) => state)),
    };
  }

  [inspect](): string {
    return this.toString();
  }

  /** Returns the whole learner as a safetensors file, from which `restoreLearner` resumes bit for bit. */
  save(): Uint8Array {
    return writeCheckpoint(this.config, this.dtype, this.#engine.noise, this.#engine.save());
  }
}

const madeByUs: guard.Check = {
  what: 'made by createLearner or restoreLearner',
  holds: (value) => typeof value === 'object' && value !== null && 'systems' in value,
};
