import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError, DataError, dataOf, type Tensor } from '../../../lib/index.ts';
import { type Example, type Row, type SeriesOptions, series } from '../../../trainers/tasks/index.ts';
import { take, takeAsync } from './reading.ts';

const rows = fc
  .record({
    width: fc.integer({ min: 1, max: 4 }),
    length: fc.integer({ min: 1, max: 20 }),
    horizon: fc.integer({ min: 1, max: 6 }),
  })
  .filter(({ length, horizon }) => length > horizon)
  .chain(({ width, length, horizon }) =>
    fc.record({
      horizon: fc.constant(horizon),
      values: fc.array(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: width, maxLength: width }),
        {
          minLength: length,
          maxLength: length,
        },
      ),
    }),
  );

const plain = (examples: readonly Example<Tensor, Tensor>[]) =>
  examples.map(({ input, target }) => [[...dataOf(input)], [...dataOf(target)]]);

async function* arriving<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}

describe('series', () => {
  it('pairs each value with the one `horizon` steps later, once, read in any way', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async ({ values, horizon }) => {
        const expected = values.slice(horizon).map((target, t) => [values[t], target]);
        const task = series(values, { horizon });
        expect(plain([...task])).to.deep.equal(expected);
        expect(plain([...task])).to.deep.equal(expected);
        expect(plain(await takeAsync(task))).to.deep.equal(expected);
        expect(plain(await takeAsync(series(arriving(values), { horizon })))).to.deep.equal(expected);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('accepts plain numbers and typed arrays for one channel', () => {
    for (const values of [[1, 2, 3], Float32Array.of(1, 2, 3)])
      expect(plain([...series(values)])).to.deep.equal([
        [[1], [2]],
        [[2], [3]],
      ]);
    const [{ input, target }] = take(series([1, 2], { dtype: 'float32' }), 1);
    expect([input.dtype, target.dtype]).to.deep.equal(['float32', 'float32']);
  });

  it('yields the values that arrived before the stream fails', async () => {
    const seen: number[][][] = [];
    let error: unknown;
    try {
      for await (const example of series(arriving([1, 2, Number.NaN, 4]))) seen.push(...plain([example]));
    } catch (caught) {
      error = caught;
    }
    expect(seen).to.deep.equal([[[1], [2]]]);
    expect(error)
      .to.be.instanceOf(DataError)
      .with.property('message', 'series: value 2 is NaN, not a finite number');
  });

  it('closes the stream that it reads when the reader stops', async () => {
    let closed = false;
    async function* forever(): AsyncGenerator<number> {
      try {
        for (let t = 0; ; t++) yield t;
      } finally {
        closed = true;
      }
    }
    expect(await takeAsync(series(forever(), { horizon: 3 }), 5)).to.have.length(5);
    expect(closed).to.equal(true);
  });

  it('names the value that is wrong', async () => {
    const bad: [unknown[], SeriesOptions, string][] = [
      [[1, Number.NaN, 2], {}, 'value 1 is NaN, not a finite number'],
      [[1, 2, -Infinity], {}, 'value 2 is -Infinity'],
      [[1, '2'], {}, 'value 1 is "2", not a finite number'],
      [[1, null, 2], {}, 'value 1 is null'],
      [[1, undefined], {}, 'value 1 is nothing'],
      [[[1, 2], [3]], {}, 'value 1 has 1 channels, others 2'],
      [[[1, 2], 3], {}, 'value 1 has 1 channels, others 2'],
      [[[], []], {}, 'value 0 has 0 channels, and needs one at least'],
      [
        [
          [1, 2],
          [3, Number.NaN],
        ],
        {},
        'value 1 (channel 1) is NaN',
      ],
      [[1, 1e39], { dtype: 'float32' }, 'value 1 is 1e+39, which float32 cannot hold'],
      [[], {}, '0 values make no example'],
      [[1, 2, 3], { horizon: 3 }, '3 values make no example: the horizon 3 needs at least 4'],
    ];
    for (const [values, options, message] of bad) {
      expect(() => series(values as Row[], options)).to.throw(DataError, message);
      const failure = await takeAsync(series(arriving(values as Row[]), options)).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).to.be.instanceOf(DataError);
      expect((failure as Error).message).to.include(message);
    }
  });

  it('refuses options that make no sense', () => {
    for (const [options, message] of [
      [{ horizon: 0 }, 'horizon must be a whole number from 1'],
      [{ horizon: 1.5 }, 'got 1.5'],
      [{ dtype: 'int32' }, 'dtype must be float32 or float64'],
      [{ seed: 1 }, 'there is no option seed; the options are horizon, dtype'],
    ] as [SeriesOptions, string][])
      expect(() => series([1, 2, 3], options)).to.throw(ConfigurationError, message);
    for (const values of [undefined, null, 5, {}])
      expect(() => series(values as unknown as number[])).to.throw(
        ConfigurationError,
        'needs an array of values',
      );
  });
});
