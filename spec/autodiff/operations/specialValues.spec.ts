import { expect } from 'chai';
import { compile, linearize } from '../../../autodiff/index.ts';
import * as operations from '../../../autodiff/operations/index.ts';
import { dataOf, type NestedArray, ones, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import { size } from '../../support/size.ts';
import { planned } from '../compile/agree.ts';
import type { Case, Extremes, Row } from './special/cases.ts';
import { functions } from './special/functions.ts';
import { layouts } from './special/layouts.ts';
import { pairs } from './special/pairs.ts';
import { vectors } from './special/vectors.ts';

const table: readonly Case[] = [...functions, ...pairs, ...vectors, ...layouts];

const extremes: readonly Extremes[] = [
  { dtype: 'float64', tiny: Number.MIN_VALUE, least: 2 ** -1022, huge: Number.MAX_VALUE },
  { dtype: 'float32', tiny: 2 ** -149, least: 2 ** -126, huge: (2 - 2 ** -23) * 2 ** 127 },
];

/** Runs a case eagerly, and as a plan without the fallback to the reference kernels that `compile` has. */
const engines: Readonly<Record<string, (f: (...xs: Tensor[]) => Tensor[], xs: Tensor[]) => Tensor[]>> = {
  eager: (f, xs) => f(...xs),
  compiled: (f, xs) => planned(f, ...xs).run(...xs),
  'compiled by compile': (f, xs) => compile(f)(...xs),
};

describe('special values', () => {
  for (const [i, of] of extremes.entries())
    for (const [engine, run] of Object.entries(engines).filter((_, k) => size((i + k) % 2 === 0, true)))
      describe(`${of.dtype}, ${engine}`, () => {
        for (const one of table)
          it(`${one.about.join(', ')}: value, pull and push`, () => {
            for (const row of one.rows(of)) check(one, row, of, run);
          });
      });

  it('the table has every operation', () => {
    const described = new Set(table.flatMap(({ about }) => about));
    // var is another name of variance.
    const missing = Object.keys(operations).filter((name) => !described.has(name) && name !== 'var');
    expect(missing).to.deep.equal([]);
  });

  it('the table has reasons, and rows of every kind of number', () => {
    for (const { about, rows } of table)
      for (const { why } of rows(extremes[0])) expect(why, about[0]).to.match(/\S/);
    const numbers = table
      .flatMap(({ rows }) => rows(extremes[0]))
      .flatMap(({ operands }) => operands.flatMap(flat));
    for (const value of [
      0,
      -0,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      Number.MIN_VALUE,
      Number.MAX_VALUE,
    ])
      expect(
        numbers.some((number) => Object.is(number, value)),
        String(value),
      ).to.equal(true);
  });
});

function check(
  { about, operation, integers = [] }: Case,
  row: Row,
  of: Extremes,
  run: (typeof engines)[string],
): void {
  const { operands, value, slopes, why } = row;
  const xs = operands.map((x, i) => tensor(x, { dtype: integers.includes(i) ? 'int32' : of.dtype }));
  const at = `${about[0]}(${operands.map((x) => JSON.stringify(x, (_, v) => (typeof v === 'number' ? textOf(v) : v))).join(', ')}), ${why}`;
  const [result] = run((...given) => [operation(...given)], xs);
  requireNumbers(dataOf(result), flat(value), of, `the value of ${at}`);
  if (result.dtype === 'int32') return;
  const floats = xs.map((_, i) => i).filter((i) => !integers.includes(i));
  const pulled = run((...given) => {
    const { value: own, pull } = linearize(operation, ...given);
    const parts = pull(ones(own.shape, { dtype: of.dtype }));
    return floats.map((i) => parts[i]);
  }, xs);
  floats.forEach((i, at2) => {
    const slope = flat(slopes[i] ?? []);
    requireNumbers(dataOf(pulled[at2]), slope, of, `the cotangent of operand ${i} of ${at}`);
    // Along each element separately; the pushes must sum to its derivative.
    slope.forEach((want, element) => {
      const unit = dataOf(zeros(xs[i].shape, { dtype: of.dtype })).slice();
      unit[element] = 1;
      const direction = tensor(unit, { dtype: of.dtype });
      const shaped = operations.reshape(direction, xs[i].shape);
      const [pushed] = run((...given) => {
        const { push } = linearize(operation, ...given);
        return [push(...given.map((_, j) => (j === i ? shaped : undefined)))];
      }, xs);
      const total = Array.from(dataOf(pushed)).reduce((sum, part) => sum + part, 0);
      requireNumbers([total], [want], of, `the tangent along element ${element} of operand ${i} of ${at}`);
    });
  });
}

/** Equal to a few units in the last place, and in the signs of zeros if both are values. */
function requireNumbers(
  got: ArrayLike<number>,
  want: readonly number[],
  { dtype, tiny }: Extremes,
  what: string,
): void {
  expect(got.length, what).to.equal(want.length);
  const unit = dtype === 'float64' ? 2 ** -52 : 2 ** -23;
  want.forEach((exact, i) => {
    const expected = dtype === 'float32' ? Math.fround(exact) : exact;
    const close = Number.isFinite(expected)
      ? Math.abs(got[i] - expected) <= 4 * unit * Math.abs(expected) ||
        (expected !== 0 && Math.abs(got[i] - expected) <= tiny)
      : Object.is(got[i], expected);
    const sameZero = expected !== 0 || !what.startsWith('the value') || Object.is(got[i], expected);
    if (!(close && sameZero))
      expect.fail(`${what}, element ${i}: ${textOf(got[i])}, not ${textOf(expected)}`);
  });
}

function flat(x: NestedArray): number[] {
  return typeof x === 'number' ? [x] : x.flatMap(flat);
}

function textOf(x: number): string {
  return Object.is(x, -0) ? '-0' : String(x);
}
