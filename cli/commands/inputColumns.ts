import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, guard, UsageError } from '../../lib/index.ts';
import {
  dialectOf,
  type Fields,
  inputsAmong,
  Problem,
  quoted,
  type RowData,
  type Source,
  surveyed,
  timestampsOf,
} from '../../trainers/streams/index.ts';
import { generations, readGeneration } from '../stream/checkpoint/generations.ts';
import { headerOf, otherDelimiter, readCsv, severalIn } from '../stream/input/csv.ts';
import { readNdjson } from '../stream/input/ndjson.ts';
import { isPattern, openSources, pathsOf } from '../stream/input/openSources.ts';
import type { Peekable } from '../stream/input/peek.ts';
import { counted } from '../terminal/numbers.ts';
import { formatOf } from './options/dataFormat.ts';
import { dataOf, type TrainOptions } from './options/trainOptions.ts';

/** The records of a file that are looked at. */
const ofFile = { records: surveyed.ofList, milliseconds: Number.POSITIVE_INFINITY };
/** Of a pipe, which may be slow: those that come within a second of the first one. */
const ofStream = { records: surveyed.ofStream, milliseconds: 1000 };

/**
 * Without `--columns`, finds the inputs in the first data: of the header, or of the names in the first NDJSON
 * records, all columns but those of `--ignore`, in their order. Texts that come again become categories, and
 * the first column of times becomes the timestamp. The target is no input where the network would see what it
 * predicts.
 * @param tell a note for the user about a column.
 * @param input the data, if they may be read only once.
 * @throws UsageError if `--ignore` cannot be followed; DataError for data that lack a column.
 */
export async function withInputColumns(
  names: readonly string[],
  options: TrainOptions,
  tell: (sentence: string) => void = () => {},
  input?: Peekable,
): Promise<TrainOptions> {
  const { ignore, ...others } = options;
  // A resumed run keeps its columns, and refuses the option.
  if (options.resume !== undefined) return options;
  if (ignore !== undefined) {
    if (options.columns !== undefined)
      throw new UsageError('--ignore and --columns both choose what the network sees: leave one of them out');
    // Refuses what a text cannot have.
    dataOf(names, options);
    return chosen(names, others, ignore as readonly string[], tell, input);
  }
  if (options.target === undefined) return await withoutTarget(names, options, input);
  if (options.columns !== undefined) return options;
  const { kind } = dataOf(names, options);
  const begun = begunWith(options.resumeOrBegin);
  // The data may look different by now.
  if (begun !== undefined) return { ...options, ...begun };
  if (kind === 'text') return options;
  try {
    const found = await chosen(names, others, [], tell, input);
    if (found.columns !== undefined) return found;
  } catch (error) {
    if (!(error instanceof DataError || error instanceof UsageError)) throw error;
    // Reading a pipe reports what is wrong with it, and a signal that ends it is no error. A file that is followed may
    // have no whole header yet.
    if (error instanceof DataError && options.follow !== true && fileOf(names[0], options) !== undefined)
      throw error;
  }
  if (options.follow === true)
    tell(
      `${names[0]} had no rows when the run began: ${String(options.target)} is the only input; name others with --columns`,
    );
  return options;
}

/** In place of a target that is not known yet. */
const noTarget = '';

/** @throws UsageError with the columns to choose from, for data in rows. */
async function withoutTarget(
  names: readonly string[],
  options: TrainOptions,
  input: Peekable | undefined,
): Promise<TrainOptions> {
  const kind = options.format ?? formatOf(names[0]);
  if (kind === undefined || kind === 'text' || begunWith(options.resumeOrBegin) !== undefined) return options;
  const data = dataOf(names, { ...options, target: noTarget });
  if (data.kind === 'text') return options;
  const { header } = await beginningOf(names, data, [], options, input).catch(() => ({ header: [] }));
  if (header.length === 0) return options;
  throw new UsageError(
    `name the column to predict, with --target: ${names[0]} has ${header.slice(0, 20).map(quoted).join(', ')}${otherDelimiter(header, data.delimiter)}`,
  );
}

/** The columns of the run in a folder, if there is one. */
function begunWith(folder: string | undefined): Partial<TrainOptions> | undefined {
  if (folder === undefined || !Object.values(generations).some((name) => existsSync(join(folder, name))))
    return undefined;
  const { data } = readGeneration(folder, 'newest').config;
  if (data.kind === 'text') return undefined;
  const { columns, categorical, timeFormat } = data;
  const timestamp = timestampsOf(data);
  return {
    columns,
    ...(categorical.length > 0 && { categorical }),
    ...(timestamp.length > 0 && { timestamp }),
    ...(timeFormat !== undefined && { timeFormat }),
  };
}

