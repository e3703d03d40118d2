import { normOf } from '../training/metrics.ts';
import type { StreamConfig, SymbolData } from './config.ts';
import type { SavedCounts } from './counts.ts';
import { influenceNorms } from './influence.ts';
import { makeLearner, type StreamLearner } from './network.ts';
import { createCountModels, createScores, symbolScores } from './scores.ts';
import type { SavedSession, Session } from './session.ts';
import type { Code } from './symbolReader.ts';
import type { SavedTally } from './tally.ts';
import { createPairs } from './trail.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

export interface SymbolSession extends Session<Code> {
  readonly learner: StreamLearner;
  readonly vocabulary: Vocabulary<Code>;
  /** The index of the latest symbol, which the network has not seen yet. */
  readonly last: number | undefined;
}

interface SavedRest {
  readonly last: number | null;
  readonly entries: readonly Code[];
  readonly scores: readonly SavedTally[];
  readonly models: readonly SavedCounts[];
}

/** Learns to predict the next symbol. */
export function createSymbolSession(config: StreamConfig, data: SymbolData, saved?: SavedSession): SymbolSession {
  const rest = saved?.rest as SavedRest | undefined;
  const learner = makeLearner(config, saved?.learner);
  const { isClosed, first } = firstEntries(data);
  const vocabulary = createVocabulary<Code>(data.symbols, rest?.entries ?? first, isClosed);
  const scores = createScores(symbolScores, config.recent, rest?.scores);
  const models = createCountModels(data.symbols, rest?.models);
  const shownAs = (symbol: number) => {
    const code = vocabulary.entryAt(symbol) ?? '\ufffd';
    return typeof code === 'string' ? code : data.unit === 'byte' ? byteAsText(code) : String.fromCodePoint(code);
  };
  const pairs = createPairs();
  let last = rest?.last ?? undefined;
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
      if (loss !== undefined) {
        scores.add([loss / Math.LN2, ...bits]);
        pairs.add(symbol, Math.exp(-loss));
      }
      last = symbol;
    },
    report: () => ({
      unit: 'bits',
      scored: scores.count,
      figures: scores.figures(),
      gradientNorm: normOf(learner.gradient),
    }),
    glimpse: () => ({
      trail: { kind: 'symbols', symbols: pairs.came().map(shownAs), probabilities: pairs.said() },
      influence: influenceNorms(learner),
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

/** A byte as the character that it is in ASCII, or in hexadecimal. */
function byteAsText(byte: number): string {
  return byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`;
}

function firstEntries({ unit, alphabet }: SymbolData): { readonly isClosed: boolean; readonly first: readonly Code[] } {
  if (unit === 'byte') return { isClosed: true, first: Array.from({ length: 256 }, (_, byte) => byte) };
  return { isClosed: alphabet !== undefined, first: Array.from(alphabet ?? '', (character) => character.codePointAt(0) ?? 0) };
}
