import { guard, UsageError } from '../../lib/index.ts';

/** The entry of a table by its name. @throws UsageError that lists the names. */
export function choose<T>(what: string, table: Readonly<Record<string, T>>, name: string): T {
  if (Object.hasOwn(table, name)) return table[name];
  const names = Object.keys(table);
  throw new UsageError(
    `there is no ${what} ${JSON.stringify(String(name).slice(0, 60))}${guard.didYouMean(String(name).slice(0, 60), names) || `; there are ${names.join(', ')}`}`,
  );
}
