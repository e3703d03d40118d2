import { DataError, Tensor } from '../../../lib/index.ts';

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const marker = '$tensor';
/** Marks a number that JSON cannot write, such as a missing input that the model masks. */
const numberMarker = '$number';
/** A key that would be read as a marker has one more $ in JSON. */
const marked = /^\$+(tensor|number)$/;
const unwritten = ['NaN', 'Infinity', '-Infinity', '-0'];

/** Encodes a value as JSON that refers to tensors by name; `names` collects each tensor once. */
export function encode(value: unknown, path: string, names: Map<Tensor, string>): Json {
  if (value instanceof Tensor) {
    const name = names.get(value) ?? unused(path, names);
    names.set(value, name);
    return { [marker]: name };
  }
  if (Array.isArray(value)) return value.map((part, i) => encode(part, `${path}[${i}]`, names));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [
        marked.test(key) ? `$${key}` : key,
        encode(part, path === '' ? key : `${path}.${key}`, names),
      ]),
    );
  if (Object.is(value, -0)) return { [numberMarker]: '-0' };
  if (typeof value === 'number' && !Number.isFinite(value)) return { [numberMarker]: String(value) };
  return value as Json;
}

/** The records { 'a.b': x } and { a: { b: y } } have the same path, and must not share a name. */
function unused(path: string, names: ReadonlyMap<Tensor, string>): string {
  const taken = new Set(names.values());
  let name = path;
  while (taken.has(name)) name += "'";
  return name;
}

/** The deepest nesting: a tree of 256 levels, in a list of lists of records. */
const deepest = 270;

/** @throws DataError for deeper nesting than any learner's memory has: walking it would exhaust the stack. */
export function requireShallow(json: unknown, depth = 0): void {
  if (typeof json !== 'object' || json === null) return;
  if (depth > deepest) throw new DataError(`checkpoint: its description is nested more than ${deepest} deep`);
  for (const part of Object.values(json)) requireShallow(part, depth + 1);
}

/** The inverse of `encode`. @throws DataError if a tensor is missing. */
export function decode(json: Json, tensors: Readonly<Record<string, Tensor>>): unknown {
  if (Array.isArray(json)) return json.map((part) => decode(part, tensors));
  if (typeof json !== 'object' || json === null) return json;
  const record = json as { readonly [key: string]: Json };
  if (Object.hasOwn(record, marker)) return tensorOf(record, tensors);
  if (typeof record[numberMarker] === 'string') return numberOf(record);
  // fromEntries defines properties, so that a key such as __proto__ is an entry like any other.
  return Object.fromEntries(
    Object.entries(record).map(([key, part]) => [
      key.startsWith('$$') && marked.test(key) ? key.slice(1) : key,
      decode(part, tensors),
    ]),
  );
}

function tensorOf(
  record: { readonly [key: string]: Json },
  tensors: Readonly<Record<string, Tensor>>,
): Tensor {
  const name = record[marker];
  if (typeof name !== 'string' || Object.keys(record).length > 1)
    throw new DataError(`checkpoint: an entry with ${marker} is not the name of a tensor alone`);
  if (!Object.hasOwn(tensors, name)) throw new DataError(`checkpoint: the tensor ${name} is missing`);
  return tensors[name];
}

function numberOf(record: { readonly [key: string]: Json }): number {
  const text = String(record[numberMarker]);
  if (!unwritten.includes(text) || Object.keys(record).length > 1)
    throw new DataError(
      `checkpoint: an entry with ${numberMarker} is not one of ${unwritten.join(', ')} alone`,
    );
  return Number(text);
}
