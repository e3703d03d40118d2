import { titleOf as estimatorTitle, isFileName, shortName } from '../../trainers/registry/index.ts';
import type { StreamConfig } from '../../trainers/streams/index.ts';
import type { Listener } from '../stream/run/listener.ts';
import type { StreamRun } from '../stream/run/openRun.ts';
import { counted } from '../terminal/numbers.ts';
import type { LivePage } from './server.ts';
import { createWatcher, type Watched, type Watcher } from './watcher.ts';

/** Shows a run on a page. */
export function pageListener(page: LivePage): Listener {
  let watcher: Watcher | undefined;
  return {
    begin(run) {
      watcher = createWatcher(page, watchedStream(run));
    },
    onProgress: () => watcher?.look(),
    onEnd: () => watcher?.look(true),
  };
}

export function watchedStream(run: StreamRun): Watched {
  const { folder, session, config } = run;
  const { unit } = session.report();
  return {
    heading: { title: titleOf(config), folder, unit, recent: config.recent, noun: 'records' },
    count: () => run.position.records,
    look() {
      const { figures, gradientNorm, scored } = session.report();
      const glimpse = session.glimpse();
      return scored === 0 ? undefined : { figures, gradientNorm, ...glimpse };
    },
  };
}

function titleOf({ data, cell, estimator, optimizer }: StreamConfig): string {
  const what = data.kind === 'text' ? `${data.unit}s of a text` : `${data.target}, ${aheadOf(data.horizon)}`;
  return `${what} · ${isFileName(cell.name) ? shortName(cell.name) : cell.name.toUpperCase()} of ${cell.units} units · ${estimatorTitle(estimator)} · ${shortName(optimizer.name)}`;
}

function aheadOf(horizon: number): string {
  return horizon === 0 ? 'of the same row' : `${counted(horizon, 'row')} ahead`;
}
