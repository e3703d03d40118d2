import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs another file of this folder in a process of its own, and returns what it wrote, as JSON. */
export function child<T>(file: string, flags: readonly string[], args: readonly string[]): T {
  // The same extension as this file's: from the sources .ts, from dist .js.
  const path = fileURLToPath(new URL(`./${file}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, ...flags, path, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${file} failed: ${stderr.trim().split('\n').slice(-3).join(' ')}`);
  return JSON.parse(stdout) as T;
}
