import { createCsvCutter } from '../../../cli/stream/input/csvRecords.ts';
import { createModel, DataError } from '../../../trainers/norewind.ts';
import type { Foretold } from './messages.ts';
import type { Part } from './text.ts';

type Row = Readonly<Record<string, string | null>>;

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** The columns of numbers. */
  readonly numbers: readonly string[];
}

/** Rows from which the inputs are found, before the first prediction is shown. */
const first = 300;

/** The rows of a CSV text, separated by commas, semicolons or tabs. @throws DataError at a fault. */
export function tableOf(name: string, text: string): Table {
  const head = text.slice(0, text.search(/\n|$/));
  const [delimiter] = [',', ';', '\t'].sort((a, b) => head.split(b).length - head.split(a).length);
  const cutter = createCsvCutter(delimiter);
  const records = [...cutter.take(text.replace(/^\ufeff/, '')), ...cutter.end()].map((record) => {
    if ('fault' in record) throw new DataError(`${name}: line ${record.line}${record.fault}`);
    return record.fields;
  });
  const [columns = [], ...fields] = records;
  const twice = columns.find((column, i) => columns.indexOf(column) < i);
  if (twice !== undefined) throw new DataError(`${name}: two columns are called ${JSON.stringify(twice)}`);
  if (fields.length < 2) throw new DataError(`${name}: there are no rows below the names of the columns`);
  const wrong = fields.findIndex((own) => own.length !== columns.length);
  if (wrong >= 0)
    throw new DataError(
      `${name}: row ${wrong + 1} has ${fields[wrong].length} fields, and there are ${columns.length} columns`,
    );
  const rows = fields.map((own) => Object.fromEntries(columns.map((column, i) => [column, own[i] || null])));
  const isNumber = (value: string | null) => value === null || Number.isFinite(Number(value));
  const numbers = columns.filter(
    (column) => rows.every((row) => isNumber(row[column])) && rows.some((row) => row[column] !== null),
  );
  if (numbers.length === 0) throw new DataError(`${name}: no column is of numbers alone, such as 12.5`);
  return { columns, rows, numbers };
}

export interface TableReader {
  /** Whether there is a row left. */
  readonly left: number;
  readonly count: number;
  /** Predicts the next row's target, then learns from it; undefined while there is no prediction yet. */
  step(): Foretold | undefined;
  readonly parts: readonly Part[];
  readonly unit: string;
  readonly figures: readonly (readonly [name: string, recent: number])[];
}

/** Reads a table row by row, and predicts a column. */
export function createTableReader({ rows }: Table, target: string): TableReader {
  const model = createModel({ target });
  let count = Math.max(1, Math.min(first, Math.floor(rows.length / 3)));
  model.partialFit(rows.slice(0, count));
  return {
    get left() {
      return rows.length - count;
    },
    get count() {
      return count;
    },
    step() {
      const row = rows[count++];
      const { prediction, low, high } = model.predictIntervalOne();
      model.learnOne(row);
      const value = row[target];
      return value === null ? undefined : { actual: Number(value), predicted: prediction, low, high };
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
