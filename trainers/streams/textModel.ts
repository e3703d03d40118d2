import { DataError, guard } from '../../lib/index.ts';
import { mostProbable } from '../evaluation/logits.ts';
import { type SymbolExpert, symbolExperts } from '../experts/index.ts';
import type { StreamConfig, SymbolData } from './given/config.ts';
import { createKeeper } from './keeper.ts';
import { Problem } from './reading/problem.ts';
import type { Source } from './reading/source.ts';
import { readSymbols } from './reading/symbolReader.ts';
import type { Stream } from './rowModel.ts';
import { generateText, type TextGeneration } from './sessions/generate.ts';
import type { Report } from './sessions/session.ts';
import { createSymbolSession, type Share, shown } from './sessions/symbolSession.ts';
import { completeConfig, type Settings, settingChecks } from './settings.ts';
import { type OpenedText, openChecked, type Snapshot } from './snapshot.ts';

/** A byte as a number, a character, or a word. */
export type TextSymbol = string | number;

/** Learns to predict the next symbol of a text, as `norewind train` does. */
export interface TextModel {
  readonly config: StreamConfig;
  /**
   * The most probable next symbol; null for all without their own index. @throws DataError before any text
   * has been read.
   */
  predictOne(): TextSymbol | null;
  /** The probability of each symbol, and under null that of all others. */
  predictProbaOne(): ReadonlyMap<TextSymbol | null, number>;
  /**
   * Learns from a text, or part of one. @throws DataError at unreadable input, after learning from the text
   * before it.
   */
  partialFit(text: string | Uint8Array): Promise<void>;
  /**
   * Predicts, scores and learns from each symbol as it comes, in pieces of any size, and yields the outcome.
   * @throws DataError at unreadable input, after learning from the text before it.
   */
  learn(text: Stream<string | Uint8Array>): AsyncGenerator<LearntSymbol, void, undefined>;
  /** A continuation of the text learnt last, then of the prime. @throws UsageError or ConfigurationError. */
  generate(length: number, options?: TextGeneration): string;
  /** The quality of the predictions so far. */
  report(): Report;
  /** The model as plain data, from which `restoreTextModel` resumes bit for bit. */
  snapshot(): Snapshot;
}

export interface LearntSymbol {
  readonly symbol: TextSymbol;
  /** Its bits; undefined for the first symbol, which has no prediction. */
  readonly score: number | undefined;
  /**
   * The predictions that were combined, by name: the mixtures of the experts, and each expert alone; undefined for the
   * first symbol.
   */
  readonly experts: Readonly<Record<string, Share>> | undefined;
}

export interface TextOptions extends Omit<Settings, 'experts'> {
  /**
   * The experts whose predictions are combined: `network`, `counts`, `match`, and experts of one's own. Default:
   * these three.
   */
  readonly experts?: readonly (string | SymbolExpert)[];
  readonly unit?: SymbolData['unit'];
  /** The number of characters or words distinguished. Default 256 or 1,024. */
  readonly symbols?: number;
  /** The only characters that may occur. */
  readonly alphabet?: string;
}

const anExpert = guard.having('an expert', ['init', 'predict', 'update']);

const checks: guard.Checks<TextOptions> = {
  ...settingChecks,
  unit: guard.oneOf('byte', 'character', 'word'),
  symbols: guard.number,
  alphabet: guard.string,
  experts: guard.listOf(
    'an array of names and experts',
    (entry) => guard.string.holds(entry) || anExpert.holds(entry),
  ),
};

/** A fresh model. @throws ConfigurationError or UsageError for unusable options. */
export function createTextModel(options: TextOptions = {}): TextModel {
  const {
    unit,
    symbols,
    alphabet,
    experts = symbolExperts,
    ...settings
  } = guard.options('createTextModel', options, checks);
  const reads = unit ?? (symbols === undefined && alphabet === undefined ? 'byte' : 'character');
  const size =
    alphabet === undefined ? (symbols ?? (reads === 'word' ? 1024 : 256)) : Array.from(alphabet).length;
  const data: SymbolData = {
    kind: 'text',
    unit: reads,
    symbols: size,
    ...(alphabet === undefined ? {} : { alphabet }),
  };
  const own = experts.filter((expert) => typeof expert !== 'string');
  const names = experts.map((expert) => (typeof expert === 'string' ? expert : expert.name));
  const config = completeConfig(data, { ...settings, experts: names });
  return textModelOf({
    config,
    data,
    session: createSymbolSession(config, data, undefined, own),
  });
}

