import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../support/project.ts';

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
  /** Runs the compiled command there, and does something to it once it has written the given words. */
  norewind(args: readonly string[], words?: string, intervene?: (process: ChildProcess) => void): Promise<Result>;
  dispose(): void;
}

const main = join(root, 'dist', 'cli', 'main.js');

export function createDesk(): Desk {
  if (!existsSync(main)) throw new Error('dist/cli/main.js is missing: `npm test` builds it, and `node .ci/setup.mjs` does');
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
    norewind(args, words, intervene) {
      const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
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
