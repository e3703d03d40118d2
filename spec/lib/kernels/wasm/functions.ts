import { expect } from 'chai';
import { dataOf, type FloatDType, kernels, seeded } from '../../../../lib/index.ts';
import type { OpName } from '../../../../lib/kernels/wasm/index.ts';
import * as exact from './exactFunctions.ts';
import { bench, range, result, round, rounded, test } from './workbench.ts';

/** The functions, against Math and wider arithmetic. */
export function functions(dtype: FloatDType): void {
  const cases: [OpName, (x: number) => number, units32: number, units64: number, range: number][] = [
    ['exp', Math.exp, 1.5, 2, 105],
    ['log', Math.log, 1.5, 2, 1e3],
    // Math.tanh itself is off by two units.
    ['tanh', Math.tanh, 2.5, 4, 12],
    ['sigmoid', kernels.sigmoid, 2.5, 3, 100],
    ['sin', Math.sin, 0.6, 2, 200],
    ['cos', Math.cos, 0.6, 2, 200],
    ['erf', erf, 2, 2, 5],
    ['log1p', Math.log1p, 2, 2, 1e3],
    ['expm1', Math.expm1, 2, 2, 105],
    ['atan', Math.atan, 0.6, 2, 200],
  ];
  for (const [name, f, units32, units64, reach] of cases) {
    const units = dtype === 'float32' ? units32 : units64;
    const points = [...grid(reach), ...special(dtype)].map((x) => round(dtype, x));
    test([name], `is within ${units} units in the last place, everywhere`, () => {
      const got = result(dtype, points.length, name, points, points.length);
      let worst = 0;
      for (const [i, x] of points.entries()) {
        const want = f(x);
        const off = distance(dtype, got[i], want);
        worst = Math.max(worst, off);
        if (!(off <= units)) expect.fail(`${name}(${x}) is ${got[i]}, not ${want}: off by ${off} units`);
      }
      // V8 and the kernels share the source of these two.
      if (dtype === 'float32' || !['log1p', 'atan'].includes(name))
        expect(worst, 'a measure that measures').to.be.above(0);
    });
    test([name], 'has the same bits wherever an element lies', () => {
      const some = points.filter((_, i) => i % 17 === 0).slice(0, 600);
      const whole = result(dtype, some.length, name, some, some.length);
      for (const n of [1, 2, 3, 5, 31, 32, 35, 63, 256, 259])
        expect(result(dtype, n, name, some.slice(0, n), n)).to.deep.equal(whole.slice(0, n));
      bench.clear();
      const place = bench.put(some, dtype);
      bench.run(dtype, [name, place, place, some.length]);
      expect([...bench.view(place, some.length, dtype)], 'in place').to.deep.equal(whole);
      for (const [i, x] of some.entries()) expect(result(dtype, 1, name, [x], 1)).to.deep.equal([whole[i]]);
    });
  }
}

/** Points near zeros and interval bounds, where digits cancel. */
const hard = [
  ...range(40).flatMap((i) => [
    2 ** -i,
    1.37 * 2 ** (-2 * i),
    0.41422 + i * 1e-3,
    0.29 + i * 1e-4,
    (i * Math.LN2) / 4,
  ]),
  ...range(20).map((i) => 7 / 16 + (i - 10) * 1e-3),
  ...range(20).map((i) => 1 - 2 ** -i),
  19 / 16,
  39 / 16,
];

