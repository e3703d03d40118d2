import { expect } from 'chai';
import fc from 'fast-check';
import { tensor } from '../../../lib/index.ts';
import { carriedBetween, pick } from '../../../trainers/estimators/step/pick.ts';
import type { Entries } from '../../../trainers/index.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';

const infinite = Number.POSITIVE_INFINITY;
// Entries that are not picked may be infinite.
const values = [infinite, 1, 2, 3, -infinite];

describe('picked elements', () => {
  it('are those at the places, and 0 where there is none', () => {
    const runs = fc
      .tuple(fc.nat(4), fc.nat(5))
      .map(([begin, length]) => Array.from({ length: Math.min(length, 5 - begin) }, (_, i) => begin + i));
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 1 }), runs), (places) => {
        const picked = numbersOf(pick(tensor(values), Int32Array.from(places)));
        expect(picked).to.deep.equal(places.map((place) => values[place] ?? 0));
      }),
      { seed: 1, numRuns: 200, examples: [[[0, 1, 2, 3, 4]], [[-1, 0, 1]], [[]], [[4]]] },
    );
  });

  it('of J are 0 where one of the two elements is none, and are asked for once', () => {
    let asked = 0;
    const jacobian: Entries['jacobian'] = (rows, columns) => {
      asked++;
      for (const column of columns) expect(column).to.be.within(0, 4);
      return tensor(Array.from(rows, (row, i) => (row === -1 ? 0 : 10 * row + columns[i] + 1)));
    };
    const read = carriedBetween({ jacobian, local: jacobian } as Entries, 'jacobian');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -1, max: 4 }), fc.integer({ min: -1, max: 4 }))),
        (pairs) => {
          const [to, from] = [0, 1].map((i) => Int32Array.from(pairs, (pair) => pair[i]));
          const expected = pairs.map(([row, column]) => (row < 0 || column < 0 ? 0 : 10 * row + column + 1));
          const first = read(to, from);
          const before = asked;
          expect(numbersOf(first)).to.deep.equal(expected);
          expect(read(to.slice(), from.slice())).to.equal(first);
          expect(asked).to.equal(before);
        },
      ),
      {
        seed: 1,
        numRuns: 100,
        examples: [
          [
            [
              [0, -1],
              [-1, 0],
              [1, 2],
            ],
          ],
        ],
      },
    );
  });
});
