import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { FailedError, fileProblem, isFull } from '../errors.ts';
import { clearWay } from '../plainFile.ts';
import { type Lock, lockFolder, lockName } from './lock.ts';
import { setAside } from './replaced.ts';

/** The names of a run's files. */
export const fileNames = {
  config: 'config.json',
  metrics: 'metrics.ndjson',
  checkpoint: 'checkpoint.safetensors',
  report: 'report.html',
  outcome: 'outcome.json',
} as const;

/** The folder of one run. */
export interface RunFolder {
  readonly path: string;
  /** Writes a file atomically: it has either the old content or the new. @throws FailedError. */
  write(name: string, content: string | Uint8Array): string;
}

/** A folder locked by this process. */
export interface ClaimedFolder extends RunFolder {
  readonly lock: Lock;
  /**
   * Removes the files of a failed run, restores the run that it was to replace, and removes the folder and
   * its parents if they were made for it.
   */
  discard(): void;
  /** Removes the replaced run, now that this one has learnt something. */
  settle(): void;
}

/**
 * The folder for a run: the given one, or the first free one of `runs/name`, `runs/name-2` …
 * @param others files that a run may write besides the common ones.
 * @throws UsageError if the given folder is not empty (unless forced) or in use; nothing has been changed
 * then.
 */
export function claimFolder(
  wanted: string | undefined,
  name: string,
  force: boolean,
  others: (path: string) => readonly string[] = () => [],
): ClaimedFolder {
  if (wanted !== undefined) {
    requireFree(wanted, force);
    return claim(wanted, force, makeFolder(wanted), others);
  }
  for (let count = 1; ; count++) {
    const path = join('runs', count === 1 ? name : `${name}-${count}`);
    const made = makeFolder(path);
    if (made.length > 0) return claim(path, force, made, others);
  }
}

/** A folder within the folder of a run, or that folder itself, with its lock. */
export function openFolder(path: string, lock?: Lock): RunFolder {
  makeFolder(path);
  return folderAt(path, lock);
}

/**
 * Makes a folder unless it exists. Returns the folders made, innermost first.
 * @throws UsageError for a place that cannot have it; FailedError if the disk is full.
 */
export function makeFolder(path: string): readonly string[] {
  try {
    return makeAll(resolve(path));
  } catch (error) {
    const Refusal = isFull(error) ? FailedError : UsageError;
    throw new Refusal(fileProblem('make the folder', path, error));
  }
}

/**
 * Makes missing parents too. Node's own `recursive` never returns if the file system answers ENOENT, as /proc
 * does.
 */
function makeAll(path: string): readonly string[] {
  if (existsSync(path)) return [];
  const above = makeAll(dirname(path));
  try {
    mkdirSync(path);
    return [path, ...above];
  } catch (error) {
    // Another process may have been faster.
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
    return [];
  }
}

function claim(
  path: string,
  force: boolean,
  made: readonly string[],
  others: (path: string) => readonly string[],
): ClaimedFolder {
  const lock = lockMade(path, made);
  // Check again: another process may have been faster.
  requireFree(path, force);
  const names = () => [...Object.values(fileNames), ...others(path)];
  // Files of an earlier run must not count as part of this one.
  const replaced = setAside(path, names());
  return {
    ...folderAt(path, lock),
    lock,
    settle() {
      if (lock.isOwn) replaced.drop();
    },
    discard() {
      // Ignore files that cannot be removed: the error to report is the reason for removing them.
      try {
        if (!lock.isOwn) return;
        for (const name of names()) rmSync(join(path, name), { recursive: true, force: true });
        replaced.restore();
        lock.release();
        removeMade(made);
      } catch {}
    },
  };
}

/**
 * Writes a lock at once, as a lack of permission or space should not show after hours of work. Removes what
 * it made if the lock cannot be had.
 */
function lockMade(path: string, made: readonly string[]): Lock {
  try {
    return lockFolder(path);
  } catch (error) {
    try {
      removeMade(made);
    } catch {}
    throw error;
  }
}

/** Removes the folders made, unless they are no longer empty. */
function removeMade(made: readonly string[]): void {
  for (const folder of made) rmdirSync(folder);
}

function requireFree(path: string, force: boolean): void {
  const content = contentOf(path).filter((name) => !name.startsWith(lockName));
  if (content.length > 0 && !force)
    throw new UsageError(
      `${path} exists already and is not empty: give another folder with --out, or --force to replace the run in it`,
    );
}

function contentOf(path: string): string[] {
  try {
    if (existsSync(path) && !statSync(path).isDirectory())
      throw new UsageError(`${path} is a file: give a folder with --out`);
    return existsSync(path) ? readdirSync(path) : [];
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(fileProblem('use the folder', path, error));
  }
}

function folderAt(path: string, lock?: Lock): RunFolder {
  return {
    path,
    write(name, content) {
      const target = join(path, name);
      lock?.check();
      try {
        clearWay(`${target}.part`);
        writeFileSync(`${target}.part`, content);
        renameSync(`${target}.part`, target);
      } catch (error) {
        removePart(target);
        throw new FailedError(fileProblem('write', target, error));
      }
      return target;
    },
  };
}

/** Removes the unfinished part of a file. If that fails, it is not the error to report. */
export function removePart(target: string): void {
  try {
    rmSync(`${target}.part`, { force: true });
  } catch {}
}
