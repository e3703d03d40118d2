import { FailedError, fileProblem } from '../errors.ts';
import { endAtNext, endings } from '../signals.ts';
import { writable } from '../terminal/output.ts';

/** Whether a run has been asked to stop, and by what. */
export interface StopRequest {
  readonly signal: NodeJS.Signals | undefined;
}

export interface SignalWatch extends StopRequest {
  /** Writes to standard output as long as it can be written, and waits until whoever reads it has taken that. */
  write(content: string | Uint8Array): Promise<void>;
  /** @throws FailedError when standard output could not be written. @param kept what is not lost, as a part of the sentence. */
  requireOutput(kept?: string): void;
  release(): void;
}

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into a request, and a standard output that nobody reads or that cannot be written into SIGPIPE;
 * a second signal ends the process at once.
 * @param onRequest called as soon as it arrives.
 */
export function watchSignals(onRequest: () => void = () => {}): SignalWatch {
  let signal: NodeJS.Signals | undefined;
  let problem: string | undefined;
  function request(name: NodeJS.Signals): void {
    if (signal !== undefined) return;
    signal = name;
    unwatch();
    endAtNext();
    onRequest();
  }
  function onOutputError(error: Error & { readonly code?: string }): void {
    if (error.code !== 'EPIPE') problem ??= fileProblem('write to', 'standard output', error);
    request('SIGPIPE');
  }
  function unwatch(): void {
    for (const each of endings) process.removeListener(each, request);
  }
  for (const each of endings) process.on(each, request);
  const written = writable(process.stdout);
  // Without a listener, an error would end the process; whoever writes hears of it too, and earlier.
  process.stdout.on('error', onOutputError);
  return {
    get signal() {
      return signal;
    },
    async write(content) {
      if (signal === 'SIGPIPE') return;
      await new Promise<void>((resolve) => {
        process.stdout.write(written(content), (error) => {
          if (error) onOutputError(error);
          resolve();
        });
      });
    },
    requireOutput(kept) {
      if (problem !== undefined) throw new FailedError(kept === undefined ? problem : `${problem}; ${kept}`);
    },
    release() {
      unwatch();
      process.stdout.removeListener('error', onOutputError);
    },
  };
}
