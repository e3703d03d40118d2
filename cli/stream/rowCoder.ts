import type { RowData } from './config.ts';
import { createNormalizer, type Normalizer, type SavedNormalizer } from './normalizer.ts';
import { columnsOf, type Row } from './rows.ts';
import { anglesOf, timeInputs } from './time.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** What is known of the columns so far, and with it rows as numbers for a network. */
export interface RowCoder {
  /** Counts the values of a row in. */
  learn(row: Row): void;
  /**
   * The inputs, one column after the other: a number as its normalised value (0 where it is missing) and whether it is missing, a
   * category as a one-hot vector (all 0 where it is missing). Then, if rows have times: how long ago the row before was, as the normalised
   * logarithm of 1 and the seconds, and the time of day, week and year.
   */
  encode(row: Row): number[];
  /** How many inputs there are. */
  readonly inputs: number;
  /** The columns that have had no value so far. */
  unseen(): readonly string[];
  /** The value of the target in a row. */
  targetOf(row: Row): number | string | null;
  /** The numbers of the target so far, or its categories. */
  readonly numbers: Normalizer | undefined;
  readonly categories: Vocabulary<string> | undefined;
  save(): SavedCoder;
}

export type SavedCoder = readonly (SavedNormalizer | readonly string[])[];

/** How many inputs a row makes. */
export function inputsOf({ columns, categorical, categories, timestamp }: RowData): number {
  const ofTime = timestamp === undefined ? 0 : timeInputs;
  return columns.reduce((sum, column) => sum + (categorical.includes(column) ? categories : 2), ofTime);
}

export function createRowCoder(data: RowData, saved: SavedCoder = []): RowCoder {
  const columns = columnsOf(data);
  const codes = columns.map((column, i) =>
    data.categorical.includes(column)
      ? createVocabulary(data.categories, saved[i] as readonly string[] | undefined)
      : createNormalizer(saved[i] as SavedNormalizer | undefined),
  );
  const at = columns.indexOf(data.target);
  const target = codes[at];
  const pauses =
    data.timestamp === undefined ? undefined : createNormalizer(saved[columns.length] as SavedNormalizer | undefined);
  const pauseOf = (row: Row) => {
    const elapsed = row[columns.length + 1];
    return elapsed === null ? null : Math.log1p(elapsed as number);
  };
  return {
    learn(row) {
      // A vocabulary holds strings and a normaliser numbers, as the reader made sure of.
      for (const [i, code] of codes.entries()) if (row[i] !== null) code.add(row[i] as never);
      const pause = pauses && pauseOf(row);
      if (typeof pause === 'number') pauses?.add(pause);
    },
    encode(row) {
      const inputs = data.columns.flatMap((_, i) => {
        const [code, value] = [codes[i], row[i]];
        if (!isVocabulary(code)) return value === null ? [0, 1] : [code.normalize(value as number), 0];
        const vector = new Array<number>(data.categories).fill(0);
        if (value !== null) vector[code.indexOf(value as string)] = 1;
        return vector;
      });
      if (pauses === undefined) return inputs;
      const pause = pauseOf(row);
      return [...inputs, pause === null ? 0 : pauses.normalize(pause), ...anglesOf(row[columns.length] as number)];
    },
    inputs: inputsOf(data),
    unseen: () => columns.filter((_, i) => codes[i].count === 0),
    targetOf: (row) => row[at],
    numbers: isVocabulary(target) ? undefined : target,
    categories: isVocabulary(target) ? target : undefined,
    save: () => [...codes, ...(pauses === undefined ? [] : [pauses])].map((code) => code.save()),
  };
}

function isVocabulary(code: Normalizer | Vocabulary<string>): code is Vocabulary<string> {
  return 'indexOf' in code;
}
