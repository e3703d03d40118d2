import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, UsageError } from '../../lib/index.ts';
import {
  dialectOf,
  type Fields,
  Problem,
  quoted,
  type RowData,
  timestampsOf,
} from '../../trainers/streams/index.ts';
import { generations, readGeneration } from '../stream/checkpoint/generations.ts';
import { headerOf, readCsv } from '../stream/input/csv.ts';
import { openSources, pathsOf } from '../stream/input/openSources.ts';
import { type Kind, kindOf, surveyed } from './survey.ts';
import { dataOf, type TrainOptions } from './trainOptions.ts';

/**
 * Without `--columns`, finds the inputs in the first file: of the header, all columns but those of `--ignore`,
 * in the order of the file. Texts that come again become categories, and the first column of times becomes the
 * timestamp. The target is no input where the network would see what it predicts. Data that cannot be read
 * before the run (a pipe, NDJSON) keep the target as the only input.
 * @param tell a note for the user about a column.
 * @throws UsageError if `--ignore` cannot be followed; DataError for a header that lacks a column.
 */
export async function withInputColumns(
  names: readonly string[],
  options: TrainOptions,
  tell: (sentence: string) => void = () => {},
): Promise<TrainOptions> {
  const { ignore, ...others } = options;
  // A resumed run keeps its columns, and refuses the option.
  if (options.resume !== undefined) return options;
  if (ignore !== undefined) {
    // Refuses what a text cannot have.
    dataOf(names, options);
    return chosen(names, others, ignore as readonly string[], tell);
  }
  if (options.columns !== undefined || options.target === undefined) return options;
  const { kind } = dataOf(names, options);
  const begun = begunWith(options.resumeOrBegin);
  // The file has grown since, and may look different.
  if (begun !== undefined) return { ...options, ...begun };
  try {
    return kind === 'csv' && isFile(names) ? await chosen(names, others, [], tell) : options;
  } catch (error) {
    // What is wrong with the data is said when they are read.
    if (error instanceof DataError || error instanceof UsageError) return options;
    throw error;
  }
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

/** Whether the first data can be read twice. */
function isFile(names: readonly string[]): boolean {
  const [path] = names[0] === '-' ? [] : pathsOf(names[0]);
  return path !== undefined && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

async function chosen(
  names: readonly string[],
  options: TrainOptions,
  ignored: readonly string[],
  tell: (sentence: string) => void,
): Promise<TrainOptions> {
  if (options.columns !== undefined)
    throw new UsageError('--ignore and --columns both choose what the network sees: leave one of them out');
  const data = dataOf(names, options);
  if (data.kind !== 'csv')
    throw new UsageError(
      'data in ndjson have no header for --ignore to choose from: name the inputs with --columns',
    );
  const [path] = names[0] === '-' ? [undefined] : pathsOf(names[0]);
  // The header is read before the data, and what a pipe has handed out is gone.
  if (path === undefined || !statSync(path).isFile())
    throw new UsageError(
      '--ignore needs a file, whose header can be read before the data: name the inputs with --columns',
    );
  const times = timestampsOf(data);
  const time = times.find((column) => ignored.includes(column));
  if (time !== undefined)
    throw new UsageError(
      `--ignore names ${time}, and --timestamp makes an input of it: leave it out of one of them`,
    );
  return withKinds(path, data, options, ignored, tell);
}

/** The options with the columns, the categories and the timestamp that the file has. */
async function withKinds(
  path: string,
  data: RowData,
  options: TrainOptions,
  ignored: readonly string[],
  tell: (sentence: string) => void,
): Promise<TrainOptions> {
  const { delimiter, comment, target, horizon, delay = 0, categorical } = data;
  const times = timestampsOf(data);
  const [source] = openSources([path]).sources;
  const header = await headerOf(source, { delimiter, comment, columns: [...ignored, ...times, target] });
  const rows = await firstRows(path, data, header);
  const kinds = new Map<string, Kind>(
    header.map((column) => [column, kindOf(rows, column, dialectOf(data), data.categories - 1)]),
  );
  const columns: string[] = [];
  const categories = [...categorical];
  let timestamp: { readonly timestamp?: readonly string[]; readonly timeFormat?: string } = {};
  let hasTime = times.length > 0;
  for (const [column, kind] of kinds) {
    if (times.includes(column) || ignored.includes(column)) continue;
    const isGiven = categorical.includes(column);
    if (kind.kind === 'time' && !isGiven && column !== target && options.timeFormat === undefined) {
      if (!hasTime) {
        timestamp = { timestamp: [column], ...(kind.format !== undefined && { timeFormat: kind.format }) };
        hasTime = true;
      } else tell(`column ${quoted(column)} holds times, and is not seen`);
      continue;
    }
    if (kind.kind === 'category' && !isGiven) categories.push(column);
    if (kind.kind === 'text' && !isGiven && column !== target) {
      tell(
        kind.isMixed
          ? `column ${quoted(column)} holds numbers and texts, and is not seen: name the texts with --missing if they stand for no value, or the column with --categorical`
          : `column ${quoted(column)} holds texts of its own in many rows, and is not seen: name it with --categorical if they are categories`,
      );
      continue;
    }
    if (kind.kind === 'number' && kind.counts && column !== target)
      tell(`column ${quoted(column)} counts up like an identifier: leave it out with --ignore if it is one`);
    if (column !== target || horizon + delay > 0) columns.push(column);
  }
  const isCategorical = categories.length > 0 ? { categorical: categories } : {};
  return { ...options, ...timestamp, columns, ...isCategorical };
}

async function firstRows(
  path: string,
  data: RowData,
  columns: readonly string[],
): Promise<readonly Fields[]> {
  const [source] = openSources([path]).sources;
  const { delimiter, comment } = data;
  const rows: Fields[] = [];
  for await (const batch of readCsv(source, { delimiter, comment, columns })) {
    for (const row of batch) if (!(row instanceof Problem)) rows.push(row);
    if (rows.length >= surveyed) break;
  }
  return rows;
}
