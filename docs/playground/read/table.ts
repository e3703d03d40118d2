import { createCsvCutter } from '../../../cli/stream/input/csvRecords.ts';
import { createModel, DataError } from '../../../trainers/norewind.ts';
import { type Dialect, numberOf, Problem, quoted } from '../../../trainers/streams/index.ts';
import type { Foretold } from './messages.ts';
import type { Part } from './text.ts';

type Row = Readonly<Record<string, string | null>>;

export interface Table {
  readonly name: string;
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
  /**
   * The next row and its line, or why it is none; undefined at the end. @throws DataError at a fault that hides all
   * after it.
   */
  take(): Line | Problem | undefined;
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
  const header = records.take();
  if (header instanceof Problem) throw new DataError(header.sentence);
  const columns = (header?.fields ?? []).map((column) => column.trim());
  if (columns.length > 0 && columns.every((column) => /^[-+]?\.?\d/.test(column)))
    throw new DataError(`${name}: the first line has to name the columns`);
  const twice = columns.find((column, i) => columns.indexOf(column) < i);
  if (twice !== undefined) throw new DataError(`${name}: two columns are called ${quoted(twice)}`);

  function take(): Line | Problem | undefined {
    const record = records.take();
    if (record === undefined || record instanceof Problem) return record;
    const { line, fields } = record;
    if (fields.length !== columns.length)
      return new Problem(
        `${name}: line ${line} has ${counted(fields.length, 'field')} where the first line has ${columns.length}`,
      );
    const row = Object.fromEntries(columns.map((column, i) => [column, fields[i].trim() || null]));
    return { line, row };
  }

  const beginning: Line[] = [];
  while (beginning.length < surveyed) {
    const next = take();
    if (next === undefined) break;
    if (next instanceof Problem) throw new DataError(next.sentence);
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
    name,
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
      if (!('fault' in record)) return record;
      const sentence = `${name}: line ${record.line}${record.fault}`;
      if (record.isLast) throw new DataError(sentence);
      return new Problem(sentence);
    },
  };
}

export interface TableReader {
  /** How many rows are left. */
  readonly left: number;
  readonly count: number;
  /**
   * Predicts the next row's target, then learns from it; undefined where it is missing, or the row is left out.
   * @throws DataError at a fault that hides all after it.
   */
  step(): Foretold | undefined;
  /** The first row that was left out as it cannot be used, and how many were. */
  readonly leftOut: string | undefined;
  readonly parts: readonly Part[];
  readonly unit: string;
  readonly figures: readonly (readonly [name: string, recent: number])[];
}

/** Reads a table row by row, and predicts a column. */
export function createTableReader({ name, rows, mixed, dialect }: Table, target: string): TableReader {
  const model = createModel({ target, ignore: mixed, decimal: dialect.decimal });
  let unusable = 0;
  let problem = '';

  function learnable(): Line | undefined {
    const next = rows.take();
    if (!(next instanceof Problem)) return next;
    leaveOut(next.sentence);
    return undefined;
  }

  function leaveOut(sentence: string): void {
    if (unusable === 0) problem = sentence;
    unusable++;
  }

  let count = Math.max(1, Math.min(first, Math.floor(rows.left / 3)));
  model.partialFit(Array.from({ length: count }, () => learnable()?.row ?? {}));
  return {
    get left() {
      return rows.left;
    },
    get count() {
      return count;
    },
    step() {
      const next = learnable();
      if (next === undefined) return undefined;
      const { prediction, low, high } = model.predictIntervalOne();
      try {
        model.learnOne(next.row);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        leaveOut(error.message.replace(/^record \d+/, `${name}: line ${next.line}`));
        return undefined;
      }
      count++;
      const actual = numberOf(next.row[target], dialect);
      return typeof actual === 'number' ? { actual, predicted: prediction, low, high } : undefined;
    },
    get leftOut() {
      return unusable === 0
        ? undefined
        : `${problem}; ${unusable === 1 ? 'the row is' : `${unusable} such rows are`} left out`;
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
