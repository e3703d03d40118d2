import { ConfigurationError } from '../lib/index.ts';

/** @throws ConfigurationError unless every named size is a whole number above zero. */
export function requireSizes(who: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(sizes))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new ConfigurationError(`${who}: ${name} must be a whole number above zero, got ${String(value)}`);
}
