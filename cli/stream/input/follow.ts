import { existsSync, statSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { UsageError } from '../../../lib/index.ts';
import type { Source } from '../../../trainers/streams/index.ts';
import { accessed, interval, type PathWatch, watchPath } from './growingFile.ts';
import { type Input, isPattern, pathsOf } from './openSources.ts';

/** Hears of what happens to a file that is followed, each time after everything before it has been used. */
export interface FollowListener {
  /** All that is there has been read. What it throws ends the reading. */
  onEnd(): void;
  /** What comes next is another file, or the same one from its beginning. */
  onTurn(): void;
  tell(sentence: string): void;
}

/**
 * A file that grows, as by `tail -F`: it is waited for, and so is what comes behind its end. When another file has got its name, the rest
 * of the old one is read, then the new one; when it was cut back, it is read from its beginning. Either is a source of its own.
 * @throws UsageError for what is there and is not one plain file.
 */
export function followFile(data: readonly string[], listener: FollowListener): Input {
  if (data.includes('-')) throw new UsageError('standard input is followed as it is: leave out --follow');
  const [path, ...others] = data.flatMap((name) => (existsSync(name) || isPattern(name) ? pathsOf(name) : [name]));
  if (others.length > 0) throw new UsageError('--follow goes with one file, the one that grows');
  if (/\.gz$/i.test(path))
    throw new UsageError(`${path} cannot be followed: a gzip file is whole or nothing; leave out --follow`);
  const there = accessed(path, () => statSync(path, { throwIfNoEntry: false }));
  if (there?.isFile() === false) throw new UsageError(`${path} is not a plain file: leave out --follow`);
  const stop = new AbortController();
  return { sources: filesCalled(path, listener, stop.signal), close: () => stop.abort() };
}

async function* filesCalled(path: string, listener: FollowListener, signal: AbortSignal): AsyncGenerator<Source, void> {
  const watch = watchPath(path);
  // Whoever does not want the next chunk does not come back here.
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

/** The bytes of the oldest file that is watched and is not empty, which is dropped at its end unless it was cut back. */
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
      listener.tell(`${path} was cut back from ${cutFrom} to ${size} bytes: it is read again from its beginning${loss}`);
      if (offset > 0) return;
    }
    if (size > offset) {
      const chunk = file.read(offset);
      offset += chunk.length;
      yield chunk;
      // Whoever only skips what was read before would keep the timer and signals waiting.
      await setImmediate();
      continue;
    }
    // Whoever writes may need a moment to notice that its file has another name.
    if (looksSinceReplaced === 2) {
      watch.drop();
      if (offset > 0) return;
      // An empty file is no source: as a table, it would have no header.
      [file] = watch.files;
      looksSinceReplaced = 0;
      continue;
    }
    listener.onEnd();
    if (!(await waited(signal))) return;
    const isThere = watch.look();
    if (watch.files.length > 1) {
      if (looksSinceReplaced === 0) listener.tell(`${path} was replaced: the new file is read from its beginning`);
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
