import { guard, UsageError } from '../../lib/index.ts';
import type { Named, Options } from './entry.ts';
import { isFileName } from './names.ts';

/** The entry of a table by name. @throws UsageError listing the names. */
export function choose<T>(what: string, table: Readonly<Record<string, T>>, name: string): T {
  if (Object.hasOwn(table, name)) return table[name];
  const names = Object.keys(table);
  const told = String(name).slice(0, 60);
  throw new UsageError(
    `there is no ${what} ${JSON.stringify(told)}${guard.didYouMean(told, names) || `; there are ${names.join(', ')}`}`,
  );
}

/** The options that configurations may set. */
export function settable(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, { purpose }]) => purpose !== undefined));
}

/** The names of all settings of an entry. @param common those that every entry of its table has. */
export function settableNames(
  { options }: { readonly options: Options },
  common: readonly string[],
): string[] {
  return [...new Set([...common, ...Object.keys(settable(options))])];
}

/**
 * The entry that these settings name. Those of a file may have its hash.
 * @param common settings that every entry of the table has.
 * @throws UsageError for an unknown name, or a setting that the entry lacks.
 */
export function chooseNamed<E extends { readonly options: Options }>(
  what: string,
  table: Readonly<Record<string, E>>,
  { name, sha256, ...settings }: Named,
  common: readonly string[] = [],
): E {
  const entry = choose(what, table, name);
  if (sha256 !== undefined && !isFileName(name))
    throw new UsageError(`the ${what} ${name} is built in: it has no sha256`);
  const known = settableNames(entry, common);
  for (const key of Object.keys(settings))
    if (!known.includes(key))
      throw new UsageError(`the ${what} ${name} has no setting ${key}; it has ${known.join(', ') || 'none'}`);
  return entry;
}
