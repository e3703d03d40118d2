import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { FailedError, fileProblem, LostFolderError } from '../errors.ts';
import { readPlain } from '../plainFile.ts';
import { type Holder, judge, parseHolder, thisProcess } from './holder.ts';

/** The file by which a process reserves the folder of its run. */
export const lockName = 'run.lock';

/**
 * A folder reserved by this process. If two processes cannot see each other, a user may still remove its lock
 * by hand.
 */
export interface Lock {
  /**
   * Call this before overwriting anything. @throws LostFolderError if the lock is no longer this process's
   * own.
   */
  check(): void;
  /** The same check at less cost, by the file's metadata. */
  glance(): void;
  /** Whether the lock is still this process's own. */
  readonly isOwn: boolean;
  /** Releases the folder before the process ends. */
  release(): void;
}

/**
 * Reserves a folder for this process until it ends. The lock of a killed process is taken over at once, which
 * is why a lock names its process: judging by age would delay a restarted run. A process that cannot be seen
 * counts as alive.
 * @throws UsageError if a process that is or may be alive has the lock, FailedError if the folder is not
 * writable.
 */
export function lockFolder(folder: string): Lock {
  const path = join(folder, lockName);
  const holder = thisProcess();
  const id = randomUUID();
  const own = JSON.stringify({ ...holder, id });
  const spare = `${path}.${id}`;
  try {
    try {
      // Flush: after a power cut, an empty lock would not name its process.
      writeFileSync(spare, own, { flush: true });
      while (!place(spare, path, own)) takeOver(path, folder, holder, id);
    } finally {
      remove(spare);
    }
  } catch (error) {
    throw error instanceof UsageError ? error : new FailedError(fileProblem('write into', folder, error));
  }
  return held(path, folder, own);
}

function held(path: string, folder: string, own: string): Lock {
  let seen: Stats | undefined;
  let loss: LostFolderError | undefined;
  const isOwn = () => contentOf(path) === own;
  function check(): void {
    if (loss !== undefined) throw loss;
    if (!isOwn()) {
      // A process that took this lock for a dead one's puts it back in a moment; a network may also need one.
      pause(200);
      if (!isOwn()) loss = new LostFolderError(lossOf(path, folder));
    }
    if (loss !== undefined) throw loss;
    seen = statsOf(path);
  }
  function release(): void {
    process.removeListener('exit', release);
    if (isOwn()) remove(path);
  }
  process.once('exit', release);
  return {
    check,
    glance() {
      const now = statsOf(path);
      const isSame =
        now !== undefined && seen !== undefined && figures.every((figure) => now[figure] === seen?.[figure]);
      if (!isSame) check();
    },
    get isOwn() {
      return loss === undefined && isOwn();
    },
    release,
  };
}

const figures = ['dev', 'ino', 'size', 'mtimeMs', 'ctimeMs'] as const;

function lossOf(path: string, folder: string): string {
  const rest = 'this run stops and writes nothing more into it';
  try {
    const holder = parseHolder(readPlain(path).toString());
    const who =
      holder === undefined
        ? 'something else'
        : `process ${holder.pid} on ${holder.host}, which began ${holder.started}`;
    return `${folder} is now in use by ${who}: ${rest}`;
  } catch (error) {
    return `cannot tell whether another process uses ${folder}, for this one's lock is lost (${fileProblem('read', path, error)}): ${rest}`;
  }
}

/** Creates the lock with its whole content at once. Returns false if another process has one. */
function place(spare: string, path: string, own: string): boolean {
  // On a network, the reply to a successful link may be lost, and the retry then finds the file.
  const isThere = (error: unknown) =>
    (error as { code?: string }).code === 'EEXIST' && contentOf(path) !== own;
  try {
    linkSync(spare, path);
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EEXIST') return !isThere(error);
    // Some file systems have no hard links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
  }
  try {
    writeFileSync(path, readFileSync(spare), { flag: 'wx', flush: true });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return !isThere(error);
    // A lock truncated by a full disk names no process.
    const content = contentOf(path);
    if (content !== undefined && own.startsWith(content)) remove(path);
    throw error;
  }
}

/** Removes the lock of a dead process. @throws UsageError for one that may be alive. */
function takeOver(path: string, folder: string, own: Holder, id: string): void {
  let content: string;
  try {
    content = readPlain(path).toString();
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return;
    throw new UsageError(
      `${folder} may be in use: ${fileProblem('read', path, error)}; if nothing uses the folder, remove ${path}`,
    );
  }
  const holder = parseHolder(content);
  if (holder === undefined)
    throw new UsageError(
      `${folder} may be in use: ${path} does not say by what; if nothing uses the folder, remove that file`,
    );
  const verdict = judge(holder, own);
  if (verdict !== 'dead') {
    const { pid, host, started } = holder;
    const place = host === own.host ? `${host}, where it cannot be seen from here` : host;
    const where = verdict === 'alive' ? '' : ` on ${place}; if that one is gone, remove ${path}`;
    throw new UsageError(`${folder} is in use by process ${pid}, which began ${started}${where}`);
  }
  const aside = `${path}.${id}.old`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return;
    throw error;
  }
  // Between reading and renaming, another process may have taken the lock: give it back.
  const moved = contentOf(aside);
  if (moved !== undefined && moved !== content) place(aside, path, moved);
  remove(aside);
}

/** A file that cannot be removed does no harm. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

function contentOf(path: string): string | undefined {
  try {
    return readPlain(path).toString();
  } catch {
    return undefined;
  }
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Blocks the thread: nothing may be written meanwhile. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
