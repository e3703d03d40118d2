import { createEvaluation, type SavedEvaluation } from '../../evaluation/evaluation.ts';
import { mostProbable } from '../../evaluation/logits.ts';
import { normOf } from '../../evaluation/norm.ts';
import { misfit, requireEntries, requireLength, requireSame, requireWhole } from '../../evaluation/saved.ts';
import { createPairs } from '../../evaluation/trail.ts';
import {
  copyOf,
  ensemble,
  joined,
  membersOf,
  noPast,
  type Past,
  reach,
  remember,
  type SymbolExpert,
  separate,
  symbolAt,
  symbolExperts,
  type Table,
  unpackPast,
} from '../../experts/index.ts';
import { builtIn } from '../../registry/tables.ts';
import type { StreamConfig, SymbolData } from '../given/config.ts';
import type { Code } from '../reading/symbolReader.ts';
import { createVocabulary, requireTexts, type Vocabulary } from '../targets/vocabulary.ts';
import { influenceNorms } from './influence.ts';
import { createStepper, makeLearner, noLearner, numbersOf, type StreamLearner, walk } from './network.ts';
import type { SavedSession, Session } from './session.ts';

export interface SymbolSession extends Session<Code> {
  /** The network, if it is one of the experts. */
  readonly learner: StreamLearner | undefined;
  readonly vocabulary: Vocabulary<Code>;
  /** The index of the latest symbol, not yet seen by the network. */
  readonly last: number | undefined;
  /** The parts that the latest prediction was served from, by name; undefined before there was one. */
  readonly shares: Readonly<Record<string, Share>> | undefined;
  /** The probability of each symbol to come next, after at least one. */
  predict(): Float64Array;
  /** Reads symbols without learning: from where the session is, before its latest symbol, or from the start. */
  walk(isFresh: boolean): SymbolWalker;
  /** Returns to the start state: the next symbol does not continue the earlier ones. */
  restart(): void;
}

/** One of the predictions that were combined. */
export interface Share {
  /** Its bits for the symbol that came. */
  readonly bits: number;
  /** Its weight in the prediction; the weights of all have the sum 1. */
  readonly weight: number;
}

interface SymbolWalker {
  /** Returns the probability of each symbol to come after this one. */
  step(symbol: number): Float64Array;
}

interface SavedRest {
  readonly records: number;
  readonly last: number | null;
  readonly entries: readonly Code[];
  readonly evaluation: SavedEvaluation;
  readonly past: unknown;
  readonly experts: unknown;
}

