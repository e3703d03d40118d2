import { allocate, dtypeOf, type SavedNoise, type TypedArray } from '../../../lib/index.ts';
import type { Feed } from '../plan/feed.ts';
import type { Point } from '../plan/point.ts';
import type { TimeStep } from '../window/timeStep.ts';

/** Number of windows between two checks that all numbers are finite, and so the most that are replayed. */
export const stretch = 64;

/** The same for windows that begin at given points, which are kept for the replay: they have all parameters. */
export const stretchOfPoints = 8;

/** Number of steps for which a point may be needed: two generations, and the step being taken. */
export const pointsHeld = 2 * stretchOfPoints + 1;

/** The parts of a snapshot besides the numbers of the memory. */
export interface Position {
  readonly steps: number;
  readonly updates: number;
  /** The length of the next window, if the estimator draws it. */
  readonly drawn: number | undefined;
  /** Whether the influence is absent. */
  readonly isFresh: boolean;
  readonly noise: SavedNoise;
  /** The last gradient; undefined if it has to be recomputed from the windows before the snapshot. */
  readonly gradient: { readonly known: unknown } | undefined;
}

/** A snapshot of a learner between two windows, and the inputs of the windows since. */
export interface Generation {
  /** The memory, leaf by leaf. */
  numbers: readonly TypedArray[];
  position: Position | undefined;
  /** Number of windows since, all of one type. */
  count: number;
  /** The feed of the last of them. */
  feed: Feed | undefined;
  /** For each input of the plan, room for the numbers of all windows. */
  inputs: readonly TypedArray[];
  /** The points at which windows began that did not begin where the one before had ended. */
  readonly points: (Point | undefined)[];
}

/**
 * The last two snapshots, each with the inputs of the windows since. Steps are deterministic, so a learner
 * returns to any time step since by restoring a snapshot and replaying the inputs. The next commit overwrites
 * the older generation, so a steady loop allocates nothing.
 */
export class Journal {
  now = emptyGeneration();
  before = emptyGeneration();

  /** Takes a snapshot. The current generation becomes the previous one. */
  commit(numbers: readonly TypedArray[], position: Position): void {
    [this.now, this.before] = [this.before, this.now];
    const { now } = this;
    if (!matches(now.numbers, numbers, 1))
      now.numbers = numbers.map((data) => allocate(dtypeOf(data), data.length));
    for (let i = 0; i < numbers.length; i++) now.numbers[i].set(numbers[i]);
    now.position = position;
    now.count = 0;
  }

  /** Whether a window of the type of this feed can be recorded without a commit. */
  accepts({ signature }: Feed): boolean {
    return this.now.count === 0 || this.now.feed?.signature === signature;
  }

  /** Records the inputs of a window, and its beginning. @returns the number of windows since the snapshot. */
  record(feed: Feed, point: Point | undefined): number {
    const { now } = this;
    if (
      now.count === 0 &&
      now.feed?.signature !== feed.signature &&
      !matches(now.inputs, feed.numbers, stretch)
    )
      now.inputs = feed.numbers.map((data) => allocate(dtypeOf(data), stretch * data.length));
    now.feed = feed;
    const at = now.count++;
    now.points[at] = point;
    for (let i = 0; i < feed.numbers.length; i++) {
      const data = feed.numbers[i];
      if (data.length === 1) now.inputs[i][at] = data[0];
      else now.inputs[i].set(data, at * data.length);
    }
    return now.count;
  }

  /** Notes the last gradient at the snapshot, which was recomputed from the windows before. */
  learnt(gradient: unknown): void {
    const { position } = this.now;
    if (position !== undefined) this.now.position = { ...position, gradient: { known: gradient } };
  }

  /** Whether anything was learnt since the last snapshot. */
  get isScored(): boolean {
    return timeStepsIn(this.now).some(({ targets }) => targets !== undefined);
  }
}

/** Examples of the time steps of a generation's windows. */
export function timeStepsIn({ count, feed }: Generation): readonly TimeStep[] {
  return count === 0 ? [] : (feed as Feed).timeSteps;
}

/** Writes the inputs of window `at` of a generation. */
export function writeInputs({ inputs }: Generation, at: number, { numbers }: Feed): void {
  numbers.forEach((data, i) => {
    data.set(inputs[i].subarray(at * data.length, (at + 1) * data.length));
  });
}

function emptyGeneration(): Generation {
  return { numbers: [], position: undefined, count: 0, feed: undefined, inputs: [], points: [] };
}

function matches(own: readonly TypedArray[], wanted: readonly TypedArray[], times: number): boolean {
  return (
    own.length === wanted.length &&
    own.every((data, i) => data.length === times * wanted[i].length && dtypeOf(data) === dtypeOf(wanted[i]))
  );
}
