import { createCountModels, requireCounts, type SavedCounts, symbolScores } from '../evaluation/counts.ts';
import { createEvaluation, type SavedEvaluation } from '../evaluation/evaluation.ts';
import { markOf } from '../evaluation/logits.ts';
import { normOf } from '../evaluation/norm.ts';
import { requireEntries, requireLength, requireSame, requireWhole } from '../evaluation/saved.ts';
import { createPairs } from '../evaluation/trail.ts';
import type { StreamConfig, SymbolData } from './config.ts';
import { influenceNorms } from './influence.ts';
import { createStepper, makeLearner, type StreamLearner } from './network.ts';
import type { SavedSession, Session } from './session.ts';
import type { Code } from './symbolReader.ts';
import { createVocabulary, requireTexts, type Vocabulary } from './vocabulary.ts';

export interface SymbolSession extends Session<Code> {
  readonly learner: StreamLearner;
  readonly vocabulary: Vocabulary<Code>;
  /** The index of the latest symbol, not yet seen by the network. */
  readonly last: number | undefined;
}

interface SavedRest {
  readonly records: number;
  readonly last: number | null;
  readonly entries: readonly Code[];
  readonly evaluation: SavedEvaluation;
  readonly models: readonly SavedCounts[];
}

/** Learns to predict the next symbol. */
export function createSymbolSession(
  config: StreamConfig,
  data: SymbolData,
  saved?: SavedSession,
): SymbolSession {
  const rest = saved?.rest as SavedRest | undefined;
  if (rest !== undefined) requireOwn(rest, data);
  const learner = makeLearner(config, saved?.learner);
  const stepper = createStepper(learner, data.symbols);
  const { isClosed, first } = firstEntries(data);
  const vocabulary = createVocabulary<Code>(data.symbols, rest?.entries ?? first, isClosed);
  const evaluation = createEvaluation('bits', symbolScores, config.recent, rest?.evaluation);
  const counts = createCountModels(data.symbols, rest?.models);
  let records = rest?.records ?? 0;
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
  for (const count of [evaluation.report().scored, learner.steps])
    requireSame('the number of steps', count, Math.max(0, records - 1));
  return {
    learner,
    vocabulary,
    get last() {
      return last;
    },
    advance(code) {
      const symbol = vocabulary.add(code);
      const loss = last === undefined ? undefined : stepper.step(last, symbol);
      const bits = (loss ?? 0) / Math.LN2;
      const scores = counts.observe(symbol, bits);
      records++;
      last = symbol;
      // The first symbol of all has no prediction.
      if (loss === undefined) return undefined;
      evaluation.add(markOf(stepper.output, symbol, scores), records);
      pairs.add(symbol, 2 ** -bits);
      return bits;
    },
    report: () => ({ ...evaluation.report(), gradientNorm: normOf(learner.gradient) }),
    glimpse: () => ({
      trail: { kind: 'symbols', symbols: pairs.came().map(shownAs), probabilities: pairs.said() },
      influence: influenceNorms(learner),
    }),
    save: () => ({
      learner: learner.save(),
      rest: {
        records,
        last: last ?? null,
        entries: vocabulary.save(),
        evaluation: evaluation.save(),
        models: counts.save(),
      } satisfies SavedRest,
    }),
  };
}

/** @throws DataError unless a stream of symbols, all but the last learnt from, can lead to this. */
function requireOwn(rest: SavedRest, data: SymbolData): void {
  requireEntries('the session', rest, ['records', 'last', 'entries', 'evaluation', 'models']);
  const { records, last, entries, models } = rest;
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
  requireCounts(data.symbols, models, records);
  requireSame(
    'the context of the latest symbol',
    models[1].context,
    records === 0 ? 0 : (last as number) + 1,
  );
  // Each entry has its index because it came; the last index stands for all others.
  const came = new Set(models[0].pairs.map(([symbol]) => symbol));
  if (!isClosed)
    for (const symbol of entries.keys()) requireSame('that an entry came', came.has(symbol), true);
  for (const symbol of came)
    requireWhole('a symbol', [symbol === data.symbols - 1 ? 0 : symbol], Math.max(1, entries.length));
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
  if (unit === 'byte') return { isClosed: true, first: Array.from({ length: 256 }, (_, byte) => byte) };
  return {
    isClosed: alphabet !== undefined,
    first: Array.from(alphabet ?? '', (character) => character.codePointAt(0) ?? 0),
  };
}
