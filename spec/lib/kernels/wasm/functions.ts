import { expect } from 'chai';
import { type FloatDType, kernels } from '../../../../lib/index.ts';
import type { OpName } from '../../../../lib/kernels/wasm/index.ts';
import { range, result, round, test } from './workbench.ts';

/** The functions, against Math and wider arithmetic. */
export function functions(dtype: FloatDType): void {
  const cases: [OpName, (x: number) => number, units32: number, units64: number, range: number][] = [
    ['exp', Math.exp, 1.5, 2, 105],
    ['log', Math.log, 1.5, 2, 1e3],
    // Math.tanh is off by two units itself.
    ['tanh', Math.tanh, 2.5, 4, 12],
    ['sigmoid', kernels.sigmoid, 2.5, 3, 100],
    ['sin', Math.sin, 0.6, 2, 200],
    ['cos', Math.cos, 0.6, 2, 200],
    ['erf', erf, 2, 2, 5],
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
      expect(worst, 'a measure that measures').to.be.above(0);
    });
    test([name], 'gives the same bits wherever an element stands', () => {
      const some = points.filter((_, i) => i % 37 === 0).slice(0, 200);
      const whole = result(dtype, some.length, name, some, some.length);
      for (const n of [1, 2, 3, 5, 63]) expect(result(dtype, n, name, some.slice(0, n), n)).to.deep.equal(whole.slice(0, n));
      for (const [i, x] of some.entries()) expect(result(dtype, 1, name, [x], 1)).to.deep.equal([whole[i]]);
    });
  }
}

/** Points on both sides of 0, on even and on logarithmic scales. */
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
/** 2/√π, and what float64 makes of it is 1.1283791670955126. */
const twoOverRootPi = 1128379167095512573896158903121545171688101258657997713688171443421284936882n;

/** erf by its Maclaurin series in whole numbers, since that of the reference kernels is off by ten units here and there. */
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

/** How far apart in units in the last place of the wanted value; infinite where signs of 0, NaN or ±∞ differ. */
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
