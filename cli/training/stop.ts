import { FailedError, fileProblem } from '../errors.ts';
import { endAtNext, endings } from '../signals.ts';
import { contentWriter, type OutputError } from '../terminal/output.ts';

/** Whether a run was asked to stop, and by which signal. */
export interface StopRequest {
  readonly signal: NodeJS.Signals | undefined;
}

export interface SignalWatch extends StopRequest {
  /** Writes to standard output while it is writable, and waits until its reader has taken the content. */
  write(content: string | Uint8Array): Promise<void>;
  /**
   * @throws FailedError if standard output could not be written. @param kept what was saved, for the
   * sentence.
   */
  requireOutput(kept?: string): void;
  release(): void;
}

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into a request, and a standard output that has no reader or
 * cannot be written into SIGPIPE. A second signal ends the process at once.
 * @param onRequest called when the request arrives.
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
  function onOutputError(error: OutputError): void {
    if (error.code !== 'EPIPE') problem ??= fileProblem('write to', 'standard output', error);
    request('SIGPIPE');
  }
  function unwatch(): void {
    for (const each of endings) process.removeListener(each, request);
  }
  for (const each of endings) process.on(each, request);
  const put = contentWriter();
  // Without a listener, an error would end the process; the writer handles it too, and earlier.
  process.stdout.on('error', onOutputError);
  return {
    get signal() {
      return signal;
    },
    async write(content) {
      if (signal === 'SIGPIPE') return;
      const error = await put(content);
      if (error !== undefined) onOutputError(error);
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
