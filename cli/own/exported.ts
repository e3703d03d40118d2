import { guard, NorewindError, UsageError } from '../../lib/index.ts';
import { type Exports, importCode } from './code.ts';
import { lineIn } from './place.ts';
import type { Make } from './readSettings.ts';

/** The export that a file must have for each part. */
export const partForms = {
  cell: 'a function of { inputs, units } that returns a cell',
  estimator: 'an estimator, or a function that returns one',
  optimizer: 'an optimiser, or a function of { rate } that returns one',
  task: 'a function of { seed } that returns a task',
};

export type Part = keyof typeof partForms;

/** A file of the user's with a part of a run in it. */
export interface OwnFile {
  /** As the user wrote it. */
  readonly file: string;
  readonly part: Part;
  /** The export, a function of settings. @throws UsageError for its errors, and for what is not one. */
  readonly make: Make;
}

/** Loads a file, and finds the export for a part. @throws UsageError or DataError. */
export async function exportedBy(path: string, file: string, part: Part): Promise<OwnFile> {
  const exports = await importCode(path, file);
  const value = exports[part] ?? exports.default;
  if (isFunction(value)) return { file, part, make: value };
  if ((part === 'estimator' || part === 'optimizer') && guard.isRecord(value))
    return { file, part, make: () => value };
  throw new UsageError(
    `${file} must export ${partForms[part]}, as ${part} or as default; it exports ${listOf(exports)}`,
  );
}

/** Whether an export can make a part. */
export function isFunction(value: unknown): value is Make {
  return typeof value === 'function';
}

/** The exports of a file, for messages. */
export function listOf(exports: Exports): string {
  const names = Object.entries(exports).map(([name, value]) => `${name}, ${guard.describe(value)}`);
  return names.length === 0 ? 'nothing' : names.slice(0, 8).join('; ');
}

/** Calls the export. @throws UsageError that names the file, unless it returns what passes the check. */
export function made<T>({ file, part, make }: OwnFile, settings: object, check: guard.Check): T {
  const value = attempt(file, `${part}(${shown(settings)})`, () => make(settings));
  if (check.holds(value)) return value as T;
  const remedy = check.remedy?.(value);
  throw new UsageError(
    `${file}: ${part}(${shown(settings)}) must return ${check.what}, and returns ${guard.describe(value)}${remedy === undefined ? '' : `; ${remedy}`}`,
  );
}

/** @throws UsageError that names the file and what was done, for any error. */
export function attempt<T>(file: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof UsageError && error.message.startsWith(file)) throw error;
    const reason = error instanceof Error ? error.message.replace(/\s*\n\s*/g, ' ') : String(error);
    const kind = error instanceof NorewindError || !(error instanceof Error) ? '' : `${error.name}: `;
    const line = lineIn(error, file);
    throw new UsageError(
      `${file}: ${what} threw ${kind}${reason}${line === undefined ? '' : `, line ${line}`}`,
      { cause: error },
    );
  }
}

function shown(settings: object): string {
  const parts = Object.entries(settings).map(
    ([key, value]) => `${key}: ${typeof value === 'function' ? '…' : JSON.stringify(value)}`,
  );
  return parts.length === 0 ? '' : `{ ${parts.join(', ')} }`;
}
