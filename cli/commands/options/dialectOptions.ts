import { Option } from 'commander';
import { UsageError } from '../../../lib/index.ts';
import type { RowData } from '../../../trainers/streams/index.ts';
import { parseDelimiter, parseMarks } from './dataFormat.ts';
import { flagOf } from './declared.ts';

/** The notation of values in rows, by option name. */
export interface DialectOptions {
  readonly delimiter?: string;
  readonly comment?: string;
  readonly missing?: readonly string[];
  readonly decimal?: RowData['decimal'];
  readonly timeFormat?: string;
}

/** The options of `train` and `predict`. @param otherwise the text for the default of each. */
export function dialectOptions(otherwise: {
  readonly delimiter: string;
  readonly others: (own: string) => string;
}): Option[] {
  const { delimiter, others } = otherwise;
  return [
    new Option(
      '--delimiter <character>',
      `between the fields of a CSV file; tab or \\t for a tab; ${delimiter} if left out`,
    ).argParser(parseDelimiter),
    new Option(
      '--comment <character>',
      `first character of comment lines in a CSV file, such as #; ${others('none')} if left out`,
    ),
    new Option(
      '--missing <texts>',
      `texts that mean a missing value, besides empty CSV fields, null, and NA among numbers, such as unknown,-999; may be repeated; ${others('none')} if left out`,
    ).argParser(parseMarks),
    new Option('--decimal <character>', `the decimal point; ${others('.')} if left out`).choices(['.', ',']),
    new Option(
      '--time-format <format>',
      `how times are written, in strftime directives, such as '%d.%m.%Y %H:%M'; ${others('ISO 8601 or Unix time')} if left out`,
    ),
  ];
}

export const dialectKeys = ['delimiter', 'comment', 'missing', 'decimal', 'timeFormat'] as const;

/** The dialect from the options. @throws UsageError for an option that the format does not have. */
export function dialectOf(kind: RowData['kind'], options: DialectOptions): Partial<RowData> {
  const own =
    kind === 'csv'
      ? undefined
      : (['delimiter', 'comment'] as const).find((key) => options[key] !== undefined);
  if (own !== undefined) throw new UsageError(`data in ndjson has no ${flagOf(own)}`);
  return Object.fromEntries(
    dialectKeys.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])),
  );
}
