/** Other words for each name, lower case and without separators. */
export type Synonyms = Readonly<Record<string, readonly string[]>>;

/** Names that other libraries use for our options, where the spelling alone would not lead there. */
const usual: Synonyms = {
  rate: ['lr', 'learningrate', 'eta', 'stepsize', 'alpha'],
  units: ['hidden', 'hiddensize', 'hiddenunits', 'size', 'neurons'],
  inputs: ['inputsize', 'indim', 'features'],
  outputs: ['outputsize', 'outdim', 'classes'],
  symbols: ['vocab', 'vocabsize', 'numembeddings', 'alphabetsize'],
  size: ['dim', 'embeddingdim', 'width'],
  axes: ['dim', 'dims'],
  axis: ['dim', 'dims'],
  lanes: ['batch', 'batchsize'],
  model: ['cell', 'network', 'net'],
  epsilon: ['eps'],
  decay: ['momentum', 'beta', 'rho'],
  window: ['length', 'truncation', 'steps', 'horizon'],
  length: ['window', 'steps'],
  n: ['order'],
};

/**
 * `; did you mean X?`, or the empty string if no known name is close. At most one slip in every three letters
 * counts as close: more would turn one word into another, such as "version" into "epsilon".
 */
export function didYouMean(given: string, known: readonly string[], synonyms = usual): string {
  const plain = plainly(given);
  const ranked = known.map((name) => ({ name, distance: editDistance(plain, plainly(name)) }));
  const best = ranked.sort((a, b) => a.distance - b.distance)[0];
  const letters = best === undefined ? 0 : Math.max(plain.length, plainly(best.name).length);
  const alike = best !== undefined && letters > 1 && best.distance <= Math.max(1, Math.floor(letters / 3));
  const begun = known.find((name) => given.length > 1 && name.startsWith(given));
  const synonym = known.find((name) => Object.hasOwn(synonyms, name) && synonyms[name].includes(plain));
  const name = begun ?? (best?.distance === 0 ? best.name : synonym) ?? (alike ? best.name : undefined);
  return name === undefined ? '' : `; did you mean ${name}?`;
}

/** Removes case and separators: keep_dims, keep-dims and keepDims are one name. */
function plainly(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '');
}

/** Edit distance of two words: insertions, deletions, replacements and swaps of neighbouring letters. */
function editDistance(a: string, b: string): number {
  let [before, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, replaced, swaps ? before[j - 2] + 1 : replaced));
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}
