/**
 * Sets of small whole numbers. Each distinct set is stored once and known by its number; the empty set is 0.
 * A program has few distinct sets, so a tensor of sets is an Int32Array.
 */
export class IndexSets {
  readonly #members: (readonly number[])[] = [[]];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #unions = new Map<number, number>();

  /** The members, ascending. */
  members(set: number): readonly number[] {
    return this.#members[set];
  }

  /** The set with these members, ascending. */
  of(members: readonly number[]): number {
    const key = members.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#members.push([...members]) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  union(a: number, b: number): number {
    if (a === b || b === 0) return a;
    if (a === 0) return b;
    const key = Math.min(a, b) * 2 ** 26 + Math.max(a, b);
    const known = this.#unions.get(key);
    if (known !== undefined) return known;
    const union = this.#merged([a, b]);
    this.#unions.set(key, union);
    return union;
  }

  /** The union of many sets, without storing the intermediate unions. */
  unionOf(sets: Iterable<number>): number {
    const different = new Set(sets);
    different.delete(0);
    const [a = 0, b = 0] = different;
    return different.size > 2 ? this.#merged(different) : this.union(a, b);
  }

  #merged(sets: Iterable<number>): number {
    const members = new Set<number>();
    for (const set of sets) for (const member of this.#members[set]) members.add(member);
    return this.of([...members].sort((x, y) => x - y));
  }
}