export interface RestoreOptions {
  /** The experts of its own that the model had. */
  readonly experts?: readonly SymbolExpert[];
}

/** The model of a snapshot. @throws DataError for a snapshot of a row model, or no snapshot. */
export function restoreTextModel(snapshot: Snapshot, options: RestoreOptions = {}): TextModel {
  const { experts = [] } = guard.options('restoreTextModel', options, {
    experts: guard.listOf('an array of experts', anExpert.holds),
  });
  const opened = openChecked(snapshot, { ofSymbols: experts });
  if (opened.kind !== 'symbols')
    throw new DataError('restoreTextModel: it is a snapshot of a model of rows: use restoreModel');
  return textModelOf(opened);
}

type Parts = Pick<OpenedText, 'config' | 'data' | 'session' | 'position'>;

export function textModelOf({ config, data, session, position }: Parts): TextModel {
  const keeper = createKeeper(config, session, position);

  function outlook(): Float64Array {
    if (session.last === undefined) throw new DataError('there has been no text yet to predict from');
    return session.predict();
  }

  async function* learn(text: Stream<string | Uint8Array>): AsyncGenerator<LearntSymbol, void, undefined> {
    for await (const batch of readSymbols([sourceOf(text)], data))
      for (const code of batch) {
        if (code instanceof Problem) throw new DataError(code.sentence);
        const score = keeper.advance(code);
        yield { symbol: shown(code, data), score, experts: session.shares };
      }
  }

  return {
    config,
    predictOne() {
      const code = session.vocabulary.entryAt(mostProbable(outlook()));
      return code === undefined ? null : shown(code, data);
    },
    predictProbaOne() {
      const output = outlook();
      const probabilities = new Map<TextSymbol | null, number>();
      for (let i = 0; i < output.length; i++) {
        const code = session.vocabulary.entryAt(i);
        const symbol = code === undefined ? null : shown(code, data);
        probabilities.set(symbol, (probabilities.get(symbol) ?? 0) + output[i]);
      }
      return probabilities;
    },
    async partialFit(text) {
      guard.argument('partialFit', 'text', text, aText, DataError);
      for await (const _ of learn([text]));
    },
    async *learn(text) {
      guard.argument('learn', 'text', text, aSource, DataError);
      yield* learn(text);
    },
    generate(length, options = {}) {
      guard.argument('generate', 'length', length, guard.whole(0, 2 ** 28));
      guard.options('generate', options, generationChecks);
      const symbols = generateText(session, data, options);
      return joined(Array.from({ length }, () => symbols.next().value));
    },
    report: session.report,
    snapshot: keeper.snapshot,
  };
}

/** A text, or its bytes. */
const aText = guard.either(guard.string, guard.bytes);
const aSource = guard.either(guard.string, guard.stream);

const generationChecks: guard.Checks<TextGeneration> = {
  prime: guard.string,
  temperature: guard.number,
  seed: guard.whole(0),
};

function sourceOf(text: Stream<string | Uint8Array>): Source {
  const encoder = new TextEncoder();
  return {
    name: 'the text',
    async *open() {
      for await (const part of text) {
        guard.argument('learn', 'a part of the text', part, aText, DataError);
        yield typeof part === 'string' ? encoder.encode(part) : part;
      }
    },
  };
}

/** Joins the parts of a generated text; a character may be split between two pieces of bytes. */
function joined(parts: readonly (string | Uint8Array)[]): string {
  const encoder = new TextEncoder();
  const bytes = parts.flatMap((part) => [...(typeof part === 'string' ? encoder.encode(part) : part)]);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}
