import { exitCodes, fileProblem } from '../errors.ts';
import { signalExitCode } from '../signals.ts';
import { complain } from './screen.ts';
import { shownText } from './shown.ts';

/**
 * Returns the writer of standard output's content: on a terminal it escapes unsafe characters; into a pipe or
 * a file bytes pass unchanged. A character may be split between two pieces.
 */
export function writable({
  isTTY = false,
}: {
  readonly isTTY?: boolean;
}): (content: string | Uint8Array) => string | Uint8Array {
  if (!isTTY) return (content) => content;
  const decoder = new TextDecoder();
  return (content) =>
    shownText(typeof content === 'string' ? content : decoder.decode(content, { stream: true }));
}

export type OutputError = Error & { readonly code?: string };

/** Whether standard output is a terminal. */
export function isTerminal(): boolean {
  return process.stdout.isTTY === true;
}

/**
 * The only way to standard output: writes content, and waits until its reader has taken it. Resolves to the
 * error if it could not be written.
 */
export function contentWriter(): (content: string | Uint8Array) => Promise<OutputError | undefined> {
  const written = writable(process.stdout);
  return (content) =>
    new Promise((resolve) => {
      process.stdout.write(written(content), (error) => resolve(error ?? undefined));
    });
}

/**
 * Without a listener, an error on a stream would end the process in the middle of its work. A standard error
 * that cannot be written (a full disk, a closed terminal) is no reason to stop. Code that writes data to
 * standard output handles its errors itself; for other output, such as help, the exit code reports them.
 */
export function guardOutput(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: OutputError) => {
    if (process.stdout.listenerCount('error') > 1) return;
    const isUnread = error.code === 'EPIPE';
    if (!isUnread) complain(fileProblem('write to', 'standard output', error));
    process.once('exit', () => {
      process.exitCode = isUnread ? signalExitCode('SIGPIPE') : exitCodes.failed;
    });
  });
}

/** Resolves once all output is written, or has failed. */
export async function flushed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
}
