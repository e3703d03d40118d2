import { ConfigurationError, guard } from '../../../lib/index.ts';
import { misfit, requireEntries, requireSame } from '../../evaluation/saved.ts';

/** The arrays that a checkpoint stores as tensors. */
export type Table = Float32Array | Float64Array | Int32Array;
export type Tables = Readonly<Record<string, Table>>;

const kinds = [Float32Array, Float64Array, Int32Array] as const;

export function isTable(value: unknown): value is Table {
  return kinds.some((kind) => value instanceof kind);
}

/** The entry that stands for a table. */
const mark = '$table';

/** JSON data. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/**
 * Plain data as JSON, in which each table is replaced by its name, and the tables by name.
 * @param path of the data in the names. @throws ConfigurationError for data that are not plain.
 */
export function separate(data: unknown, path: string, tables: Record<string, Table>): Plain {
  return plainOf(data, path, (table, name) => {
    tables[name] = table.slice();
    return { [mark]: name };
  });
}

/**
 * Plain data as JSON.
 * @param written what is written of a table.
 * @throws ConfigurationError for data that are not plain.
 */
export function plainOf(data: unknown, path: string, written: (table: Table, path: string) => Plain): Plain {
  return plainAt(data, path, written, 0);
}

/** Deeper data than this contain themselves, or would overflow the stack. */
const deepest = 256;

function plainAt(
  data: unknown,
  path: string,
  written: (table: Table, path: string) => Plain,
  depth: number,
): Plain {
  if (depth > deepest)
    throw notPlain(`${path.slice(0, 60)}…`, `more than ${deepest} deep: does it contain itself?`);
  const part = (entry: unknown, key: string | number) => plainAt(entry, `${path}.${key}`, written, depth + 1);
  if (isTable(data)) return written(data, path);
  if (Array.isArray(data)) return data.map(part);
  if (typeof data === 'object' && data !== null) {
    const prototype = Object.getPrototypeOf(data);
    if ((prototype !== Object.prototype && prototype !== null) || Object.hasOwn(data, mark))
      throw notPlain(path, `an object of its own kind`);
    return Object.fromEntries(Object.entries(data).map(([key, entry]) => [key, part(entry, key)]));
  }
  if (
    data === null ||
    typeof data === 'string' ||
    typeof data === 'boolean' ||
    (typeof data === 'number' && Number.isFinite(data))
  )
    return data;
  throw notPlain(path, guard.describe(data));
}

function notPlain(path: string, what: string): ConfigurationError {
  return new ConfigurationError(
    `the state of an expert cannot be saved: ${path} is ${what}; it may consist of finite numbers, texts, true and false, null, arrays, records, Float32Array, Float64Array and Int32Array`,
  );
}

/** The data that were separated. @throws DataError if a table is missing, or belongs to nothing. */
export function joined(rest: unknown, tables: Tables): unknown {
  const used = new Set<string>();
  const data = join(rest, tables, used);
  for (const name of Object.keys(tables)) requireSame(`that ${name} is used`, used.has(name), true);
  return data;
}

function join(rest: unknown, tables: Tables, used: Set<string>): unknown {
  if (Array.isArray(rest)) return rest.map((entry) => join(entry, tables, used));
  if (typeof rest !== 'object' || rest === null) return rest;
  if (!Object.hasOwn(rest, mark))
    return Object.fromEntries(Object.entries(rest).map(([key, entry]) => [key, join(entry, tables, used)]));
  requireEntries('a table', rest, [mark]);
  const name = (rest as Record<string, unknown>)[mark];
  if (typeof name !== 'string' || !Object.hasOwn(tables, name) || used.has(name))
    throw misfit('a table is missing, or used twice');
  used.add(name);
  return tables[name].slice();
}

/** @throws DataError unless the value is a table of this kind and, if given, length. */
export function requireTable<T extends Table>(
  what: string,
  value: unknown,
  Kind: new (length: number) => T,
  length?: number,
): T {
  if (!(value instanceof Kind)) throw misfit(`${what} are no ${Kind.name}`);
  if (length !== undefined) requireSame(`the length of ${what}`, value.length, length);
  return value;
}
