import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { DataError } from '../../lib/index.ts';
import { FailedError, fileProblem } from '../errors.ts';
import { requirePlain } from '../plainFile.ts';
import type { Lock } from './lock.ts';

const lineFeed = 0x0a;

/** A file of lines that can be truncated to an earlier length. */
export interface MetricsFile {
  /** In bytes. */
  readonly length: number;
  append(line: object): void;
  /** Syncs the file to the disk. */
  sync(): void;
  close(): void;
}

/**
 * Opens a file for lines, after its first `length` bytes. The rest is dropped with the first line or sync: a run that is
 * refused its data before that leaves the file as it is.
 * @param lock of its folder, checked before each line.
 * @throws FailedError if it cannot be written; DataError if it is shorter or missing, or no line ends there.
 */
export function openMetrics(path: string, length: number, lock?: Lock): MetricsFile {
  const attempt = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw new FailedError(fileProblem('write', path, error));
    }
  };
  if (length > 0 && !existsSync(path))
    throw new DataError(`${path} is gone, and had ${length} bytes when the checkpoint was made`);
  attempt(() => requirePlain(path));
  const file = attempt(() => openSync(path, existsSync(path) ? 'r+' : 'w'));
  const present = attempt(() => fstatSync(file).size);
  if (present < length) {
    closeSync(file);
    throw new DataError(
      `${path} has ${present} bytes, and had ${length} when the checkpoint was made: lines of it are lost; bring them back from a backup, or begin a run in another folder`,
    );
  }
  const last = new Uint8Array([lineFeed]);
  if (length > 0) attempt(() => readSync(file, last, 0, 1, length - 1));
  if (last[0] !== lineFeed) {
    closeSync(file);
    throw new DataError(
      `${path} has no line that ends at byte ${length}, where the checkpoint says that one does`,
    );
  }
  let end = length;
  let isCut = false;
  const cut = () => {
    if (!isCut) attempt(() => ftruncateSync(file, length));
    isCut = true;
  };
  return {
    get length() {
      return end;
    },
    append(line) {
      lock?.glance();
      cut();
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      for (let at = 0; at < bytes.length; )
        at += attempt(() => writeSync(file, bytes, at, bytes.length - at, end + at));
      end += bytes.length;
    },
    sync() {
      cut();
      attempt(() => fsyncSync(file));
    },
    close: () => attempt(() => closeSync(file)),
  };
}
