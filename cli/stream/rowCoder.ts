import type { RowData } from './config.ts';
import { createNormalizer, type Normalizer, type SavedNormalizer } from './normalizer.ts';
import { columnsOf, type Row } from './rows.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** What is known of the columns so far, and with it rows as numbers for a network. */
export interface RowCoder {
  /** Counts the values of a row in. */
  learn(row: Row): void;
  /**
   * The inputs, one column after the other: a number as its normalised value (0 where it is missing) and whether it is missing, a
   * category as a one-hot vector (all 0 where it is missing).
   */
  encode(row: Row): number[];
  /** How many inputs there are. */
  readonly inputs: number;
  /** The value of the target in a row. */
  targetOf(row: Row): number | string | null;
  /** The numbers of the target so far, or its categories. */
  readonly numbers: Normalizer | undefined;
  readonly categories: Vocabulary<string> | undefined;
  save(): SavedCoder;
}

export type SavedCoder = readonly (SavedNormalizer | readonly string[])[];

export function createRowCoder(data: RowData, saved: SavedCoder = []): RowCoder {
  const columns = columnsOf(data);
  const codes = columns.map((column, i) =>
    data.categorical.includes(column)
      ? createVocabulary(data.categories, saved[i] as readonly string[] | undefined)
      : createNormalizer(saved[i] as SavedNormalizer | undefined),
  );
  const at = columns.indexOf(data.target);
  const target = codes[at];
  return {
    learn(row) {
      // A vocabulary holds strings and a normaliser numbers, as the reader made sure of.
      for (const [i, code] of codes.entries()) if (row[i] !== null) code.add(row[i] as never);
    },
    encode: (row) =>
      data.columns.flatMap((_, i) => {
        const [code, value] = [codes[i], row[i]];
        if (!isVocabulary(code)) return value === null ? [0, 1] : [code.normalize(value as number), 0];
        const vector = new Array<number>(data.categories).fill(0);
        if (value !== null) vector[code.indexOf(value as string)] = 1;
        return vector;
      }),
    inputs: inputsOf(data),
    targetOf: (row) => row[at],
    numbers: isVocabulary(target) ? undefined : target,
    categories: isVocabulary(target) ? target : undefined,
    save: () => codes.map((code) => code.save()),
  };
}

/** How many numbers `encode` gives. */
export function inputsOf({ columns, categorical, categories }: RowData): number {
  return columns.reduce((sum, column) => sum + (categorical.includes(column) ? categories : 2), 0);
}

function isVocabulary(code: Normalizer | Vocabulary<string>): code is Vocabulary<string> {
  return 'indexOf' in code;
}
