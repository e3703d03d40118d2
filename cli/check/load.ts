import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DataError, UsageError } from '../../lib/index.ts';
import { fileProblem } from '../errors.ts';
import { requirePlain } from '../plainFile.ts';

/** What `norewind/testing` exports. */
type Testing = typeof import('../../trainers/testing/index.ts');

/** The exports of a file of the user's, and the laws of the norewind that it imports. */
export interface Loaded {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly testing: Testing;
}

const compiled = ['.ts', '.mts', '.cts'];
const plain = ['.js', '.mjs', '.cjs'];

/**
 * Loads a TypeScript or JavaScript file.
 * @throws UsageError for a file that is none; DataError for one that cannot be loaded.
 */
export async function load(file: string): Promise<Loaded> {
  const path = resolve(file);
  const ending = extname(path);
  if (![...compiled, ...plain].includes(ending))
    throw new UsageError(
      `${file} is no TypeScript or JavaScript file: its name must end in ${[...compiled, ...plain].join(', ')}`,
    );
  try {
    requirePlain(path);
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new UsageError(fileProblem('read', file, error));
  }
  const testing = await testingOf(path, file);
  try {
    return { exports: await (compiled.includes(ending) ? importCompiled(path) : importPlain(path)), testing };
  } catch (error) {
    throw new DataError(`${file} cannot be loaded: ${reasonOf(error)}`, { cause: error });
  }
}

/** Node 20 runs no TypeScript. Types are dropped, not checked. */
async function importCompiled(path: string): Promise<Record<string, unknown>> {
  const { createJiti } = await import('jiti');
  // A cache would leave files behind.
  const jiti = createJiti(pathToFileURL(path).href, { fsCache: false, interopDefault: false });
  return await jiti.import<Record<string, unknown>>(path);
}

async function importPlain(path: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
}

/**
 * The laws must come from the same installation as the file's own imports: two copies of norewind do not know
 * each other's tensors. A file that imports none gets those of this command.
 */
async function testingOf(path: string, file: string): Promise<Testing> {
  let found: string;
  try {
    found = createRequire(path).resolve('norewind/testing');
  } catch {
    return await import('../../trainers/testing/index.ts');
  }
  const testing = (await import(pathToFileURL(found).href)) as Testing;
  if (typeof testing.verdictOf === 'function') return testing;
  throw new UsageError(
    `the norewind that is installed for ${file} is older than this command: npm install norewind@latest there, or use its own command with npx norewind check`,
  );
}

/** The error on one line. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `it threw ${String(error)}`;
  const [first, ...rest] = error.message.split('\n').map((line) => line.trim());
  const missing = /Cannot find (?:module|package) '([^']+)'/.exec(first);
  if (missing?.[1].startsWith('norewind') === true)
    return 'norewind is not installed in its folder: npm install norewind';
  // A parser says on the next line where it is.
  const [place = ''] = rest.filter((line) => /:\d+:\d+$/.test(line) && !line.startsWith('at '));
  return `${error.name === 'Error' ? '' : `${error.name}: `}${first}${place === '' ? '' : `, ${place}`}`;
}
