import { type BigIntStats, closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { DataError } from '../../../lib/index.ts';
import { fileProblem } from '../../errors.ts';

/** An open file, even if its name now belongs to another one. */
interface GrowingFile {
  /** Whether these are the statistics of this file. */
  is(stats: BigIntStats): boolean;
  /**
   * Its size in bytes. Ask often: a file that is truncated and grows again between two calls seems to have
   * only grown.
   */
  measure(): number;
  /** Its size before it was truncated, if it was since the last call. */
  takeCut(): number | undefined;
  /** Some of the bytes from an offset. */
  read(offset: number): Uint8Array;
  close(): void;
}

const longestChunk = 2 ** 16;

/**
 * Opens a file; undefined if there is none. @throws DataError if it cannot be read, here and in the methods.
 */
function openGrowing(path: string): GrowingFile | undefined {
  const descriptor = accessed(path, () => openedIfThere(path));
  if (descriptor === undefined) return undefined;
  const { dev, ino, size: first } = accessed(path, () => fstatSync(descriptor, { bigint: true }));
  let size = Number(first);
  let cutFrom: number | undefined;
  return {
    is: (stats) => stats.ino === ino && stats.dev === dev,
    measure() {
      const before = size;
      size = accessed(path, () => fstatSync(descriptor).size);
      if (size < before) cutFrom ??= before;
      return size;
    },
    takeCut() {
      const taken = cutFrom;
      cutFrom = undefined;
      return taken;
    },
    read(offset) {
      const chunk = new Uint8Array(Math.min(size - offset, longestChunk));
      return chunk.subarray(
        0,
        accessed(path, () => readSync(descriptor, chunk, 0, chunk.length, offset)),
      );
    },
    close: () => closeSync(descriptor),
  };
}

function openedIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Runs an action of the file system. @throws DataError if it fails. */
export function accessed<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new DataError(fileProblem('read', path, error));
  }
}

/** The successive files of a path. Each is opened at first sight: later it may have lost its name. */
export interface PathWatch {
  /** The files in use, oldest first. */
  readonly files: readonly GrowingFile[];
  /** Checks the path now, and returns whether there is a file. @throws DataError if it cannot be read. */
  look(): boolean;
  /** Closes the oldest file. */
  drop(): void;
  close(): void;
}

/**
 * Milliseconds between two checks. Network file systems do not report changes made elsewhere, so the path is
 * polled.
 */
export const interval = 250;

/** Polls a path until it is closed, also while its files are being read, which can take long. */
export function watchPath(path: string): PathWatch {
  const files: GrowingFile[] = [];
  function look(): boolean {
    for (const file of files) file.measure();
    const there = accessed(path, () => statSync(path, { bigint: true, throwIfNoEntry: false }));
    if (there === undefined) return false;
    if (files.at(-1)?.is(there)) return true;
    // Opening a pipe would wait for its writer.
    if (!there.isFile()) throw new DataError(`${path} is not a plain file: it cannot be followed`);
    const file = openGrowing(path);
    if (file !== undefined) files.push(file);
    return file !== undefined;
  }
  const timer = setInterval(() => {
    try {
      look();
    } catch {
      // Probably transient; the reader checks again at the end of the file.
    }
  }, interval).unref();
  return {
    files,
    look,
    drop: () => files.shift()?.close(),
    close() {
      clearInterval(timer);
      for (const file of files.splice(0)) file.close();
    },
  };
}
