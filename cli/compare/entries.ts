import { createReadStream, existsSync } from 'node:fs';
import { DataError, UsageError } from '../../lib/index.ts';
import { textOf } from '../../trainers/streams/index.ts';
import { fileProblem } from '../errors.ts';
import { sampleEntropyName } from '../experiments/symbols.ts';
import { readPlain, requirePlain } from '../plainFile.ts';
import { linesOf } from '../stream/input/lines.ts';

/** The score of a prediction. */
export type Score = 'bits' | 'loss' | 'squared error';

/** A line of metrics, of `norewind train` or of `norewind run`. */
export interface Entry {
  /** Steps, which are records of a stream. */
  readonly at: number;
  readonly score: Score;
  /** The score of the network: the mean of all predictions and of the latest ones; NaN if not finite. */
  readonly mean: number;
  readonly recent: number;
  readonly gradientNorm: number;
  /** The same for the baselines. */
  readonly baselines: Readonly<Record<string, Pair>>;
}

interface Pair {
  readonly mean: number;
  readonly recent: number;
}

/** How far the latest predictions are above the entropy of their symbols; undefined if that is not known. */
export function aboveEntropy({ recent, baselines }: Entry): number | undefined {
  const floor = baselines[sampleEntropyName]?.recent;
  return floor === undefined ? undefined : recent - floor;
}

/**
 * Reads the entries of a metrics file, however long.
 * @param onRest called with a sentence if the last line is incomplete, as after a kill.
 * @throws UsageError for an unreadable file, DataError for any other line that is not an entry.
 */
export async function* entriesOf(
  path: string,
  onRest: (sentence: string) => void,
): AsyncGenerator<Entry, void, undefined> {
  let broken: string | undefined;
  const refusal = (line: number) => `${path}, line ${line}: it is not a line of metrics`;
  const pieces = textOf({ name: path, open: () => chunksOf(path) });
  for await (const lines of linesOf(pieces, (line) => new DataError(refusal(line))))
    for (const { text, number } of lines) {
      if (broken !== undefined) throw new DataError(broken);
      const entry = entryOf(text);
      if (entry === undefined) broken = refusal(number);
      else yield entry;
    }
  if (broken !== undefined) onRest(`${broken}, and was skipped: the run was cut off there`);
}

/**
 * The last whole entry of a metrics file; undefined if there is none yet.
 * @throws UsageError for an unreadable file, DataError for a whole line that is not an entry.
 */
export function lastEntry(path: string): Entry | undefined {
  if (!existsSync(path)) return undefined;
  let text: string;
  try {
    text = readPlain(path).toString();
  } catch (error) {
    throw new UsageError(fileProblem('read', path, error));
  }
  // Text after the last line feed is a line that was cut off.
  const lines = text.split('\n').slice(0, -1);
  const last = lines.at(-1);
  if (last === undefined) return undefined;
  const entry = entryOf(last);
  if (entry === undefined) throw new DataError(`${path}, line ${lines.length}: it is not a line of metrics`);
  return entry;
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    requirePlain(path);
    for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
  } catch (error) {
    throw new UsageError(fileProblem('read', path, error));
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Undefined if the line is not an entry. */
function entryOf(line: string): Entry | undefined {
  const fields = parse(line);
  if (fields === undefined) return undefined;
  const entry = {
    at: fields.step,
    score: fields.unit,
    mean: numberOf(fields.mean),
    recent: numberOf(fields.recent),
    gradientNorm: numberOf(fields.gradientNorm),
    baselines: baselinesOf(fields.baselines),
  };
  const isWhole = Number.isSafeInteger(entry.at) && scores.some((score) => score === entry.score);
  return isWhole &&
    [entry.mean, entry.recent, entry.gradientNorm, entry.baselines].every((part) => part !== undefined)
    ? (entry as Entry)
    : undefined;
}

const scores: readonly Score[] = ['bits', 'loss', 'squared error'];

function baselinesOf(value: unknown): Entry['baselines'] | undefined {
  const named = recordOf(value ?? {});
  const all = Object.entries(named ?? {}).map(([name, fields]) => {
    const own = recordOf(fields);
    return [name, { mean: numberOf(own?.mean), recent: numberOf(own?.recent) }] as const;
  });
  const isWhole =
    named !== undefined && all.every(([, pair]) => pair.mean !== undefined && pair.recent !== undefined);
  return isWhole ? (Object.fromEntries(all) as Entry['baselines']) : undefined;
}

function parse(line: string): Fields | undefined {
  try {
    return recordOf(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** JSON has no NaN and no infinities: null replaces them. */
function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : value === null ? Number.NaN : undefined;
}
