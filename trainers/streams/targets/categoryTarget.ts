import type { Mark } from '../../evaluation/evaluation.ts';
import { mostProbable } from '../../evaluation/logits.ts';
import {
  requireEntries,
  requireLength,
  requireNear,
  requireNumbers,
  requireWhole,
} from '../../evaluation/saved.ts';
import {
  type CategoryExpert,
  type CategoryQuestion,
  categoryMixer,
  requireProbabilities,
  softmax,
} from '../../experts/index.ts';
import type { RowData } from '../given/config.ts';
import type { Row } from '../reading/rows.ts';
import { clip } from './normalizer.ts';
import { createPanel, type SavedPanel } from './panel.ts';
import type { Members } from './panelExperts.ts';
import { inputsOf, type RowCoder, shownInputs } from './rowCoder.ts';
import type { Asked, Target } from './target.ts';

type Distribution = readonly number[];

export interface CategoryAsked extends Asked {
  readonly question: CategoryQuestion;
  /** Of the experts other than the network, where the question is answered later than by the next row. */
  readonly predictions: readonly Distribution[];
  readonly combined?: readonly Distribution[];
}

export interface SavedCategoryTarget {
  /** The latest categories by index, newest first. */
  readonly latest: readonly number[];
  readonly panel: SavedPanel;
}

/** The categories in a question. */
const latestCount = 2;
const even = 1e-9;

/** Predicts a category with experts: distributions, scored in bits. */
export function categoryTarget(
  data: RowData,
  coder: RowCoder,
  { experts, hasNetwork }: Members<CategoryExpert>,
  saved: SavedCategoryTarget | undefined,
): Target<CategoryAsked> {
  const { categories } = coder;
  if (categories === undefined) throw new TypeError('the target is not a category');
  if (saved !== undefined) {
    requireEntries('the models of categories', saved, ['latest', 'panel']);
    requireLength('the list of latest categories', saved.latest, 0, latestCount);
    requireWhole('a category', saved.latest, data.categories);
  }
  const sound = (name: string, p: unknown): Distribution => {
    requireProbabilities(name, p, data.categories, 'category');
    return Array.from(p);
  };
  const panel = createPanel({ experts, hasNetwork, mixer: categoryMixer, sound }, saved?.panel);
  const shown = shownInputs(data);
  let latest = saved?.latest ?? [];
  const add = (row: Row) => {
    const value = coder.targetOf(row);
    return value === null ? undefined : categories.add(value as string);
  };
  const known = (row: Row) => {
    const value = coder.targetOf(row);
    return value === null ? undefined : categories.indexOf(value as string);
  };
  const longer = (index: number | undefined) =>
    index === undefined ? latest : [index, ...latest].slice(0, latestCount);
  function ask(inputs: readonly number[], past: readonly number[]): CategoryAsked {
    const question = { latest: past, inputs };
    return { input: inputs.slice(0, shown), question, predictions: panel.predict(question) };
  }
  const combinedOf = (asked: CategoryAsked, output: ArrayLike<number> | undefined) =>
    asked.combined ??
    panel.combine(asked.predictions, hasNetwork && output !== undefined ? softmax(output) : undefined);
  return {
    unit: 'bits',
    names: panel.names,
    ask: (inputs) => ask(inputs, latest),
    askAfter: (row, inputs) => ask(inputs, longer(known(row))),
    withOutput: (asked, output) => ({
      ...asked,
      output: Array.from(output ?? []),
      combined: combinedOf(asked, output),
    }),
    tell(asked, output) {
      const [p] = combinedOf(asked, output);
      const best = mostProbable(p);
      return { prediction: categories.entryAt(best) ?? null, probability: p[best] };
    },
    probabilities: (asked, output) => combinedOf(asked, output)[0],
    answer(asked, row, learn) {
      const index = add(row);
      const stepped = learn(index);
      if (index === undefined) return undefined;
      const combined = combinedOf(asked, asked.output ?? stepped);
      panel.update(asked.question, combined, index);
      const [p] = combined;
      const best = mostProbable(p);
      const mark: Mark = {
        scores: combined.map((each) => -Math.log2(Math.max(Number.MIN_VALUE, each[index]))),
        best: { confidence: Math.min(1, p[best]), isRight: best === index },
        error: best === index ? 0 : 1,
      };
      return { mark, pair: [index, p[index]] };
    },
    see() {},
    latest: () => undefined,
    note(row) {
      latest = longer(add(row));
    },
    forget() {
      latest = [];
    },
    mark() {
      const before = latest;
      return () => {
        latest = before;
      };
    },
    weights: panel.weights,
    interval: () => undefined,
    errors: () => [],
    trail: (pairs) => ({
      kind: 'symbols',
      symbols: pairs.came().map((index) => String(categories.entryAt(index) ?? 'other')),
      probabilities: pairs.said(),
    }),
    requireOwn(asked) {
      requireEntries('a row that waits', asked, ['input', 'question', 'predictions'], ['output', 'combined']);
      const { question, predictions, combined } = asked;
      requireEntries('a question', question, ['latest', 'inputs']);
      requireLength('the list of latest categories', question.latest, 0, latestCount);
      requireWhole('a category', question.latest, data.categories);
      requireLength('the list of inputs', question.inputs, inputsOf(data));
      requireNumbers('an input', question.inputs, clip);
      requireLength('the list of predictions', predictions, experts.length);
      if (combined !== undefined) requireLength('the list of predictions', combined, panel.names.length);
      for (const p of [...predictions, ...(combined ?? [])]) {
        requireLength('a prediction', p, data.categories);
        requireNumbers('a probability', p, 1 + even, 0);
        requireNear(
          'the sum of probabilities',
          p.reduce((a, b) => a + b, 0),
          1,
          1,
        );
      }
    },
    save: () => ({ latest, panel: panel.save() }) satisfies SavedCategoryTarget,
  };
}
