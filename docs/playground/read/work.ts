// Learns from what the page is given, in a worker.
import { hear, tell } from '../worker/messages.ts';
import { inSlices } from '../worker/slices.ts';
import type { Foretold, FromReader, ToReader } from './messages.ts';
import { createTableReader, type TableReader, tableOf } from './table.ts';
import { createReader, type Letter } from './text.ts';

/** Symbols a message at most: those that the page can show. */
const most = 240;
/** Milliseconds between two symbols at a calm pace. */
const calm = 35;

let name = '';
let reader = createReader();
let pending = '';
let isTyped = false;
let table:
  | {
      readonly text: string;
      readonly numbers: readonly string[];
      readonly target: string;
      readonly reader: TableReader;
    }
  | undefined;
/** Counts the texts and tables that have been begun. */
let reading = 0;
let isCalm = true;
let isWanted = false;
let lastAt = 0;
let letters: Letter[] = [];
let rows: Foretold[] = [];
let learnt = 0;

const isLeft = () => (table === undefined ? pending !== '' : table.reader.left > 0);

const slices = inSlices(
  async () => {
    if (isCalm) {
      const wait = lastAt + calm - performance.now();
      if (wait > 0) {
        await new Promise((resolve) => setTimeout(resolve, wait));
        return isLeft();
      }
      lastAt = performance.now();
    }
    if (table !== undefined) {
      const row = table.reader.step();
      if (row !== undefined) rows.push(row);
      learnt++;
    } else {
      const piece = firstSymbols(pending, isCalm ? 1 : 16);
      pending = pending.slice(piece.length);
      const own = await reader.learn(piece);
      letters.push(...own);
      learnt += own.length;
    }
    return isLeft();
  },
  (milliseconds) => {
    report((1000 * learnt) / milliseconds);
    learnt = 0;
  },
  fail,
);

/** Returns at most this many symbols, without cutting one in two. */
function firstSymbols(text: string, count: number): string {
  return [...text.slice(0, 2 * count)].slice(0, count).join('');
}

function report(rate: number): void {
  if (table !== undefined) {
    const { numbers: columns, target } = table;
    const { count, left, leftOut, parts, unit, figures } = table.reader;
    const news = { name, count, left, rate, target, columns, rows, leftOut, parts, unit, figures };
    tell<FromReader>({ kind: 'rows', reading, ...news });
    rows = [];
  } else if (reader.count > 0) {
    const { count, recent, mean } = reader;
    const latest = letters.slice(-most);
    tell<FromReader>({
      kind: 'letters',
      reading,
      name,
      count,
      left: pending.length,
      rate,
      letters: latest,
      recent,
      mean,
      next: reader.next(8),
    });
    letters = [];
  }
}

function fail(error: unknown): void {
  tell<FromReader>({ kind: 'failed', sentence: error instanceof Error ? error.message : String(error) });
}

function beginText(called: string, text: string): void {
  name = called;
  table = undefined;
  reader = createReader();
  letters = [];
  pending = text;
  isTyped = false;
  reading++;
}

/** @param wanted the column to predict: the last one of numbers unless given. @throws DataError for no table. */
function beginTable(called: string, text: string, wanted?: string): void {
  const given = tableOf(called, text);
  const { numbers } = given;
  const target = wanted ?? numbers[numbers.length - 1];
  // It may be refused until here, which leaves the earlier one as it is.
  const begun = { text, numbers, target, reader: createTableReader(given, target) };
  table = begun;
  name = called;
  rows = [];
  reading++;
}

async function take(message: ToReader): Promise<void> {
  if (message.kind === 'run') isWanted = message.isOn;
  else if (message.kind === 'pace') isCalm = message.isCalm;
  else if (message.kind === 'text') beginText(message.name, message.text);
  else if (message.kind === 'table') beginTable(message.name, message.text);
  else if (message.kind === 'target') beginTable(name, table?.text ?? '', message.target);
  else if (message.kind === 'write') {
    if (table === undefined && reader.count > 0)
      tell<FromReader>({ kind: 'written', text: reader.write(240) });
  } else if (message.kind === 'sample') {
    const { book, births } = await import('norewind:samples');
    if (message.of === 'book') beginText('The beginning of Moby-Dick', book);
    else beginTable('Births a day in the United States, from 1969', births, 'births');
  } else {
    // Typed text continues the text that was read so far; the rest of that is left out.
    if (table !== undefined) beginText('', '');
    if (!isTyped) pending = '';
    isTyped = true;
    if (!name.endsWith('typed')) name = name === '' ? 'What is typed' : `${name}, then what is typed`;
    pending += message.text;
  }
  slices.run(isWanted && isLeft());
}

/** A message that waits for a sample to load must not be overtaken by the next one. */
let before = Promise.resolve();

hear<ToReader>((message) => {
  before = before.then(() => take(message)).catch(fail);
});
