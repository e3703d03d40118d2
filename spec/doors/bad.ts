import { indices, type Tensor, tensor, zeros } from '../../lib/index.ts';

/** An error of the caller's own code, which passes through unchanged. */
export class CallersError extends Error {}

class Own {
  readonly rate = 0.1;
}

/**
 * Arguments that callers without types are known to pass, each made anew. Some are right here and there; none
 * may end in a TypeError.
 */
export const bad: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  'the empty string': () => '',
  'a string': () => 'uoro',
  'a numeral': () => '3',
  true: () => true,
  false: () => false,
  'a bigint': () => 3n,
  'a symbol': () => Symbol('x'),
  zero: () => 0,
  'a negative number': () => -1,
  'a fraction': () => 0.5,
  NaN: () => Number.NaN,
  infinity: () => Number.POSITIVE_INFINITY,
  'a huge number': () => 1e300,
  'more than memory holds': () => 2 ** 40,
  'an empty array': () => [],
  'an array of numbers': () => [1, 2],
  'an array of strings': () => ['a'],
  'an array of nothing': () => [undefined, null],
  'an array of odd things': () => [Symbol('x'), 3n, Object.create(null)],
  'an array with a hole': () => new Array(1),
  'an array that contains itself': () => {
    const list: unknown[] = [];
    list.push(list);
    return list;
  },
  'a shape that no memory holds': () => [1e9, 1e9],
  'an empty record': () => ({}),
  'a record of nonsense': () => ({ nonsense: 1 }),
  'a record that contains itself': () => {
    const record: Record<string, unknown> = {};
    record.own = record;
    return record;
  },
  'a record with a getter that throws': () => ({
    get name() {
      throw new CallersError();
    },
  }),
  'an object of a class': () => new Own(),
  'a function that returns nothing': () => () => {},
  'a Map': () => new Map([['rate', 1]]),
  'a Set': () => new Set([1]),
  'a Date': () => new Date(0),
  'a Promise': () => Promise.resolve(1),
  'an ArrayBuffer': () => new ArrayBuffer(8),
  'a Uint8Array': () => Uint8Array.of(1, 2, 3),
  'a DataView': () => new DataView(new ArrayBuffer(8)),
  'a tensor without elements': () => zeros([0, 2]),
  'a tensor of many axes': () => zeros([1, 1, 1, 1, 1]),
  'an int32 tensor': () => indices([7]),
  'a float32 tensor': () => tensor([1, 2, 3], { dtype: 'float32' }),
  'a tensor of NaN': (): Tensor => tensor([Number.NaN]),
};
