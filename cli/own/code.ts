import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { extname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createJiti, type Jiti } from 'jiti';
import { DataError, UsageError } from '../../lib/index.ts';
import { fileProblem } from '../errors.ts';
import { readPlain, requirePlain } from '../plainFile.ts';

/** The exports of a module by name. */
export type Exports = Readonly<Record<string, unknown>>;

const endings = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/**
 * The absolute path of a TypeScript or JavaScript file.
 * @throws UsageError for another or unreadable file.
 */
export function requireCode(file: string): string {
  const path = resolve(file);
  if (!endings.includes(extname(path)))
    throw new UsageError(
      `${file} is no TypeScript or JavaScript file: its name must end in ${endings.join(', ')}`,
    );
  try {
    requirePlain(path);
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new UsageError(fileProblem('read', file, error));
  }
  return path;
}

/**
 * Loads a file with the norewind of this process, wherever the file is: two copies of norewind do not know each
 * other's tensors. Node 20 runs no TypeScript; types are dropped, not checked.
 * @throws DataError if it cannot be loaded.
 */
export async function importCode(path: string, file: string): Promise<Exports> {
  const jiti = loader(path, {
    norewind: await import('../../trainers/norewind.ts'),
    'norewind/lib': await import('../../lib/index.ts'),
    'norewind/autodiff': await import('../../autodiff/index.ts'),
    'norewind/nn': await import('../../nn/index.ts'),
    'norewind/trainers': await import('../../trainers/index.ts'),
    'norewind/stream': await import('../stream/index.ts'),
    'norewind/runs': await import('../runs/index.ts'),
    'norewind/plot': await import('../plot/index.ts'),
    'norewind/testing': await import('../../trainers/testing/index.ts'),
  });
  try {
    const source = readPlain(path).toString();
    // `jiti.import` would leave a module of JavaScript to Node, which looks for norewind beside the file.
    const options = { filename: path, ext: extname(path), async: true, forceTranspile: true };
    return (await settled(jiti.evalModule(source, options))) as Exports;
  } catch (error) {
    throw new DataError(`${file} cannot be loaded: ${reasonOf(error)}`, { cause: error });
  }
}

/** The result of loading a file, or an error when nothing is left that could end an await in it. */
export async function settled<T>(loading: Promise<T> | T): Promise<T> {
  let give: (() => void) | undefined;
  const never = new Promise<never>((_, reject) => {
    give = () => reject(new Error('an await at its top level never ends'));
    process.once('beforeExit', give);
  });
  try {
    return await Promise.race([loading, never]);
  } finally {
    if (give !== undefined) process.removeListener('beforeExit', give);
  }
}

/** The loader of TypeScript, without a cache, which would leave files behind. */
export function loader(path: string, virtualModules: Record<string, unknown> = {}): Jiti {
  const options = { fsCache: false, interopDefault: false, virtualModules };
  return createJiti(pathToFileURL(path).href, options);
}

/** The error on one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `it threw ${String(error)}`;
  const [first, ...rest] = error.message.split('\n').map((line) => line.trim());
  const missing = /Cannot find (?:module|package) '([^']+)'/.exec(first);
  if (missing?.[1].startsWith('norewind') === true)
    return 'norewind is not installed in its folder: npm install norewind';
  // A parser says on the next line where it is.
  const [place = ''] = rest.filter((line) => /:\d+:\d+$/.test(line) && !line.startsWith('at '));
  return `${error.name === 'Error' ? '' : `${error.name}: `}${first}${place === '' ? '' : `, ${place}`}`;
}

/**
 * The SHA-256 of a file, as `sha256sum` prints it. If it imports others by relative paths, that of the lines
 * that `sha256sum` prints for all of them, by their paths from the file's folder and sorted by these.
 */
export function hashOf(path: string): string {
  const files = new Map<string, string>();
  const jiti = loader(path);
  const visit = (each: string): void => {
    if (files.has(each)) return;
    const source = readPlain(each);
    files.set(each, sha256(source));
    for (const [, name] of source.toString().matchAll(imports)) {
      const found = jiti.esmResolve(name, { try: true, parentURL: pathToFileURL(each).href });
      if (found?.startsWith('file:') === true) visit(fileURLToPath(found));
    }
  };
  visit(path);
  if (files.size === 1) return files.get(path) ?? '';
  const lines = Array.from(files, ([each, hash]) => ({ name: relative(resolve(path, '..'), each), hash }));
  lines.sort((a, b) => (a.name < b.name ? -1 : 1));
  return sha256(lines.map(({ name, hash }) => `${hash}  ${name}\n`).join(''));
}

/** Imports, exports and calls of `require` and `import` with a relative path. */
const imports = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](\.{1,2}\/[^'"\n]+)['"]/g;

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
