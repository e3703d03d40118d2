import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { DataError, UsageError } from '../../lib/index.ts';
import { type Exports, importCode, loader, reasonOf, requireCode, settled } from '../own/code.ts';

/** The exports of `norewind/testing`. */
type Testing = typeof import('../../trainers/testing/index.ts');

/** The exports of a file of the user's, and the laws of the norewind that it imports. */
export interface Loaded {
  readonly exports: Exports;
  readonly testing: Testing;
}

/**
 * Loads a TypeScript or JavaScript file.
 * @throws UsageError for a file that is none; DataError for one that cannot be loaded.
 */
export async function load(file: string): Promise<Loaded> {
  const path = requireCode(file);
  const found = testingBeside(path);
  // With none beside it, the file gets the norewind of this command, as in a run.
  if (found === undefined)
    return {
      exports: await importCode(path, file),
      testing: await import('../../trainers/testing/index.ts'),
    };
  const testing = await testingOf(found, file);
  try {
    const isCompiled = /\.[cm]?ts$/.test(path);
    const exports = await settled(isCompiled ? loader(path).import<Exports>(path) : importPlain(path));
    return { exports, testing };
  } catch (error) {
    throw new DataError(`${file} cannot be loaded: ${reasonOf(error)}`, { cause: error });
  }
}

async function importPlain(path: string): Promise<Exports> {
  return (await import(pathToFileURL(path).href)) as Exports;
}

/**
 * The laws must come from the same installation as the file's own imports: two copies of norewind do not know
 * each other's tensors.
 */
function testingBeside(path: string): string | undefined {
  try {
    return createRequire(path).resolve('norewind/testing');
  } catch {
    return undefined;
  }
}

async function testingOf(found: string, file: string): Promise<Testing> {
  const testing = (await import(pathToFileURL(found).href)) as Testing;
  if (typeof testing.verdictOf === 'function') return testing;
  throw new UsageError(
    `the norewind that is installed for ${file} is older than this command: npm install norewind@latest there, or use its own command with npx norewind check`,
  );
}
