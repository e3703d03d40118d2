import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, UsageError } from '../../../lib/index.ts';
import { FailedError, fileProblem } from '../../errors.ts';
import { clearWay, readPlain } from '../../plainFile.ts';
import { removePart } from '../../training/folder.ts';
import { decodeCheckpoint, type StreamCheckpoint } from './checkpoint.ts';

export const generations = { newest: 'checkpoint.safetensors', previous: 'checkpoint.previous.safetensors' } as const;

/**
 * Writes the newest generation and keeps the one before. At every moment there is a whole newest one: it is written under another name,
 * brought to the disk, and then renamed.
 * @throws FailedError when the folder cannot be written; both generations are as they were then.
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

/**
 * What was saved last, or before that.
 * @param remedy what can be done with the generation before a damaged one.
 * @throws UsageError when there is none; DataError when it is damaged, with what can be done.
 */
export function readGeneration(
  folder: string,
  wanted: keyof typeof generations,
  remedy = 'go on from that one with --from-previous',
): StreamCheckpoint {
  const path = join(folder, generations[wanted]);
  try {
    return readCheckpointFile(path);
  } catch (error) {
    if (wanted === 'previous' || !Object.values(generations).some((name) => existsSync(join(folder, name)))) throw error;
    throw new DataError(`${(error as Error).message}; ${offer(folder, remedy)}`);
  }
}

/** @throws UsageError for a file that cannot be read, DataError for one that is no checkpoint. */
export function readCheckpointFile(path: string): StreamCheckpoint {
  let bytes: Uint8Array;
  try {
    bytes = readPlain(path);
  } catch (error) {
    throw new UsageError(fileProblem('read', path, error));
  }
  try {
    return decodeCheckpoint(bytes);
  } catch (error) {
    throw new DataError(`${path} cannot be used: ${(error as Error).message}`);
  }
}

function offer(folder: string, remedy: string): string {
  try {
    const { position } = readCheckpointFile(join(folder, generations.previous));
    return `the generation before it, made after ${position.records} records, is whole: ${remedy}`;
  } catch {
    return 'there is no whole generation before it';
  }
}

function keep(newest: string, previous: string): void {
  const spare = `${previous}.part`;
  rmSync(spare, { force: true });
  try {
    // A second name, so that the newest generation is never missing.
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

/** Where folders can be opened, so that the new names are on the disk too. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows cannot; the content has been brought to the disk all the same.
  }
}
