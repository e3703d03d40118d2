import { columnsOf, quoted, type Row, type RowData } from '../../trainers/streams/index.ts';
import { counted } from '../terminal/numbers.ts';

/** Enough records to tell that a column is not there, rather than seldom there. */
const enough = 100;

/** Notices columns without any value, which are no error in NDJSON: their names may be misspelt. */
export interface WithoutValue {
  see(row: Row): void;
  /** At the end of the data. */
  end(): void;
}

/**
 * Names once, after the first records, the columns of a model that data to predict do not have.
 * @param needsTarget whether the target is an input, or learnt from.
 */
export function withoutValue(
  data: RowData,
  needsTarget: boolean,
  tell: (sentence: string) => void,
): WithoutValue {
  const columns = columnsOf(data);
  const absent = new Set(columns.keys());
  if (!needsTarget) absent.delete(columns.indexOf(data.target));
  let records = 0;
  const end = () => {
    for (const i of absent)
      tell(
        `column ${quoted(columns[i])} has had no value in ${counted(records, 'record')}: it counts as missing`,
      );
    absent.clear();
  };
  return {
    see(row) {
      if (absent.size === 0) return;
      records++;
      for (const i of absent) if (row[i] !== null) absent.delete(i);
      if (records === enough) end();
    },
    end() {
      if (records > 0) end();
    },
  };
}
