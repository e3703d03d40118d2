import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { text, writeCsv } from '../../../cli/compare/csv.ts';
import { readRun } from '../../../cli/compare/readRun.ts';

describe('cli: the CSV file of norewind compare', () => {
  let top: string;
  const here = process.cwd();

  before(() => {
    top = realpathSync(mkdtempSync(join(tmpdir(), 'norewind csv ')));
    // Runs are named by the folders given.
    process.chdir(top);
  });

  after(() => {
    process.chdir(here);
    rmSync(top, { recursive: true, force: true });
  });

  /** A run's folder, with arbitrary names of baselines. */
  function run(folder: string, names: readonly string[]): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.json'), '{"data":{}}');
    const figures = { mean: -0.5, recent: -1e-7 };
    const baselines = Object.fromEntries(names.map((name) => [name, figures]));
    const line = { step: 3, unit: 'squared error', gradientNorm: 2.5, ...figures, baselines };
    writeFileSync(join(folder, 'metrics.ndjson'), `${JSON.stringify(line)}\n`);
  }

  it('has no cell that a spreadsheet would take for a formula, and keeps numbers as numbers', async () => {
    const hostile = [
      '=1+2',
      '+1',
      '-2+3',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      '\n=1',
      '＝1',
      '＋1',
      '－1',
      '＠x',
      `=cmd|' -C calc'!A0`,
    ];
    const harmless = ['a', ' =1', "'=1", '1-2', 'runs/-1', '"=1"', '', '.=1'];
    for (const each of hostile) expect(text(each)).to.equal(`'${each}`);
    for (const each of harmless) expect(text(each)).to.equal(each);
    const folders = [...hostile.filter((name) => !name.includes('/')), 'plain'];
    for (const folder of folders) run(folder, hostile);
    await writeCsv('out.csv', await Promise.all(folders.map((folder) => readRun(folder, () => {}))));
    const [header, ...rows] = parse(readFileSync('out.csv', 'utf8'), {
      relax_column_count: false,
    }) as string[][];
    for (const cell of [...header, ...rows.map(([folder]) => folder)])
      expect(cell).not.to.match(/^[=+\-@\t\r\n＝＋－＠]/);
    expect(rows.map(([folder]) => folder)).to.deep.equal([
      ...folders.slice(0, -1).map((folder) => `'${folder}`),
      'plain',
    ]);
    expect(header.slice(6)).to.deep.equal(hostile.flatMap((name) => [`'${name} mean`, `'${name} recent`]));
    for (const [, at, , ...figures] of rows)
      expect([at, ...figures]).to.deep.equal([
        '3',
        '-0.5',
        '-1e-7',
        '2.5',
        ...hostile.flatMap(() => ['-0.5', '-1e-7']),
      ]);
  });
});
