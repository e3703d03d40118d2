import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockName } from '../../../cli/training/lock.ts';

/** A folder to lock, new for each test of a suite. */
export interface LockedFolder {
  readonly path: string;
  /** The path of its lock. */
  lock(): string;
  /** Writes a lock by hand. */
  hold(holder: object | string): void;
  /** The listeners to the end of the process that the test has added. */
  ownListeners(): readonly NodeJS.ExitListener[];
}

/** Makes the folder before each test, and removes it after. */
export function lockedFolder(): LockedFolder {
  let path: string;
  let earlier: readonly unknown[];
  const ownListeners = () => process.listeners('exit').filter((listener) => !earlier.includes(listener));

  beforeEach(() => {
    path = realpathSync(mkdtempSync(join(tmpdir(), 'norewind lock ')));
    earlier = process.listeners('exit');
  });

  afterEach(() => {
    for (const listener of ownListeners()) process.removeListener('exit', listener);
    rmSync(path, { recursive: true, force: true });
  });

  return {
    get path() {
      return path;
    },
    lock: () => join(path, lockName),
    hold(holder) {
      writeFileSync(join(path, lockName), typeof holder === 'string' ? holder : JSON.stringify(holder));
    },
    ownListeners,
  };
}
