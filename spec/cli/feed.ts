import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { optimisesLate, root } from '../support/project.ts';
import type { Desk, Result } from './command.ts';

/** The compiled command with something on its standard input, which stays open when it is left out. */
export interface Feed {
  readonly child: ChildProcess;
  readonly result: Promise<Result>;
}

/** @param flags for Node. */
export function feed(
  desk: Desk,
  args: readonly string[],
  chunks?: readonly (string | Uint8Array)[],
  flags: readonly string[] = [],
): Feed {
  const child = spawn(
    process.execPath,
    [...flags, ...optimisesLate, join(root, 'dist', 'cli', 'main.js'), ...args],
    {
      cwd: desk.folder,
    },
  );
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      written[name] += chunk;
    });
  // It may have ended before it has read everything.
  child.stdin.on('error', () => {});
  if (chunks !== undefined) {
    for (const chunk of chunks) child.stdin.write(chunk);
    child.stdin.end();
  }
  const result = new Promise<Result>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...written }));
  });
  return { child, result };
}

/** Waits until a condition holds; ends in an error after thirty seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let left = 3000; !condition(); left--) {
    if (left === 0) throw new Error('waited thirty seconds in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
