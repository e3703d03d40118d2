import { writeInPieces } from '../wholeFile.ts';
import type { Column } from './columns.ts';

type Value = string | number | undefined;

/** Rows that are in memory at a time, and that a reader can skip together. */
const rowsOfGroup = 20_000;

/**
 * Writes rows as a Parquet file, atomically: text as UTF-8, numbers as doubles, and what is missing as null.
 * @throws FailedError if it cannot be written.
 */
export async function writeParquet<Row>(
  path: string,
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row> | Iterable<Row>,
): Promise<void> {
  // It takes longer to load than a short comparison takes.
  const { fileWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  await writeInPieces(path, async (part) => {
    let held: Value[][] = columns.map(() => []);
    const columnData = () =>
      columns.map(({ name, isText }, i) => ({
        name,
        type: isText ? ('STRING' as const) : ('DOUBLE' as const),
        data: held[i],
      }));
    const writer = new ParquetWriter({
      writer: fileWriter(part),
      schema: schemaFromColumnData({ columnData: columnData() }),
      createdBy: 'norewind',
    });
    const flush = async () => {
      await writer.write({ columnData: columnData(), rowGroupSize: rowsOfGroup });
      held = columns.map(() => []);
    };
    for await (const row of rows) {
      columns.forEach(({ of }, i) => {
        held[i].push(of(row));
      });
      if (held[0].length === rowsOfGroup) await flush();
    }
    if (held[0].length > 0) await flush();
    await writer.finish();
  });
}
