import { copyFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { exitCodes, FailedError, fileProblem } from '../errors.ts';
import { packageFile } from '../package-root.ts';
import { contentWriter } from '../terminal/output.ts';
import { makeFolder } from '../training/folder.ts';

export interface InitOptions {
  readonly norewind?: string;
}

/** Versions with which the starter is tested; it brings its own TypeScript, as Node 20 runs none. */
const tools = { tsx: '4.23.15', typescript: '6.0.3' };

/**
 * `norewind init`: writes a folder with a cell, a study of it and their tests. Returns the exit code.
 * @throws UsageError for a folder that has files or cannot be made; FailedError if it cannot be written.
 */
export async function init(folder: string, { norewind }: InitOptions): Promise<number> {
  const root = resolve(folder);
  const starter = packageFile('cli', 'starter');
  requireEmpty(folder);
  makeFolder(folder);
  try {
    for (const name of readdirSync(starter)) copyFileSync(join(starter, name), join(root, name));
    writeFileSync(join(root, 'package.json'), `${JSON.stringify(manifest(root, norewind), undefined, 2)}\n`);
    writeFileSync(join(root, '.gitignore'), 'node_modules\nruns\n');
  } catch (error) {
    throw new FailedError(fileProblem('write', folder, error), { cause: error });
  }
  await contentWriter()(
    `${folder} is written. Now:\n\n  cd ${folder}\n  npm install\n  npm start\n  npm test\n`,
  );
  return exitCodes.done;
}

/** @throws UsageError. */
function requireEmpty(folder: string): void {
  try {
    if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  } catch (error) {
    throw new UsageError(fileProblem('write', folder, error), { cause: error });
  }
  throw new UsageError(`${folder} has files: give a folder that is empty or does not exist`);
}

function manifest(root: string, norewind: string | undefined): object {
  return {
    name: nameOf(root),
    private: true,
    type: 'module',
    scripts: { start: 'tsx study.ts', test: 'norewind check cell.ts', types: 'tsc' },
    // Paths in package.json have forward slashes everywhere.
    dependencies: { norewind: norewind ?? `file:${relative(root, packageFile()).replaceAll('\\', '/')}` },
    devDependencies: tools,
  };
}

/** The name of a package may not have other characters. */
function nameOf(root: string): string {
  const name = basename(root)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'study' : name;
}
