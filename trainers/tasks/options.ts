import { ConfigurationError, type FloatDType } from '../../lib/index.ts';

/** The options of a task, once it is known that it has all of them. @throws ConfigurationError for a name it does not have. */
export function known<T extends object>(who: string, options: T, names: readonly (keyof T & string)[]): T {
  for (const name of Object.keys(options))
    if (!(names as readonly string[]).includes(name))
      throw new ConfigurationError(`${who}: there is no option ${name}; the options are ${names.join(', ')}`);
  return options;
}

/** @throws ConfigurationError unless the value is a whole number from `least` to `most`. */
export function whole(who: string, name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new ConfigurationError(`${who}: ${name} must be a whole number ${range}, got ${String(value)}`);
  }
  return value;
}

/** @throws ConfigurationError unless the value is a finite number. */
export function finite(who: string, name: string, value: number): number {
  if (!Number.isFinite(value)) throw new ConfigurationError(`${who}: ${name} must be a finite number, got ${String(value)}`);
  return value;
}

/** A seed that `seeded` takes. @throws ConfigurationError for anything else. */
export function seedOption(who: string, value: number): number {
  return whole(who, 'seed', value, 0);
}

/** @throws ConfigurationError unless the dtype is one of the two that can be differentiated. */
export function floatOption(who: string, dtype: FloatDType): FloatDType {
  if (dtype !== 'float32' && dtype !== 'float64')
    throw new ConfigurationError(`${who}: dtype must be float32 or float64, got ${String(dtype)}`);
  return dtype;
}
