import type { Operand } from '../../autodiff/index.ts';
import { guard, leavesOf, type Tree } from '../../lib/index.ts';
import type { Schedule } from './schedules.ts';

/** What is an optimiser, for callers without types. */
export const anOptimizer: guard.Check = guard.having(
  'an optimiser, such as adam({ rate: 0.001 })',
  ['init', 'update'],
  ['settings'],
);

/** An optimiser of the library: it looks at what it is given, which costs nothing where its update is part of a plan. */
export function optimizerOf<M>(optimizer: Optimizer<M>): Optimizer<M> {
  const who = optimizer.name;
  return {
    ...optimizer,
    init(parameters) {
      leavesOf(parameters as Tree);
      return optimizer.init(parameters);
    },
    update(gradient, memory, parameters, clock) {
      leavesOf(gradient as Tree);
      guard.argument(`${who}.update`, 'memory', memory, { what: 'what init gives', holds: isObject });
      guard.argument(`${who}.update`, 'clock', clock, { what: 'a clock, with steps and updates', holds: isClock });
      return optimizer.update(gradient, memory, parameters, clock);
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isClock(value: unknown): boolean {
  return (
    isObject(value) && (['steps', 'updates'] as const).every((read) => typeof (value as Partial<Clock>)[read] === 'function')
  );
}

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