/** log1p, expm1 and atan, against whole-number arithmetic. */
export function atHardPoints(dtype: FloatDType): void {
  const cases: [OpName, (x: number) => number, units: number][] = [
    ['log1p', exact.log1p, dtype === 'float32' ? 2 : 1],
    ['expm1', exact.expm1, dtype === 'float32' ? 2 : 1],
    ['atan', exact.atan, dtype === 'float32' ? 0.51 : 1],
  ];
  for (const [name, f, units] of cases)
    test([name], `is within ${units} units where digits cancel`, () => {
      const points = hard
        .flatMap((x) => [x, -x])
        .map((x) => round(dtype, x))
        .filter((x) => x !== 0 && (name !== 'log1p' || x > -1));
      const got = result(dtype, points.length, name, points, points.length);
      for (const [i, x] of points.entries()) {
        const off = distance(dtype, got[i], f(x));
        if (!(off <= units)) expect.fail(`${name}(${x}) is ${got[i]}, not ${f(x)}: off by ${off} units`);
      }
    });

  test(['pow', 'pows'], 'is within a unit, of whole powers and of others', () => {
    const noise = seeded(7);
    const bases = rounded(
      dtype,
      [...dataOf(noise.normal([60]))].map((x) => x + 0.01),
    );
    const whole = [1, 2, 3, 5, 17, 40, -1, -2, -7, -33, 100];
    const pairs = bases
      .flatMap((x) => whole.map((n) => [x, n] as const))
      .filter(([x, n]) => Math.abs(Math.log2(Math.abs(x)) * n) < 120);
    const got = result(
      dtype,
      pairs.length,
      'pow',
      pairs.map(([x]) => x),
      pairs.map(([, n]) => n),
      pairs.length,
    );
    for (const [i, [x, n]] of pairs.entries()) {
      const off = distance(dtype, got[i], exact.power(x, n));
      if (!(off <= 0.75))
        expect.fail(`${x}^${n} is ${got[i]}, not ${exact.power(x, n)}: off by ${off} units`);
    }
    const others = bases.flatMap((x) =>
      [0.5, 1.5, -0.3, 7.25, 1e-3].map((y) => [Math.abs(x), round(dtype, y)] as const),
    );
    const powers = result(
      dtype,
      others.length,
      'pow',
      others.map(([x]) => x),
      others.map(([, y]) => y),
      others.length,
    );
    for (const [i, [x, y]] of others.entries()) {
      const off = distance(dtype, powers[i], x ** y);
      if (!(off <= 2)) expect.fail(`${x}^${y} is ${powers[i]}, not ${x ** y}: off by ${off} units`);
      expect(result(dtype, 1, 'pows', [x], [y], 1)).to.deep.equal([powers[i]]);
    }
  });

  test(['pow', 'pows'], 'is exact where powers are, and special where C99 says', () => {
    const [nan, infinity] = [Number.NaN, Number.POSITIVE_INFINITY];
    const limit = dtype === 'float32' ? 3.4028234663852886e38 : Number.MAX_VALUE;
    const table: [x: number, y: number, want: number][] = [
      [4, 1.5, 8],
      [2, -10, 2 ** -10],
      [2, dtype === 'float32' ? -140 : -1030, dtype === 'float32' ? 2 ** -140 : 2 ** -1030],
      [9, 0.5, 3],
      [-2, 3, -8],
      [1, infinity, 1],
      [1, -infinity, 1],
      [1, nan, 1],
      [nan, 0, 1],
      [infinity, 0, 1],
      [0, 0, 1],
      [-1, infinity, 1],
      [-1, -infinity, 1],
      [nan, 1, nan],
      [2, nan, nan],
      [-2, 0.5, nan],
      [0, 3, 0],
      [-0, 3, -0],
      [-0, 2, 0],
      [0, -1, infinity],
      [-0, -1, -infinity],
      [-0, -2, infinity],
      [0, 0.3, 0],
      [-0, 0.5, 0],
      [infinity, 0.5, infinity],
      [infinity, -2, 0],
      [-infinity, 3, -infinity],
      [-infinity, 2, infinity],
      [-infinity, -3, -0],
      [-infinity, 0.5, infinity],
      [0.5, infinity, 0],
      [0.5, -infinity, infinity],
      [-3, infinity, infinity],
      [limit, 2, infinity],
      [-limit, 3, -infinity],
      [limit, -2, 0],
    ];
    for (const [x, y, want] of table) {
      const value = round(dtype, want);
      expect(result(dtype, 1, 'pow', [x], [y], 1), `${x}^${y}`).to.deep.equal([value]);
      expect(result(dtype, 1, 'pows', [x], [y], 1), `${x}^${y}`).to.deep.equal([value]);
      expect(kernels.pow(x, y), `${x}^${y} by the reference`).to.satisfy((own: number) =>
        Object.is(round(dtype, own), value),
      );
    }
  });
}

/** Points on both sides of 0, on even and logarithmic scales. */
function grid(reach: number): number[] {
  const even = range(8001).map((i) => ((i - 4000) / 4000) * reach);
  const logarithmic = range(2000).flatMap((i) => [10 ** (i / 200 - 8), -(10 ** (i / 200 - 8))]);
  const quadrants = range(400).map((i) => (i * Math.PI) / 2);
  return [...even, ...logarithmic, ...quadrants];
}

function special(dtype: FloatDType): number[] {
  const limit = dtype === 'float32' ? 3.4028234663852886e38 : Number.MAX_VALUE;
  const least = dtype === 'float32' ? 2 ** -149 : Number.MIN_VALUE;
  const normal = dtype === 'float32' ? 2 ** -126 : 2 ** -1022;
  const edges = [
    0,
    limit,
    least,
    3 * least,
    normal,
    normal * 0.75,
    Infinity,
    88.72283,
    88.7229,
    103.97,
    104.1,
    709.7827,
    709.79,
    745.1,
    745.2,
  ];
  return [...edges, ...edges.map((x) => -x), Number.NaN, 1e5, 99999.5, 1e6, 1e15, 1e22, 1e30];
}

const bits = 240n;
const fixed = (x: number): bigint => {
  const power = Math.max(-1074, Math.floor(Math.log2(Math.abs(x))) - 52);
  return (BigInt(x * 2 ** -power) << bits) >> BigInt(-power);
};
/** 2/√π; as a float64 it would be 1.1283791670955126. */
const twoOverRootPi = 1128379167095512573896158903121545171688101258657997713688171443421284936882n;

/** erf by its Maclaurin series in whole numbers: the reference kernel is off by up to ten units. */
function erf(x: number): number {
  if (Number.isNaN(x) || Math.abs(x) < 1e-9) return x * 1.1283791670955126;
  if (Math.abs(x) > 6) return Math.sign(x);
  const at = fixed(x);
  let term = at;
  let sum = at;
  for (let n = 1n; term !== 0n; n++) {
    term = -(((((term * at) >> bits) * at) >> bits) / n);
    sum += term / (2n * n + 1n);
  }
  return Number(((sum * twoOverRootPi) / 10n ** 75n) >> (bits - 120n)) / 2 ** 120;
}

/** The distance in units in the last place of the wanted value; infinite if signs of 0, NaN or ±∞ differ. */
function distance(dtype: FloatDType, got: number, want: number): number {
  const nearest = round(dtype, want);
  if (Object.is(got, nearest))
    return dtype === 'float32' && Number.isFinite(nearest) ? Math.abs(got - want) / unit(dtype, want) : 0;
  if (!Number.isFinite(got) || !Number.isFinite(nearest)) return Infinity;
  if (got === 0 && want === 0) return Infinity;
  return Math.abs(got - want) / unit(dtype, want);
}

function unit(dtype: FloatDType, x: number): number {
  const [bits, least] = dtype === 'float32' ? [23, -149] : [52, -1074];
  return 2 ** Math.max(least, Math.floor(Math.log2(Math.abs(x))) - bits);
}
