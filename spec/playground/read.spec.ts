import { expect } from 'chai';
import { createTableReader, tableOf } from '../../docs/playground/read/table.ts';
import { createReader } from '../../docs/playground/read/text.ts';
import { DataError } from '../../lib/index.ts';
import { Problem } from '../../trainers/streams/reading/problem.ts';

describe('playground: reading', () => {
  it('learns a text symbol by symbol, and tells what each part took for it', async () => {
    const reader = createReader();
    expect(reader.next(3)).to.deep.equal([]);
    const first = await reader.learn('ab');
    expect(first.map(({ symbol }) => symbol)).to.deep.equal(['a', 'b']);
    expect(first[0].bits).to.equal(undefined);
    for (let i = 0; i < 30; i++) await reader.learn('abcabc');
    expect(reader.count).to.equal(182);
    expect(reader.recent).to.be.below(1.5);
    const [[symbol, probability]] = reader.next(2);
    expect(symbol).to.equal('a');
    expect(probability).to.be.above(0.8);
    expect(reader.write(6)).to.equal('abcabc');
  });

  const rowsOf = (text: string) => {
    const { rows } = tableOf('x.csv', text);
    return Array.from({ length: rows.left }, () => {
      const next = rows.take();
      return next instanceof Problem ? next.sentence : next?.row;
    });
  };

  it('reads tables with commas, semicolons and tabs, and knows their numbers', () => {
    for (const mark of [',', ';', '\t']) {
      const text = `\ufeffday${mark} n\r\nMo${mark}1\r\nTu${mark}\r\n`;
      const { columns, numbers } = tableOf('x.csv', text);
      expect(columns).to.deep.equal(['day', 'n']);
      expect(numbers).to.deep.equal(['n']);
      expect(rowsOf(text)).to.deep.equal([
        { day: 'Mo', n: '1' },
        { day: 'Tu', n: null },
      ]);
    }
  });

  it('reads numbers as the library does: NA is missing, and a decimal comma is one', () => {
    expect(tableOf('x.csv', 'a,b\n1,NA\n2,3\n')).to.deep.include({ numbers: ['a', 'b'], mixed: [] });
    expect(tableOf('x.csv', 'a,b\n1,2\n2,high\n')).to.deep.include({ numbers: ['a'], mixed: ['b'] });
    const comma = tableOf('x.csv', `t;n\n${Array.from({ length: 9 }, (_, i) => `${i};${i},5`).join('\n')}`);
    expect(comma.numbers).to.deep.equal(['t', 'n']);
    const reader = createTableReader(comma, 'n');
    expect(reader.step()?.actual).to.equal(3.5);
  });

  it('refuses what is no table, in one sentence', () => {
    const refusals: readonly (readonly [text: string, sentence: string])[] = [
      ['', 'below the names of the columns there are fewer than two rows'],
      ['a,b\n1,2', 'below the names of the columns there are fewer than two rows'],
      ['a,b\n1,2\n3\n', 'line 3 has 1 field where the first line has 2'],
      ['a,a\n1,2\n3,4\n', 'two columns are called "a"'],
      ['1,1\n1,2\n3,4\n', 'the first line has to name the columns'],
      ['a\nx\ny\n', 'no column is of numbers alone, such as 12.5'],
      ['a\n1\n1e400\n', 'no column is of numbers alone, such as 12.5: column "a" has "1e400" in line 3'],
      ['a\n"x', 'line 2, field 1: the file ends within a quoted field'],
    ];
    for (const [text, sentence] of refusals)
      expect(() => tableOf('x.csv', text)).to.throw(DataError, new RegExp(`^x.csv: ${sentence}$`));
    expect(() => tableOf('x.csv', 'a,b,'.repeat(1e6))).to.throw(
      DataError,
      'x.csv: line 1: the record is longer',
    );
  });

  it('cuts a large table as it is read, and finds a fault where it is', () => {
    const text = `n\n${'1\n2\n'.repeat(100_000)}"3"4\n5\n`;
    const { rows } = tableOf('x.csv', text);
    expect(rows.left).to.be.within(190_000, 210_000);
    let count = 0;
    const readAll = () => {
      while (rows.take() !== undefined) count++;
    };
    expect(readAll).to.throw(DataError, 'x.csv: line 200002, field 1: a quoted field has characters after');
    expect([count, rows.left]).to.deep.equal([200_000, 0]);
  });

  it('leaves out later rows that cannot be used, says which is the first, and predicts the others', () => {
    const lines = Array.from({ length: 2020 }, (_, i) => `${i},${i % 7}`);
    lines[2009] = '9,high';
    lines[2011] = '1,2,3';
    lines[2012] = 'x"y,1';
    const reader = createTableReader(tableOf('x.csv', `t,n\n${lines.join('\n')}`), 't');
    let said: string | undefined;
    while (reader.left > 0) {
      reader.step();
      said ??= reader.leftOut;
    }
    const sentence =
      'x.csv: line 2011, column "n": "high" is not a number; if the column holds categories, name it with --categorical';
    expect(said).to.equal(`${sentence}; the row is left out`);
    expect(reader.leftOut).to.equal(`${sentence}; 3 such rows are left out`);
    expect(reader.count).to.equal(2017);
  });

  it('predicts from the second row on, if there are but two', () => {
    const reader = createTableReader(tableOf('x.csv', 'x\n1\n2'), 'x');
    expect(reader.step()?.actual).to.equal(2);
    expect(reader.left).to.equal(0);
  });

  it('predicts a column, with intervals and the weights of its experts', () => {
    const wave = Array.from({ length: 400 }, (_, t) => (20 + 5 * Math.sin(t / 3)).toFixed(3));
    const reader = createTableReader(tableOf('wave.csv', ['x', ...wave].join('\n')), 'x');
    const errors: number[] = [];
    while (reader.left > 0) {
      const row = reader.step();
      if (row !== undefined) errors.push(Math.abs(row.actual - row.predicted));
    }
    expect(reader.count).to.equal(400);
    expect(errors).to.have.length(400 - 133);
    expect(errors.slice(-50).reduce((sum, error) => sum + error, 0) / 50).to.be.below(0.2);
    expect(reader.parts.reduce((sum, { weight }) => sum + weight, 0)).to.be.closeTo(1, 1e-9);
  });
});
