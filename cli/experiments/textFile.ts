import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { fileProblem } from '../errors.ts';
import { packageFile } from '../package-root.ts';
import { readPlain } from '../plainFile.ts';

/** The name in configurations of the book that comes with the package. */
export const book = 'moby-dick';

export interface TextFile {
  /** `moby-dick`, or the absolute path. */
  readonly data: string;
  readonly text: string;
  readonly sha256: string;
}

/** @throws UsageError for a file that is unreadable, empty, or not UTF-8 text. */
export function readText(data: string): TextFile {
  const own = data === book;
  const path = own ? packageFile('cli', 'data', 'moby-dick.txt') : resolve(data);
  const bytes = read(path);
  if (bytes.length === 0) throw new UsageError(`${data} is empty: there is nothing to learn from`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { data: own ? data : path, text: decode(data, bytes), sha256 };
}

function read(path: string): Uint8Array {
  try {
    return readPlain(path);
  } catch (error) {
    throw new UsageError(fileProblem('read', path, error));
  }
}

function decode(name: string, bytes: Uint8Array): string {
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw new UsageError(`${name} is not text: byte ${zero} is zero`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${name} is not text in UTF-8; convert it first`);
  }
}
