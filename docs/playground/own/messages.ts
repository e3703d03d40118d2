/** Messages of the worker that runs a written cell. */
export type FromOwn =
  /** It has been found among the exports. */
  | { readonly kind: 'found'; readonly name: string; readonly laws: readonly string[] }
  | {
      readonly kind: 'law';
      readonly law: string;
      readonly result: 'holds' | 'fails' | 'not checked';
      readonly sentence?: string;
      readonly example?: readonly string[];
    }
  | { readonly kind: 'training'; readonly rows: readonly Training[]; readonly rate: number }
  | { readonly kind: 'refused'; readonly sentence: string; readonly line: number | undefined };

/** An estimator on its way. */
export interface Training {
  readonly title: string;
  /** The share of its steps that are done. */
  readonly done: number;
  /** Bits a symbol over the latest quarter of the steps so far. */
  readonly bits: number;
  /** Microseconds a step. */
  readonly time: number;
  /** Why it does not fit this cell, or failed. */
  readonly refused?: string;
}
