import { describe, isRecord } from './describe.ts';

/** A test of a value, and the words for the message if it fails. */
export interface Check {
  /** Completes "must be …". */
  readonly what: string;
  readonly holds: (value: unknown) => boolean;
  /** Whether the option is required. */
  readonly needed?: boolean;
  /** A hint for a common mistake, at the end of the message. */
  readonly remedy?: (value: unknown) => string | undefined;
  /** How a command line parses the value. Default: text. */
  readonly kind?: 'count' | 'number' | 'counts' | 'names' | 'flag';
  /** The allowed values, if they are words. */
  readonly choices?: readonly string[];
  /** The purpose of an option that a configuration file may set, as a phrase. */
  readonly purpose?: string;
  /** The command-line flag that sets it, without dashes. */
  readonly flag?: string;
}

/** A check that passes lists of names. */
export type NamesCheck = Check & { readonly kind: 'names' };

/** A check that passes only numbers. */
export type NumberCheck = Check & { readonly kind: 'count' | 'number' };

/** Makes an option required. */
export function needed<C extends Check>(check: C): C {
  return { ...check, needed: true };
}

/** An option that configuration files can set and, with a flag, commands too. */
export function setting<C extends Check>(check: C, purpose: string): C;
export function setting<C extends Check, const F extends string>(
  check: C,
  purpose: string,
  flag: F,
): C & { readonly flag: F };
export function setting(check: Check, purpose: string, flag?: string): Check {
  return { ...check, purpose, ...(flag !== undefined && { flag }) };
}

/** Whole numbers from `least` to `most`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): NumberCheck {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return {
    kind: 'count',
    what: `a whole number ${least === 1 && most === Number.MAX_SAFE_INTEGER ? 'above zero' : range}`,
    holds: (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
  };
}

/** Sizes and counts. */
export const count = whole(1);

/** Finite numbers from `least` to `most`; `Number.MIN_VALUE` stands for "above 0". */
export function between(least: number, most = Number.POSITIVE_INFINITY): NumberCheck {
  return {
    kind: 'number',
    what: `a number ${rangeOf(least, most)}`,
    holds: (value) => Number.isFinite(value) && (value as number) >= least && (value as number) <= most,
  };
}

/** For values checked where they are used. */
export const anything: Check = { what: 'anything', holds: () => true };
export const finite: NumberCheck = { kind: 'number', what: 'a finite number', holds: Number.isFinite };
export const number: NumberCheck = {
  kind: 'number',
  what: 'a number',
  holds: (value) => typeof value === 'number',
};
export const integer: Check = { what: 'a whole number', holds: Number.isInteger };
export const flag: Check & { readonly kind: 'flag' } = {
  kind: 'flag',
  what: 'true or false',
  holds: (value) => typeof value === 'boolean',
};
export const callable: Check = { what: 'a function', holds: (value) => typeof value === 'function' };
export const string: Check = { what: 'a string', holds: (value) => typeof value === 'string' };
export const record: Check = { what: 'a record', holds: isRecord };
/** Anything that can be read piece by piece. */
export const iterable: Check = {
  what: 'an array or another iterable',
  holds: (value) => typeof value === 'object' && value !== null && Symbol.iterator in value,
};

/** Anything that can be read piece by piece, now or as it arrives. */
export const stream: Check = {
  what: 'an iterable or an async iterable',
  holds: (value) =>
    iterable.holds(value) || (typeof value === 'object' && value !== null && Symbol.asyncIterator in value),
};

/** An array, or a typed array. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

export const list: Check = { what: 'an array', holds: Array.isArray };

/** Bytes of a file. Also accepts typed arrays of another realm (an iframe), whose constructor differs. */
export const bytes: Check = {
  what: 'a Uint8Array',
  holds: (value) => Object.prototype.toString.call(value) === '[object Uint8Array]',
  remedy: (value) =>
    Object.prototype.toString.call(value) === '[object ArrayBuffer]'
      ? 'use new Uint8Array(buffer)'
      : undefined,
};

/** An array without holes whose every entry passes. */
export function listOf(what: string, holds: (entry: unknown) => boolean): Check {
  return {
    what,
    holds(value) {
      if (!Array.isArray(value)) return false;
      // every() would skip holes.
      for (let i = 0; i < value.length; i++) if (!holds(value[i])) return false;
      return true;
    },
  };
}

/** A record with at least one entry, each of which passes. */
export function recordOf(what: string, holds: (entry: unknown) => boolean): Check {
  return {
    what,
    holds: (value) =>
      isRecord(value) && Object.keys(value).length > 0 && Object.values(value).every((entry) => holds(entry)),
    remedy(value) {
      if (!isRecord(value)) return undefined;
      const stray = Object.entries(value).find(([, entry]) => !holds(entry));
      return stray === undefined ? 'it has no entry' : `its ${stray[0]} is ${describe(stray[1])}`;
    },
  };
}

/** One of these strings. */
export function oneOf<const C extends readonly string[]>(...choices: C): Check & { readonly choices: C } {
  return { choices, what: choices.join(' or '), holds: (value) => choices.includes(value as string) };
}

/** Passes if either check does. */
export function either(a: Check, b: Check): Check {
  return { what: `${a.what} or ${b.what}`, holds: (value) => a.holds(value) || b.holds(value) };
}

/**
 * An object with a name, these functions and these records. If given the function that makes one, says to
 * call it.
 */
export function having(what: string, methods: readonly string[], records: readonly string[] = []): Check {
  return {
    what,
    holds: (value) => lackOf(value, methods, records) === undefined,
    remedy(value) {
      if (typeof value === 'function') return `call it: ${value.name || 'f'}(…)`;
      return typeof value === 'object' && value !== null
        ? `it has no ${lackOf(value, methods, records)}`
        : undefined;
    },
  };
}

function lackOf(value: unknown, methods: readonly string[], records: readonly string[]): string | undefined {
  if (typeof value !== 'object' || value === null) return 'properties';
  const own = value as Readonly<Record<string, unknown>>;
  if (typeof own.name !== 'string') return 'name';
  return (
    methods.find((method) => typeof own[method] !== 'function') ??
    records.find((record) => !isRecord(own[record]))
  );
}

function rangeOf(least: number, most: number): string {
  const isOpen = least === Number.MIN_VALUE;
  if (most === Number.POSITIVE_INFINITY) return isOpen ? 'above 0' : `of at least ${least}`;
  return isOpen ? `above 0 and up to ${most}` : `from ${least} to ${most}`;
}
