import { requireNumbers } from '../../evaluation/saved.ts';
import type { RowData } from '../given/config.ts';
import { columnsOf, onClock, type Row } from '../reading/rows.ts';

type Value = Row[number];

/**
 * Rows as they were known when they came, with the target of the row `delay` rows before in place of their
 * own.
 */
export interface Late {
  /** The row with what is known now; to be called once for each row. */
  know(row: Row): Row;
  /** The same, and nothing is kept of it. */
  peek(row: Row): Row;
  forget(): void;
  /** Returns what takes back all that `know` has changed since. */
  mark(): () => void;
  /** The targets that are not known yet, the oldest first. */
  save(): readonly Value[];
}

export function createLate(data: RowData, saved: readonly Value[] = []): Late {
  const at = columnsOf(data).indexOf(data.target);
  const { delay = 0 } = data;
  const unknown = [...saved];
  requireNumbers(
    'a late target',
    unknown.filter((value) => value !== null && typeof value !== 'string'),
  );
  const peek = (row: Row) => {
    const known = unknown.length < delay ? null : ([...unknown, row[at]][0] as Value);
    return onClock(
      row.map((value, i) => (i === at ? known : value)),
      row.offset,
    );
  };
  return {
    peek,
    know(row) {
      const known = peek(row);
      unknown.push(row[at]);
      if (unknown.length > delay) unknown.shift();
      return known;
    },
    forget() {
      unknown.length = 0;
    },
    mark() {
      const before = [...unknown];
      return () => void unknown.splice(0, unknown.length, ...before);
    },
    save: () => [...unknown],
  };
}
