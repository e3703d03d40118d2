import { expect } from 'chai';
import type { FloatDType } from '../../../../lib/index.ts';
import { bench, randomOf, round, rounded, test } from './workbench.ts';

/** c x⊗y, or c x. */
interface Term {
  readonly c: number;
  readonly x: number[];
  readonly y?: number[];
}

/** √Σ|c x⊗y|² · unit, with exponents wide enough that nothing overflows. */
function lengthOf(terms: readonly Term[], unit: number): number {
  const parts = terms.flatMap(({ c, x, y = [1] }) => x.flatMap((a) => y.map((b) => [c, a, b].map(Math.abs))));
  const logs = parts.map((factors) => factors.reduce((sum, factor) => sum + Math.log2(factor), 0));
  const most = Math.max(...logs);
  if (parts.length === 0 || most === Number.NEGATIVE_INFINITY) return 0;
  const sum = logs.reduce((total, log) => total + 2 ** (2 * (log - most)), 0);
  const exponent = Math.log2(sum) / 2 + most + Math.log2(unit);
  return (
    2 ** (exponent - Math.floor(exponent)) *
    2 ** Math.floor(exponent / 2) *
    2 ** (Math.floor(exponent) - Math.floor(exponent / 2))
  );
}

/**
 * The root of given squares, or of the elements if the squares are inaccurate.
 */
export function norms(dtype: FloatDType): void {
  const data = randomOf(dtype);
  const [most, least] = dtype === 'float32' ? [3.4e38, 2 ** -149] : [Number.MAX_VALUE, Number.MIN_VALUE];
  const range =
    dtype === 'float32'
      ? [-44, -38, -25, -20, 0, 12, 19, 25, 37]
      : [-323, -308, -200, -155, 0, 100, 155, 250, 307];

  function run(terms: readonly Term[], unit: number, squares?: number): number {
    bench.clear();
    const put = (values: number[]) => bench.put(values, dtype);
    const squareOf = (x: readonly number[]) => x.reduce((sum, value) => sum + value * value, 0);
    const own = terms.map(({ c, x, y = [1] }) =>
      rounded(dtype, [c * c, squareOf(x), squareOf(y)]).reduce(
        (product, factor) => round(dtype, product * factor),
        1,
      ),
    );
    const checks = terms.flatMap(({ c, x, y }) =>
      y === undefined && Math.abs(c) === 1
        ? []
        : [put([c]), put([squareOf(x)]), put([y === undefined ? 1 : squareOf(y)])],
    );
    const words = terms.flatMap(({ c, x, y }) => [
      ...[1, y === undefined ? 1 : x.length, y === undefined ? x.length : y.length],
      ...[put([c]), put(x), y === undefined ? 0 : put(y), y === undefined ? 0 : 1],
    ]);
    const [out, total, scale] = [
      put([Number.NaN]),
      put([squares ?? own.reduce((sum, square) => sum + square, 0)]),
      put([unit]),
    ];
    bench.run(dtype, ['norm', out, total, scale, checks.length / 3, terms.length, ...checks, ...words]);
    return bench.view(out, 1, dtype)[0];
  }

  function agrees(terms: readonly Term[], unit: number, what: string): void {
    const got = run(terms, unit);
    const want = rounded(dtype, [lengthOf(terms, unit)])[0];
    const tolerance = Math.max(want * (dtype === 'float32' ? 4e-7 : 1e-12), least);
    if (got !== want && !(Math.abs(got - want) <= tolerance)) expect.fail(`${what}: ${got}, not ${want}`);
  }

  test(['norm'], 'is right wherever it is a number, for vectors and products, in units', () => {
    for (const a of range)
      for (const b of range)
        for (const unit of [1, 2 ** -64, 2 ** 64]) {
          const at = (exponent: number, n: number) =>
            rounded(
              dtype,
              data(n).map((x) => x * 10 ** exponent),
            );
          const what = `1e${a}, 1e${b} in units of ${unit}`;
          agrees([{ c: 1, x: at(a, 5) }], unit, `x, ${what}`);
          agrees(
            [
              { c: 1, x: at(a, 5) },
              { c: -1, x: at(b, 3) },
            ],
            unit,
            `two vectors, ${what}`,
          );
          agrees([{ c: 1, x: at(a, 3), y: at(b, 4) }], unit, `a product, ${what}`);
          agrees([{ c: rounded(dtype, [3 * 10 ** a])[0], x: at(b, 4) }], unit, `a coefficient, ${what}`);
          agrees(
            [
              { c: 1, x: at(a, 2), y: [0, 0] },
              { c: 1, x: at(b, 2) },
            ],
            unit,
            `a product with zeros, ${what}`,
          );
        }
  });

  test(['norm'], 'trusts squares that it can, and passes on what is not finite', () => {
    expect(run([{ c: 1, x: [3, 4] }], 0.5, 16)).to.equal(2);
    expect(run([], 1)).to.equal(0);
    expect(run([{ c: 1, x: [0, -0] }], 1)).to.equal(0);
    for (const bad of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(
        run(
          [
            { c: 1, x: [1, bad] },
            { c: 1, x: [most] },
          ],
          1,
        ),
      ).to.equal(Number.POSITIVE_INFINITY);
    expect(run([{ c: 1, x: [1, Number.NaN] }], 1)).to.be.NaN;
    expect(
      run(
        [
          { c: 1, x: [most] },
          { c: 1, x: [Number.NaN], y: [1] },
        ],
        1,
      ),
    ).to.be.NaN;
    // Beyond the dtype, but within it in other units.
    expect(run([{ c: 1, x: [most, most, most] }], 1)).to.equal(Number.POSITIVE_INFINITY);
    agrees([{ c: 1, x: [most, most, most] }], 2 ** -64, 'the largest numbers');
    agrees([{ c: 1, x: [least, least, least, least] }], 1, 'the smallest numbers');
  });
}
