import { allocate, dtypeOf, type SavedNoise, type TypedArray } from '../../lib/index.ts';
import type { Feed } from './feed.ts';
import type { Counters } from './learn-plan.ts';
import type { Moment } from './moment.ts';

/** How many windows are learnt between two looks at whether all numbers are finite, and so how many may have to be learnt again. */
export const stretch = 64;

/** A place to go back to: the memory at the end of a window, and what came in since, in windows of one type. */
export class Mark {
  /** The memory, leaf by leaf. */
  numbers: readonly TypedArray[] = [];
  steps = 0;
  updates = 0;
  /** Whether the influence is absent there. */
  isFresh = false;
  noise: SavedNoise | undefined;
  /** The last gradient there; where nobody asked for it, there is a mark before from which it can be worked out. */
  gradient: unknown;
  before: Mark | undefined;
  /** How many windows came in since. */
  count = 0;
  #spare: Mark | undefined;
  #feed: Feed | undefined;
  #history: readonly TypedArray[] = [];

  /** Makes this the place where the memory is now. What it held before is overwritten: marks are made all the time. */
  place(numbers: readonly TypedArray[], { steps, updates }: Counters, isFresh: boolean, noise: SavedNoise): void {
    if (!matches(this.numbers, numbers, 1)) this.numbers = numbers.map((data) => allocate(dtypeOf(data), data.length));
    copyAll(this.numbers, numbers);
    this.steps = steps;
    this.updates = updates;
    this.isFresh = isFresh;
    this.noise = noise;
    this.count = 0;
  }

  /** A mark after this one; this one stays before it unless the gradient is known there. Marks that nobody needs are used again. */
  next(isKnown: boolean): Mark {
    const next = this.#spare ?? new Mark();
    next.#spare = isKnown ? this : this.before;
    next.before = isKnown ? undefined : this;
    next.gradient = undefined;
    this.before = undefined;
    this.#spare = undefined;
    return next;
  }

  /** Whether windows since have the type of this feed, or there are none. */
  goesOnWith({ signature }: Feed): boolean {
    return this.count === 0 || this.#feed?.signature === signature;
  }

  /** Examples of the moments of a window since. */
  get moments(): readonly Moment[] {
    return this.#feed?.moments ?? [];
  }

  /** Whether the windows since run on the program for an absent influence. */
  get isFirst(): boolean {
    return this.count > 0 && this.#feed?.isFirst === true;
  }

  /** Whether anything was learnt since. */
  get isScored(): boolean {
    return this.count > 0 && this.moments.some(({ targets }) => targets !== undefined);
  }

  /** Notes what came in; gives the number of windows since. */
  record(feed: Feed): number {
    if (this.count === 0 && this.#feed?.signature !== feed.signature && !matches(this.#history, feed.numbers, stretch))
      this.#history = feed.numbers.map((data) => allocate(dtypeOf(data), stretch * data.length));
    this.#feed = feed;
    const at = this.count++;
    for (let i = 0; i < feed.numbers.length; i++) {
      const data = feed.numbers[i];
      if (data.length === 1) this.#history[i][at] = data[0];
      else this.#history[i].set(data, at * data.length);
    }
    return this.count;
  }

  /** Writes what came in with one of the windows since. */
  feed(at: number, { numbers }: Feed): void {
    numbers.forEach((data, i) => {
      data.set(this.#history[i].subarray(at * data.length, (at + 1) * data.length));
    });
  }
}

function copyAll(to: readonly TypedArray[], from: readonly TypedArray[]): void {
  for (let i = 0; i < to.length; i++) to[i].set(from[i]);
}

function matches(own: readonly TypedArray[], wanted: readonly TypedArray[], times: number): boolean {
  return (
    own.length === wanted.length &&
    own.every((data, i) => data.length === times * wanted[i].length && dtypeOf(data) === dtypeOf(wanted[i]))
  );
}
