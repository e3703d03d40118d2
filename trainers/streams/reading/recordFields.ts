import { DataError } from '../../../lib/index.ts';
import { quoted } from './problem.ts';
import type { Fields } from './rowReader.ts';

/** A record from a program: an object, an instance of a class with getters, or a Map. */
export interface RecordFields extends Fields {
  has(column: string): boolean;
  /** All names in it, including unknown ones. */
  names(): readonly string[];
}

/** @throws DataError for a value without named fields. */
export function recordFieldsOf(record: unknown, where: string): RecordFields {
  if (record instanceof Map) {
    const names = () => [...record.keys()].filter((key) => typeof key === 'string');
    return { where, has: (column) => record.has(column), get: (column) => record.get(column) ?? null, names };
  }
  if (typeof record !== 'object' || record === null || Array.isArray(record) || ArrayBuffer.isView(record))
    throw new DataError(`${where}: it is not an object, such as {"temperature": 12.5}`);
  if (record instanceof Promise) throw new DataError(`${where}: it is a Promise: await it first`);
  // Counts what a class defines, but not what every object inherits, such as `constructor`.
  const has = (column: string) =>
    Object.hasOwn(record, column) || (column in record && !(column in Object.prototype));
  return {
    where,
    has,
    get(column) {
      if (!has(column)) return null;
      try {
        return (record as Readonly<Record<string, unknown>>)[column] ?? null;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new DataError(`${where}, column ${quoted(column)}: its getter failed: ${why.split('\n')[0]}`);
      }
    },
    names: () => namesOf(record).filter(has),
  };
}

function namesOf(record: object): string[] {
  const names = new Set<string>();
  for (let at: object | null = record; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  return [...names];
}

/**
 * @param columns the columns that a record should have.
 * @param unseen those that no record has had so far.
 * @throws DataError for a record with none of the columns, and as `requireSpelling` does.
 */
export function requireColumns(
  fields: RecordFields,
  columns: readonly string[],
  unseen: () => readonly string[],
): void {
  const isAbsent = columns.map((column) => !fields.has(column));
  if (!isAbsent.includes(true)) return;
  requireSpelling(fields, columns, unseen);
  if (isAbsent.includes(false)) return;
  const others = fields.names().filter((name) => !columns.includes(name));
  const has =
    others.length === 0 ? 'it has no values' : `it has ${others.slice(0, 20).map(quoted).join(', ')}`;
  throw new DataError(
    `${fields.where}: it has none of the columns ${columns.slice(0, 20).map(quoted).join(', ')}; ${has}`,
  );
}

/**
 * A misspelt name would silently be a missing value.
 * @throws DataError for a record with another name in place of a column that no record has had.
 */
export function requireSpelling(
  fields: RecordFields,
  columns: readonly string[],
  unseen: () => readonly string[],
): void {
  const never = new Set(unseen());
  const others = fields.names().filter((name) => !columns.includes(name));
  for (const column of columns) {
    if (!never.has(column) || fields.has(column)) continue;
    const other = others.find((name) => isMisspelling(name, column));
    if (other !== undefined)
      throw new DataError(
        `${fields.where}: it has ${quoted(other)} and no ${quoted(column)}: did you mean ${column}? Where ${column} is missing, make it null`,
      );
  }
}

/** Names that differ only in numbers differ on purpose. */
function isMisspelling(name: string, column: string): boolean {
  const [a, b] = [name, column].map((each) => each.toLowerCase().replace(/[\s_.-]/g, ''));
  if (a.replace(/\D/g, '') !== b.replace(/\D/g, '')) return false;
  if (a === b) return true;
  const length = Math.min(a.length, b.length);
  return length >= 4 && (a.startsWith(b) || b.startsWith(a) || editDistance(a, b) <= (length < 8 ? 1 : 2));
}

/**
 * Edit distance of two words (optimal string alignment): insertions, deletions, replacements and swaps of
 * neighbours.
 */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const exchanged =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2][j - 2] + 1 : replaced;
      rows[i].push(Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced, exchanged));
    }
  }
  return rows[a.length][b.length];
}
