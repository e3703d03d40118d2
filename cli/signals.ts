import { constants } from 'node:os';

/** Signals that ask a command to end. */
export const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Signals that ask a run for a checkpoint. */
export const savings = ['SIGUSR1', 'SIGUSR2'] as const;

/**
 * Handles every signal from now on, so that none has its default effect: a debugger listening on a port, or
 * an immediate exit that leaves the lock of the folder. Until a listener is set, a signal to end exits in an
 * orderly way, and one to save does nothing. Call this before loading anything else.
 */
export function takeSignals(): void {
  for (const name of endings) process.on(name, endUnlessWatched);
  for (const name of savings) process.on(name, ignore);
}

/**
 * Makes the next signal to end exit at once, even in the middle of a computation. As the first process of a
 * container, which default signal handling does not end, it exits at the next check.
 */
export function endAtNext(): void {
  if (process.pid !== 1) for (const name of endings) process.removeListener(name, endUnlessWatched);
}

function endUnlessWatched(name: NodeJS.Signals): void {
  if (process.listenerCount(name) === 1) process.exit(signalExitCode(name));
}

function ignore(): void {}

/** As in shells: 128 plus the number of the signal. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/**
 * Closes the debugger that Node opens if SIGUSR1 comes before this program starts; keeps one that was asked
 * for.
 */
export async function closeDebugger(): Promise<void> {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''];
  if (options.some((option) => /--inspect([-_](brk|wait))?(=|\s|$)/.test(option))) return;
  try {
    const inspector = await import('node:inspector');
    if (inspector.url() !== undefined) inspector.close();
  } catch {
    // Node may be built without an inspector.
  }
}
