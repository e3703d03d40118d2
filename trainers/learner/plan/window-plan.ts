import type { Care } from '../../../autodiff/index.ts';
import type { Noise, TypedArray } from '../../../lib/index.ts';
import type { Memory } from '../window/memory.ts';
import type { Targets } from '../window/timeStep.ts';
import type { Feed } from './feed.ts';
import type { Outputs } from './outputs.ts';

/** The counters of a learner. */
export type Counters = Pick<Memory, 'steps' | 'updates'>;

/** The differences between plans for the same type of window. */
export interface Kind {
  /** Whether the plan writes the gradient out. */
  readonly keeps: boolean;
  /**
   * Whether the plan is for a window that begins with an absent influence; the memory has zeros in its place.
   */
  readonly isFirst: boolean;
  readonly care: Care;
}

/** Learns from windows of one type, with the memory of the learner in arenas of plans. */
export interface WindowPlan {
  readonly feed: Feed;
  /** Whether the plan writes the gradient out. */
  readonly keeps: boolean;
  readonly care: Care;
  /** Number of its time steps that are learnt from. */
  readonly scored: number;
  /** The part of the memory that stays in the arena, leaf by leaf and lane by lane. */
  readonly resident: readonly TypedArray[];
  /** The memory of the last gradient, leaf by leaf, if the plan keeps it. */
  readonly gradientNumbers: readonly TypedArray[];
  /** The size of its own memory in bytes. */
  readonly bytes: number;
  /** Whether everything that carries over from window to window is finite. */
  readonly finite: boolean;
  /** Whether learning may throw. Nothing carried has changed then. */
  readonly mayThrow: boolean;
  /** Whether a memory has the form that the plan was traced with. */
  accepts(resident: readonly TypedArray[]): boolean;
  /** Puts a memory into the arena. */
  load(resident: readonly TypedArray[]): void;
  /** The last gradient, if the plan keeps it. */
  gradient(): unknown;
  /**
   * Takes in time step t of a window, after the earlier ones.
   * @throws IndexError or DTypeError; nothing has changed then.
   */
  take(t: number, inputs: readonly unknown[], targets: Targets): void;
  /** Takes in time step t, other than the last, as it is already written to the arena. */
  takeAgain(t: number): void;
  /** Learns from the window that was taken in, with the functions of time taken at these counters. */
  learn(counters: Counters, noise: Noise): void;
  /** The loss at time step t: the mean over the systems, 0 if only observed. */
  loss(t: number): number;
  /** The outputs at time step t. */
  outputs(t: number): Outputs;
  /** Whether the states after time step t within the window are finite. */
  finiteAt(t: number): boolean;
  /** The states after time step t within the window. */
  states(t: number): readonly unknown[];
}

/** The mean of the losses of all systems; 0 if there are none. */
export function meanLoss(losses: readonly TypedArray[]): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < losses.length; i++) {
    const own = losses[i];
    for (let lane = 0; lane < own.length; lane++) sum += own[lane];
    count += own.length;
  }
  return count < 2 ? sum : sum / count;
}

/** The number of time steps that are learnt from. */
export function scoredIn(timeSteps: readonly { readonly targets: Targets }[]): number {
  return timeSteps.filter(({ targets }) => targets !== undefined).length;
}
