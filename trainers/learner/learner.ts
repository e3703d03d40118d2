import { ConfigurationError, type FloatDType, full, kernels, type Noise, NonFiniteError, pathsOf, seeded, type Tensor, type Tree } from '../../lib/index.ts';
import { addTrees, normOf, scaleTree, zerosOf } from '../algebra.ts';
import { requireCounts } from '../options.ts';
import { writeCheckpoint } from './checkpoint.ts';
import type { LearnerConfig } from './config.ts';
import type { HeldStep, Lane, Memory } from './memory.ts';
import { admit } from './streams.ts';
import { type Systems, systemsOf } from './system.ts';
import { pullLosses, takeStep, transitionOf } from './transition.ts';

/** What a step of learning gives. */
export interface Scored {
  /** The loss of the prediction, made before learning from it; the mean over lanes. */
  readonly loss: number;
  /** The prediction; with several lanes, [lanes, ...]. */
  readonly output: Tensor;
}

/**
 * Trains a model online: predicts, learns from what then happens, and moves on, without ever rewinding.
 *
 * What RTRL and UORO are exact or unbiased for is the trajectory of parameters that was really visited: each step's part of the
 * influence was computed at the parameters of that step. While the parameters rest, that is the gradient itself.
 */
export class Learner<P, S, X, Y> {
  readonly config: LearnerConfig<P, S, X, Y>;
  readonly dtype: FloatDType;
  readonly #systems: Systems;
  readonly #noise: Noise;
  #memory: Memory;

  /** Use `createLearner` or `restoreLearner`. */
  constructor(config: LearnerConfig<P, S, X, Y>, noise: Noise, memory: (systems: Systems, dtype: FloatDType) => Memory) {
    this.config = config;
    this.dtype = config.dtype ?? 'float32';
    this.#systems = systemsOf(config, this.dtype);
    this.#noise = noise;
    this.#memory = memory(this.#systems, this.dtype);
  }

  /** The parameters, a tree like that of `model.init`. */
  get parameters(): P {
    return this.#memory.parameters as P;
  }

  /** The state after the last step; with several lanes, leaves of shape [lanes, ...]. */
  get state(): S {
    return this.#systems.collect(this.#memory.lanes.map(({ state }) => state)) as S;
  }

  /** The last estimate of the gradient, before the optimiser: a tree like the parameters; zeros before the first. */
  get gradient(): P {
    return this.#memory.gradient as P;
  }

  /** What the estimator carries; with several independent lanes, a list of one for each. See the estimator for its structure. */
  get influence(): unknown {
    const all = this.#memory.lanes.map(({ influence }) => influence);
    return all.length === 1 ? all[0] : all;
  }

  /** How many times `step` was called. */
  get steps(): number {
    return this.#memory.steps;
  }

