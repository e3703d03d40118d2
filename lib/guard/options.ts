import { ConfigurationError, type NorewindError } from '../errors.ts';
import type { Check } from './checks.ts';
import { describe, isRecord } from './describe.ts';
import { didYouMean } from './didYouMean.ts';

/** A check for every option. */
export type Checks<T> = { readonly [K in keyof Required<T>]: Check };

/**
 * The options of a function, once they are known to be its own and of the right kind: types do not reach callers in JavaScript, and
 * what is misspelt would be the default.
 * @param who the function, as its caller knows it. @param example a call that is right, for a caller who gave no options at all.
 * @throws ConfigurationError for anything but a record, an option that does not exist, one that is missing or out of range.
 */
export function options<T extends object>(who: string, given: T, checks: Checks<T>, example?: string): T {
  if (!isRecord(given))
    throw new ConfigurationError(
      `${who}: needs a record of options${example === undefined ? '' : `, such as ${example}`}, got ${describe(given)}`,
    );
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(checks, key)) throw new ConfigurationError(unknownOption(who, key, Object.keys(checks)));
    if (given[key] !== undefined) argument(who, key, given[key], checks[key as keyof T]);
  }
  for (const key in checks)
    if (checks[key].needed === true && given[key] === undefined)
      throw new ConfigurationError(
        `${who}: ${key} is missing; it must be ${checks[key].what}${example === undefined ? '' : `, as in ${example}`}`,
      );
  return given;
}

/** The sentence for an option that does not exist. */
export function unknownOption(who: string, key: string, known: readonly string[]): string {
  const hint = didYouMean(key, known);
  return `${who}: there is no option ${key}${hint === '' ? `; the options are ${known.join(', ')}` : hint}`;
}

/** @throws ConfigurationError, or another error, unless the value is what the check says. */
export function argument(
  who: string,
  name: string,
  value: unknown,
  check: Check,
  Refusal: new (message: string) => NorewindError = ConfigurationError,
): void {
  if (check.holds(value)) return;
  const remedy = check.remedy?.(value);
  throw new Refusal(`${who}: ${name} must be ${check.what}, got ${describe(value)}${remedy === undefined ? '' : `; ${remedy}`}`);
}
