import { expect } from 'chai';
import { createTableReader, tableOf } from '../../docs/playground/read/table.ts';
import { createReader } from '../../docs/playground/read/text.ts';

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

  it('reads tables with commas, semicolons and tabs, and knows their numbers', () => {
    for (const mark of [',', ';', '\t']) {
      const { columns, numbers, rows } = tableOf('x.csv', `day${mark}n\nMo${mark}1\nTu${mark}\n`);
      expect(columns).to.deep.equal(['day', 'n']);
      expect(numbers).to.deep.equal(['n']);
      expect(rows).to.deep.equal([
        { day: 'Mo', n: '1' },
        { day: 'Tu', n: null },
      ]);
    }
  });

  it('refuses what is no table, in one sentence', () => {
    expect(() => tableOf('x.csv', '')).to.throw('x.csv: there are no rows');
    expect(() => tableOf('x.csv', 'a,b\n1,2\n3\n')).to.throw(
      'x.csv: row 2 has 1 fields, and there are 2 columns',
    );
    expect(() => tableOf('x.csv', 'a,a\n1,2\n3,4\n')).to.throw('x.csv: two columns are called "a"');
    expect(() => tableOf('x.csv', 'a\nx\ny\n')).to.throw('x.csv: no column is of numbers alone');
    expect(() => tableOf('x.csv', 'a\n"x')).to.throw(
      'x.csv: line 2, field 1: the file ends within a quoted field',
    );
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
