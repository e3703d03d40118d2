import { expect } from 'chai';
import { DataError } from '../../../lib/index.ts';
import type { RowData } from '../../../trainers/streams/given/config.ts';
import { createLate } from '../../../trainers/streams/sessions/late.ts';
import { rows } from '../../cli/sessions.ts';

const reread = <T>(saved: T): T => JSON.parse(JSON.stringify(saved));

describe('trainers/streams: targets that are late', () => {
  const data: RowData = { ...rows, columns: ['z'], categorical: [], target: 'y', delay: 2 };

  it('are those of the rows before, none at first and none again after forgetting', () => {
    const late = createLate(data);
    const known = [5, 6, null, 8, 9].map((y, i) => {
      const row = [i, y];
      const peeked = late.peek(row);
      expect(late.peek(row)).to.deep.equal(peeked);
      expect(late.know(row)).to.deep.equal(peeked);
      return peeked;
    });
    expect(known).to.deep.equal([
      [0, null],
      [1, null],
      [2, 5],
      [3, 6],
      [4, null],
    ]);
    expect(late.save()).to.deep.equal([8, 9]);
    const resumed = createLate(data, reread(late.save()));
    expect(resumed.know([5, 1])).to.deep.equal([5, 8]);
    late.forget();
    expect([late.save(), late.know([5, 1])]).to.deep.equal([[], [5, null]]);
  });

  it('are the ones of their own row when nothing is late', () => {
    const { delay: _, ...prompt } = data;
    const late = createLate(prompt);
    for (const row of [
      [1, 5],
      [2, null],
    ])
      expect(late.know(row)).to.deep.equal(row);
    expect(late.save()).to.deep.equal([]);
  });

  it('may be categories and missing ones, and nothing else', () => {
    for (const saved of [[null], ['x'], [3]]) expect(createLate(data, saved).save()).to.deep.equal(saved);
    for (const wrong of [true, Number.NaN, {}, undefined])
      expect(() => createLate(data, [1, wrong as never])).to.throw(
        DataError,
        /a late target .* is not a number/,
      );
  });
});