  /** The model's output for an input at the carried state. Nothing moves. */
  predict(input: X): Tensor {
    const { model, distribute, collectOutputs } = this.#systems;
    const states = this.#beginnings();
    const outputs = distribute(input, 'input').map((own, i) => model.step(this.#memory.parameters, states[i], own).output);
    return collectOutputs(outputs) as Tensor;
  }

  /**
   * Predicts, then learns from the target, then moves on. The parameters change when the estimator's stride is complete.
   * @throws NonFiniteError when the loss, the gradient or a parameter becomes NaN or infinite; the learner is as before the call then.
   */
  step(input: X, target: Y): Scored {
    const targets = this.#systems.distribute(target, 'target');
    const steps = this.#take(input, (i) => ({ value: targets[i] }));
    const loss = steps.reduce((sum, step) => sum + (step.loss as Tensor).item(), 0) / steps.length;
    if (!Number.isFinite(loss)) throw this.#nonFinite(`the loss became ${loss}`);
    this.#memory = this.#moveOn(steps, 1);
    return { loss, output: this.#systems.collectOutputs(steps.map(({ output }) => output)) as Tensor };
  }

  /** Moves on without a target: the state and the influence advance, and nothing is learnt from this input itself. */
  observe(input: X): void {
    this.#memory = this.#moveOn(this.#take(input, () => undefined), 0);
  }

  /** Back to the start state, on which the parameters have no influence; what the window held is dropped. */
  resetState(): void {
    this.#memory = { ...this.#memory, lanes: freshLanes(this.#systems, this.config, this.#memory.parameters), pending: 0 };
  }

  /** Everything, as a safetensors file that `restoreLearner` continues from bit for bit. */
  save(): Uint8Array {
    return writeCheckpoint(this.config, this.dtype, this.#noise, this.#memory);
  }

  #take(input: X, target: (i: number) => { readonly value: unknown } | undefined): HeldStep[] {
    const { model, loss, distribute } = this.#systems;
    const { parameters } = this.#memory;
    const states = this.#beginnings();
    return distribute(input, 'input').map((own, i) =>
      takeStep(model, loss, { parameters, state: states[i], input: own, target: target(i) }),
    );
  }

  /** The states that the next step begins with. */
  #beginnings(): readonly unknown[] {
    const { lanes, pending } = this.#memory;
    return this.config.estimator.restarts && pending === 0 ? this.#systems.start : lanes.map(({ state }) => state);
  }

  #moveOn(steps: readonly HeldStep[], scored: number): Memory {
    const { estimator } = this.config;
    const { lanes, pending, ...rest } = this.#memory;
    const moved = lanes.map((lane, i) => ({ ...lane, state: steps[i].next, window: [...lane.window, steps[i]] }));
    const memory: Memory = { ...rest, steps: rest.steps + scored, lanes: moved, pending: pending + 1 };
    if (memory.pending < estimator.stride) return memory;
    const updated = moved[0].window.slice(-estimator.stride).some(({ loss }) => loss !== undefined) ? this.#update(memory) : memory;
    return { ...updated, lanes: moved.map((lane) => this.#shorten(lane)), pending: 0 };
  }

  /** Lets the influence absorb the steps that the window gives up. */
  #shorten({ state, influence, window }: Lane): Lane {
    const { estimator } = this.config;
    const leaving = window.length - (estimator.window - estimator.stride);
    if (leaving <= 0) return { state, influence, window };
    return {
      state,
      influence: estimator.advance(influence, transitionOf(window.slice(0, leaving)), this.#noise),
      window: window.slice(leaving),
    };
  }

  #update(memory: Memory): Memory {
    const { optimizer } = this.config;
    const gradients = memory.lanes.map((lane) => this.#gradientOf(lane));
    const total = gradients.reduce((sum, part) => addTrees(sum, part));
    const gradient = gradients.length === 1 ? total : scaleTree(total, 1 / gradients.length);
    const updates = memory.updates + 1;
    const { update, memory: moments } = optimizer.update(gradient, memory.moments, memory.parameters, {
      steps: (f) => f(this.#memory.steps),
      updates: (f) => f(updates),
    });
    const parameters = named(addTrees(memory.parameters, update));
    for (const { path, tensor } of pathsOf(parameters as Tree))
      if (!kernels.allFinite(tensor))
        throw this.#nonFinite(`parameter ${path || 'θ'} would become NaN or infinite (gradient norm ${normOf(gradient).item().toPrecision(3)})`);
    return { ...memory, parameters, moments, gradient, updates };
  }

  #gradientOf({ influence, window }: Lane): unknown {
    const { estimator } = this.config;
    const own = pullLosses(window, estimator.stride, full([], 1, { dtype: this.dtype }));
    const carried = estimator.pull(influence, own.state);
    return carried === undefined ? own.parameters : addTrees(own.parameters, carried);
  }

  #nonFinite(what: string): NonFiniteError {
    return new NonFiniteError(
      `step ${this.steps + 1}: ${what}; the learner is left as it was after step ${this.steps}: lower the learning rate, or clip with clipByGlobalNorm`,
    );
  }
}

/**
 * A learner with fresh parameters, state and influence.
 * @throws ConfigurationError for options that do not fit; ShapeError or TreeError for given parameters or states that do not.
 */
export function createLearner<P, S, X, Y>(config: LearnerConfig<P, S, X, Y>): Learner<P, S, X, Y> {
  requireCounts('createLearner', { lanes: config.lanes ?? 1 });
  if (config.noise !== undefined && config.seed !== undefined) throw new ConfigurationError('createLearner: give either a seed or a noise, not both');
  const noise = config.noise ?? seeded(config.seed ?? 1);
  return new Learner(config, noise, (systems, dtype) => {
    const parameters = named(admit(config.parameters ?? config.model.init(noise.split()), dtype, 'parameters'));
    return {
      parameters,
      moments: config.optimizer.init(parameters),
      gradient: zerosOf(parameters),
      lanes: freshLanes(systems, config, parameters),
      steps: 0,
      updates: 0,
      pending: 0,
    };
  });
}

function freshLanes<P, S, X, Y>(systems: Systems, { estimator }: LearnerConfig<P, S, X, Y>, parameters: unknown): Lane[] {
  return systems.start.map((state) => ({ state, influence: estimator.start(parameters, state), window: [] }));
}

/** Gives the leaves their paths, for messages. */
function named<T>(parameters: T): T {
  for (const { path, tensor } of pathsOf(parameters as Tree, 'params')) tensor.label = path;
  return parameters;
}

