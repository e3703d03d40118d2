import { expect } from 'chai';
import { dataOf, type FloatDType, fromData, kernels } from '../../../../lib/index.ts';
import type { OpName } from '../../../../lib/kernels/wasm/index.ts';
import { bench, largest, near, randomOf, range, result, rounded, sizes, test } from './workbench.ts';

/** The elementwise instructions, alone and in tiles, against plain loops. */
export function elementwise(dtype: FloatDType): void {
  const data = randomOf(dtype);

  const exact: Partial<Record<OpName, (x: number) => number>> = {
    copy: (x) => x,
    neg: (x) => -x,
    square: (x) => x * x,
    reciprocal: (x) => 1 / x,
    sqrt: Math.sqrt,
    floor: Math.floor,
    binade: (x) => kernels.binade(x, dtype),
  };
  for (const [name, f] of Object.entries(exact) as [OpName, (x: number) => number][])
    test([name], 'is correctly rounded, in place too', () => {
      for (const n of sizes) {
        const x = [...data(n)].map((value, i) => (i === 3 ? -0 : i === 5 ? Number.NaN : value));
        const want = rounded(dtype, x.map(f));
        expect(result(dtype, n, name, x, n)).to.deep.equal(want);
        bench.clear();
        const at = bench.put(x, dtype);
        bench.run(dtype, [name, at, at, n]);
        expect([...bench.view(at, n, dtype)]).to.deep.equal(want);
      }
    });

  const two = {
    add: (x: number, y: number) => x + y,
    sub: (x: number, y: number) => x - y,
    mul: (x: number, y: number) => x * y,
    div: (x: number, y: number) => x / y,
    maximum: Math.max,
  };
  for (const [name, f] of Object.entries(two) as [OpName, (x: number, y: number) => number][])
    test([name], 'is correctly rounded, in place too', () => {
      for (const n of sizes) {
        const [x, y] = [data(n), data(n)];
        const want = rounded(
          dtype,
          x.map((value, i) => f(value, y[i])),
        );
        expect(result(dtype, n, name, x, y, n)).to.deep.equal(want);
        bench.clear();
        const [p, q] = [bench.put(x, dtype), bench.put(y, dtype)];
        bench.run(dtype, [name, q, p, q, n], [name, p, p, q, 0]);
        expect([...bench.view(q, n, dtype)]).to.deep.equal(want);
        expect([...bench.view(p, n, dtype)]).to.deep.equal(x);
      }
    });

  test(
    ['strongdiv', 'strongdivs', 'divs'],
    'divide, and make 0 of what is NaN because of a 0 above or an infinity below',
    () => {
      const special = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 2.5];
      // x times the reciprocal of y, with a strong zero.
      const quotient = (a: number, b: number) =>
        Number.isNaN(a / b) && (a === 0 || 1 / b === 0) ? 0 : a / b;
      for (const n of sizes)
        for (const shift of range(7)) {
          const x = data(n).map((value, i) => ((i + shift) % 3 === 0 ? special[(i * i + shift) % 6] : value));
          const y = data(n).map((value, i) => ((i + shift) % 3 === 0 ? special[(5 * i + shift) % 6] : value));
          const want = (f: (a: number, b: number) => number, of: (i: number) => number) =>
            rounded(
              dtype,
              x.map((value, i) => f(value, of(i))),
            );
          expect(result(dtype, n, 'strongdiv', x, y, n)).to.deep.equal(want(quotient, (i) => y[i]));
          const [a, b] = [fromData(Float64Array.from(x), [n]), fromData(Float64Array.from(y), [n])];
          expect(rounded(dtype, [...dataOf(kernels.strongDiv(a, b))])).to.deep.equal(
            want(quotient, (i) => y[i]),
          );
          for (const scalar of special) {
            expect(result(dtype, n, 'strongdivs', x, [scalar], n)).to.deep.equal(
              want(quotient, () => scalar),
            );
            expect(result(dtype, n, 'divs', x, [scalar], n)).to.deep.equal(
              want(
                (p, q) => p / q,
                () => scalar,
              ),
            );
          }
        }
    },
  );

  test(['adds', 'muls', 'fill'], 'take a scalar from memory', () => {
    for (const n of sizes) {
      const [x, [s]] = [data(n), data(1)];
      expect(result(dtype, n, 'adds', x, [s], n)).to.deep.equal(
        rounded(
          dtype,
          x.map((value) => value + s),
        ),
      );
      expect(result(dtype, n, 'muls', x, [s], n)).to.deep.equal(
        rounded(
          dtype,
          x.map((value) => value * s),
        ),
      );
      expect(result(dtype, n, 'fill', [s], n)).to.deep.equal(x.map(() => s));
    }
  });

  test(['greater', 'greaters', 'lessers'], 'return int32 masks, 0 for NaN', () => {
    for (const n of sizes) {
      const x = data(n).map((value, i) => (i % 5 === 2 ? Number.NaN : value));
      const y = data(n).map((value, i) => (i % 3 === 1 ? x[i] : i % 7 === 3 ? Number.NaN : value));
      const [s] = data(1);
      expect(result(dtype, n, 'greater', x, y, n)).to.deep.equal(x.map((value, i) => Number(value > y[i])));
      expect(result(dtype, n, 'greaters', x, [s], n)).to.deep.equal(x.map((value) => Number(value > s)));
      expect(result(dtype, n, 'lessers', x, [s], n)).to.deep.equal(x.map((value) => Number(value < s)));
    }
  });

  test(['select'], 'keeps or drops by mask, whatever is there', () => {
    for (const n of sizes)
      for (const inverted of [0, 1]) {
        const x = data(n).map((value, i) => (i % 4 === 1 ? Number.NaN : value));
        const mask = Int32Array.from(range(n), (i) => [0, 1, -3][(i * i) % 3]);
        const want = kernels.select(fromData(Float64Array.from(x), [n]), fromData(mask, [n]), inverted === 1);
        expect(result(dtype, n, 'select', x, mask, inverted, n)).to.deep.equal([...dataOf(want)]);
      }
  });

  test(['axpby', 'axpbypcz'], 'combine linearly, in place too', () => {
    for (const n of sizes) {
      const [x, y, z, [a, b, c]] = [data(n), data(n), data(n), data(3)];
      const want = x.map((value, i) => a * value + b * y[i]);
      near(dtype, result(dtype, n, 'axpby', [a], x, [b], y, n), want, largest(want), 'axpby');
      bench.clear();
      const [p, q, r] = [bench.put(x, dtype), bench.put(y, dtype), bench.put(z, dtype)];
      const [s, t, u] = [a, b, c].map((value) => bench.put([value], dtype));
      bench.run(dtype, ['axpbypcz', r, s, p, t, q, u, r, n], ['axpby', p, s, p, t, q, n]);
      near(dtype, [...bench.view(p, n, dtype)], want, largest(want), 'axpby in place');
      const three = want.map((value, i) => value + c * z[i]);
      near(dtype, [...bench.view(r, n, dtype)], three, 3 + largest(three), 'axpbypcz in place');
    }
  });

  test(['axpb'], 'scales and shifts', () => {
    for (const n of sizes) {
      const [x, [a, b]] = [data(n), data(2)];
      near(
        dtype,
        result(dtype, n, 'axpb', [a], x, [b], n),
        x.map((value) => a * value + b),
        3 + largest(x),
        'axpb',
      );
    }
  });

  test(
    ['add1', 'mul1', 'div1', 'reciprocal1', 'sqrt1'],
    'do to one number what the others do to many, bit for bit',
    () => {
      for (const [x, y] of [
        ...range(20).map(() => data(2)),
        [0, -0],
        [-0, -0],
        [Number.NaN, 1],
        [Number.POSITIVE_INFINITY, 0],
        [-1, 5e-324],
      ])
        for (const name of ['add', 'mul', 'div', 'reciprocal', 'sqrt'] as const) {
          const operands = name === 'reciprocal' || name === 'sqrt' ? [[x]] : [[x], [y]];
          expect(result(dtype, 1, `${name}1`, ...operands)).to.deep.equal(
            result(dtype, 1, name, ...operands, 1),
          );
        }
    },
  );

  test(['adam'], 'takes its step', () => {
    for (const n of sizes) {
      const [w, m, g] = [data(n), data(n), data(n)];
      const v = data(n).map(Math.abs);
      const scalars = rounded(dtype, [0.9, 0.1, 0.99, 0.01, 1.7, 2.5, -0.03, 1e-4]);
      const [b1, a1, b2, a2, c1, c2, rate, epsilon] = scalars;
      bench.clear();
      const at = [w, m, v, g, scalars].map((values) => bench.put(values, dtype));
      bench.run(dtype, ['adam', at[0], at[1], at[2], at[3], n, at[4]]);
      const first = m.map((x, i) => b1 * x + a1 * g[i]);
      const second = v.map((x, i) => b2 * x + a2 * g[i] ** 2);
      const moved = w.map((x, i) => x + (rate * first[i] * c1) / (Math.sqrt(second[i] * c2) + epsilon));
      for (const [i, want] of [moved, first, second].entries())
        near(dtype, [...bench.view(at[i], n, dtype)], want, 4, `adam ${i}`);
    }
  });

  test(['rmsprop'], 'takes its step', () => {
    for (const n of sizes) {
      const [w, g] = [data(n), data(n)];
      const v = data(n).map(Math.abs);
      const scalars = rounded(dtype, [0.99, 0.01, -0.03, 1e-4]);
      const [keep, share, rate, epsilon] = scalars;
      bench.clear();
      const at = [w, v, g, scalars].map((values) => bench.put(values, dtype));
      bench.run(dtype, ['rmsprop', at[0], at[1], at[2], n, at[3]]);
      const second = v.map((x, i) => keep * x + share * g[i] ** 2);
      const moved = w.map((x, i) => x + (rate * g[i]) / (Math.sqrt(second[i]) + epsilon));
      for (const [i, want] of [moved, second].entries())
        near(dtype, [...bench.view(at[i], n, dtype)], want, 4, `rmsprop ${i}`);
    }
  });

  test(['adam', 'rmsprop'], 'leave what is zero in all moments and the gradient, to the bit', () => {
    const n = 107;
    // Blocks of zeros of several lengths, and one in which a single number is not zero.
    const isZero = (i: number) => i < 35 || (i > 40 && i !== 60 && i < 95);
    const sparse = (values: readonly number[]) => values.map((x, i) => (isZero(i) ? 0 : x));
    const w = data(n).map((x, i) => (i === 5 ? -0 : x));
    for (const scalars of [
      [0.9, 0.1, 0.99, 0.01, 1.7, 2.5, -0.03, 1e-4],
      // Nothing but numbers that are none: they must show, where a row is skipped too.
      [0.9, 0.1, 0.99, 0.01, 1.7, 2.5, -0.03, 0],
      [0.9, 0.1, 0.99, 0.01, 1.7, 2.5, -Infinity, 1e-4],
      [0.9, 0.1, 0.99, Number.NaN, 1.7, 2.5, -0.03, 1e-4],
    ]) {
      bench.clear();
      const all = [w, sparse(data(n)), sparse(data(n)).map(Math.abs), sparse(data(n))];
      const own = all.map((values) => bench.put(values, dtype));
      // One number at a time has no block to skip.
      const single = all.map((values) => values.map((x) => bench.put([x], dtype)));
      const at = bench.put(scalars, dtype);
      bench.run(dtype, ['adam', own[0], own[1], own[2], own[3], n, at]);
      for (let i = 0; i < n; i++)
        bench.run(dtype, ['adam', single[0][i], single[1][i], single[2][i], single[3][i], 1, at]);
      for (const [k, name] of ['w', 'm', 'v'].entries())
        expect([...bench.view(own[k], n, dtype)], name).to.deep.equal(
          single[k].map((place) => bench.view(place, 1, dtype)[0]),
        );
      const rest = bench.put(scalars.slice(2, 4).concat(scalars.slice(6)), dtype);
      bench.run(dtype, ['rmsprop', own[0], own[2], own[3], n, rest]);
      for (let i = 0; i < n; i++)
        bench.run(dtype, ['rmsprop', single[0][i], single[2][i], single[3][i], 1, rest]);
      for (const [k, name] of [
        [0, 'w'],
        [2, 'v'],
      ] as const)
        expect([...bench.view(own[k], n, dtype)], name).to.deep.equal(
          single[k].map((place) => bench.view(place, 1, dtype)[0]),
        );
    }
  });

  test(['tiles'], 'runs elementwise programs, with registers and a running dot', () => {
    for (const n of [0, 1, 5, 255, 256, 257, 700]) {
      const [x, y, [s]] = [data(n), data(n), data(1)];
      bench.clear();
      const [px, py, ps] = [x, y, [s]].map((values) => bench.put(values, dtype));
      const mask = bench.put(new Int32Array(n), 'int32');
      const [out, total] = [bench.put(new Array<number>(n).fill(77), dtype), bench.put([0], dtype)];
      const program: [OpName, ...number[]][] = [
        ['muls', 0, px, ps, 0],
        ['square', 1, py, 0],
        ['add', 0, 0, 1, 0],
        ['greater', mask, px, py, 0],
        ['greaters', 2, px, ps, 0],
        ['select', 1, 1, 2, 1, 0],
        ['select', 3, 0, mask, 0, 0],
        ['axpby', out, ps, 3, ps, 1, 0],
        ['dot', total, out, px, 0],
      ];
      const words = program.flatMap(([name, ...values]) => bench.words(dtype, name, ...values));
      bench.run(dtype, ['tiles', bench.put(words, 'int32'), words.length, n]);
      const want = x.map(
        (value, i) => s * ((value > y[i] ? s * value + y[i] ** 2 : 0) + (value > s ? 0 : y[i] ** 2)),
      );
      near(dtype, [...bench.view(out, n, dtype)], want, largest(want) * 4, `tiles of ${n}`);
      expect([...bench.view(mask, n, 'int32')]).to.deep.equal(x.map((value, i) => Number(value > y[i])));
      const dot = want.reduce((sum, value, i) => sum + value * x[i], 0);
      const scale = want.reduce((sum, value, i) => sum + Math.abs(value * x[i]), 1);
      if (n > 0) near(dtype, [...bench.view(total, 1, dtype)], [dot], scale, `dot in tiles of ${n}`);
    }
  });
}