/** The options with the columns, the categories and the timestamp that the data have. */
async function chosen(
  names: readonly string[],
  options: TrainOptions,
  ignored: readonly string[],
  tell: (sentence: string) => void,
  input: Peekable | undefined,
): Promise<TrainOptions> {
  const data = dataOf(names, options);
  if (data.kind === 'text') return options;
  const times = timestampsOf(data);
  const time = times.find((column) => ignored.includes(column));
  if (time !== undefined)
    throw new UsageError(
      `--ignore names ${time}, and --timestamp makes an input of it: leave it out of one of them`,
    );
  const { header, rows } = await beginningOf(names, data, [...ignored, ...times], options, input);
  if (header.length === 0) return options;
  const isTwice = (column: string) => header.indexOf(column) !== header.lastIndexOf(column);
  // Reading the data refuses a target of which there are two.
  const own = header.filter((column) => column === data.target || !isTwice(column));
  const { columns, categorical, timestamp, timeFormat, notes } = inputsAmong(own, rows, data, ignored);
  for (const column of new Set(header))
    if (!own.includes(column) && !ignored.includes(column))
      tell(`several columns are called ${quoted(column)}, and are not seen: give them different names`);
  for (const note of notes) tell(note);
  return {
    ...options,
    ...(timestamp !== undefined && { timestamp: [timestamp] }),
    ...(timeFormat !== undefined && { timeFormat }),
    columns,
    ...(categorical.length > 0 && { categorical }),
  };
}

interface Beginning {
  readonly header: readonly string[];
  readonly rows: readonly Fields[];
}

/** The first of the data, if it is a file that can be read twice. */
function fileOf(name: string, { follow }: TrainOptions): string | undefined {
  // A run begins before the file that it follows is there.
  const isThere = name !== '-' && (follow !== true || existsSync(name) || isPattern(name));
  const [path] = isThere ? pathsOf(name) : [];
  return path !== undefined && (follow === true || statSync(path).isFile()) ? path : undefined;
}

async function beginningOf(
  names: readonly string[],
  data: RowData,
  needed: readonly string[],
  options: TrainOptions,
  input: Peekable | undefined,
): Promise<Beginning> {
  const { follow } = options;
  const path = fileOf(names[0], options);
  if (path !== undefined) {
    const beginning = await begunIn(openSources([path]).sources[0], data, needed, ofFile);
    // Further files, and more of one that grows, may have a target in later records.
    const isAll = names.length === 1 && !isPattern(names[0]) && beginning.rows.length < ofFile.records;
    if (data.kind === 'ndjson' && data.target !== noTarget && isAll && follow !== true)
      requireAmong(path, [data.target], beginning);
    return beginning;
  }
  const source = follow === true ? undefined : await input?.look();
  return source === undefined ? { header: [], rows: [] } : begunIn(source, data, needed, ofStream);
}

/** @throws DataError for data that lack a needed column. */
async function begunIn(
  source: Source,
  data: RowData,
  needed: readonly string[],
  { records, milliseconds }: typeof ofFile,
): Promise<Beginning> {
  const { kind, delimiter, comment, target } = data;
  if (kind === 'csv') {
    const header = await headerOf(source, {
      delimiter,
      comment,
      columns: target === noTarget ? needed : [...needed, target],
    });
    const columns = header.filter(
      (column, i) => header.indexOf(column) === i && header.lastIndexOf(column) === i,
    );
    const batches = readCsv(source, { delimiter, comment, columns });
    return { header, rows: await firstOf(batches, records, milliseconds) };
  }
  const rows = await firstOf(readNdjson(source, dialectOf(data).missing), records, milliseconds);
  const header = [...new Set(rows.flatMap(({ names }) => names?.() ?? []))];
  requireAmong(source.name, needed, { header, rows });
  return { header, rows };
}

/** @throws DataError for a column that none of the first records has. */
function requireAmong(name: string, needed: readonly string[], { header, rows }: Beginning): void {
  const absent = rows.length === 0 ? undefined : needed.find((column) => !header.includes(column));
  if (absent === undefined) return;
  const shown = header.slice(0, 20).map(quoted).join(', ');
  throw new DataError(
    `${name} has no column ${quoted(absent)} in its first ${counted(rows.length, 'record')}, which have ${shown}${severalIn(absent, header) ?? outOf(absent, header) ?? guard.didYouMean(absent, header)}`,
  );
}

/** Advice for a column that is an entry of an object, such as `metrics.cpu`. */
function outOf(column: string, header: readonly string[]): string | undefined {
  const [first] = column.split('.');
  if (!/^\w+(?:\.\w+)+$/.test(column) || !header.includes(first)) return undefined;
  return `: take it out of ${quoted(first)}, as jq -c '. + {"${column}": .${column}}' does`;
}

/** The first records that can be read: the given number, or those that come in time after the first. */
async function firstOf(
  batches: AsyncGenerator<readonly (Fields | Problem)[], void>,
  records: number,
  milliseconds: number,
): Promise<readonly Fields[]> {
  const rows: Fields[] = [];
  let timer: NodeJS.Timeout | undefined;
  let late: Promise<'late'> | undefined;
  try {
    while (rows.length < records) {
      const next = batches.next();
      // The reading that is given up fails again when the data are read.
      next.catch(() => {});
      const batch = await (late === undefined ? next : Promise.race([next, late]));
      if (batch === 'late' || batch.done) break;
      for (const row of batch.value) if (!(row instanceof Problem)) rows.push(row);
      if (late === undefined && rows.length > 0 && Number.isFinite(milliseconds))
        late = new Promise((resolve) => {
          timer = setTimeout(() => resolve('late'), milliseconds);
        });
    }
  } catch (error) {
    // Reading the data reports it, after the records before it.
    if (!(error instanceof DataError)) throw error;
  } finally {
    clearTimeout(timer);
    // A reading that waits ends with the next chunk.
    batches.return().catch(() => {});
  }
  return rows.slice(0, records);
}
