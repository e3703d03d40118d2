import { existsSync, statSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { UsageError } from '../../../lib/index.ts';
import type { Source } from '../../../trainers/streams/index.ts';
import { accessed, interval, type PathWatch, watchPath } from './growingFile.ts';
import { type Input, isPattern, pathsOf } from './openSources.ts';

/** Events of a followed file, each after everything before it was used. */
export interface FollowListener {
  /** All that is there was read. An error thrown here ends the reading. */
  onEnd(): void;
  /** The next bytes are from another file, or from the beginning of this one. */
  onTurn(): void;
  tell(sentence: string): void;
}

/**
 * Follows a growing file like `tail -F`: waits for it, and for more at its end. If another file gets its
 * name, the rest of the old one is read, then the new one. If it is truncated, it is read from its beginning.
 * Each of these is a source.
 * @throws UsageError for anything but one plain file.
 */
export function followFile(data: readonly string[], listener: FollowListener): Input {
  if (data.includes('-')) throw new UsageError('standard input is followed as it is: leave out --follow');
  const [path, ...others] = data.flatMap((name) =>
    existsSync(name) || isPattern(name) ? pathsOf(name) : [name],
  );
  if (others.length > 0) throw new UsageError('--follow goes with one file, the one that grows');
  if (/\.gz$/i.test(path))
    throw new UsageError(`${path} cannot be followed: a gzip file is whole or nothing; leave out --follow`);
  const there = accessed(path, () => statSync(path, { throwIfNoEntry: false }));
  if (there?.isFile() === false) throw new UsageError(`${path} is not a plain file: leave out --follow`);
  const stop = new AbortController();
  return { sources: filesCalled(path, listener, stop.signal), close: () => stop.abort() };
}

async function* filesCalled(
  path: string,
  listener: FollowListener,
  signal: AbortSignal,
): AsyncGenerator<Source, void> {
  const watch = watchPath(path);
  // A consumer that stops reading never returns here.
  signal.addEventListener('abort', watch.close, { once: true });
  try {
    if (!watch.look()) listener.tell(`${path} is not there: waiting for it`);
    while (watch.files.length === 0) {
      if (!(await waited(signal))) return;
      watch.look();
    }
    while (!signal.aborted) {
      yield { name: path, open: () => chunksOf(watch, path, listener, signal) };
      if (!signal.aborted) listener.onTurn();
    }
  } finally {
    watch.close();
  }
}

/**
 * The bytes of the oldest watched file that is not empty. The file is dropped at its end, unless it was
 * truncated.
 */
async function* chunksOf(
  watch: PathWatch,
  path: string,
  listener: FollowListener,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  let [file] = watch.files;
  let offset = 0;
  let isMissing = false;
  let looksSinceReplaced = 0;
  while (!signal.aborted) {
    const size = file.measure();
    const cutFrom = file.takeCut();
    if (cutFrom !== undefined) {
      const loss = offset < cutFrom ? '; what had not been read before is lost' : '';
      listener.tell(
        `${path} was cut back from ${cutFrom} to ${size} bytes: it is read again from its beginning${loss}`,
      );
      if (offset > 0) return;
    }
    if (size > offset) {
      const chunk = file.read(offset);
      offset += chunk.length;
      yield chunk;
      // Skipping data on resume would starve timers and signals otherwise.
      await setImmediate();
      continue;
    }
    // The writer may need a moment to notice that its file was renamed.
    if (looksSinceReplaced === 2) {
      watch.drop();
      if (offset > 0) return;
      // An empty file is not a source: as a table, it would lack a header.
      [file] = watch.files;
      looksSinceReplaced = 0;
      continue;
    }
    listener.onEnd();
    if (!(await waited(signal))) return;
    const isThere = watch.look();
    if (watch.files.length > 1) {
      if (looksSinceReplaced === 0)
        listener.tell(`${path} was replaced: the new file is read from its beginning`);
      looksSinceReplaced++;
    } else if (!isThere && !isMissing) listener.tell(`${path} is gone: waiting for a new one`);
    isMissing = !isThere;
  }
}

async function waited(signal: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(interval, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
