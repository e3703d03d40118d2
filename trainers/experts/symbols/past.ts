import { requireEntries, requireWhole } from '../../evaluation/saved.ts';
import { requireTable } from '../common/tables.ts';

/** The latest symbols of a stream. Plain data. */
export interface Past {
  /** The number of symbols so far. */
  length: number;
  /** The latest 64 of them: number i, from 0, is in slot i mod 64, so that `symbols[(length - 1) & 63]` came last. */
  readonly symbols: Int32Array;
}

/** How many of the latest symbols are kept. */
export const reach = 64;

export function noPast(): Past {
  return { length: 0, symbols: new Int32Array(reach) };
}

/** The symbol that came `back` symbols ago: 1 for the latest. @param back from 1 to min(length, reach). */
export function symbolAt({ length, symbols }: Past, back: number): number {
  return symbols[(length - back) & (reach - 1)];
}

/** Appends a symbol. */
export function remember(past: Past, symbol: number): void {
  past.symbols[past.length & (reach - 1)] = symbol;
  past.length++;
}

export function copyOf({ length, symbols }: Past): Past {
  return { length, symbols: symbols.slice() };
}

/** @throws DataError unless it is a past of symbols. */
export function unpackPast(saved: unknown, symbols: number): Past {
  requireEntries('the past', saved, ['length', 'symbols']);
  const { length, symbols: latest } = saved as Readonly<Record<keyof Past, unknown>>;
  requireWhole('the length of the past', [length]);
  const all = requireTable('the latest symbols', latest, Int32Array, reach);
  requireWhole('a symbol', [...all], symbols);
  return { length: length as number, symbols: all };
}
