import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { UsageError } from '../lib/index.ts';
import { FailedError, fileProblem } from './errors.ts';
import { clearWay, requirePlain } from './plainFile.ts';
import { removePart } from './training/folder.ts';

/** @param flag the option that names the file. @throws UsageError if it exists, unless forced. */
export function requireFree(path: string, flag: string, isForced = false): void {
  if (existsSync(path) && !isForced)
    throw new UsageError(
      `${path} exists already: give another file with --${flag}, or --force to replace it`,
    );
  requireReplaceable(path);
}

/** Replaces only plain files, never a device or a folder. @throws UsageError. */
function requireReplaceable(path: string): void {
  try {
    requirePlain(path);
  } catch (error) {
    throw new UsageError(fileProblem('write', path, error));
  }
}

/** Writes a file atomically: it has either the old content or the new. @throws FailedError. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  try {
    clearWay(`${path}.part`);
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
  } catch (error) {
    removePart(path);
    throw new FailedError(fileProblem('write', path, error));
  }
}

/**
 * The same for a file that `write` makes in pieces, at the path that it is given. A signal between two pieces leaves no
 * part of it.
 * @throws FailedError for what the system refuses; what else `write` throws.
 */
export async function writeInPieces(path: string, write: (part: string) => Promise<void>): Promise<void> {
  const part = `${path}.part`;
  const drop = () => removePart(path);
  process.once('exit', drop);
  try {
    clearWay(part);
    await write(part);
    renameSync(part, path);
  } catch (error) {
    drop();
    throw (error as { code?: string }).code === undefined
      ? error
      : new FailedError(fileProblem('write', path, error));
  } finally {
    process.removeListener('exit', drop);
  }
}
