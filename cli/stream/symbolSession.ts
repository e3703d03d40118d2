import { normOf } from '../training/metrics.ts';
import type { StreamConfig, SymbolData } from './config.ts';
import type { SavedCounts } from './counts.ts';
import { createEvaluation, type SavedEvaluation } from './evaluation.ts';
import { influenceNorms } from './influence.ts';
import { markOf } from './logits.ts';
import { createStepper, makeLearner, type StreamLearner } from './network.ts';
import { requireWhole } from './saved.ts';
import { createCountModels, symbolScores } from './scores.ts';
import type { SavedSession, Session } from './session.ts';
import type { Code } from './symbolReader.ts';
import { createPairs } from './trail.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

export interface SymbolSession extends Session<Code> {
  readonly learner: StreamLearner;
  readonly vocabulary: Vocabulary<Code>;
  /** The index of the latest symbol, which the network has not seen yet. */
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
export function createSymbolSession(config: StreamConfig, data: SymbolData, saved?: SavedSession): SymbolSession {
  const rest = saved?.rest as SavedRest | undefined;
  const learner = makeLearner(config, saved?.learner);
  const stepper = createStepper(learner, data.symbols);
  const { isClosed, first } = firstEntries(data);
  const vocabulary = createVocabulary<Code>(data.symbols, rest?.entries ?? first, isClosed);
  const evaluation = createEvaluation('bits', symbolScores, config.recent, rest?.evaluation);
  const counts = createCountModels(data.symbols, rest?.models);
  let records = rest?.records ?? 0;
  const shownAs = (symbol: number) => {
    const code = vocabulary.entryAt(symbol) ?? '\ufffd';
    return typeof code === 'string' ? code : data.unit === 'byte' ? byteAsText(code) : String.fromCodePoint(code);
  };
  const pairs = createPairs();
  let last = rest?.last ?? undefined;
  requireWhole('the number of records', [records]);
  if (data.unit !== 'word') requireWhole('a symbol', vocabulary.save(), 0x110000);
  requireWhole('the latest symbol', last === undefined ? [] : [last], data.symbols);
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
      // Nothing predicts the first symbol of all.
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

/** A code point as the character; a byte by its number, and a word as it is. */
export function shown(code: Code, { unit }: SymbolData): string | number {
  return unit === 'character' ? String.fromCodePoint(code as number) : code;
}

/** A byte as the character that it is in ASCII, or in hexadecimal. */
function byteAsText(byte: number): string {
  return byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`;
}

function firstEntries({ unit, alphabet }: SymbolData): { readonly isClosed: boolean; readonly first: readonly Code[] } {
  if (unit === 'byte') return { isClosed: true, first: Array.from({ length: 256 }, (_, byte) => byte) };
  return { isClosed: alphabet !== undefined, first: Array.from(alphabet ?? '', (character) => character.codePointAt(0) ?? 0) };
}
