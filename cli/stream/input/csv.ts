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
  /** The columns that must be there. */
  readonly columns: readonly string[];
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
      } else if (read === undefined) read = headed(name, record.fields, options);
      else batch.push(read(record.fields, record.line));
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
 * The columns in the first row of a CSV file, which is read no further.
 * @throws DataError for a header that lacks a column of the options, or has a column twice.
 */
export async function headerOf(source: Source, options: CsvOptions): Promise<readonly string[]> {
  const { name } = source;
  const cutter = createCsvCutter(options.delimiter, options.comment);
  for await (const piece of textOf(source)) {
    // Without its end of line, a header may still be growing.
    const [record] = cutter.take(piece);
    if (record === undefined) continue;
    if ('fault' in record) throw new DataError(told(name, record));
    const columns = namesOf(record.fields);
    headed(name, record.fields, { ...options, columns: [...options.columns, ...columns] });
    return columns;
  }
  throw new DataError(withoutHeader(name));
}

function withoutHeader(name: string): string {
  return `${name} has no header: its first row has to name the columns`;
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
    const at = names.indexOf(column);
    if (at < 0)
      throw new DataError(
        `${name} has no column ${quoted(column)}; ${shownHeader(names)}${remedy(column, names, options)}`,
      );
    if (names.indexOf(column, at + 1) >= 0) throw new DataError(`${name} has two columns ${quoted(column)}`);
    positions.set(column, at);
  }
  return (fields: readonly string[], line: number): Fields | Problem => {
    const where = `${name}, line ${line}`;
    if (fields.length !== names.length)
      return new Problem(`${where}: it has ${fields.length} fields, the header has ${names.length}`);
    return {
      where,
      get(column) {
        const field = fields[positions.get(column) ?? -1]?.trim();
        return field === '' ? null : field;
      },
    };
  };
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
  const other =
    names.length > 1
      ? undefined
      : [';', '\t', '|', ','].find((mark) => mark !== delimiter && first.includes(mark));
  if (other !== undefined)
    return `: add --delimiter ${other === '\t' ? 'tab' : `'${other}'`} if that stands between the fields`;
  if (names.every((each) => /^[-+.\d]/.test(each))) return ': its first row has to name the columns';
  return column.length < 3 ? '' : guard.didYouMean(column, names);
}
