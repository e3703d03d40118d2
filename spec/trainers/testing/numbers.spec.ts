import { expect } from 'chai';
import { requireClose } from '../../../trainers/testing/numbers.ts';

describe('numbers that are compared', () => {
  it('are close relative to the largest that is finite', () => {
    requireClose([1e9, 3], [1e9 + 1, 3.5], 1e-6, 'both');
    requireClose([Number.POSITIVE_INFINITY, 1], [Number.POSITIVE_INFINITY, 1], 1e-6, 'infinities');
  });

  it('are not close where one side has a NaN or an infinity that the other has not', () => {
    for (const [actual, expected] of [
      [
        [1, 2],
        [Number.NaN, 2],
      ],
      [
        [Number.NaN, 2],
        [1, 2],
      ],
      [[Number.NaN], [Number.NaN]],
      [
        [1, 2],
        [1, Number.POSITIVE_INFINITY],
      ],
      [[Number.POSITIVE_INFINITY], [1]],
      [
        [1, Number.POSITIVE_INFINITY],
        [2, Number.POSITIVE_INFINITY],
      ],
      [[Number.NEGATIVE_INFINITY], [Number.POSITIVE_INFINITY]],
    ] as const)
      expect(() => requireClose(actual, expected, 0.1, 'it'), `${actual} and ${expected}`).to.throw('it: ');
  });
});
