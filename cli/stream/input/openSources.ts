import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DataError, UsageError } from '../../../lib/index.ts';
import type { Source, Sources } from '../../../trainers/streams/index.ts';
import { fileProblem } from '../../errors.ts';

export interface Input {
  readonly sources: Sources;
  /** The share of the input that has been used, by bytes; undefined if its size is not known. */
  used?(): number | undefined;
  /** Ends the reading, which would keep the process alive. */
  close(): void;
}

/**
 * Opens sources in the given order. `-` is standard input; `*` and `?` in the last part of a path match as in
 * a shell, sorted by name with numbers by value. Gzip is decompressed, whatever the name.
 * @throws UsageError for a missing file, a folder, a pattern without a match, and standard input next to
 * files.
 */
export function openSources(data: readonly string[]): Input & { readonly sources: readonly Source[] } {
  if (data.includes('-') && data.length > 1)
    throw new UsageError('standard input (-) is a stream of its own: give either - or files, not both');
  const sources = data.flatMap((path) => (path === '-' ? [standardInput()] : pathsOf(path).map(file)));
  return {
    sources,
    used() {
      const total = sources.reduce((sum, { size }) => sum + size, 0);
      return total > 0 ? sources.reduce((sum, source) => sum + source.used(), 0) / total : undefined;
    },
    close() {
      for (const source of sources) source.close();
    },
  };
}

/** The files of a path or a pattern. @throws UsageError for a missing file or a folder. */
export function pathsOf(path: string): string[] {
  if (existsSync(path) || !isPattern(path)) return [readable(path)];
  const words = basename(path).split(/([*?])/);
  const escaped = words.map((word) =>
    word === '*' ? '.*' : word === '?' ? '.' : word.replace(/[.+^${}()|[\]\\]/g, '\\$&'),
  );
  const pattern = new RegExp(`^${escaped.join('')}$`, 'su');
  const folder = dirname(path);
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => pattern.test(name) && !name.startsWith('.'))
    : [];
  if (names.length === 0) throw new UsageError(`no file is called ${path}`);
  return names.sort(inOrder).map((name) => readable(join(folder, name)));
}

export function isPattern(path: string): boolean {
  return /[*?]/.test(basename(path));
}

// Logs are numbered by time: n-10 follows n-2. The order must not depend on the machine's locale.
const collator = new Intl.Collator('en', { numeric: true });

/** By code unit if the names differ in leading zeros only. */
function inOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}

function readable(path: string): string {
  try {
    if (statSync(path).isDirectory()) throw new UsageError(`cannot read ${path}: it is a folder, not a file`);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(fileProblem('read', path, error));
  }
  return path;
}

interface OpenSource extends Source {
  /** In bytes; NaN if not known. */
  readonly size: number;
  /** The bytes of the chunks that are done with. */
  used(): number;
  close(): void;
}

/** So that what is used of a small file is known in many steps. */
const highWaterMark = 2 ** 14;

function file(path: string): OpenSource {
  const stat = statSync(path);
  return sourceOf(
    path,
    () => createReadStream(path, { highWaterMark }),
    stat.isFile() ? stat.size : Number.NaN,
  );
}

function standardInput(): OpenSource {
  return sourceOf('standard input', () => process.stdin, Number.NaN);
}

function sourceOf(name: string, start: () => Readable, size: number): OpenSource {
  let stream: Readable | undefined;
  let used = 0;
  return {
    name,
    size,
    used: () => used,
    open() {
      stream = start();
      return unpacked(
        name,
        chunksOf(name, stream, (bytes) => {
          used += bytes;
        }),
      );
    },
    close: () => void stream?.destroy(),
  };
}

/** @param use is told of each chunk when the next one is asked for. */
async function* chunksOf(
  name: string,
  stream: Readable,
  use: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of stream) {
      yield chunk as Uint8Array;
      use((chunk as Uint8Array).length);
    }
  } catch (error) {
    throw new DataError(fileProblem('read', name, error));
  }
}

const gzip = [0x1f, 0x8b, 0x08];

/** The bytes, decompressed if they begin like gzip. */
async function* unpacked(
  name: string,
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let head = Buffer.alloc(0);
  const mayBeGzip = () => gzip.every((byte, i) => i >= head.length || head[i] === byte);
  for (let isOver = false; !isOver && head.length < gzip.length && mayBeGzip(); ) {
    const { value, done } = await chunks.next();
    isOver = done === true;
    if (!done) head = Buffer.concat([head, value]);
  }
  async function* all(): AsyncGenerator<Uint8Array, void, undefined> {
    if (head.length > 0) yield head;
    yield* chunks;
  }
  if (head.length < gzip.length || !mayBeGzip()) return yield* all();
  // The last stream of the pipeline reports the failure.
  const bytes = pipeline(Readable.from(all(), { objectMode: false }), createGunzip(), () => {});
  try {
    for await (const chunk of bytes) yield chunk as Uint8Array;
  } catch (error) {
    throw error instanceof DataError
      ? error
      : new DataError(`${name} is not a whole gzip file: ${(error as Error).message}`);
  }
}
