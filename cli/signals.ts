import { constants } from 'node:os';

/** Those that ask a command to end. */
export const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Those that ask a run for a checkpoint. */
export const savings = ['SIGUSR1', 'SIGUSR2'] as const;

/**
 * Handles every signal from now on, so that none has the effect that Node or the system gives it: a debugger that listens on a port, or an
 * end at once that leaves the lock of the folder. Until something watches for it, a signal to end ends the process in an orderly way, and
 * one to save does nothing. To be called before anything else is loaded.
 */
export function takeSignals(): void {
  for (const name of endings) process.on(name, endUnlessWatched);
  for (const name of savings) process.on(name, ignore);
}

/**
 * The next signal to end is one too many, and ends the process at once, in the middle of a computation too. As the first process of a
 * container, which the system's own way does not end, it ends as soon as it looks.
 */
export function endAtNext(): void {
  if (process.pid !== 1) for (const name of endings) process.removeListener(name, endUnlessWatched);
}

function endUnlessWatched(name: NodeJS.Signals): void {
  if (process.listenerCount(name) === 1) process.exit(signalExitCode(name));
}

function ignore(): void {}

/** As shells have it: 128 and the number of the signal. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** Closes the debugger that Node opens when SIGUSR1 comes before this program has begun; not one that was asked for. */
export async function closeDebugger(): Promise<void> {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''];
  if (options.some((option) => /--inspect([-_](brk|wait))?(=|\s|$)/.test(option))) return;
  try {
    const inspector = await import('node:inspector');
    if (inspector.url() !== undefined) inspector.close();
  } catch {
    // A Node that was built without it has none to close.
  }
}
