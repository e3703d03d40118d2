import {
  type Batch,
  columnsOf,
  createRowReader,
  dialectOf,
  type Fields,
  Problem,
  type Row,
  type RowData,
  readSymbols,
  type Sources,
  type StreamConfig,
  timeOf,
  timestampsOf,
} from '../../../trainers/streams/index.ts';
import { readCsv } from './csv.ts';
import { readNdjson } from './ndjson.ts';

/**
 * The records of the sources, for a session of the same configuration.
 * @param previousTime the time of the row before them in seconds, if rows have times and continue others.
 * @param dispensable a column that a CSV file need not have: its values are then missing, as in NDJSON.
 */
export function readData(
  sources: Sources,
  { data }: StreamConfig,
  previousTime?: number,
  dispensable?: string,
): AsyncGenerator<Batch<unknown>, void, undefined> {
  return data.kind === 'text'
    ? readSymbols(sources, data)
    : readRows(sources, data, previousTime, dispensable);
}

/** The rows of the sources, one after the other. */
export async function* readRows(
  sources: Sources,
  data: RowData,
  previousTime?: number,
  dispensable?: string,
): AsyncGenerator<Batch<Row>, void> {
  const columns = [...columnsOf(data), ...timestampsOf(data)];
  const { missing } = dialectOf(data);
  const rowOf = createRowReader(data);
  let latest = previousTime;
  const read = (fields: Fields | Problem) => {
    const row = fields instanceof Problem ? fields : rowOf(fields, latest);
    if (data.timestamp !== undefined && !(row instanceof Problem)) latest = timeOf(data, row).time;
    return row;
  };
  for await (const source of sources) {
    const { delimiter, comment } = data;
    const batches =
      data.kind === 'csv'
        ? readCsv(source, { delimiter, comment, columns, dispensable })
        : readNdjson(source, missing);
    for await (const batch of batches) yield batch.map(read);
  }
}
