import { closeSync, openSync, writeSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { writeInPieces } from '../wholeFile.ts';
import { type Line, lineColumns } from './columns.ts';
import { entriesOf } from './entries.ts';
import type { PastRun } from './readRun.ts';

/**
 * Writes the metrics of all runs as CSV, one row per line; missing figures are empty. @throws FailedError if
 * that fails.
 */
export async function writeCsv(path: string, runs: readonly PastRun[]): Promise<void> {
  const columns = lineColumns(runs);
  await writeInPieces(path, async (part) => {
    const file = openSync(part, 'w');
    try {
      const write = (rows: readonly (readonly (string | number)[])[]) =>
        writeAll(file, stringify(rows as (string | number)[][]));
      write([columns.map(({ name }) => text(name))]);
      for await (const line of linesOf(runs)) write([columns.map(({ of }) => cellOf(of(line)))]);
    } finally {
      closeSync(file);
    }
  });
}

/** The lines of metrics of all runs, in order. @throws DataError for one that is not a line of metrics. */
export async function* linesOf(runs: readonly PastRun[]): AsyncGenerator<Line, void, undefined> {
  for (const run of runs) for await (const entry of entriesOf(run.metrics, () => {})) yield { run, entry };
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/**
 * A text cell. A spreadsheet takes text that begins with one of these characters (full-width forms too) for a
 * formula, and the name of a folder or baseline may contain anything: an apostrophe in front makes it text.
 * Numbers do not pass through here and keep their minus.
 */
export function text(value: string): string {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value;
}

/** A number as it is, a text that no spreadsheet takes for a formula, and nothing for what is missing. */
export function cellOf(value: string | number | undefined): string | number {
  if (typeof value === 'number' || value === undefined) return value ?? '';
  return String(Number(value)) === value && Number.isFinite(Number(value)) ? value : text(value);
}
