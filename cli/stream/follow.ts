import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { DataError } from '../../lib/index.ts';
import { fileProblem, UsageError } from '../errors.ts';
import { type Input, pathsOf, type Source } from './source.ts';

/** Hears of what happens to a file that is followed, each time after everything before it has been used. */
export interface FollowListener {
  /** All that is there has been read. What it throws ends the reading. */
  onEnd(): void;
  /** What comes next is another file, or the same one from its beginning. */
  onTurn(): void;
  tell(sentence: string): void;
}

/** Milliseconds between two looks at the file. Network file systems do not tell of changes that others make, so it is looked at. */
const interval = 250;
const longestChunk = 2 ** 16;

/**
 * A file that grows, as by `tail -F`: what comes behind its end is waited for. When another file has got its name, the rest of the old one
 * is read, then the new one; when it was cut back, it is read from its beginning. Either is a source of its own.
 * @throws UsageError unless it is one plain file.
 */
export function followFile(data: readonly string[], listener: FollowListener): Input {
  if (data.includes('-')) throw new UsageError('standard input is followed as it is: leave out --follow');
  const [path, ...others] = data.flatMap(pathsOf);
  if (others.length > 0) throw new UsageError('--follow goes with one file, the one that grows');
  if (/\.gz$/i.test(path))
    throw new UsageError(`${path} cannot be followed: a gzip file is whole or nothing; leave out --follow`);
  if (!statSync(path).isFile()) throw new UsageError(`${path} is not a plain file: leave out --follow`);
  const stop = new AbortController();
  return { sources: filesCalled(path, listener, stop.signal), close: () => stop.abort() };
}

async function* filesCalled(path: string, listener: FollowListener, signal: AbortSignal): AsyncGenerator<Source, void> {
  for (;;) {
    const file = await opened(path, signal);
    if (file === undefined) return;
    try {
      yield { name: path, open: () => chunksOf(file, path, listener, signal) };
    } finally {
      closeSync(file);
    }
    if (signal.aborted) return;
    listener.onTurn();
  }
}

async function* chunksOf(
  file: number,
  path: string,
  listener: FollowListener,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  let offset = 0;
  let isMissing = false;
  let looksSinceReplaced = 0;
  for (;;) {
    const old = looked(path, () => fstatSync(file));
    if (old.size < offset) {
      listener.tell(`${path} was cut back from ${offset} to ${old.size} bytes: it is read again from its beginning`);
      return;
    }
    if (old.size > offset) {
      const chunk = new Uint8Array(Math.min(old.size - offset, longestChunk));
      const length = looked(path, () => readSync(file, chunk, 0, chunk.length, offset));
      offset += length;
      yield chunk.subarray(0, length);
      continue;
    }
    // Whoever writes may need a moment to notice that its file has another name.
    if (looksSinceReplaced === 2) return;
    listener.onEnd();
    if (!(await waited(signal))) return;
    const current = looked(path, () => statSync(path, { throwIfNoEntry: false }));
    if (current === undefined && !isMissing) listener.tell(`${path} is gone: waiting for a new one`);
    isMissing = current === undefined;
    if (current === undefined || (current.ino === old.ino && current.dev === old.dev)) continue;
    if (looksSinceReplaced === 0) listener.tell(`${path} was replaced: the new file is read from its beginning`);
    looksSinceReplaced++;
  }
}

/** Waits for a file that is being replaced; undefined when the waiting was ended. */
async function opened(path: string, signal: AbortSignal): Promise<number | undefined> {
  do {
    const file = looked(path, () => {
      try {
        return openSync(path, 'r');
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') return undefined;
        throw error;
      }
    });
    if (file !== undefined) return file;
  } while (await waited(signal));
  return undefined;
}

async function waited(signal: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(interval, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

function looked<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new DataError(fileProblem('read', path, error));
  }
}
