import { lstatSync, readFileSync, rmSync, statSync } from 'node:fs';

/**
 * Refuses what is not a plain file: opening a pipe blocks, and a device may never end. A missing file passes.
 * @throws an error of the file system, for `fileProblem`.
 */
export function requirePlain(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined || there.isFile()) return;
  throw Object.assign(new Error('not a plain file'), { code: there.isDirectory() ? 'EISDIR' : 'ENOTPLAIN' });
}

/** The content of a plain file. @throws an error of the file system. */
export function readPlain(path: string): Buffer {
  requirePlain(path);
  return readFileSync(path);
}

/**
 * Removes what stands where a file is to be written anew, unless it is a plain file: a link would lead the content elsewhere.
 * @throws an error of the file system, for a folder too.
 */
export function clearWay(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false) rmSync(path);
}
