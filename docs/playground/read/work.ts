// Learns from what the page is given, in a worker.
import { hear, tell } from '../worker/messages.ts';
import { inSlices } from '../worker/slices.ts';
import type { Foretold, FromReader, ToReader } from './messages.ts';
import { createTableReader, type Table, type TableReader, tableOf } from './table.ts';
import { createReader, type Letter } from './text.ts';

/** Symbols a message at most: those that the page can show. */
const most = 240;
/** Milliseconds between two symbols at a calm pace. */
const calm = 35;

let name = '';
let reader = createReader();
let pending = '';
let isTyped = false;
let table: { readonly table: Table; readonly target: string; readonly reader: TableReader } | undefined;
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
    const { reader: own, table: given, target } = table;
    const { count, left, parts, unit, figures } = own;
    const columns = given.numbers;
    tell<FromReader>({ kind: 'rows', name, count, left, rate, target, columns, rows, parts, unit, figures });
    rows = [];
  } else if (reader.count > 0) {
    const { count, recent, mean } = reader;
    const latest = letters.slice(-most);
    tell<FromReader>({
      kind: 'letters',
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
}

function beginTable(called: string, text: string, target?: string): void {
  const given = tableOf(called, text);
  const wanted = target ?? given.numbers[given.numbers.length - 1];
  name = called;
  rows = [];
  table = { table: given, target: wanted, reader: createTableReader(given, wanted) };
}

async function take(message: ToReader): Promise<void> {
  if (message.kind === 'run') isWanted = message.isOn;
  else if (message.kind === 'pace') isCalm = message.isCalm;
  else if (message.kind === 'text') beginText(message.name, message.text);
  else if (message.kind === 'table') beginTable(message.name, message.text, message.target);
  else if (message.kind === 'write') {
    if (table === undefined && reader.count > 0)
      tell<FromReader>({ kind: 'written', text: reader.write(240) });
  } else if (message.kind === 'sample') {
    const { book, births } = await import('norewind:samples');
    if (message.of === 'book') beginText('The beginning of Moby-Dick', book);
    else beginTable('Births a day in the United States, from 1969', births, message.target ?? 'births');
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

hear<ToReader>((message) => {
  take(message).catch(fail);
});
