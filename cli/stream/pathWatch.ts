import { statSync } from 'node:fs';
import { DataError } from '../../lib/index.ts';
import { accessed, type GrowingFile, openGrowing } from './growingFile.ts';

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
