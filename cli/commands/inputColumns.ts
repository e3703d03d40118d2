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
import { headerOf, readCsv } from '../stream/input/csv.ts';
import { readNdjson } from '../stream/input/ndjson.ts';
import { isPattern, openSources, pathsOf } from '../stream/input/openSources.ts';
import type { Peekable } from '../stream/input/peek.ts';
import { formatOf } from './dataFormat.ts';
import { dataOf, type TrainOptions } from './trainOptions.ts';

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
    // Reading the data reports what is wrong with them.
    if (!(error instanceof DataError || error instanceof UsageError)) throw error;
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
    `name the column to predict, with --target: ${names[0]} has ${header.slice(0, 20).map(quoted).join(', ')}`,
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
  const { columns, categorical, timestamp, timeFormat, notes } = inputsAmong(header, rows, data, ignored);
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

async function beginningOf(
  names: readonly string[],
  data: RowData,
  needed: readonly string[],
  { follow }: TrainOptions,
  input: Peekable | undefined,
): Promise<Beginning> {
  // A run begins before the file that it follows is there.
  const isThere = names[0] !== '-' && (follow !== true || existsSync(names[0]) || isPattern(names[0]));
  const [path] = isThere ? pathsOf(names[0]) : [];
  if (path !== undefined && (follow === true || statSync(path).isFile()))
    return begunIn(openSources([path]).sources[0], data, needed, ofFile);
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
    const batches = readCsv(source, { delimiter, comment, columns: header });
    return { header, rows: await firstOf(batches, records, milliseconds) };
  }
  const rows = await firstOf(readNdjson(source, dialectOf(data).missing), records, milliseconds);
  const header = [...new Set(rows.flatMap(({ names }) => names?.() ?? []))];
  const absent = rows.length === 0 ? undefined : needed.find((column) => !header.includes(column));
  if (absent === undefined) return { header, rows };
  const shown = header.slice(0, 20).map(quoted).join(', ');
  throw new DataError(
    `${source.name} has no column ${quoted(absent)} in its first ${rows.length} records, which have ${shown}${guard.didYouMean(absent, header)}`,
  );
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
  } finally {
    clearTimeout(timer);
    // A reading that waits ends with the next chunk.
    batches.return().catch(() => {});
  }
  return rows.slice(0, records);
}
