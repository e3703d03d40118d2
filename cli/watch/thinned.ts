/**
 * An endless series that keeps at most `most` items, spread evenly over all of it, the newest always among
 * them.
 */
export interface Thinned<T> {
  add(item: T): void;
  /** Oldest first. */
  items(): readonly T[];
}

export function createThinned<T>(most: number): Thinned<T> {
  let kept: T[] = [];
  let count = 0;
  let every = 1;
  let newest: T | undefined;
  return {
    add(item) {
      const isKept = count++ % every === 0;
      newest = isKept ? undefined : item;
      if (!isKept) return;
      kept.push(item);
      if (kept.length < most) return;
      newest = kept.at(-1);
      // Keep the items that would have been kept at this spacing from the beginning.
      every *= 2;
      kept = kept.filter((_, i) => i % 2 === 0);
      if (kept.at(-1) === newest) newest = undefined;
    },
    items: () => (newest === undefined ? kept : [...kept, newest]),
  };
}
