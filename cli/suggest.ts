/** `; did you mean X?`, or nothing when no known name resembles the given one. */
export function didYouMean(given: string, known: readonly string[]): string {
  const ranked = known.map((name) => ({ name, distance: editDistance(given.toLowerCase(), name.toLowerCase()) }));
  const best = ranked.sort((a, b) => a.distance - b.distance)[0];
  const close = best !== undefined && best.distance <= Math.max(2, Math.floor(best.name.length / 3));
  const begun = known.find((name) => given.length > 1 && name.startsWith(given));
  const name = begun ?? (close ? best.name : undefined);
  return name === undefined ? '' : `; did you mean ${name}?`;
}

/** The fewest insertions, deletions and replacements of letters between two words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
