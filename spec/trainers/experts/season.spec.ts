import { expect } from 'chai';
import { seasonOf, usualSeasons } from '../../../trainers/experts/index.ts';
import { draws } from '../../support/draws.ts';

const series = (count: number, at: (i: number, noise: number) => number) => {
  const next = draws(4);
  return Array.from({ length: count }, (_, i) => at(i, next() + next() - 1));
};

function walked(count: number): number[] {
  let level = 0;
  return series(count, (i) => {
    level += Math.sin(i * i * 1.7);
    return level;
  });
}

describe('trainers/experts: the season of a series', () => {
  const cases: readonly (readonly [string, readonly number[], number | undefined])[] = [
    ['a week, with noise', series(300, (i, e) => [1, 2, 2, 2, 3, 9, 8][i % 7] + e), 7],
    [
      'a year by months, on a trend that grows',
      series(144, (i, e) => (100 + i) * (1 + 0.2 * Math.sin((i * Math.PI) / 6)) + e),
      12,
    ],
    ['a smooth day by hours', series(500, (i, e) => 10 * Math.sin((i * Math.PI) / 12) + e), 24],
    ['a year by days', series(2000, (i, e) => 10 * Math.sin((2 * i * Math.PI) / 365) + e), 365],
    ['a random walk', walked(600), undefined],
    ['noise', series(600, (_, e) => e), undefined],
    ['a line', series(100, (i) => 3 * i), undefined],
    ['a constant', series(100, () => 5), undefined],
    ['too few values', series(20, (i) => i % 4), undefined],
  ];
  for (const [name, values, expected] of cases)
    it(`is ${expected ?? 'not there'} for ${name}`, () => {
      const found = seasonOf(values);
      if (expected === undefined) expect(found).to.equal(undefined);
      else expect(found).to.be.within(0.985 * expected, 1.015 * expected);
    });

  it('follows from the usual pause between rows', () => {
    const day = 86_400;
    expect([60 * 60, day, 7 * day, 30.4 * day, 91.3 * day, 365.2 * day, 5].map(usualSeasons)).to.deep.equal([
      [24, 168],
      [7, 365],
      [52],
      [12],
      [4],
      [],
      [],
    ]);
  });
});
