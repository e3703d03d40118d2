import { lstatSync, readFileSync, rmSync, statSync } from 'node:fs';

/**
 * Refuses anything but a plain file: opening a pipe blocks, and a device may never end. A missing file
 * passes.
 * @throws a file system error, for `fileProblem`.
 */
export function requirePlain(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined || there.isFile()) return;
  throw Object.assign(new Error('not a plain file'), { code: there.isDirectory() ? 'EISDIR' : 'ENOTPLAIN' });
}

/** The content of a plain file. @throws a file system error. */
export function readPlain(path: string): Buffer {
  requirePlain(path);
  return readFileSync(path);
}

/**
 * Clears the way for a new file: removes anything but a plain file, as a link would redirect the content.
 * @throws a file system error, for a folder too.
 */
export function clearWay(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false) rmSync(path);
}
