import { type Command, InvalidArgumentError, Option } from 'commander';
import type { guard } from '../../../lib/index.ts';
import { UsageError } from '../../../lib/index.ts';
import type { Setting } from '../../../trainers/registry/index.ts';
import {
  completeConfig,
  type OwnParts,
  type RowConfig,
  type RowData,
  rowConfigOf,
  rowOptions,
  type Settings,
  type StreamConfig,
  type SymbolData,
  settingGroups,
} from '../../../trainers/streams/index.ts';
import { ownParts } from '../../own/isCode.ts';
import { absolute, partsFrom } from '../../own/streamParts.ts';
import { oneAtATime } from '../../stream/input/csv.ts';
import { delimiterOf, formatOf, parseNames } from './dataFormat.ts';
import { declared, flagOf } from './declared.ts';
import { type DialectOptions, dialectKeys, dialectOf, dialectOptions } from './dialectOptions.ts';
import { parseCount, parseNumber, parsePositive } from './numbers.ts';
import {
  addLiveOptions,
  addOutputOptions,
  assigned,
  type OutputOptions,
  orFile,
  setOption,
} from './runOptions.ts';

export interface TrainOptions extends OutputOptions {
  readonly resume?: string;
  readonly resumeOrBegin?: string;
  readonly fromPrevious?: boolean;
  readonly continued?: boolean;
  readonly follow?: boolean;
  readonly onError: 'stop' | 'skip';
  readonly records?: number;
  readonly checkpointRecords?: number;
  readonly checkpointSeconds: number;
  readonly watch?: number;
  readonly tensorboard?: boolean;
  readonly set?: readonly string[];
  /** The options of the configuration, by the names of `configOptions`. */
  readonly [name: string]: Setting | readonly string[] | undefined;
}

/** Of two targets, the last one would count, without a word. */
function oneTarget(column: string, before: string | undefined): string {
  if (before !== undefined) throw new InvalidArgumentError(`${before} is the target already: ${oneAtATime}.`);
  return column;
}

/** By the names of the options. */
const parts: readonly string[] = ownParts;

/** The options that determine the configuration, which a resumed run keeps. */
const configOptions: readonly (readonly [group: string, readonly Option[]])[] = [
  [
    'The data:',
    [
      new Option('--format <name>', 'by the ending of the file name if left out').choices([
        'text',
        'csv',
        'ndjson',
      ]),
      new Option('--unit <name>', 'the symbols of a text').choices(['byte', 'character', 'word']),
      new Option(
        '--symbols <count>',
        'number of distinct characters or words; 256 and 1,024 if left out',
      ).argParser(parseCount),
      new Option('--alphabet <characters>', 'the characters that may occur, and no others'),
      ...Object.entries(rowOptions).map(([name, check]) => {
        const option = declared(name, check);
        return name === 'target' ? option.argParser(oneTarget) : option;
      }),
      new Option(
        '--ignore <names>',
        'in place of --columns: what the network does not see, while all other columns are inputs; may be repeated',
      ).argParser(parseNames),
      ...dialectOptions({ delimiter: 'a tab for .tsv, and a comma', others: (own) => own }),
    ],
  ],
  ...settingGroups.map(
    ([title, options], i) =>
      [
        title,
        [
          ...Object.entries(options).map(([name, check]) => declared(name, withFile(name, check))),
          ...(i === 0
            ? [
                setOption(
                  'a setting by its path, such as cell.leak=0.1 of a file of your own; may be repeated',
                ),
              ]
            : []),
        ],
      ] as const,
  ),
];

/** The names of parts may be those of files. */
function withFile(name: string, check: guard.Check): guard.Check {
  const { purpose = '' } = check;
  return parts.includes(name) ? { ...check, purpose: purpose.replace(/(?=; )|$/, orFile) } : check;
}

export function addTrainOptions(command: Command): void {
  for (const [group, options] of configOptions) {
    command.optionsGroup(group);
    for (const option of options) command.addOption(option);
  }
  command.optionsGroup('Running and resuming:');
  command.option('--resume <folder>', 'resume the run in that folder, bit for bit; give the same data again');
  command.addOption(
    new Option(
      '--resume-or-begin <folder>',
      'resume the run in that folder, or begin it there if there is none',
    ).conflicts(['resume', 'fromPrevious', 'out', 'force']),
  );
  command.option('--from-previous', 'with --resume: start from the checkpoint before the newest one');
  command.option(
    '--follow',
    'wait for the file, and for more at its end, across replacements, as tail -F does',
  );
  command.option('--continued', 'with --resume: the data begin where the earlier data ended');
  command.addOption(
    new Option('--on-error <action>', 'stop at an unusable record, or skip it')
      .choices(['stop', 'skip'])
      .default('stop'),
  );
  command.option('--records <count>', 'stop after this many records; never if left out', parsePositive);
  command.option('--checkpoint-records <count>', 'records between checkpoints', parseCount);
  command.option('--checkpoint-seconds <number>', 'seconds between checkpoints', parseNumber, 60);
  command.optionsGroup('Output:');
  addLiveOptions(command);
  addOutputOptions(command);
}

