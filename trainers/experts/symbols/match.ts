import { requireEntries, requireNumbers, requireSame, requireWhole } from '../../evaluation/saved.ts';
import { requireTable } from '../common/tables.ts';
import { roomFor } from './distributions.ts';
import { type Past, symbolAt } from './past.ts';
import type { SymbolMember } from './symbolExpert.ts';

export interface MatchState {
  /** The number of symbols so far. */
  count: number;
  /** The latest of them: number i is in slot i mod its length, a power of two. */
  history: Int32Array;
  /** The number of the symbol that is predicted next if the latest match continues; 0 if there is none. */
  follows: number;
  /** For each length of a match, the share of right predictions. */
  readonly rates: Float64Array;
  /** By hash of a context, the number of the symbol after it, from 1: one part for each length. */
  index: Int32Array;
}

export interface MatchOptions {
  readonly symbols: number;
  /** The most symbols held, a power of two. */
  readonly most: number;
}

/** The lengths of the contexts that are looked up, the longest first. */
const lengths = [24, 12, 7];
const longest = 63;
const fewestFollowed = 7;
const memory = 200;
const [leastRate, mostRate] = [0.01, 0.9999];
const fewest = 1024;

/**
 * The symbol that followed the latest earlier occurrence of the longest context: of the latest 20 symbols, 11
 * or 6. Its probability is how often such predictions were right, by the length of the match.
 */
export function match({ symbols, most }: MatchOptions): SymbolMember<MatchState> {
  const said = roomFor(1, 1);

  /** The number of the symbol after the match that was found last. */
  let at = 0;

  /** How many symbols before that one are the latest ones, up to `longest`. */
  function lengthAt(found: number, { count, history }: MatchState, past: Past): number {
    const mask = history.length - 1;
    const most = Math.min(longest, past.length, found, history.length - (count - found));
    let length = 0;
    while (length < most && history[(found - 1 - length) & mask] === symbolAt(past, length + 1)) length++;
    return length;
  }

  /** Finds a match, puts it in `at`, and returns its length; 0 if there is none. */
  function find(state: MatchState, past: Past): number {
    const { index, follows } = state;
    at = follows;
    const length = follows > 0 ? lengthAt(at, state, past) : 0;
    if (length >= fewestFollowed) return length;
    const slots = index.length / lengths.length;
    for (let i = 0; i < lengths.length; i++) {
      if (past.length < lengths[i]) continue;
      at = index[i * slots + (hashOf(past.symbols, past.length, lengths[i]) & (slots - 1))] - 1;
      if (at < 0) continue;
      const length = lengthAt(at, state, past);
      if (length >= lengths[i]) return length;
    }
    return 0;
  }

  return {
    name: 'match',
    labels: ['match'],
    weight: 0.2,
    modes: 4,
    init: () => ({
      count: 0,
      follows: 0,
      history: new Int32Array(fewest),
      rates: new Float64Array(longest + 1).fill(0.75),
      index: new Int32Array(lengths.length * fewest),
    }),
    predict(state, { past }) {
      const length = find(state, past);
      said.depth = 1;
      said.mode = modeOf(length);
      said.ends[0] = length > 0 ? 1 : 0;
      said.floors[0] = 1 / symbols;
      if (length === 0) return said;
      const rate = state.rates[length];
      said.symbols[0] = state.history[at & (state.history.length - 1)];
      said.floors[0] = (1 - rate) / (symbols - 1);
      said.ratios[0] = rate / said.floors[0];
      said.gains[0] = Math.log(said.ratios[0]);
      return said;
    },
    update(state, { past }, symbol) {
      const length = find(state, past);
      const { rates } = state;
      state.follows = 0;
      if (length > 0) {
        const isRight = state.history[at & (state.history.length - 1)] === symbol;
        const rate = rates[length] + ((isRight ? 1 : 0) - rates[length]) / memory;
        rates[length] = Math.min(Math.max(rate, leastRate), mostRate);
        if (isRight) state.follows = at + 1;
      }
      if (state.count === state.history.length && 2 * state.count <= most) grow(state);
      enter(state.index, past.symbols, past.length, state.count);
      state.history[state.count & (state.history.length - 1)] = symbol;
      state.count++;
      return state;
    },
    pack: ({ count, follows, history, rates }) => ({
      count,
      follows,
      history: history.slice(0, count),
      rates,
    }),
    unpack: (saved, answers) => restored(saved, answers, symbols, most),
  };
}

function restored(saved: unknown, answers: number, symbols: number, most: number): MatchState {
  requireEntries('the matches', saved, ['count', 'follows', 'history', 'rates']);
  const { count, follows, history, rates } = saved as Readonly<Record<keyof MatchState, unknown>>;
  requireSame('the number of symbols', count, answers);
  requireWhole('the symbol that is predicted', [follows], Math.max(1, answers));
  const size = Math.min(most, Math.max(fewest, 2 ** Math.ceil(Math.log2(Math.max(1, answers)))));
  const symbolsHeld = requireTable('a history', history, Int32Array, Math.min(size, answers));
  for (const symbol of symbolsHeld) requireWhole('a symbol', [symbol], symbols);
  const shares = requireTable('the rates of matches', rates, Float64Array, longest + 1);
  requireNumbers('a rate', [...shares], mostRate, leastRate);
  const all = new Int32Array(size);
  all.set(symbolsHeld);
  return {
    count: answers,
    follows: follows as number,
    history: all,
    rates: shares,
    index: indexOf(all, answers),
  };
}

/** Enters the symbol after these latest ones. @param number its number. */
function enter(index: Int32Array, latest: Int32Array, end: number, number: number): void {
  const slots = index.length / lengths.length;
  for (let i = 0; i < lengths.length; i++)
    if (number >= lengths[i]) index[i * slots + (hashOf(latest, end, lengths[i]) & (slots - 1))] = number + 1;
}

/** Doubles the memory. */
function grow(state: MatchState): void {
  const { history, count } = state;
  state.history = new Int32Array(2 * history.length);
  state.history.set(history);
  state.index = indexOf(state.history, count);
}

/** The table of the contexts that are still held whole. */
function indexOf(history: Int32Array, count: number): Int32Array {
  const index = new Int32Array(lengths.length * history.length);
  for (let number = Math.max(1, count - history.length + longest); number < count; number++)
    enter(index, history, number, number);
  return index;
}

function modeOf(length: number): number {
  return length === 0 ? 0 : length < 16 ? 1 : length < 32 ? 2 : 3;
}

/** @param latest a ring of symbols, whose number `end` comes next. */
function hashOf(latest: Int32Array, end: number, length: number): number {
  const mask = latest.length - 1;
  let hash = length;
  for (let back = 1; back <= length; back++) {
    hash = Math.imul(hash ^ (latest[(end - back) & mask] + 1), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
