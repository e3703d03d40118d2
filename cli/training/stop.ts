import { constants } from 'node:os';

/** Whether a run has been asked to stop, and by what. */
export interface StopRequest {
  readonly signal: NodeJS.Signals | undefined;
}

export interface SignalWatch extends StopRequest {
  release(): void;
}

/**
 * Turns the first SIGINT or SIGTERM, and a closed standard output, into a request; a second signal ends the process at once.
 * @param onRequest called as soon as it arrives.
 */
export function watchSignals(onRequest: () => void = () => {}): SignalWatch {
  let signal: NodeJS.Signals | undefined;
  function request(name: NodeJS.Signals): void {
    if (signal !== undefined) return;
    signal = name;
    onRequest();
  }
  const onPipe = (error: Error & { code?: string }) => {
    if (error.code !== 'EPIPE') throw error;
    request('SIGPIPE');
  };
  process.once('SIGINT', request);
  process.once('SIGTERM', request);
  process.stdout.on('error', onPipe);
  return {
    get signal() {
      return signal;
    },
    release() {
      process.removeListener('SIGINT', request);
      process.removeListener('SIGTERM', request);
    },
  };
}

/** As shells have it: 128 and the number of the signal. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
