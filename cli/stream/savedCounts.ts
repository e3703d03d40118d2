import { mostPairs, type SavedCounts } from './counts.ts';
import { misfit, requireEntries, requireLength, requireSame, requireWhole } from './saved.ts';

/**
 * @param saved models of order 0, 1 and so on.
 * @param observed how many symbols they have seen.
 * @throws DataError unless they have counted the same symbols.
 */
export function requireCounts(symbols: number, saved: readonly SavedCounts[], observed: number): void {
  requireLength('the list of models', saved, 3);
  let below: ReadonlyMap<number, number> | undefined;
  for (const [order, model] of saved.entries()) {
    const counts = countsOf(symbols, order, model, observed);
    const before = saved[order - 1];
    // What came after the latest two symbols came after the latest one.
    if (before !== undefined) requireSame('a context', model.context % (symbols + 1) ** (order - 1), before.context);
    if (below !== undefined && counts.size < mostPairs) requireMarginal(symbols, order, counts, below);
    below = counts;
  }
}

/** How often each pair came. */
function countsOf(symbols: number, order: number, model: SavedCounts, observed: number): ReadonlyMap<number, number> {
  requireEntries('a model of order k', model, ['context', 'pairs']);
  const size = (symbols + 1) ** order;
  requireWhole('a context', [model.context], size);
  requireLength('the list of pairs', model.pairs, 0, mostPairs);
  const counts = new Map<number, number>();
  let total = 0;
  for (const pair of model.pairs) {
    requireLength('a pair', pair, 2);
    const [which, count] = pair;
    requireWhole('a pair', [which], size * symbols);
    requireWhole('a count', [count]);
    if (count === 0 || counts.has(which)) throw misfit('a pair has come never, or is there twice');
    counts.set(which, count);
    total += count;
  }
  // When there is no more room, new pairs are not counted.
  requireSame('a number of symbols', counts.size < mostPairs ? total : Math.max(total, observed), observed);
  return counts;
}

/** That the counts of an order, added up over the oldest symbol of its contexts, are those of the order below. */
function requireMarginal(
  symbols: number,
  order: number,
  counts: ReadonlyMap<number, number>,
  below: ReadonlyMap<number, number>,
): void {
  const contexts = (symbols + 1) ** (order - 1);
  const sums = new Map<number, number>();
  for (const [pair, count] of counts) {
    const lower = (Math.floor(pair / symbols) % contexts) * symbols + (pair % symbols);
    sums.set(lower, (sums.get(lower) ?? 0) + count);
  }
  requireSame('a number of pairs', sums.size, below.size);
  for (const [pair, count] of below) requireSame('a count', sums.get(pair), count);
}
