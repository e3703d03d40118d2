import { normOf } from '../training/metrics.ts';
import type { StreamConfig, SymbolData } from './config.ts';
import type { SavedCounts } from './counts.ts';
import { makeLearner, type StreamLearner } from './network.ts';
import { requireWhole } from './saved.ts';
import { createCountModels, createScores, symbolScores } from './scores.ts';
import type { SavedSession, Session } from './session.ts';
import type { SavedTally } from './tally.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

export interface SymbolSession extends Session<number> {
  readonly learner: StreamLearner;
  readonly vocabulary: Vocabulary<number>;
  /** The index of the latest symbol, which the network has not seen yet. */
  readonly last: number | undefined;
}

interface SavedRest {
  readonly last: number | null;
  readonly entries: readonly number[];
  readonly scores: readonly SavedTally[];
  readonly models: readonly SavedCounts[];
}

/** Learns to predict the next byte or character, given by its number or code point. */
export function createSymbolSession(config: StreamConfig, data: SymbolData, saved?: SavedSession): SymbolSession {
  const rest = saved?.rest as SavedRest | undefined;
  const learner = makeLearner(config, saved?.learner);
  const { isClosed, first } = firstEntries(data);
  const vocabulary = createVocabulary(data.symbols, rest?.entries ?? first, isClosed);
  const scores = createScores(symbolScores, config.recent, rest?.scores);
  const models = createCountModels(data.symbols, rest?.models);
  let last = rest?.last ?? undefined;
  requireWhole('a symbol', vocabulary.save(), 0x110000);
  requireWhole('the latest symbol', last === undefined ? [] : [last], data.symbols);
  return {
    learner,
    vocabulary,
    get last() {
      return last;
    },
    advance(code) {
      const symbol = vocabulary.add(code);
      const loss = last === undefined ? undefined : learner.step(last, symbol).loss;
      const bits = models.observe(symbol);
      // Nothing predicts the first symbol of all.
      if (loss !== undefined) scores.add([loss / Math.LN2, ...bits]);
      last = symbol;
    },
    report: () => ({
      unit: 'bits',
      scored: scores.count,
      figures: scores.figures(),
      gradientNorm: normOf(learner.gradient),
    }),
    save: () => ({
      learner: learner.save(),
      rest: {
        last: last ?? null,
        entries: vocabulary.save(),
        scores: scores.save(),
        models: models.save(),
      } satisfies SavedRest,
    }),
  };
}

function firstEntries({ unit, alphabet }: SymbolData): { readonly isClosed: boolean; readonly first: readonly number[] } {
  if (unit === 'byte') return { isClosed: true, first: Array.from({ length: 256 }, (_, byte) => byte) };
  return { isClosed: alphabet !== undefined, first: Array.from(alphabet ?? '', (character) => character.codePointAt(0) ?? 0) };
}
