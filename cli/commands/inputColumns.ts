import { statSync } from 'node:fs';
import { UsageError } from '../../lib/index.ts';
import { timestampsOf } from '../../trainers/streams/index.ts';
import { headerOf } from '../stream/input/csv.ts';
import { openSources, pathsOf } from '../stream/input/openSources.ts';
import { dataOf, type TrainOptions } from './trainOptions.ts';

/**
 * Replaces `--ignore` by the `--columns` that it leaves of the header of the first file, in the order of the
 * file. Times are inputs by themselves, and the target is no input where the network would see what it
 * predicts.
 * @throws UsageError if no header can be read before the data; DataError for a header that lacks a column.
 */
export async function withInputColumns(
  names: readonly string[],
  options: TrainOptions,
): Promise<TrainOptions> {
  const { ignore, ...others } = options;
  // A resumed run keeps its columns, and refuses the option.
  if (ignore === undefined || options.resume !== undefined) return options;
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
  const ignored = ignore as readonly string[];
  const times = timestampsOf(data);
  const time = times.find((column) => ignored.includes(column));
  if (time !== undefined)
    throw new UsageError(
      `--ignore names ${time}, and --timestamp makes an input of it: leave it out of one of them`,
    );
  const { delimiter, comment, target, horizon, delay = 0 } = data;
  const [source] = openSources([path]).sources;
  const header = await headerOf(source, { delimiter, comment, columns: [...ignored, ...times, target] });
  const excluded = new Set([...ignored, ...times, ...(horizon + delay === 0 ? [target] : [])]);
  return { ...others, columns: header.filter((column) => !excluded.has(column)) };
}
