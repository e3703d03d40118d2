import type { Letter, Part } from './text.ts';

export type ToReader =
  /** A text to read; what is typed continues it. */
  | { readonly kind: 'text'; readonly name: string; readonly text: string }
  | { readonly kind: 'table'; readonly name: string; readonly text: string }
  | { readonly kind: 'sample'; readonly of: 'book' | 'births' }
  /** The column of the table to predict, from its first row on. */
  | { readonly kind: 'target'; readonly target: string }
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'pace'; readonly isCalm: boolean }
  | { readonly kind: 'run'; readonly isOn: boolean }
  | { readonly kind: 'write' };

export type FromReader =
  | {
      readonly kind: 'letters';
      /** Counts what is read: a text or a table that is refused leaves the earlier one as it is. */
      readonly reading: number;
      readonly name: string;
      readonly count: number;
      readonly left: number;
      readonly rate: number;
      /** Those learnt since the last message, the latest 240 of them at most. */
      readonly letters: readonly Letter[];
      /** Bits a character, of late and of all. */
      readonly recent: number;
      readonly mean: number;
      readonly next: readonly (readonly [symbol: string, probability: number])[];
    }
  | {
      readonly kind: 'rows';
      readonly reading: number;
      readonly name: string;
      readonly count: number;
      readonly left: number;
      readonly rate: number;
      readonly target: string;
      /** The columns that can be the target. */
      readonly columns: readonly string[];
      readonly rows: readonly Foretold[];
      /** Rows that cannot be used. */
      readonly leftOut: string | undefined;
      readonly parts: readonly Part[];
      readonly unit: string;
      readonly figures: readonly (readonly [name: string, recent: number])[];
    }
  | { readonly kind: 'written'; readonly text: string }
  | { readonly kind: 'failed'; readonly sentence: string };

/** A number, and what was predicted before it came. */
export interface Foretold {
  readonly actual: number;
  readonly predicted: number;
  readonly low: number | null;
  readonly high: number | null;
}
