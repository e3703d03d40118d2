import { expect } from 'chai';
import { LawError, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';

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

  it('are told as they are: the distance to a NaN is none', () => {
    const { NaN: none, POSITIVE_INFINITY: infinite } = Number;
    expect(() => requireClose([1], [2], 0.1, 'it')).to.throw(
      /^it: entry 0 of 1 is 1 instead of 2, 1.0e\+0 apart$/,
    );
    expect(() => requireClose([1], [none], 0.1, 'it')).to.throw(/^it: entry 0 of 1 is 1 instead of NaN$/);
    expect(() => requireClose([none], [none], 0.1, 'it')).to.throw(/^it: entry 0 of 1 is NaN$/);
    expect(() => requireLive([0], 'it')).to.throw('it: is nearly zero');
    for (const value of [none, infinite])
      expect(() => requireLive([1, value], 'it')).to.throw(LawError, `it: entry 1 of 2 is ${value}`);
  });
});
