import type { Operand } from '../../autodiff/index.ts';
import type { Schedule } from './schedules.ts';

/** What time it is. A function of time is evaluated outside the tensor program, which only sees its value. */
export interface Clock {
  /** f of the number of time steps that were over before this one began. */
  steps(f: (step: number) => number): Operand;
  /** f of the number of this update, the first being 1. */
  updates(f: (update: number) => number): Operand;
}

/**
 * Turns a gradient into an update, which is added to the parameters. M is a tree of tensors; everything is a pure function,
 * so optimisers compose with `chain`.
 */
export interface Optimizer<M = unknown> {
  readonly name: string;
  /** The options in effect, for configurations and checkpoints; schedules are not among them. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** The learning rate at a time step, for messages. */
  readonly rate?: Schedule;
  init<P>(parameters: P): M;
  update<P>(gradient: P, memory: M, parameters: P, clock: Clock): { update: P; memory: M };
}
