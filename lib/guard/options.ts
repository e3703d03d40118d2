import { ConfigurationError, type NorewindError } from '../errors.ts';
import type { Check } from './checks.ts';
import { describe, isRecord } from './describe.ts';
import { didYouMean } from './didYouMean.ts';

/** One check per option. */
export type Checks<T> = { readonly [K in keyof Required<T>]: Check };

/**
 * Returns the options after checking their names and values. Callers in JavaScript have no types, and a
 * misspelt option would silently fall back to its default.
 * @param who the function's name. @param example a correct call, shown if the options are missing.
 * @throws ConfigurationError for a non-record, an unknown option, a missing one, or one out of range.
 */
export function options<T extends object>(who: string, given: T, checks: Checks<T>, example?: string): T {
  if (!isRecord(given))
    throw new ConfigurationError(
      `${who}: needs a record of options${example === undefined ? '' : `, such as ${example}`}, got ${describe(given)}`,
    );
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(checks, key))
      throw new ConfigurationError(unknownOption(who, key, Object.keys(checks)));
    if (given[key] !== undefined) argument(who, key, given[key], checks[key as keyof T]);
  }
  for (const key in checks)
    if (checks[key].needed === true && given[key] === undefined)
      throw new ConfigurationError(
        `${who}: ${key} is missing; it must be ${checks[key].what}${example === undefined ? '' : `, as in ${example}`}`,
      );
  return given;
}

/** The sentence for an unknown option. */
export function unknownOption(who: string, key: string, known: readonly string[]): string {
  const hint = didYouMean(key, known);
  const all = known.length === 0 ? 'there are none' : `the options are ${known.join(', ')}`;
  return `${who}: there is no option ${key}${hint === '' ? `; ${all}` : hint}`;
}

/** @throws ConfigurationError, or `Refusal`, unless the value passes the check. */
export function argument(
  who: string,
  name: string,
  value: unknown,
  check: Check,
  Refusal: new (message: string) => NorewindError = ConfigurationError,
): void {
  if (check.holds(value)) return;
  const remedy = check.remedy?.(value);
  throw new Refusal(
    `${who}: ${name} must be ${check.what}, got ${describe(value)}${remedy === undefined ? '' : `; ${remedy}`}`,
  );
}
