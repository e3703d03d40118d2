import { ConfigurationError } from '../../lib/index.ts';
import { requireEntries, requireNumbers, requireSame } from '../evaluation/saved.ts';
import { seasonCount, symbolExperts } from '../experts/index.ts';
import { isFileName } from '../registry/names.ts';
import { builtIn } from '../registry/tables.ts';
import type { RowData, StreamConfig, SymbolData } from './given/config.ts';
import { generalEntries, generalOptions } from './given/generalOptions.ts';
import { rowEntries, rowOptions } from './given/rowOptions.ts';
import { parseTimeFormat } from './reading/timeFormat.ts';
import { requireRoom } from './room.ts';

/**
 * @param tables what the configuration may name; without what it names of a file, the sizes are not checked.
 * @throws ConfigurationError for settings that are out of range or conflict with each other.
 */
export function checkConfig(config: StreamConfig, tables = builtIn): void {
  const { data, cell } = config;
  const values: Readonly<Record<string, unknown>> = { ...config, units: cell.units };
  for (const [name, check] of Object.entries(generalOptions))
    if (!check.holds(values[name]) && !(values[name] === undefined && generalEntries.optional.includes(name)))
      throw new ConfigurationError(`${name} must be ${check.what}, got ${String(values[name])}`);
  if (data.kind === 'text') checkSymbols(data, config);
  else checkRows(data, config);
  const { estimator, optimizer } = config;
  const isKnown = (
    [
      [cell, tables.cells],
      [estimator, tables.estimators],
      [optimizer, tables.optimizers],
    ] as const
  ).every(([{ name }, table]) => !isFileName(name) || Object.hasOwn(table, name));
  if (isKnown) requireRoom(config, tables);
}

function checkSymbols({ unit, symbols, alphabet }: SymbolData, { experts }: StreamConfig): void {
  if (unit !== 'byte' && unit !== 'character' && unit !== 'word')
    throw new ConfigurationError(`unit must be byte, character or word, got ${unit}`);
  if (unit !== 'character' && alphabet !== undefined)
    throw new ConfigurationError('an alphabet is one of characters: add --unit character');
  whole('symbols', symbols, 2, 4096);
  if (alphabet !== undefined && new Set(alphabet).size !== Array.from(alphabet).length)
    throw new ConfigurationError('the alphabet has a character more than once');
  if (experts === undefined) return;
  if (!isNames(experts) || experts.length === 0)
    throw new ConfigurationError(`experts must be a list of names, such as ${symbolExperts.join(', ')}`);
  if (new Set(experts).size !== experts.length)
    throw new ConfigurationError('--experts has a name more than once');
}

