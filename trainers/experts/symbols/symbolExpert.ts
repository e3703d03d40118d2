import type { Expert } from '../common/expert.ts';
import type { Distributions } from './distributions.ts';
import type { Past } from './past.ts';

/** The facts known when the next symbol is predicted. */
export interface SymbolQuestion {
  /** The size of the alphabet. */
  readonly symbols: number;
  /** The latest symbols, as indices from 0. */
  readonly past: Past;
  /** The network's logit of each symbol, if there is a network and it has seen a symbol. */
  readonly logits?: ArrayLike<number> | undefined;
}

/** Predicts the next symbol by one or more distributions. */
export interface SymbolMember<State = unknown> extends Expert<SymbolQuestion, Distributions, number, State> {
  /** The names of its distributions. */
  readonly labels: readonly string[];
  /** The number of modes of its predictions. */
  readonly modes: number;
  /** The first weight of its last distribution in a mixture. */
  readonly weight: number;
  /** The saved form of a state, as plain data. */
  pack(state: State): unknown;
  /**
   * The state of what was saved.
   * @param answers the number of symbols learnt from.
   * @throws DataError for what `pack` cannot have returned.
   */
  unpack(saved: unknown, answers: number): State;
}

/**
 * An expert of one's own for text: predicts the probability of each symbol, all of which sum to 1. Its state
 * is saved with the model: numbers, texts, arrays, records, and typed arrays of 32 and 64 bits.
 */
export type SymbolExpert<State = unknown> = Expert<SymbolQuestion, ArrayLike<number>, number, State>;
