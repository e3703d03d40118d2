import type { RowData } from './config.ts';
import type { SavedCounts } from './counts.ts';
import type { RowCoder } from './rowCoder.ts';
import { columnsOf, type Row } from './rows.ts';
import { requireNumbers } from './saved.ts';
import { createCountModels, symbolScores } from './scores.ts';
import type { Unit } from './session.ts';

/** What could be said of a target before it came, by simple means, and the scale it was said on. */
export interface Standing {
  /** The latest value of the target. */
  readonly latest: number | null;
  readonly mean: number;
  readonly deviation: number;
}

export type SavedTargetModels = { readonly latest: number | null } | readonly SavedCounts[];

/** How predictions of a target are judged: the squared error of a number, in its own unit, or the bits of a category. */
export interface TargetScores {
  readonly unit: Unit;
  readonly names: readonly string[];
  /** What the network shall learn: a class, or [the normalised number]; undefined where the target is missing. */
  goalOf(row: Row): number | readonly [number] | undefined;
  standing(): Standing;
  /** The scores of the network's output and of the simple models; undefined where there is nothing to compare. */
  score(standing: Standing, output: ArrayLike<number>, row: Row): readonly number[] | undefined;
  /** Notes the target of a row, once it has been scored. */
  note(row: Row): void;
  /** The row with the target missing, and with nothing else. */
  without(row: Row): Row;
  only(row: Row): Row;
  save(): SavedTargetModels;
}

export function createTargetScores(data: RowData, coder: RowCoder, saved?: SavedTargetModels): TargetScores {
  const at = columnsOf(data).indexOf(data.target);
  const parts = {
    without: (row: Row) => row.map((value, i) => (i === at ? null : value)),
    only: (row: Row) => row.map((value, i) => (i === at ? value : null)),
  };
  return { ...parts, ...(data.categorical.includes(data.target) ? ofCategories(data, coder, saved) : ofNumbers(coder, saved)) };
}

type Judge = Omit<TargetScores, 'without' | 'only'>;

function ofNumbers(coder: RowCoder, saved: SavedTargetModels | undefined): Judge {
  const { numbers } = coder;
  if (numbers === undefined) throw new TypeError('the target is not a number');
  let latest = saved !== undefined && 'latest' in saved ? saved.latest : null;
  requireNumbers('the latest value', [latest ?? 0]);
  return {
    unit: 'squared error',
    names: ['network', 'persistence', 'running mean'],
    goalOf(row) {
      const value = coder.targetOf(row);
      return value === null ? undefined : [numbers.normalize(value as number)];
    },
    standing: () => ({ latest, mean: numbers.mean, deviation: numbers.deviation }),
    score(standing, output, row) {
      // Before the first value there is no scale to predict on.
      if (standing.latest === null) return undefined;
      const value = coder.targetOf(row) as number;
      const predictions = [standing.mean + standing.deviation * output[0], standing.latest, standing.mean];
      return predictions.map((prediction) => (prediction - value) ** 2);
    },
    note(row) {
      latest = (coder.targetOf(row) as number | null) ?? latest;
    },
    save: () => ({ latest }),
  };
}

function ofCategories(data: RowData, coder: RowCoder, saved: SavedTargetModels | undefined): Judge {
  const { categories } = coder;
  if (categories === undefined) throw new TypeError('the target is not a category');
  const models = createCountModels(data.categories, saved as readonly SavedCounts[] | undefined);
  const indexOf = (row: Row) => {
    const value = coder.targetOf(row);
    return value === null ? undefined : categories.add(value as string);
  };
  return {
    unit: 'bits',
    names: symbolScores,
    goalOf: indexOf,
    standing: () => ({ latest: null, mean: 0, deviation: 1 }),
    score(_, output, row) {
      const category = indexOf(row) as number;
      return [bitsOf(output, category), ...models.observe(category)];
    },
    // The counting models predict the next category that is known, whatever lies between.
    note() {},
    save: () => models.save(),
  };
}

/** -log2 of the probability of a class under logits. */
export function bitsOf(logits: ArrayLike<number>, index: number): number {
  const most = Math.max(...Array.from(logits));
  const total = Array.from(logits).reduce((sum, logit) => sum + Math.exp(logit - most), 0);
  return (Math.log(total) - (logits[index] - most)) / Math.LN2;
}
