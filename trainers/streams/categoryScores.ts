import { createCountModels, type SavedCounts, symbolScores } from '../evaluation/counts.ts';
import { bitsOf, markOf, mostProbable } from '../evaluation/logits.ts';
import { requireSame } from '../evaluation/saved.ts';
import type { RowData } from './config.ts';
import type { RowCoder } from './rowCoder.ts';
import type { Row } from './rows.ts';
import type { Standing, TargetScores } from './targetScores.ts';

const none: Standing = { mean: 0, deviation: 1, predictions: [], lags: [] };

/** Categories are scored in bits, next to models that count the successors of the latest ones. */
export function categoryScores(
  data: RowData,
  coder: RowCoder,
  saved: readonly SavedCounts[] | undefined,
): TargetScores {
  const { categories } = coder;
  if (categories === undefined) throw new TypeError('the target is not a category');
  const models = createCountModels(data.categories, saved);
  const indexOf = (row: Row) => {
    const value = coder.targetOf(row);
    return value === null ? undefined : categories.add(value as string);
  };
  return {
    unit: 'bits',
    names: symbolScores,
    goalOf: indexOf,
    latest: () => undefined,
    told(output) {
      const best = mostProbable(output);
      return { prediction: categories.entryAt(best) ?? null, probability: 2 ** -bitsOf(output, best) };
    },
    standing: () => none,
    // Nothing depends on it.
    requireOwn: (standing) =>
      requireSame('what a row is compared with', JSON.stringify(standing), JSON.stringify(none)),
    score(_, output, row) {
      const category = indexOf(row) as number;
      return markOf(output, category, models.observe(category, bitsOf(output, category)));
    },
    pairOf: ({ scores }, _standing, _output, row) => [indexOf(row) as number, 2 ** -scores[0]],
    trail: (pairs) => ({
      kind: 'symbols',
      symbols: pairs.came().map((index) => String(categories.entryAt(index) ?? 'other')),
      probabilities: pairs.said(),
    }),
    // The counting models predict the next known category, whatever lies between.
    note() {},
    forget() {},
    save: () => models.save(),
  };
}
