import { exitCodes, fileProblem } from '../errors.ts';
import { signalExitCode } from '../signals.ts';
import { complain } from './screen.ts';
import { shownText } from './shown.ts';

/**
 * How content is written to standard output: on a terminal it is made safe to show, in a pipe or a file it stays as it is, to the byte.
 * A character may be cut between two pieces of bytes.
 */
export function writable({ isTTY = false }: { readonly isTTY?: boolean }): (content: string | Uint8Array) => string | Uint8Array {
  if (!isTTY) return (content) => content;
  const decoder = new TextDecoder();
  return (content) => shownText(typeof content === 'string' ? content : decoder.decode(content, { stream: true }));
}

/**
 * Without a listener, an error of a stream would end the process in the middle of its work. Standard error that cannot be written, on a full
 * disk or a terminal that was closed, is no reason to stop. Whoever writes to standard output hears of its errors; for what is written
 * otherwise, such as help, the exit code tells.
 */
export function guardOutput(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: Error & { readonly code?: string }) => {
    if (process.stdout.listenerCount('error') > 1) return;
    const isUnread = error.code === 'EPIPE';
    if (!isUnread) complain(fileProblem('write to', 'standard output', error));
    process.once('exit', () => {
      process.exitCode = isUnread ? signalExitCode('SIGPIPE') : exitCodes.failed;
    });
  });
}

/** Resolves when all that has been written is out, or cannot be written. */
export async function flushed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) await new Promise<void>((resolve) => stream.write('', () => resolve()));
}
