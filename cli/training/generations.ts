import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DataError, UsageError } from '../../lib/index.ts';
import { FailedError, fileProblem } from '../errors.ts';
import { clearWay, readPlain } from '../plainFile.ts';
import { removePart } from './folder.ts';

export const generations = {
  newest: 'checkpoint.safetensors',
  previous: 'checkpoint.previous.safetensors',
} as const;

/**
 * Writes the newest generation and keeps the previous one. A whole newest generation exists at every moment:
 * the file is written under another name, synced, and then renamed.
 * @throws FailedError if the folder cannot be written. Both generations are then unchanged.
 */
export function writeGeneration(folder: string, bytes: Uint8Array): void {
  const [newest, previous] = [join(folder, generations.newest), join(folder, generations.previous)];
  try {
    synced(`${newest}.part`, bytes);
    if (existsSync(newest)) keep(newest, previous);
    renameSync(`${newest}.part`, newest);
    syncFolder(folder);
  } catch (error) {
    for (const path of [newest, previous]) removePart(path);
    throw new FailedError(fileProblem('write', newest, error));
  }
}

/** Whether the folder has a checkpoint, whole or not. */
export function hasGeneration(folder: string): boolean {
  return Object.values(generations).some((name) => existsSync(join(folder, name)));
}

/** The contents of one command's checkpoints. */
export interface Kind<T> {
  /** @throws DataError for a file that is damaged, of another kind, or of an unknown version. */
  decode(bytes: Uint8Array): T;
  /** How far the run was, as in "40 records". */
  progress(checkpoint: T): string;
}

/**
 * Reads the newest or the previous generation.
 * @param remedy how to use the previous generation if the newest is damaged.
 * @throws UsageError if there is none; DataError if it is damaged, with the remedy.
 */
export function readGenerationOf<T>(
  kind: Kind<T>,
  folder: string,
  wanted: keyof typeof generations,
  remedy = 'resume from it with --from-previous',
): T {
  const path = join(folder, generations[wanted]);
  try {
    return readFileOf(kind, path);
  } catch (error) {
    if (wanted === 'previous' || !hasGeneration(folder)) throw error;
    throw new DataError(`${(error as Error).message}; ${offer(kind, folder, remedy)}`);
  }
}

/** @throws UsageError for an unreadable file, DataError for one that is not such a checkpoint. */
export function readFileOf<T>({ decode }: Kind<T>, path: string): T {
  let bytes: Uint8Array;
  try {
    bytes = readPlain(path);
  } catch (error) {
    throw new UsageError(fileProblem('read', path, error));
  }
  try {
    return decode(bytes);
  } catch (error) {
    throw new DataError(`${path} cannot be used: ${(error as Error).message}`);
  }
}

function offer<T>(kind: Kind<T>, folder: string, remedy: string): string {
  try {
    const previous = readFileOf(kind, join(folder, generations.previous));
    return `the generation before it, made after ${kind.progress(previous)}, is whole: ${remedy}`;
  } catch {
    return 'there is no whole generation before it';
  }
}

function keep(newest: string, previous: string): void {
  const spare = `${previous}.part`;
  rmSync(spare, { force: true });
  try {
    // A hard link, so that the newest generation always exists.
    linkSync(newest, spare);
  } catch {
    writeFileSync(spare, readPlain(newest));
  }
  renameSync(spare, previous);
}

function synced(path: string, bytes: Uint8Array): void {
  clearWay(path);
  const file = openSync(path, 'w');
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Syncs the new names, if folders can be opened. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows cannot open folders; the content is synced all the same.
  }
}
