import { DataError, guard } from '../../lib/index.ts';
import { UsageError } from '../errors.ts';
import type { StreamConfig, SymbolData } from './config.ts';
import { generateText, type TextGeneration } from './generateText.ts';
import { bitsOf, mostProbable } from './logits.ts';
import { type OpenedText, readModel } from './model.ts';
import { numbersOf } from './network.ts';
import { Problem } from './problem.ts';
import type { Stream } from './rowModel.ts';
import { createKeeper } from './savedModel.ts';
import type { Report } from './session.ts';
import { completeConfig, type Settings, settingChecks } from './settings.ts';
import type { Source } from './source.ts';
import { readSymbols } from './symbolReader.ts';
import { createSymbolSession, shown } from './symbolSession.ts';

/** A byte by its number, a character, or a word. */
export type TextSymbol = string | number;

/** Learns to predict the next symbol of a text, as `norewind train` does. */
export interface TextModel {
  readonly config: StreamConfig;
  /** The most probable next symbol; null for all that have no index of their own. @throws DataError when no text has been read yet. */
  predictOne(): TextSymbol | null;
  /** The probability of each symbol, and under null that of all others. */
  predictProbaOne(): ReadonlyMap<TextSymbol | null, number>;
  /** Learns from a text, or a part of one, to its end. @throws DataError at what cannot be read, what is before it having been learnt from. */
  partialFit(text: string | Uint8Array): Promise<void>;
  /**
   * Predicts, scores and learns from each symbol as it comes, in whatever pieces, and gives what came of it.
   * @throws DataError at what cannot be read, what is before it having been learnt from.
   */
  learn(text: Stream<string | Uint8Array>): AsyncGenerator<LearntSymbol, void, undefined>;
  /** A text that goes on from what was learnt from last, and then from the prime. @throws UsageError or ConfigurationError. */
  generate(length: number, options?: TextGeneration): string;
  /** How good the predictions have been so far. */
  report(): Report;
  /** Writes a checkpoint, from which `openTextModel` and the command go on. @throws UsageError or FailedError. */
  save(folder: string): void;
}

export interface LearntSymbol {
  readonly symbol: TextSymbol;
  /** The bits that it took; undefined for the first one, which nothing predicts. */
  readonly score: number | undefined;
}

export interface TextOptions extends Settings {
  readonly unit?: SymbolData['unit'];
  /** How many characters or words are told apart; 256 and 1,024 if left out. */
  readonly symbols?: number;
  /** The only characters that may occur. */
  readonly alphabet?: string;
}

const checks: guard.Checks<TextOptions> = {
  ...settingChecks,
  unit: guard.oneOf('byte', 'character', 'word'),
  symbols: guard.number,
  alphabet: guard.string,
};

/** A model that has learnt nothing yet. @throws ConfigurationError or UsageError for options that cannot be used. */
export function createTextModel(options: TextOptions = {}): TextModel {
  const { unit, symbols, alphabet, ...settings } = guard.options('createTextModel', options, checks);
  const reads = unit ?? (symbols === undefined && alphabet === undefined ? 'byte' : 'character');
  const size = alphabet === undefined ? (symbols ?? (reads === 'word' ? 1024 : 256)) : Array.from(alphabet).length;
  const data: SymbolData = { kind: 'text', unit: reads, symbols: size, ...(alphabet === undefined ? {} : { alphabet }) };
  const config = completeConfig(data, settings);
  return modelOf({ config, data, session: createSymbolSession(config, data) });
}

/** What `norewind train`, or `save`, left in a folder. @throws UsageError when there is none, or one of rows; DataError when it is damaged. */
export async function openTextModel(path: string): Promise<TextModel> {
  guard.argument('openTextModel', 'path', path, guard.string, UsageError);
  const opened = readModel(path);
  if (opened.kind !== 'symbols') throw new UsageError(`${path} is a model of rows: use openModel`);
  return modelOf(opened);
}

type Parts = Pick<OpenedText, 'config' | 'data' | 'session'> & Partial<Pick<OpenedText, 'from'>>;

function modelOf({ config, data, session, from }: Parts): TextModel {
  const keeper = createKeeper(config, session, from);

  function outlook(): Float64Array {
    if (session.last === undefined) throw new DataError('there has been no text yet to predict from');
    return numbersOf(session.learner.predict(session.last));
  }

  async function* learn(text: Stream<string | Uint8Array>): AsyncGenerator<LearntSymbol, void, undefined> {
    for await (const batch of readSymbols([sourceOf(text)], data))
      for (const code of batch) {
        if (code instanceof Problem) throw new DataError(code.sentence);
        yield { symbol: shown(code, data), score: keeper.advance(code) };
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
        probabilities.set(symbol, (probabilities.get(symbol) ?? 0) + 2 ** -bitsOf(output, i));
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
      return Buffer.concat(Array.from({ length }, () => Buffer.from(symbols.next().value as string))).toString('utf8');
    },
    report: session.report,
    save: keeper.save,
  };
}

/** A text, or the bytes of one. */
const aText = guard.either(guard.string, guard.bytes);
const aSource = guard.either(guard.string, guard.stream);

const generationChecks: guard.Checks<TextGeneration> = { prime: guard.string, temperature: guard.number, seed: guard.whole(0) };

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