function checkRows(data: RowData, { experts }: StreamConfig): void {
  const { kind, delimiter, columns, categorical, target, horizon } = data;
  const { predict = 'value', calendar = 'angles', delay = 0 } = data;
  if (kind !== 'csv' && kind !== 'ndjson')
    throw new ConfigurationError(`format must be text, csv or ndjson, got ${kind}`);
  if (typeof delimiter !== 'string' || delimiter.length !== 1 || /["\r\n]/.test(delimiter))
    throw new ConfigurationError(
      `delimiter must be one character, such as , or ; or a tab, got ${JSON.stringify(delimiter)}`,
    );
  if (![columns, categorical].every(isNames) || typeof target !== 'string')
    throw new ConfigurationError('columns and categorical must be lists of names, and the target a name');
  const values: Readonly<Record<string, unknown>> = { ...data, predict, calendar, delay };
  for (const [name, check] of Object.entries(rowOptions))
    if (
      (check.kind === 'count' ||
        'choices' in check ||
        (check.kind === 'counts' && values[name] !== undefined)) &&
      !check.holds(values[name])
    )
      throw new ConfigurationError(`${name} must be ${check.what}, got ${String(values[name])}`);
  if (predict !== 'value' && categorical.includes(target))
    throw new ConfigurationError(
      `the target ${target} is a category, which has no ${predict}: leave out --predict`,
    );
  if (data.season !== undefined && (data.season.length === 0 || data.season.length > seasonCount))
    throw new ConfigurationError(
      `season must be ${rowOptions.season.what}, got ${data.season.length} of them`,
    );
  if (data.season !== undefined && categorical.includes(target))
    throw new ConfigurationError(
      `the target ${target} is a category, which has no season: leave out --season`,
    );
  checkExperts(data, experts);
  if (columns.length === 0)
    throw new ConfigurationError('the network needs one column at least: name it with --columns');
  if (columns.length > 4096)
    throw new ConfigurationError(
      `there are ${columns.length} columns, and 4096 is the most: leave some out with --ignore, or name fewer with --columns`,
    );
  if (new Set(columns).size !== columns.length)
    throw new ConfigurationError('--columns has a column more than once');
  if (horizon + delay === 0 && columns.includes(target))
    throw new ConfigurationError(
      `with a horizon of 0, the network would see its target ${target}: name other columns with --columns`,
    );
  checkDialect(data);
  checkTimes(data);
  for (const column of categorical)
    if (!columns.includes(column) && column !== target)
      throw new ConfigurationError(
        `--categorical names ${column}, which is neither one of the columns nor the target`,
      );
}

function checkExperts(
  { categorical, target, predict }: RowData,
  experts: readonly string[] | undefined,
): void {
  if (experts === undefined) return;
  if (!isNames(experts) || experts.length === 0)
    throw new ConfigurationError('experts must be a list of names, such as persistence, linear, network');
  if (new Set(experts).size !== experts.length)
    throw new ConfigurationError('--experts has a name more than once');
  if (predict === 'residual' && !categorical.includes(target) && !experts.includes('linear'))
    throw new ConfigurationError(
      'a residual is what the expert linear leaves: add it to --experts, or choose another --predict',
    );
}

function checkDialect({ kind, delimiter, comment, missing = [], decimal = '.' }: RowData): void {
  if (
    comment !== undefined &&
    (typeof comment !== 'string' || comment.length !== 1 || /["\s]/.test(comment) || comment === delimiter)
  )
    throw new ConfigurationError(
      `comment must be one character, such as #, other than a quote and the delimiter, got ${JSON.stringify(comment)}`,
    );
  if (comment !== undefined && kind === 'ndjson')
    throw new ConfigurationError('data in ndjson has no comments');
  if (!isNames(missing)) throw new ConfigurationError('missing must be a list of texts, such as NA');
  if (decimal !== '.' && decimal !== ',')
    throw new ConfigurationError(`decimal must be . or , and not ${JSON.stringify(decimal)}`);
}

function checkTimes({ columns, target, timestamp, timeFormat, calendar }: RowData): void {
  const times = typeof timestamp === 'string' ? [timestamp] : (timestamp ?? []);
  if (!isNames(times) || (timestamp !== undefined && times.length === 0))
    throw new ConfigurationError('timestamp must be the name of a column, or a list of names');
  if (new Set(times).size !== times.length)
    throw new ConfigurationError('--timestamp has a column more than once');
  const other = times.find((name) => columns.includes(name) || name === target);
  if (other !== undefined)
    throw new ConfigurationError(
      `--timestamp names ${other}, which is one of the columns or the target: times are inputs by themselves`,
    );
  if (calendar !== undefined && timestamp === undefined)
    throw new ConfigurationError('--calendar goes with --timestamp, which names the column with the times');
  if (timeFormat === undefined) return;
  if (typeof timeFormat !== 'string')
    throw new ConfigurationError('the time format must be a text, such as %Y-%m-%d');
  if (timestamp === undefined)
    throw new ConfigurationError(
      '--time-format goes with --timestamp, which names the column with the times',
    );
  parseTimeFormat(timeFormat);
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function whole(name: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new ConfigurationError(
      `${name} must be a whole number from ${least} to ${most}, got ${String(value)}`,
    );
}

/** @throws DataError or ConfigurationError unless it is a configuration with exactly its parts. */
export function requireConfig(config: StreamConfig): void {
  const parts = ['data', 'cell', 'estimator', 'optimizer', ...generalEntries.needed];
  requireEntries('the configuration', config, parts, [...generalEntries.optional, 'experts']);
  const { data, cell, estimator, optimizer } = config;
  const what = 'the configuration of the data';
  if (data?.kind === 'text') requireEntries(what, data, ['kind', 'unit', 'symbols'], ['alphabet']);
  else
    requireEntries(
      what,
      data,
      ['kind', 'delimiter', ...rowEntries.needed],
      ['comment', 'missing', 'decimal', 'timeFormat', ...rowEntries.optional],
    );
  for (const named of [cell, estimator, optimizer]) {
    requireEntries('what learns', named, ['name'], Object.keys(named ?? {}));
    requireSame('the type of its name', typeof named.name, 'string');
  }
  requireNumbers(
    'a setting of the optimizer',
    [optimizer.rate ?? 1, optimizer.alpha ?? 0, optimizer.clip ?? 1],
    Number.MAX_VALUE,
  );
  checkConfig(config);
}
