import { LawError } from '../../trainers/testing/index.ts';

/**
 * Requires the numbers of two nested structures to be those of the vectors: the same names and lengths, and each
 * number within `tolerance` times the largest of its array, or of all where an array has only zeros.
 * @throws LawError for the first that is not.
 */
export function requireVectors(what: string, given: unknown, vectors: unknown, tolerance: number): void {
  const own = new Map(arraysOf(given, what));
  const right = new Map(arraysOf(vectors, what));
  const names = [...right.keys()].join('\n');
  if ([...own.keys()].join('\n') !== names)
    throw new LawError(`${what}: other names than ${names.replaceAll('\n', ', ')}`);
  const most = largest([...right.values()].flat()) || 1;
  for (const [name, values] of right) {
    const found = own.get(name) ?? [];
    if (found.length !== values.length)
      throw new LawError(`${name}: ${found.length} numbers instead of ${values.length}`);
    const scale = largest(values) || most;
    values.forEach((value, i) => {
      // A NaN is not close to anything.
      if (!(Math.abs(found[i] - value) <= tolerance * scale))
        throw new LawError(`${name}: entry ${i} is ${found[i]} instead of ${value}`);
    });
  }
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** The arrays of numbers with their paths; nested lists of numbers are one array. */
function arraysOf(tree: unknown, path: string): [string, number[]][] {
  if (typeof tree === 'number') return [[path, [tree]]];
  if (typeof tree === 'string') return [[`${path} = ${tree}`, []]];
  const isList = Array.isArray(tree);
  if (isList && tree.flat(9).every((value) => typeof value === 'number')) return [[path, tree.flat(9)]];
  return Object.entries(tree as object).flatMap(([key, part]) => arraysOf(part, `${path}.${key}`));
}
