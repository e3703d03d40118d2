import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parquetReadObjects } from 'hyparquet';
import { type Column, number, settingColumns } from '../../../cli/compare/columns.ts';
import { writeParquet } from '../../../cli/compare/parquet.ts';

describe('cli: Parquet files', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'norewind parquet '));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const read = async (path: string) => {
    const { buffer, byteOffset, byteLength } = readFileSync(path);
    return parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer });
  };

  it('have text, numbers bit for bit, and nothing for what is missing, over several groups of rows', async () => {
    interface Row {
      readonly at: number;
      readonly settings: ReadonlyMap<string, string>;
    }
    const rows: Row[] = Array.from({ length: 41_000 }, (_, at) => ({
      at,
      settings: new Map([
        ['name', at % 3 === 0 ? '=1+ü' : `${at}`],
        ['rate', '0.1'],
        ...(at < 20_000 ? [['late', '1'] as const] : []),
      ]),
    }));
    const columns: Column<Row>[] = [
      number('value', ({ at }) => [1 / 3, -0, Number.NaN, 5e-324, undefined][at % 5]),
      ...settingColumns(
        rows.map(({ settings }) => settings),
        ({ settings }: Row) => settings,
      ),
    ];
    expect(columns.map(({ name, isText }) => [name, isText])).to.deep.equal([
      ['value', false],
      ['name', true],
      ['rate', false],
      ['late', false],
    ]);
    const path = join(folder, 'all.parquet');
    await writeParquet(path, columns, rows);
    const back = await read(path);
    expect(back).to.have.length(41_000);
    const wanted = rows.map((row) =>
      Object.fromEntries(columns.map(({ name, of }) => [name, of(row) ?? undefined])),
    );
    for (const i of [0, 1, 2, 3, 4, 19_999, 20_000, 40_999])
      for (const { name } of columns)
        expect(back[i][name] ?? undefined, `${name} ${i}`).to.equal(wanted[i][name]);
    expect(Object.is(back[1].value, -0)).to.equal(true);
    expect(existsSync(`${path}.part`)).to.equal(false);
  });

  it('of no rows have their columns', async () => {
    const path = join(folder, 'none.parquet');
    await writeParquet(path, [number('x', () => 1)], []);
    expect(await read(path)).to.deep.equal([]);
  });
});
