import { InvalidArgumentError } from 'commander';
import type { RowData } from '../../../trainers/streams/index.ts';

/** The format of rows that a file name implies; undefined if none. */
export function formatOf(name: string): RowData['kind'] | undefined {
  const plain = name.replace(/\.gz$/i, '');
  if (/\.[ct]sv$/i.test(plain)) return 'csv';
  return /\.(ndjson|jsonl)$/i.test(plain) ? 'ndjson' : undefined;
}

/** The delimiter that a file name implies. */
export function delimiterOf(name: string): string | undefined {
  return /\.tsv(\.gz)?$/i.test(name) ? '\t' : undefined;
}

/** Tabs are hard to type in shells. */
export function parseDelimiter(text: string): string {
  return text === '\\t' || text === 'tab' ? '\t' : text;
}

/**
 * Names separated by commas, added to those before. A name in double quotes may contain commas and spaces, as
 * in CSV.
 */
export function parseNames(text: string, before: readonly string[] = []): readonly string[] {
  const names: string[] = [];
  if (text.trim() === '') return before;
  const name = /\s*(?:"((?:[^"]|"")*)"|([^",][^,]*?|))\s*(?:,|$)/y;
  for (let isMore = true; isMore; isMore = text[name.lastIndex - 1] === ',') {
    const match = name.exec(text);
    if (match === null) throw new InvalidArgumentError('A double quote is not closed.');
    names.push(match[1]?.replaceAll('""', '"') ?? match[2]);
  }
  return [...before, ...names];
}

/** Texts that mean missing values, parsed as `parseNames` does; an empty text is one of them. */
export function parseMarks(text: string, before: readonly string[] = []): readonly string[] {
  return text.trim() === '' ? [...before, ''] : parseNames(text, before);
}
