import { InvalidArgumentError } from 'commander';
import type { RowData } from '../../trainers/streams/index.ts';

/** What the ending of a name says of the rows in the file; undefined where it says nothing. */
export function formatOf(name: string): RowData['kind'] | undefined {
  const plain = name.replace(/\.gz$/i, '');
  if (/\.[ct]sv$/i.test(plain)) return 'csv';
  return /\.(ndjson|jsonl)$/i.test(plain) ? 'ndjson' : undefined;
}

/** The same of what is between the fields. */
export function delimiterOf(name: string): string | undefined {
  return /\.tsv(\.gz)?$/i.test(name) ? '\t' : undefined;
}

/** Shells make it hard to type a tab. */
export function parseDelimiter(text: string): string {
  return text === '\\t' || text === 'tab' ? '\t' : text;
}

/** Names with commas between them, added to those before; a name in double quotes may have commas and spaces of its own, as in CSV. */
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

/** The same for texts that stand for missing values; nothing is one of them. */
export function parseMarks(text: string, before: readonly string[] = []): readonly string[] {
  return text.trim() === '' ? [...before, ''] : parseNames(text, before);
}
