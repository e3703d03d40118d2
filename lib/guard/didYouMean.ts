/** What an option is called elsewhere, where spelling alone would not lead to its name here. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
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

/** `; did you mean X?`, or nothing when no known name resembles the given one. */
export function didYouMean(given: string, known: readonly string[]): string {
  const plain = plainly(given);
  const ranked = known.map((name) => ({ name, distance: editDistance(plain, plainly(name)) }));
  const best = ranked.sort((a, b) => a.distance - b.distance)[0];
  const close = best !== undefined && best.distance <= Math.max(2, Math.floor(best.name.length / 3));
  // Two short words are never far apart, but have to share a letter to be taken for each other.
  const alike = close && best.distance < Math.max(plain.length, best.name.length);
  const begun = known.find((name) => given.length > 1 && name.startsWith(given));
  const synonym = known.find((name) => Object.hasOwn(synonyms, name) && synonyms[name].includes(plain));
  const name = begun ?? (best?.distance === 0 ? best.name : synonym) ?? (alike ? best.name : undefined);
  return name === undefined ? '' : `; did you mean ${name}?`;
}

/** Without what separates words, however that is done: keep_dims, keep-dims and keepDims are one name. */
function plainly(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '');
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
