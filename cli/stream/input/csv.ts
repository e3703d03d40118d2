import { DataError, guard } from '../../../lib/index.ts';
import {
  type Batch,
  type Fields,
  Problem,
  quoted,
  type Source,
  textOf,
} from '../../../trainers/streams/index.ts';
import { type CsvFault, createCsvCutter } from './csvRecords.ts';

export interface CsvOptions {
  readonly delimiter: string;
  /** The character that begins comment lines. */
  readonly comment?: string | undefined;
  /** The columns that are read, all of which must be there but the dispensable one. */
  readonly columns: readonly string[];
  readonly dispensable?: string | undefined;
}

/**
 * The rows of a CSV file, by the names in its first row. Empty fields are missing.
 * @throws DataError for a header that lacks a column or has one twice, before any row; and, after the rows
 * before it, for a fault that hides where the next row begins.
 */
export async function* readCsv(
  source: Source,
  options: CsvOptions,
): AsyncGenerator<Batch<Fields>, void, undefined> {
  const { name } = source;
  const cutter = createCsvCutter(options.delimiter, options.comment);
  let read: ((fields: readonly string[], line: number) => Fields | Problem) | undefined;
  let failure: string | undefined;
  const take = (records: ReturnType<typeof cutter.take>) => {
    const batch: (Fields | Problem)[] = [];
    for (const record of records)
      if ('fault' in record) {
        if (record.isLast) failure = told(name, record);
        else batch.push(new Problem(told(name, record)));
      } else if (read !== undefined) batch.push(read(record.fields, record.line));
      else if (isHeader(name, record.fields, options)) read = headed(name, record.fields, options);
    return batch;
  };
  for await (const piece of textOf(source)) {
    yield take(cutter.take(piece));
    if (failure !== undefined) throw new DataError(failure);
  }
  yield take(cutter.end());
  if (failure !== undefined) throw new DataError(failure);
  if (read === undefined) throw new DataError(withoutHeader(name));
}

/**
 * The columns in the first row of a CSV file, which is read no further. A name may be there twice.
 * @throws DataError for a header that lacks a column of the options.
 */
export async function headerOf(source: Source, options: CsvOptions): Promise<readonly string[]> {
  const { name } = source;
  const cutter = createCsvCutter(options.delimiter, options.comment);
  for await (const piece of textOf(source)) {
    // Without its end of line, a header may still be growing.
    for (const record of cutter.take(piece)) {
      if ('fault' in record) throw new DataError(told(name, record));
      if (!isHeader(name, record.fields, options)) continue;
      const columns = namesOf(record.fields);
      for (const column of options.columns) placeOf(column, name, columns, options);
      return columns;
    }
  }
  throw new DataError(withoutHeader(name));
}

function withoutHeader(name: string): string {
  return `${name} has no header: its first row has to name the columns`;
}

/**
 * Whether a first row is the header, and no note for spreadsheets such as `sep=;`.
 * @throws DataError for a note that names another delimiter than that of the options, and for what is no text.
 */
function isHeader(name: string, fields: readonly string[], { delimiter }: CsvOptions): boolean {
  const row = fields.join(delimiter);
  if (row.includes('\0'))
    throw new DataError(`${name} is not text: its first row has zero bytes, as a tar archive has; unpack it`);
  const [, mark] = /^sep=(.)$/i.exec(row) ?? [];
  if (mark === undefined || mark === delimiter) return mark === undefined;
  throw new DataError(`${name} says sep=${mark} in its first row: add ${delimiterOption(mark)}`);
}

function namesOf(header: readonly string[]): string[] {
  return header.map((column) => column.trim());
}

function told(name: string, { line, fault }: CsvFault): string {
  return `${name}, line ${line}${fault}`;
}

/** Reads a row, once the header is known. */
function headed(name: string, header: readonly string[], options: CsvOptions) {
  const names = namesOf(header);
  const positions = new Map<string, number>();
  for (const column of options.columns) {
    if (column === options.dispensable && !names.includes(column)) continue;
    const at = placeOf(column, name, names, options);
    if (names.indexOf(column, at + 1) >= 0)
      throw new DataError(`${name} has two columns ${quoted(column)}: give one of them another name`);
    positions.set(column, at);
  }
  return (fields: readonly string[], line: number): Fields | Problem => {
    const where = `${name}, line ${line}`;
    if (fields.length !== names.length)
      return new Problem(`${where}: it has ${fields.length} fields, the header has ${names.length}`);
    // The only word of a column may be a value too.
    if (names.length > 1 && fields.every((field, i) => field.trim() === names[i]))
      return new Problem(`${where}: it is the header once more, as where files were joined`);
    return {
      where,
      get(column) {
        const field = fields[positions.get(column) ?? -1]?.trim();
        return field === '' ? null : field;
      },
    };
  };
}

/** The index of a column. @throws DataError if it is not there. */
function placeOf(column: string, name: string, names: readonly string[], options: CsvOptions): number {
  const at = names.indexOf(column);
  if (at >= 0) return at;
  throw new DataError(
    `${name} has no column ${quoted(column)}; ${shownHeader(names)}${remedy(column, names, options)}`,
  );
}

function shownHeader(names: readonly string[]): string {
  const shown = names.slice(0, 20).map(quoted).join(', ');
  return `its header has ${shown}${names.length > 20 ? `, and ${names.length - 20} more` : ''}`;
}

/** Explains a header that lacks a column. */
function remedy(column: string, names: readonly string[], { delimiter, comment }: CsvOptions): string {
  const [first] = names;
  const sign = /^(?:[#%;!]|\/\/)/.exec(first)?.[0][0];
  if (sign !== undefined && sign !== comment && sign !== delimiter)
    return `: if lines that begin with ${sign} are comments, add --comment '${sign}'`;
  const other = otherDelimiter(names, delimiter);
  if (other !== '') return other;
  if (names.every((each) => /^[-+.\d]/.test(each))) return ': its first row has to name the columns';
  return severalIn(column, names) ?? (column.length < 3 ? '' : guard.didYouMean(column, names));
}

export const oneAtATime = 'one column is predicted at a time, so train once for each, in a folder of its own';

/** Advice for several columns in place of one, as the continuation of a sentence. */
export function severalIn(column: string, names: readonly string[]): string | undefined {
  const parts = column.split(',').map((part) => part.trim());
  return parts.length > 1 && parts.every((part) => names.includes(part)) ? `: ${oneAtATime}` : undefined;
}

/** Advice where a header may have another delimiter, as the continuation of a sentence; empty if it does not seem so. */
export function otherDelimiter(names: readonly string[], delimiter: string): string {
  const [first] = names;
  const other =
    names.length > 1
      ? undefined
      : [';', '\t', '|', ','].find((mark) => mark !== delimiter && first.includes(mark));
  return other === undefined ? '' : `: add ${delimiterOption(other)} if that stands between the fields`;
}

function delimiterOption(mark: string): string {
  return `--delimiter ${mark === '\t' ? 'tab' : `'${mark}'`}`;
}
