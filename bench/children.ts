import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs another file of this folder in its own process. Returns the JSON that it wrote. */
export function child<T>(file: string, flags: readonly string[], args: readonly string[]): T {
  // Use this file's extension: .ts in the sources, .js in dist.
  const path = fileURLToPath(
    new URL(`./${file}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, ...flags, path, ...args],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${file} failed: ${stderr.trim().split('\n').slice(-3).join(' ')}`);
  return JSON.parse(stdout) as T;
}
