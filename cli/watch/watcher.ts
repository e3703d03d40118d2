import type { Trail } from '../../trainers/evaluation/index.ts';
import type { Heading, Sample } from './sample.ts';
import type { LivePage } from './server.ts';

/** The data of a run that a page shows. */
export interface Watched {
  readonly heading: Heading;
  /** Records, or steps, so far. */
  count(): number;
  /** Undefined while nothing was predicted. */
  look(): (Omit<Sample, 'step' | 'rate'> & { readonly trail: Trail | null }) | undefined;
}

/** Samples a run now and then, and shows the samples on a page. */
export interface Watcher {
  /** Call this often; most calls do nothing unless forced. */
  look(force?: boolean): void;
}

/** The shortest and longest time between two samples, in milliseconds. */
const [shortest, longest] = [500, 5000];
/**
 * Sampling takes at most one part in this many of the time, unless the longest pause is too short for that.
 */
const share = 50;

/**
 * Sampling does not change the learning, but takes time: the learner's state is written out for it. A slow
 * sample is followed by a long pause.
 */
export function createWatcher(page: LivePage, watched: Watched): Watcher {
  page.begin(watched.heading);
  let next = 0;
  let tookBefore = 0;
  let before = { step: watched.count(), time: performance.now() };
  return {
    look(force = false) {
      const begun = performance.now();
      if (begun < next && !force) return;
      const step = watched.count();
      const rate = ((step - before.step) / (begun - before.time)) * 1000;
      const seen = watched.look();
      if (seen !== undefined && step > before.step) {
        const { trail, ...sample } = seen;
        page.show({ step, rate, ...sample }, trail);
      }
      before = { step, time: begun };
      const took = performance.now() - begun;
      // Ignore one-off costs, such as tracing a plan that keeps the gradient.
      next = begun + Math.min(longest, Math.max(shortest, share * Math.min(took, tookBefore)));
      tookBefore = took;
    },
  };
}
