import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The line of a file of the user's at which an error, or what caused it, was thrown: that of the first frame in
 * the file. Undefined if no stack tells.
 */
export function lineIn(error: unknown, file: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const line = frameIn(error.stack ?? '', file);
  return line ?? lineIn(error.cause, file);
}

function frameIn(stack: string, file: string): string | undefined {
  // A stack names a module of JavaScript by its URL, and without the links on the way to it.
  const own = existsSync(file) ? [resolve(file), realpathSync(file)] : [resolve(file)];
  const paths = own.flatMap((path) => [path, pathToFileURL(path).href]);
  const any = paths.map((path) => path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  return new RegExp(`(?:${any})(?:\\?[^:\\s]*)?:(\\d+):\\d+`).exec(stack)?.[1];
}

/** The frames of norewind between an error in a step and the command may be many. */
export function keepLongStacks(): void {
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 100);
}
