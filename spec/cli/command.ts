import { type ChildProcess, spawn } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../cli/runCommand.ts';
import { optimisesLate, root } from '../support/project.ts';

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own for the runs of one spec, gone after `dispose`. */
export interface Desk {
  readonly folder: string;
  path(name: string): string;
  file(name: string, content: string | Uint8Array): string;
  read(name: string): string;
  /** Runs the command there in the process of the specs, one at a time, with no standard input. */
  norewind(args: readonly string[]): Promise<Result>;
  /**
   * Runs the compiled command there, in its own process, and does something to it once it has written the
   * given words.
   */
  spawn(
    args: readonly string[],
    words?: string,
    intervene?: (process: ChildProcess) => void,
  ): Promise<Result>;
  dispose(): void;
}

const main = join(root, 'dist', 'cli', 'main.js');

export function createDesk(): Desk {
  if (!existsSync(main))
    throw new Error('dist/cli/main.js is missing: `npm test` builds it, and `node .ci/setup.mjs` does');
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind cli ')));
  const path = (name: string) => join(folder, name);
  return {
    folder,
    path,
    file(name, content) {
      writeFileSync(path(name), content);
      return path(name);
    },
    read: (name) => readFileSync(path(name), 'utf8'),
    norewind: (args) => runHere(args, folder),
    spawn(args, words, intervene) {
      const child = spawn(process.execPath, [...optimisesLate, main, ...args], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const written = { stdout: '', stderr: '' };
      let isDone = words === undefined;
      for (const name of ['stdout', 'stderr'] as const)
        child[name].setEncoding('utf8').on('data', (chunk: string) => {
          written[name] += chunk;
          if (isDone || !written[name].includes(words ?? '')) return;
          isDone = true;
          intervene?.(child);
        });
      return new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code) => resolve({ code, ...written }));
      });
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Ends when every command begun so far in this process has ended. */
let earlier: Promise<unknown> = Promise.resolve();

function runHere(args: readonly string[], folder: string): Promise<Result> {
  const result = earlier.then(async () => {
    const before = process.cwd();
    const captured = [capture(process.stdout), capture(process.stderr)];
    const heard = [listening(process), listening(process.stdout)];
    process.chdir(folder);
    try {
      const code = await runCommand(args);
      const [exits] = heard.map(({ silence }) => silence());
      // Calls that the command leaves for the end of its process, such as giving its folder back.
      for (const end of exits) end.call(process, code);
      const [stdout, stderr] = captured.map(({ text }) => text());
      return { code, stdout, stderr };
    } finally {
      process.chdir(before);
      for (const { release } of captured) release();
    }
  });
  earlier = result.catch(() => {});
  return result;
}

/** The listeners that an emitter has now; `silence` removes all others, and returns those to `exit`. */
function listening(emitter: EventEmitter): { silence(): Listener[] } {
  const all = () =>
    emitter
      .eventNames()
      .flatMap((name) => emitter.rawListeners(name).map((call) => ({ name, call: call as Listener })));
  const before = new Set(all().map(({ call }) => call));
  return {
    silence() {
      const added = all().filter(({ call }) => !before.has(call));
      for (const { name, call } of added) emitter.removeListener(name, call);
      return added.filter(({ name }) => name === 'exit').map(({ call }) => call);
    },
  };
}

type Listener = (...values: unknown[]) => void;

/** Keeps what is written to a stream, until it is released. */
function capture(stream: NodeJS.WriteStream): { text(): string; release(): void } {
  const pieces: Buffer[] = [];
  const { write, isTTY } = stream;
  // As in a pipe, where nothing is redrawn.
  stream.isTTY = false;
  stream.write = (
    piece: string | Uint8Array,
    encodingOrDone?: BufferEncoding | ((error?: Error) => void),
    done: ((error?: Error) => void) | undefined = typeof encodingOrDone === 'function'
      ? encodingOrDone
      : undefined,
  ) => {
    pieces.push(Buffer.from(piece as Uint8Array));
    if (done !== undefined) setImmediate(done);
    return true;
  };
  return {
    text: () => Buffer.concat(pieces).toString('utf8'),
    release() {
      Object.assign(stream, { write, isTTY });
    },
  };
}

/** Runs at most two at a time, as there are at least two cores. */
export async function inPairs<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const entries = items.entries();
  await Promise.all(
    [0, 1].map(async () => {
      for (const [i, item] of entries) results[i] = await work(item);
    }),
  );
  return results;
}
