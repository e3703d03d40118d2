import type { Listener } from '../stream/run/listener.ts';
import type { LivePage } from './server.ts';
import { createWatcher, type Watcher } from './watcher.ts';

/**
 * Shows a run on a page. Its address is told even if the run is quiet: with port 0, it is not known
 * otherwise.
 */
export function pageListener(page: LivePage, tell: (sentence: string) => void): Listener {
  let watcher: Watcher | undefined;
  return {
    begin(run) {
      tell(`norewind: watch it at ${page.address}`);
      watcher = createWatcher(page, run);
    },
    onProgress: () => watcher?.look(),
    onEnd: () => watcher?.look(true),
  };
}
