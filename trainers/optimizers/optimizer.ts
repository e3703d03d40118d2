import type { Operand } from '../../autodiff/index.ts';
import { guard, leavesOf, type Tensor, type Tree } from '../../lib/index.ts';
import type { Schedule } from './schedules.ts';

/** The check for an optimiser, for callers without types. @internal */
export const anOptimizer: guard.Check = guard.having(
  'an optimiser, such as adam({ rate: 0.001 })',
  ['init', 'update'],
  ['settings'],
);

/** Makes a built-in optimiser, which checks its arguments. Inside a plan the checks cost nothing. */
export function optimizerOf<M>(optimizer: Optimizer<M>): Optimizer<M> {
  const who = optimizer.name;
  return {
    ...optimizer,
    init(parameters) {
      leavesOf(parameters as Tree);
      return optimizer.init(parameters);
    },
    update(gradient, memory, parameters, clock, loss) {
      leavesOf(gradient as Tree);
      guard.argument(`${who}.update`, 'memory', memory, { what: 'the result of init', holds: isObject });
      guard.argument(`${who}.update`, 'clock', clock, {
        what: 'a clock, with steps and updates',
        holds: isClock,
      });
      return optimizer.update(gradient, memory, parameters, clock, loss);
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isClock(value: unknown): boolean {
  return (
    isObject(value) &&
    (['steps', 'updates'] as const).every((read) => typeof (value as Partial<Clock>)[read] === 'function')
  );
}

/**
 * The current time. Functions of time are evaluated outside the tensor program, which sees only their values.
 */
export interface Clock {
  /** f(number of time steps completed before this one). */
  steps(f: (step: number) => number): Operand;
  /** f(number of this update, counted from 1). */
  updates(f: (update: number) => number): Operand;
}

/**
 * Turns a gradient into an update, which is added to the parameters. M, the memory, is a tree of tensors
 * whose structure, shapes and dtypes stay as `init` made them. All functions are pure, so optimisers compose
 * with `chain`.
 */
export interface Optimizer<M = unknown> {
  readonly name: string;
  /** The options in effect, for configurations and checkpoints, except schedules. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** The learning rate at a time step, for messages. */
  readonly rate?: Schedule;
  init<P>(parameters: P): M;
  /** @param loss what the gradient is of, a scalar; a learner gives it, and most rules need none. */
  update<P>(gradient: P, memory: M, parameters: P, clock: Clock, loss?: Tensor): { update: P; memory: M };
}
