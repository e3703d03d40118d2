import type { Listener } from '../training/train.ts';

/** Messages of a run to its pool. */
export interface Progress {
  readonly steps: number;
}

/** Tells the pool of this process. */
export interface PoolListener extends Listener {
  onProgress(steps: number): void;
}

/** The variable that marks the processes of a pool. */
export const poolMark = 'NOREWIND_POOL';

/**
 * If a pool began this process, tells it how far the run is. When the pool is gone, the run saves and ends, so that
 * the next pool can have its folder.
 */
export function poolOfThisRun(): PoolListener {
  if (process.env[poolMark] === undefined) return { onProgress() {} };
  const end = () => process.kill(process.pid, 'SIGHUP');
  if (process.connected) process.once('disconnect', end);
  else end();
  const tell = (steps: number) => {
    const progress: Progress = { steps };
    // An error means that the pool is gone, which is heard above.
    if (process.connected) process.send?.(progress, undefined, {}, () => {});
  };
  return { onBegin: (_, steps) => tell(steps), onProgress: tell };
}
