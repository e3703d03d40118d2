import { finished } from 'node:stream/promises';
import { type CsvError, type Info, parse } from 'csv-parse';
import { DataError } from '../../lib/index.ts';
import type { Fields } from './fields.ts';
import { longestRecord } from './lines.ts';
import { type Batch, Problem, quoted } from './problem.ts';
import type { Source } from './source.ts';

export interface CsvOptions {
  readonly delimiter: string;
  /** The columns that have to be there. */
  readonly columns: readonly string[];
}

/**
 * The rows of one CSV file by the names in its first row: quoted fields, a byte-order mark, LF or CRLF.
 * @throws DataError for a header without one of the columns, or with one twice, for lines that end with CR alone, and for a row of more
 * than `longestRecord` bytes.
 */
export async function* readCsv({ name, open }: Source, options: CsvOptions): AsyncGenerator<Batch<Fields>, void, undefined> {
  let batch: (Fields | Problem)[] = [];
  let fields: ((record: readonly string[], line: number) => Fields | Problem) | undefined;
  let failure: Error | undefined;
  // Lines that were given to the parser and are none of the file's.
  let flushed = 0;
  let flushedBefore = 0;
  let isQuoted = false;
  let isReturn = false;
  let isRegular = true;
  const parser = parse({
    bom: true,
    delimiter: options.delimiter,
    record_delimiter: ['\r\n', '\n'],
    // Rows of another length are told here, with the columns by name.
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longestRecord,
    // Everything leaves the parser by these two, in order, and nothing waits in it.
    on_record(record: string[], { lines }: Info) {
      try {
        if (fields === undefined) fields = headed(name, record, options.columns);
        else batch.push(fields(record, lines - flushed));
      } catch (error) {
        failure ??= error as Error;
      }
      return null;
    },
    on_skip(error) {
      // After these the parser would drop the rest of a chunk, wherever that ends, or all up to the next quote; without a header, there
      // would be another one.
      if (fields === undefined || lasting.has(error?.code)) throw error;
      isRegular = false;
      batch.push(new Problem(`${name}, ${sentenceOf(error as CsvError, flushed)}`));
      return undefined;
    },
  });
  const fail = (error: Error | null | undefined) => {
    // Not after, where the lines that are none of the file's brought the failure to light.
    if (failure === undefined) flushedBefore = flushed;
    failure ??= error ?? undefined;
  };
  // Without a listener of its own, an error would end the process.
  parser.on('error', fail).resume();
  const settled = () => {
    const own = batch;
    batch = [];
    return own;
  };
  const requireNone = () => {
    if (failure instanceof DataError) throw failure;
    if (failure !== undefined) throw new DataError(`${name}, ${sentenceOf(failure as CsvError, flushedBefore)}`);
  };
  const write = (chunk: Uint8Array | string) =>
    new Promise<void>((resolve) => {
      parser.write(chunk, (error) => {
        fail(error);
        resolve();
      });
    });
  for await (const chunk of open()) {
    if (fields === undefined) requireLineFeeds(name, (isQuoted ? '"' : '') + (isReturn ? '\r' : ''), chunk);
    isReturn = chunk.at(-1) === carriageReturn;
    await write(chunk);
    for (let at = chunk.indexOf(quote); at >= 0; at = chunk.indexOf(quote, at + 1)) isQuoted = !isQuoted;
    // The parser keeps the end of a row until it has seen three bytes behind it, which may come much later: empty lines let go of it. After
    // a quote that is out of place, nobody can say whether a line is empty or within a field.
    if (isRegular && !isQuoted && failure === undefined && chunk.at(-1) === lineFeed) {
      await write('\n\n\n');
      flushed += 3;
    }
    // What came before a failure has come.
    yield settled();
    requireNone();
  }
  parser.end();
  await finished(parser).catch(fail);
  if (fields === undefined && failure === undefined)
    throw new DataError(`${name} has no header: its first row has to name the columns`);
  yield settled();
  requireNone();
}

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * @param before what the chunk stands behind, where it is of importance.
 * @throws DataError for a header that ends with CR alone: the whole file would be one line.
 */
function requireLineFeeds(name: string, before: string, chunk: Uint8Array): void {
  if (/^(?:[^"\r\n]|"[^"]*")*\r[^\r\n]/.test(before + Buffer.from(chunk).toString('latin1')))
    throw new DataError(`${name} ends its lines with CR alone: make it LF, as tr '\\r' '\\n' does`);
}

/** What the parser found, and where, having been given some lines that are none of the file's. */
function sentenceOf(error: CsvError, flushed: number): string {
  const { lines, column } = error as { readonly lines?: number; readonly column?: number };
  const where = `line ${(lines ?? 0) - flushed}, field ${(column ?? 0) + 1}`;
  return `${where}: ${reasons[error.code] ?? error.message}`;
}

const lasting: ReadonlySet<string | undefined> = new Set(['CSV_MAX_RECORD_SIZE', 'CSV_INVALID_CLOSING_QUOTE']);

const reasons: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'a quoted field goes on after its closing quote; a quote within one is written twice',
  INVALID_OPENING_QUOTE: 'a quote stands within a field that does not begin with one',
  CSV_QUOTE_NOT_CLOSED: 'the file ends within a quoted field',
  CSV_MAX_RECORD_SIZE: `the record is longer than ${longestRecord} bytes; is a quote not closed?`,
};

/** How a row is read, once the header is known. */
function headed(name: string, header: readonly string[], columns: readonly string[]) {
  const names = header.map((column) => column.trim());
  for (const column of columns) {
    const at = names.indexOf(column);
    if (at < 0)
      throw new DataError(`${name} has no column ${quoted(column)}; its header has ${names.slice(0, 20).map(quoted).join(', ')}`);
    if (names.indexOf(column, at + 1) >= 0) throw new DataError(`${name} has two columns ${quoted(column)}`);
  }
  const positions = new Map(columns.map((column) => [column, names.indexOf(column)]));
  return (record: readonly string[], line: number): Fields | Problem => {
    const where = `${name}, line ${line}`;
    if (record.length !== names.length)
      return new Problem(`${where}: it has ${record.length} fields, the header has ${names.length}`);
    return { where, get: (column) => record[positions.get(column) ?? -1] };
  };
}
