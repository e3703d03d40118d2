import { titleOf as estimatorTitle } from '../../trainers/registry/index.ts';
import type { StreamConfig } from '../../trainers/streams/index.ts';
import type { StreamRun } from '../stream/run/openRun.ts';
import type { LivePage } from './server.ts';

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
export function createWatcher(page: LivePage, run: StreamRun): Watcher {
  const { folder, session, config } = run;
  const { unit } = session.report();
  page.begin({ title: titleOf(config), folder, unit, recent: config.recent });
  let next = 0;
  let tookBefore = 0;
  let before = { records: run.position.records, time: performance.now() };
  return {
    look(force = false) {
      const begun = performance.now();
      if (begun < next && !force) return;
      const { records } = run.position;
      const { figures, gradientNorm, scored } = session.report();
      const rate = ((records - before.records) / (begun - before.time)) * 1000;
      const { influence, trail } = session.glimpse();
      if (scored > 0 && records > before.records)
        page.show({ records, rate, figures, gradientNorm, influence }, trail);
      before = { records, time: begun };
      const took = performance.now() - begun;
      // Ignore one-off costs, such as tracing a plan that keeps the gradient.
      next = begun + Math.min(longest, Math.max(shortest, share * Math.min(took, tookBefore)));
      tookBefore = took;
    },
  };
}

function titleOf({ data, cell, estimator, optimizer }: StreamConfig): string {
  const what = data.kind === 'text' ? `${data.unit}s of a text` : `${data.target}, ${aheadOf(data.horizon)}`;
  return `${what} · ${cell.name.toUpperCase()} of ${cell.units} units · ${estimatorTitle(estimator)} · ${optimizer.name}`;
}

function aheadOf(horizon: number): string {
  return horizon === 0 ? 'of the same row' : `${horizon} ${horizon === 1 ? 'row' : 'rows'} ahead`;
}