/** Learns to predict the next symbol, with several experts at once. @param own experts that are not built in. */
export function createSymbolSession(
  config: StreamConfig,
  data: SymbolData,
  saved?: SavedSession,
  own: readonly SymbolExpert[] = [],
  tables = builtIn,
): SymbolSession {
  const { experts = symbolExperts } = config;
  const rest = saved === undefined ? undefined : (joined(saved.rest, saved.tables ?? {}) as SavedRest);
  if (rest !== undefined) requireOwn(rest, data);
  const learner = experts.includes('network') ? makeLearner(config, saved?.learner, tables) : undefined;
  const stepper = learner && createStepper<number>(learner, data.symbols, config.every);
  const { isClosed, first } = firstEntries(data);
  const vocabulary = createVocabulary<Code>(data.symbols, rest?.entries ?? first, isClosed);
  const all = ensemble(data.symbols, membersOf(data.symbols, experts, own));
  const evaluation = createEvaluation('bits', all.names, config.recent, rest?.evaluation);
  let records = rest?.records ?? 0;
  const state = rest === undefined ? all.init() : all.unpack(rest.experts, records);
  const past: Past = rest === undefined ? noPast() : unpackPast(rest.past, data.symbols);
  const shownAs = (symbol: number) => {
    const code = vocabulary.entryAt(symbol) ?? '\ufffd';
    return typeof code === 'string'
      ? code
      : data.unit === 'byte'
        ? byteAsText(code)
        : String.fromCodePoint(code);
  };
  const pairs = createPairs();
  let last = rest?.last ?? undefined;
  let scored: ReturnType<typeof all.update> | undefined;
  if (past.length > records || (past.length > 0 && symbolAt(past, 1) !== last))
    throw misfit('the past is not that of the latest symbol');
  // The last index stands for all symbols that have none.
  for (let back = 1; back <= Math.min(past.length, reach); back++)
    if (symbolAt(past, back) < data.symbols - 1)
      requireWhole('a symbol of the past', [symbolAt(past, back)], vocabulary.count);
  for (const count of [evaluation.report().scored, ...(learner === undefined ? [] : [learner.steps])])
    requireSame('the number of steps', count, Math.max(0, records - 1));
  const question = {
    symbols: data.symbols,
    past,
    logits: undefined as ArrayLike<number> | undefined,
  };
  return {
    learner,
    vocabulary,
    get last() {
      return last;
    },
    get shares() {
      if (scored === undefined) return undefined;
      const { own, weights } = scored;
      return Object.fromEntries(
        all.parts.map((name, i) => [name, { bits: -Math.log2(own[i]), weight: weights[i] }]),
      );
    },
    advance(code) {
      const symbol = vocabulary.add(code);
      if (last !== undefined) stepper?.step(last, symbol);
      question.logits = last === undefined ? undefined : stepper?.output;
      const isFirst = last === undefined;
      const update = all.update(state, question, symbol);
      scored = isFirst ? undefined : update;
      const { said, bits: scores } = update;
      const best = mostProbable(said);
      const confidence = Math.min(1, said[best]);
      remember(past, symbol);
      records++;
      last = symbol;
      // The first symbol of all has no prediction.
      if (isFirst) return undefined;
      const isRight = best === symbol;
      evaluation.add({ scores, best: { confidence, isRight }, error: isRight ? 0 : 1 }, records);
      pairs.add(symbol, 2 ** -scores[0]);
      return scores[0];
    },
    predict() {
      const logits = last === undefined ? undefined : learner && numbersOf(learner.predict(last));
      return all.predict(state, { symbols: data.symbols, past, logits });
    },
    walk(isFresh) {
      const network = learner && walk(learner, isFresh);
      const walked = isFresh ? noPast() : copyOf(past);
      // The latest symbol is the first one to be read.
      if (walked.length > 0) walked.length--;
      return {
        step(symbol) {
          const logits = network?.step(symbol);
          remember(walked, symbol);
          return all.predict(state, {
            symbols: data.symbols,
            past: walked,
            logits,
          });
        },
      };
    },
    restart() {
      learner?.resetState();
      past.length = 0;
    },
    report: () => ({
      ...evaluation.report(),
      gradientNorm: learner === undefined ? 0 : normOf(learner.gradient),
    }),
    glimpse: () => ({
      trail: { kind: 'symbols', symbols: pairs.came().map(shownAs), probabilities: pairs.said() },
      influence: learner === undefined ? {} : influenceNorms(learner),
    }),
    save() {
      const tables: Record<string, Table> = {};
      const whole = {
        past: separate(past, 'past', tables),
        experts: separate(all.pack(state), 'experts', tables),
      };
      return {
        learner: learner?.save() ?? noLearner(),
        rest: {
          records,
          last: last ?? null,
          entries: vocabulary.save(),
          evaluation: evaluation.save(),
          ...whole,
        } satisfies SavedRest,
        tables,
      };
    },
  };
}

/** @throws DataError unless a stream of symbols, all but the last learnt from, can lead to this. */
function requireOwn(rest: SavedRest, data: SymbolData): void {
  requireEntries('the session', rest, ['records', 'last', 'entries', 'evaluation', 'past', 'experts']);
  const { records, last, entries } = rest;
  requireWhole('the number of records', [records]);
  if (records === 0) requireSame('the latest symbol', last, null);
  else requireWhole('the latest symbol', [last], data.symbols);
  const { isClosed, first } = firstEntries(data);
  requireLength(
    'the vocabulary',
    entries,
    isClosed ? first.length : 0,
    isClosed ? first.length : data.symbols - 1,
  );
  if (isClosed) for (const [i, entry] of entries.entries()) requireSame('a symbol', entry, first[i]);
  else if (data.unit === 'word') requireTexts('a word', entries);
  else requireWhole('a symbol', entries, 0x110000);
  // Each entry has its index because it came; the last index stands for all others.
  if (!isClosed) requireSame('that the entries came', entries.length <= records, true);
  if (typeof last === 'number' && last < data.symbols - 1)
    requireWhole('the latest symbol', [last], Math.max(1, entries.length));
}

/** A code point as its character; a byte as a number, a word unchanged. */
export function shown(code: Code, { unit }: SymbolData): string | number {
  return unit === 'character' ? String.fromCodePoint(code as number) : code;
}

/** A byte as its ASCII character, or in hexadecimal. */
function byteAsText(byte: number): string {
  return byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`;
}

function firstEntries({ unit, alphabet }: SymbolData): {
  readonly isClosed: boolean;
  readonly first: readonly Code[];
} {
  if (unit === 'byte')
    return {
      isClosed: true,
      first: Array.from({ length: 256 }, (_, byte) => byte),
    };
  return {
    isClosed: alphabet !== undefined,
    first: Array.from(alphabet ?? '', (character) => character.codePointAt(0) ?? 0),
  };
}
