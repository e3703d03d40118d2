import type { RowData } from './config.ts';
import { columnsOf, type Row } from './rows.ts';

type Value = Row[number];

/** Rows as they were known when they came, with the target of the row `delay` rows before in place of their own. */
export interface Late {
  /** The row with what is known now; to be called once for each row. */
  know(row: Row): Row;
  forget(): void;
  /** The targets that are not known yet, the oldest first. */
  save(): readonly Value[];
}

export function createLate(data: RowData, saved: readonly Value[] = []): Late {
  const at = columnsOf(data).indexOf(data.target);
  const { delay = 0 } = data;
  const unknown = [...saved];
  return {
    know(row) {
      unknown.push(row[at]);
      const known = unknown.length > delay ? (unknown.shift() as Value) : null;
      return row.map((value, i) => (i === at ? known : value));
    },
    forget() {
      unknown.length = 0;
    },
    save: () => [...unknown],
  };
}
