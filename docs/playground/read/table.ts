import { createCsvCutter } from '../../../cli/stream/input/csvRecords.ts';
import { createModel, DataError } from '../../../trainers/norewind.ts';
import { type Dialect, numberOf, quoted } from '../../../trainers/streams/index.ts';
import type { Foretold } from './messages.ts';
import type { Part } from './text.ts';

type Row = Readonly<Record<string, string | null>>;

export interface Table {
  readonly columns: readonly string[];
  /** The columns of numbers, as the first rows show. */
  readonly numbers: readonly string[];
  /** The columns of numbers and other texts, which are not seen. */
  readonly mixed: readonly string[];
  readonly dialect: Dialect;
  readonly rows: Rows;
}

/** Rows that are cut from their text as they are wanted: a large table is not held as rows. */
interface Rows {
  /** The rows left: counted if all are cut, else estimated from the length of the text. */
  readonly left: number;
  /** The next row and its line; undefined at the end. @throws DataError at a fault. */
  take(): Line | undefined;
}

interface Line {
  readonly line: number;
  readonly row: Row;
}

/** Rows from which the inputs are found, before the first prediction is shown. */
const first = 300;
/** Rows that show which columns are of numbers. */
const surveyed = 2000;
/** Characters that are cut together. */
const piece = 1 << 16;

/** The rows of a CSV text, separated by commas, semicolons or tabs. @throws DataError at a fault. */
export function tableOf(name: string, text: string): Table {
  const [head] = text.slice(0, piece).split('\n', 1);
  const [delimiter] = [',', ';', '\t'].sort((a, b) => head.split(b).length - head.split(a).length);
  const records = recordsOf(name, text.replace(/^\ufeff/, ''), delimiter);
  const columns = (records.take()?.fields ?? []).map((column) => column.trim());
  if (columns.length > 0 && columns.every((column) => /^[-+]?\.?\d/.test(column)))
    throw new DataError(`${name}: the first line has to name the columns`);
  const twice = columns.find((column, i) => columns.indexOf(column) < i);
  if (twice !== undefined) throw new DataError(`${name}: two columns are called ${quoted(twice)}`);

  function take(): Line | undefined {
    const record = records.take();
    if (record === undefined) return undefined;
    const { line, fields } = record;
    if (fields.length !== columns.length)
      throw new DataError(
        `${name}: line ${line} has ${counted(fields.length, 'field')} where the first line has ${columns.length}`,
      );
    const row = Object.fromEntries(columns.map((column, i) => [column, fields[i].trim() || null]));
    return { line, row };
  }

  const beginning: Line[] = [];
  while (beginning.length < surveyed) {
    const next = take();
    if (next === undefined) break;
    beginning.push(next);
  }
  if (beginning.length < 2)
    throw new DataError(`${name}: below the names of the columns there are fewer than two rows`);
  const [point, comma] = (['.', ','] as const).map((decimal) => survey(columns, beginning, decimal));
  const { dialect, numbers, mixed, stray } = comma.numbers.length > point.numbers.length ? comma : point;
  if (numbers.length === 0)
    throw new DataError(`${name}: no column is of numbers alone, such as 12.5${stray ? `: ${stray}` : ''}`);
  let at = 0;
  return {
    columns,
    numbers,
    mixed,
    dialect,
    rows: {
      get left() {
        return beginning.length - at + records.left;
      },
      take: () => (at < beginning.length ? beginning[at++] : take()),
    },
  };
}

/** Which columns are of numbers with this decimal separator. */
function survey(columns: readonly string[], beginning: readonly Line[], decimal: '.' | ',') {
  const dialect: Dialect = { missing: new Set(), decimal };
  const [numbers, mixed]: string[][] = [[], []];
  let stray: string | undefined;
  for (const column of columns) {
    const values = beginning.map(({ row }) => numberOf(row[column], dialect));
    if (!values.some((value) => typeof value === 'number')) continue;
    const wrong = values.findIndex((value) => typeof value === 'object' && value !== null);
    (wrong < 0 ? numbers : mixed).push(column);
    if (wrong < 0) continue;
    const { line, row } = beginning[wrong];
    stray ??= `column ${quoted(column)} has ${quoted(row[column] ?? '')} in line ${line}`;
  }
  return { dialect, numbers, mixed, stray };
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** The records of a CSV text, one after the other. */
function recordsOf(name: string, text: string, delimiter: string) {
  const cutter = createCsvCutter(delimiter);
  let waiting: ReturnType<typeof cutter.take> = [];
  let next = 0;
  let cut = 0;
  let taken = 0;
  return {
    /** Rounded where it is estimated. */
    get left(): number {
      const known = waiting.length - next;
      if (cut === text.length) return known;
      return Number((known + ((text.length - cut) * (taken + known)) / cut).toPrecision(2));
    },
    take() {
      while (next === waiting.length && cut < text.length) {
        const end = Math.min(text.length, cut + piece);
        waiting = cutter.take(text.slice(cut, end));
        if (end === text.length) waiting = [...waiting, ...cutter.end()];
        [cut, next] = [end, 0];
      }
      if (next === waiting.length) return undefined;
      const record = waiting[next++];
      taken++;
      if ('fault' in record) throw new DataError(`${name}: line ${record.line}${record.fault}`);
      return record;
    },
  };
}

export interface TableReader {
  /** How many rows are left. */
  readonly left: number;
  readonly count: number;
  /**
   * Predicts the next row's target, then learns from it; undefined where it is missing. @throws DataError at a fault.
   */
  step(): Foretold | undefined;
  readonly parts: readonly Part[];
  readonly unit: string;
  readonly figures: readonly (readonly [name: string, recent: number])[];
}

/** Reads a table row by row, and predicts a column. */
export function createTableReader({ rows, mixed, dialect }: Table, target: string): TableReader {
  const model = createModel({ target, ignore: mixed, decimal: dialect.decimal });
  let count = Math.max(1, Math.min(first, Math.floor(rows.left / 3)));
  model.partialFit(Array.from({ length: count }, () => rows.take()?.row ?? {}));
  return {
    get left() {
      return rows.left;
    },
    get count() {
      return count;
    },
    step() {
      const next = rows.take();
      if (next === undefined) return undefined;
      const { prediction, low, high } = model.predictIntervalOne();
      model.learnOne(next.row);
      count++;
      const actual = numberOf(next.row[target], dialect);
      return typeof actual === 'number' ? { actual, predicted: prediction, low, high } : undefined;
    },
    get parts() {
      const { weights = {} } = model.report();
      return Object.entries(weights).map(([name, weight]) => ({ name, weight }));
    },
    get unit() {
      return model.report().unit;
    },
    get figures() {
      const { figures } = model.report();
      return Object.entries(figures).map(([name, { recent }]) => [name, recent] as const);
    },
  };
}
