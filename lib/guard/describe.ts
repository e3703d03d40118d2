/** A value in a message: short, on one line, and safe for any value from untyped code. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return quoted(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return 'a bigint';
    case 'symbol':
      return 'a symbol';
    case 'function':
      return value.name === '' ? 'a function' : `the function ${value.name}`;
    case 'boolean':
      return String(value);
    default:
      return value === null ? 'null' : describeObject(value as object);
  }
}

/**
 * Whether a value is an object literal or has no prototype. Accepts records of another realm, such as an
 * iframe.
 */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describeObject(value: object): string {
  try {
    if (Array.isArray(value)) return `an array of ${value.length}`;
    if ('dtype' in value && 'shape' in value && 'level' in value) return `a tensor [${String(value.shape)}]`;
    if (isRecord(value)) return 'a record';
    const name = value.constructor.name || 'object';
    return `${/^[AEIO]/i.test(name) ? 'an' : 'a'} ${name}`;
  } catch {
    // A proxy may throw when inspected.
    return 'an object';
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
