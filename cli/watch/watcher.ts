import { titleOf as estimatorTitle } from '../../trainers/registry/index.ts';
import type { StreamConfig } from '../../trainers/streams/index.ts';
import type { StreamRun } from '../stream/run/openRun.ts';
import type { LivePage } from './server.ts';

/** Looks at a run now and then, and shows what it sees on a page. */
export interface Watcher {
  /** To be called often; most calls do nothing, unless it is forced. */
  look(force?: boolean): void;
}

/** The shortest and the longest time between two looks, in milliseconds. */
const [shortest, longest] = [500, 5000];
/** Of all time, looking takes one part in so many, unless even the longest pause is too short for that. */
const share = 50;

/**
 * Looking does not change what is learnt, but it takes time: what a learner carries is written out for it. A look that takes long is followed by a long pause.
 */
export function createWatcher(page: LivePage, run: StreamRun, folder: string): Watcher {
  const { session, config } = run;
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
      if (scored > 0 && records > before.records) page.show({ records, rate, figures, gradientNorm, influence }, trail);
      before = { records, time: begun };
      const took = performance.now() - begun;
      // What happens once, such as the tracing of a plan that keeps the gradient, does not count.
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
