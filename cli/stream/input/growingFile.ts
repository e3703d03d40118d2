import { type BigIntStats, closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { DataError } from '../../../lib/index.ts';
import { fileProblem } from '../../errors.ts';

/** A file that is open, and stays so when its name is given to another one. */
interface GrowingFile {
  /** Whether the figures are those of this file. */
  is(stats: BigIntStats): boolean;
  /** Its size in bytes. To be asked often: one that was cut back and has grown again looks as if it had only grown. */
  measure(): number;
  /** Its size before it was cut back, if it was since this was last asked. */
  takeCut(): number | undefined;
  /** Some of the bytes from an offset on. */
  read(offset: number): Uint8Array;
  close(): void;
}

const longestChunk = 2 ** 16;

/** Undefined when there is no such file. @throws DataError when it cannot be read, and so do the calls of what it gives. */
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

/** What an action of the file system gives. @throws DataError */
export function accessed<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new DataError(fileProblem('read', path, error));
  }
}

/** The files that a path leads to, one after the other. Each is opened when it is first seen: later it may have lost its name. */
export interface PathWatch {
  /** Those that have not been dropped, the oldest first. */
  readonly files: readonly GrowingFile[];
  /** Looks now, and gives whether there is a file. @throws DataError when it cannot be read. */
  look(): boolean;
  /** Closes the oldest. */
  drop(): void;
  close(): void;
}

/** Milliseconds between two looks. Network file systems do not tell of changes that others make, so they are looked for. */
export const interval = 250;

/** Looks at a path until it is closed, also while its files are being read, which may take long. */
export function watchPath(path: string): PathWatch {
  const files: GrowingFile[] = [];
  function look(): boolean {
    for (const file of files) file.measure();
    const there = accessed(path, () => statSync(path, { bigint: true, throwIfNoEntry: false }));
    if (there === undefined) return false;
    if (files.at(-1)?.is(there)) return true;
    // To open a pipe would wait for whoever writes to it.
    if (!there.isFile()) throw new DataError(`${path} is not a plain file: it cannot be followed`);
    const file = openGrowing(path);
    if (file !== undefined) files.push(file);
    return file !== undefined;
  }
  const timer = setInterval(() => {
    try {
      look();
    } catch {
      // It may be a matter of a moment. Whoever reads looks too, at the end of what is there.
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
