import { Worker } from 'node:worker_threads';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { formatBits } from '../../trainers/evaluation/index.ts';
import { FailedError } from '../errors.ts';
import { book, readText } from '../experiments/textFile.ts';
import { packageFile } from '../package-root.ts';
import { formatMicroseconds } from '../terminal/numbers.ts';
import type { Stopper } from './contest.ts';
import type { Length } from './settings.ts';

/** Bits a character on the book, over all and over its last part. */
export interface BookScore {
  readonly title: string;
  readonly what: string;
  readonly bits: number;
  readonly lastBits: number;
  /** Of one character; undefined if it is not that of the row alone. */
  readonly microseconds?: number;
}

/** The data passed to the thread of the default learner. */
export interface DefaultLearner {
  readonly head: string;
  readonly tail: string;
  readonly seed: number;
}

/** Its bits in all and in the last part, by predictor, what is served first. */
export type DefaultScores =
  | {
      readonly kind: 'done';
      readonly bits: Readonly<Record<string, readonly [all: number, last: number]>>;
      readonly seconds: number;
    }
  | { readonly kind: 'failed'; readonly sentence: string };

/** The part of the book that the networks read, cut before its last part. */
function parts({ bookCharacters, bookLastPart }: Length): readonly [head: string, tail: string] {
  const characters = Array.from(readText(book).text).slice(0, bookCharacters);
  const cut = Math.max(0, characters.length - bookLastPart);
  return [characters.slice(0, cut).join(''), characters.slice(cut).join('')];
}

/**
 * Figures of `norewind train` on the book with its defaults, and of its experts without and with the network
 * alone. Undefined if it was stopped.
 * @throws FailedError if it fails.
 */
export async function defaultLearner(length: Length, stopper: Stopper): Promise<BookScore[] | undefined> {
  const [head, tail] = parts(length);
  const worker = new Worker(packageFile('dist', 'cli', 'demo', 'defaultLearner.js'), {
    workerData: { head, tail, seed: length.seed } satisfies DefaultLearner,
  });
  stopper.onSignal(() => void worker.terminate());
  const scores = await new Promise<DefaultScores | undefined>((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.on('exit', () => resolve(undefined));
  });
  if (scores === undefined) {
    if (stopper.watch.signal !== undefined) return undefined;
    throw new FailedError('the thread of norewind train ended early');
  }
  if (scores.kind === 'failed') throw new FailedError(scores.sentence);
  const { bits, seconds } = scores;
  const [all, last] = [head + tail, tail].map((text) => Array.from(text).length);
  const [served] = Object.keys(bits);
  const row = (name: string, title: string, what: string): BookScore[] =>
    bits[name] === undefined
      ? []
      : [{ title, what, bits: bits[name][0] / all, lastBits: bits[name][1] / last }];
  const [own, ...rest] = [
    ...row(served, 'norewind train', 'its default: counts and an LSTM, mixed'),
    ...row(
      'without the network',
      '  without its network',
      'counts of orders 0 to 6 and a match, mixed, as PPMd mixes its counts',
    ),
    ...row('network', '  its network alone', 'an LSTM of 64 units, by windows of 4 to 16 steps'),
  ];
  return [{ ...own, microseconds: (1e6 * seconds) / all }, ...rest];
}

/** Bits a byte of Node's compressors on the same text. */
export function compressors(length: Length): BookScore[] {
  const [head, tail] = parts(length);
  const [all, last] = [head + tail, tail].map((text) => Array.from(text).length);
  const brotli = (text: string) =>
    brotliCompressSync(text, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      },
    });
  const gzip = (text: string) => gzipSync(text, { level: 9 });
  return [
    {
      title: 'brotli -q 11',
      what: 'a compressor: repeats, contexts, and a dictionary of its own',
      of: brotli,
    },
    { title: 'gzip -9', what: 'a compressor: repeats within 32 kB', of: gzip },
  ].map(({ title, what, of }) => {
    const [whole, before] = [head + tail, head].map((text) => 8 * of(text).length);
    return { title, what, bits: whole / all, lastBits: (whole - before) / last };
  });
}

export function scoreRows(scores: readonly BookScore[]): string[][] {
  return scores.map(({ title, what, bits, lastBits, microseconds }) => [
    title,
    formatBits(bits),
    formatBits(lastBits),
    microseconds === undefined ? '-' : formatMicroseconds(microseconds).replace(' µs', ''),
    what,
  ]);
}
