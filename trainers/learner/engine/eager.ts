import { dataOf, leavesOf, type Noise, type Tensor, type Tree, type TypedArray } from '../../../lib/index.ts';
import { runStep } from '../../../nn/index.ts';
import { copyOfTensor, copyOfTree } from '../../algebra.ts';
import { type Losses, type OutputsTo, requireRoom, writeOutputs } from '../plan/outputs.ts';
import { movedTo, type Point, pointOf } from '../plan/point.ts';
import { causeOf } from '../window/cause.ts';
import { allFinite, nonFinite } from '../window/finite.ts';
import { doesHarm } from '../window/harm.ts';
import { beginnings, clockAt, moveOn, ruled, type Setting, takeSteps } from '../window/learn.ts';
import { drawnLength, type Memory } from '../window/memory.ts';
import type { Targets, TimeStep } from '../window/timeStep.ts';
import type { Engine } from './engine.ts';

/** Runs every operation when it is called. Works on every platform and with every primitive. */
export class EagerEngine implements Engine {
  #memory: Memory;
  outputs: () => readonly Tensor[] = () => [];
  /** There are none. */
  readonly planBytes = 0;
  readonly #setting: Setting;

  constructor(setting: Setting, memory: Memory) {
    this.#setting = setting;
    this.#memory = memory;
  }

  get total(): number {
    return this.#memory.steps;
  }

  look(): Memory {
    return this.#memory;
  }

  save(): Memory {
    return this.#memory;
  }

  restore(memory: Memory): void {
    this.#memory = memory;
  }

  point(into?: Point): Point {
    return pointOf(this.#memory, into);
  }

  follow(point: Point): void {
    this.#memory = movedTo(this.#memory, point);
  }

  get gradient(): unknown {
    return this.#memory.gradient;
  }

  get gradientNumbers(): readonly TypedArray[] {
    return leavesOf(this.#memory.gradient as Tree).map(dataOf);
  }

  /** Every step does. */
  verify(): void {}

  /** It is always kept. */
  expectGradient(): void {}

  get noise(): Noise {
    return this.#setting.noise;
  }

  given(value: unknown, name: string, into?: unknown[]): unknown[] {
    return this.#setting.systems.distribute(value, name, into);
  }

  step(given: readonly unknown[], goals: Targets, into: Losses, at: number, outputs: OutputsTo): void {
    // Copies: the window is pulled later, and the caller may have reused its buffers by then.
    const timeStep: TimeStep = { inputs: given.map(copied), targets: goals?.map(copied) };
    const goBack = this.noise.snapshot?.();
    try {
      this.#step(timeStep, into, at, outputs);
    } catch (error) {
      goBack?.();
      throw error;
    }
  }

  #step(timeStep: TimeStep, into: Losses, at: number, outputs: OutputsTo): void {
    const memory = this.#memory;
    const setting = ruled(this.#setting, memory, timeStep.inputs);
    const steps = takeSteps(this.#setting, memory, timeStep.inputs, timeStep.targets);
    const made = steps.map(({ output }) => dataOf(output));
    requireRoom(outputs, at, made);
    const losses = steps.flatMap(({ loss }) => loss?.item() ?? []);
    const broken = () => nonFinite(memory.steps, timeStep, causeOf(this.#setting, memory, timeStep, {}));
    if (!losses.every(Number.isFinite) || doesHarm(timeStep, steps)) throw broken();
    const verify = (next: Memory) => {
      if (!allFinite(next)) throw broken();
    };
    const next = moveOn(setting, memory, steps, clockAt(memory), verify);
    verify(next);
    this.#memory =
      next.pending === 0 ? { ...next, ...drawnLength(this.#setting.estimator, this.noise) } : next;
    if (outputs === 'kept') this.outputs = () => steps.map(({ output }) => copyOfTensor(output));
    writeOutputs(outputs, at, made);
    into[at] = losses.reduce((sum, loss) => sum + loss, 0) / Math.max(1, losses.length);
  }

  predict(sequence: readonly (readonly unknown[])[]): readonly (readonly Tensor[])[] {
    const { model } = this.#setting.systems;
    let states = beginnings(this.#setting, this.#memory);
    return sequence.map((inputs) => {
      const steps = inputs.map((own, i) => runStep(model, this.#memory.parameters, states[i], own));
      states = steps.map(({ state }) => state);
      return steps.map(({ output }) => copyOfTensor(output));
    });
  }
}

function copied(value: unknown): unknown {
  return typeof value === 'number' ? value : copyOfTree(value);
}
