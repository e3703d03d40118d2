/** The ways to the entries of a value; of a long list, those of its first and its last one. */
export function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const own = path.length > 0 ? [path] : [];
  if (typeof value !== 'object' || value === null) return own;
  const keys = Object.keys(value);
  const seen = Array.isArray(value) && keys.length > 4 ? [keys[0], keys[keys.length - 1]] : keys;
  return [
    ...own,
    ...seen.flatMap((key) => pathsOf((value as Readonly<Record<string, unknown>>)[key], [...path, key])),
  ];
}

export function entryAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((part, key) => (part as Readonly<Record<string, unknown>>)[key], value);
}

const gone = Symbol('gone');

/** The value with another entry in the place of one, or without it. */
export function changed(value: unknown, [key, ...deeper]: readonly string[], entry: unknown): unknown {
  const own = (value as Readonly<Record<string, unknown>>)[key];
  const next = deeper.length === 0 ? entry : changed(own, deeper, entry);
  if (Array.isArray(value))
    return next === gone ? value.toSpliced(Number(key), 1) : value.with(Number(key), next);
  const { [key]: _, ...others } = value as Readonly<Record<string, unknown>>;
  return next === gone ? others : { ...(value as object), [key]: next };
}

/** Replacements of an entry, each with a name for the way in which it is wrong. */
export function mutantsOf(entry: unknown): (readonly [how: string, mutant: unknown])[] {
  const all: (readonly [string, unknown])[] = [
    ['deleted', gone],
    ['of another type', null],
    ['of another type', 'x'.repeat(2000)],
    ['of another type', true],
    ['of another type', {}],
    ['of another type', []],
    ['not a number', 'NaN'],
    ['huge', 1e300],
    ['huge', -1e300],
  ];
  if (typeof entry === 'number')
    all.push(
      ['negative', -entry - 1],
      ['fractional', Number.isInteger(entry) ? entry + 0.5 : entry + 1e-3],
      ['beyond what is exact', 2 ** 53],
      ['another', entry + 1],
      ['another', 2 ** 31],
    );
  if (Array.isArray(entry)) {
    all.push(['longer', [...entry, entry.at(-1) ?? 0]], ['much longer', new Array(4000).fill(entry[0] ?? 0)]);
    if (entry.length > 0) all.push(['shorter', entry.slice(0, -1)]);
  } else if (typeof entry === 'object' && entry !== null) all.push(['larger', { ...entry, more: 1 }]);
  return all.filter(([, mutant]) => mutant !== entry);
}