/** @throws UsageError for an option that a resumed run already has. */
export function refuseConfigOptions(options: TrainOptions): void {
  for (const [, group] of configOptions)
    for (const option of group)
      if (options[option.attributeName()] !== undefined)
        throw new UsageError(`a resumed run keeps its configuration: leave out ${option.long}`);
}

/** The options that a resumed run may be given. */
export function withoutConfigOptions(options: TrainOptions): TrainOptions {
  const names = new Set(configOptions.flatMap(([, group]) => group.map((option) => option.attributeName())));
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.has(name))) as TrainOptions;
}

/** The parts that a user's files provide. @throws UsageError or DataError for a file that is not what it must be. */
export async function ownOf(options: TrainOptions): Promise<OwnParts> {
  const set = assigned(options.set ?? [], parts);
  const named = Object.entries(namesIn(options)).map(
    ([part, name]) => [part, { name, ...set[part] }] as const,
  );
  return partsFrom({ ...set, ...Object.fromEntries(named) });
}

/** The names of the parts that are given. */
function namesIn(options: TrainOptions): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parts.flatMap((part) => {
      const name = options[part];
      return typeof name === 'string' ? [[part, absolute(name)]] : [];
    }),
  );
}

/** @param own of the same options. @throws UsageError or ConfigurationError for unusable options. */
export function configOf(names: readonly string[], options: TrainOptions, own?: OwnParts): StreamConfig {
  return completeConfig(dataOf(names, options), { ...(options as Settings), ...namesIn(options) }, own);
}

/**
 * @param options what the data are; `--ignore` is replaced by `--columns` before their configuration is made.
 */
export function dataOf(names: readonly string[], options: TrainOptions): SymbolData | RowData {
  const kind = (options.format as string | undefined) ?? formatOf(names[0]) ?? 'text';
  const refuse = (
    what: string,
    keys: readonly string[],
    remedy = '; the format of the data can be given with --format',
  ) => {
    const key = keys.find((each) => options[each] !== undefined);
    if (key !== undefined) throw new UsageError(`${what} has no ${flagOf(key)}${remedy}`);
  };
  if (kind === 'text') {
    const ofRows = [...Object.keys(rowOptions), 'ignore', ...dialectKeys];
    if (options.format !== undefined) refuse('a text', ofRows);
    const name = names[0] === '-' ? 'standard input' : names[0];
    refuse(
      `${name} is read as a text, which`,
      ofRows,
      ': if it has rows, add --format csv or --format ndjson',
    );
    const { unit = options.alphabet === undefined && options.symbols === undefined ? 'byte' : 'character' } =
      options;
    if (unit === 'byte') {
      refuse('a text that is read by bytes', ['symbols', 'alphabet']);
      return { kind, unit, symbols: 256 };
    }
    if (unit === 'word') {
      refuse('a text that is read by words', ['alphabet']);
      return { kind, unit, symbols: Number(options.symbols ?? 1024) };
    }
    if (options.alphabet === undefined)
      return { kind, unit: 'character', symbols: Number(options.symbols ?? 256) };
    refuse('a text with an alphabet', ['symbols']);
    const alphabet = String(options.alphabet);
    return { kind, unit: 'character', symbols: Array.from(alphabet).length, alphabet };
  }
  refuse(`data in ${kind}`, ['unit', 'symbols', 'alphabet']);
  const dialect = dialectOf(kind as RowData['kind'], options as DialectOptions);
  if (options.target === undefined) throw new UsageError(`name the column to predict, with --target`);
  const { target, timestamp, ...given } = options as Partial<RowConfig>;
  return {
    kind: kind as RowData['kind'],
    delimiter: delimiterOf(names[0]) ?? ',',
    missing: [],
    ...dialect,
    ...rowConfigOf({
      ...given,
      target: String(target),
      ...(timestamp !== undefined && { timestamp: alone([...timestamp]) }),
    }),
  };
}

/** One name as a text, several as a list. */
function alone(names: readonly string[]): string | readonly string[] {
  return names.length === 1 ? names[0] : names;
}
