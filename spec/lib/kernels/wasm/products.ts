import { expect } from 'chai';
import { dataOf, type FloatDType, fromData, kernels } from '../../../../lib/index.ts';
import { bench, largest, near, randomOf, range, result, shapes, sizes, test } from './workbench.ts';

/** Products of vectors and matrices, against plain loops. */
export function products(dtype: FloatDType): void {
  const data = randomOf(dtype);
  test(['outer', 'rank1', 'rank1two'], 'add an outer product, in place too', () => {
    for (const [m, n] of shapes) {
      const [u, v, x, y, [a, b, c]] = [data(m), data(n), data(m * n), data(m * n), data(3)];
      const product = range(m * n).map((i) => c * u[Math.floor(i / n)] * v[i % n]);
      near(dtype, result(dtype, m * n, 'outer', [c], u, v, m, n), product, largest(product), 'outer');
      const one = product.map((value, i) => value + a * x[i]);
      near(dtype, result(dtype, m * n, 'rank1', [a], x, [c], u, v, m, n), one, 3 + largest(product), 'rank1');
      bench.clear();
      const [p, q, s, t, r, l, o] = [x, y, [a], [b], [c], u, v].map((values) => bench.put(values, dtype));
      bench.run(dtype, ['rank1two', q, s, p, t, q, r, l, o, m, n], ['rank1', p, s, p, r, l, o, m, n]);
      near(dtype, [...bench.view(p, m * n, dtype)], one, 3 + largest(product), 'rank1 in place');
      const both = one.map((value, i) => value + b * y[i]);
      near(dtype, [...bench.view(q, m * n, dtype)], both, 5 + largest(product), 'rank1two in place');
    }
  });

  test(['rowadd', 'rowdot'], 'work on the row that memory names', () => {
    for (const n of sizes) {
      const [d, v, [c]] = [data(4 * n), data(n), data(1)];
      for (const id of [0, 2, 3]) {
        const row = d.slice(id * n, (id + 1) * n);
        const dot = row.reduce((sum, value, i) => sum + value * v[i], 0);
        near(dtype, result(dtype, 1, 'rowdot', d, Int32Array.of(id), v, n), [dot], 10 + n, 'rowdot');
        bench.clear();
        const [p, q, s, i] = [
          bench.put(d, dtype),
          bench.put([c], dtype),
          bench.put(v, dtype),
          bench.put([id], 'int32'),
        ];
        bench.run(dtype, ['rowadd', p, q, s, i, n]);
        const want = d.map((value, at) => (Math.floor(at / n) === id ? value + c * v[at % n] : value));
        near(dtype, [...bench.view(p, 4 * n, dtype)], want, largest(want), 'rowadd');
      }
    }
  });

  test(['dot'], 'adds up products', () => {
    for (const n of sizes) {
      const [x, y] = [data(n), data(n)];
      const want = x.reduce((sum, value, i) => sum + value * y[i], 0);
      near(dtype, result(dtype, 1, 'dot', x, y, n), [want], 3 + Math.sqrt(n) * 3, `dot of ${n}`);
    }
  });

  test(['bilinear', 'matvec', 'matvect', 'matvec2', 'matvect2'], 'multiply a matrix and vectors', () => {
    for (const [m, k] of shapes) {
      const [a, right, right2, left, left2] = [data(m * k), data(k), data(k), data(m), data(m)];
      const times = (x: number[]) =>
        range(m).map((i) => range(k).reduce((sum, j) => sum + a[i * k + j] * x[j], 0));
      const transposed = (x: number[]) =>
        range(k).map((j) => range(m).reduce((sum, i) => sum + a[i * k + j] * x[i], 0));
      const scale = 10 + 3 * Math.sqrt(m + k);
      const what = `of ${m} × ${k}`;
      near(dtype, result(dtype, m, 'matvec', a, right, m, k, 0), times(right), scale, `matvec ${what}`);
      near(
        dtype,
        result(dtype, m, 'matvec', a, right, m, k, 1),
        times(right).map((x) => x + 77),
        77 + scale,
        `matvec + ${what}`,
      );
      near(dtype, result(dtype, k, 'matvect', a, left, m, k, 0), transposed(left), scale, `matvect ${what}`);
      near(
        dtype,
        result(dtype, k, 'matvect', a, left, m, k, 1),
        transposed(left).map((x) => x + 77),
        77 + 3 * scale,
        `matvect + ${what}`,
      );
      const product = times(right).reduce((sum, x, i) => sum + x * left[i], 0);
      near(
        dtype,
        result(dtype, 1, 'bilinear', left, a, right, m, k),
        [product],
        scale * Math.sqrt(m + 1),
        `bilinear ${what}`,
      );
      bench.clear();
      const [p, x, x2, y, y2] = [a, right, right2, left, left2].map((values) => bench.put(values, dtype));
      const [o, o2, q, q2] = [m, m, k, k].map((n) => bench.put(new Array<number>(n).fill(Number.NaN), dtype));
      bench.run(dtype, ['matvec2', o, o2, p, x, x2, m, k], ['matvect2', q, q2, p, y, y2, m, k]);
      near(dtype, [...bench.view(o, m, dtype)], times(right), scale, `matvec2 ${what}`);
      near(dtype, [...bench.view(o2, m, dtype)], times(right2), scale, `matvec2 ${what}`);
      near(dtype, [...bench.view(q, k, dtype)], transposed(left), scale, `matvect2 ${what}`);
      near(dtype, [...bench.view(q2, k, dtype)], transposed(left2), scale, `matvect2 ${what}`);
    }
  });

  test(['gemm'], 'multiplies matrices of every shape and transpose, and accumulates', () => {
    const large: [number, number, number][] = [
      [3, 2, 0],
      [1, 1, 1],
      [5, 3, 2],
      [4, 8, 7],
      [7, 17, 33],
      [64, 9, 63],
      [67, 65, 5],
      [9, 300, 20],
      [66, 10, 261],
      [2, 530, 257],
    ];
    for (const [m, n, k] of large)
      for (const [ta, tb, accumulate] of range(8).map((bits) => [bits & 1, (bits >> 1) & 1, bits >> 2])) {
        const [a, b] = [data(m * k), data(k * n)];
        const [left, right] = [
          fromData(Float64Array.from(a), ta ? [k, m] : [m, k]),
          fromData(Float64Array.from(b), tb ? [n, k] : [k, n]),
        ];
        const want = [...dataOf(kernels.matmul(left, right, ta === 1, tb === 1))].map(
          (x) => x + 77 * accumulate,
        );
        const what = `gemm ${[m, n, k, ta, tb, accumulate]}`;
        near(
          dtype,
          result(dtype, m * n, 'gemm', a, b, m, n, k, ta, tb, accumulate),
          want,
          5 + 5 * Math.sqrt(k) + 100 * accumulate,
          what,
        );
      }
  });

  test(['gemm'], 'may overwrite its left factor where the right one is square and small', () => {
    for (const [m, n] of [
      [1, 3],
      [70, 5],
      [3, 64],
      [65, 64],
      [200, 128],
    ])
      for (const transposed of [0, 1]) {
        const [a, b] = [data(m * n), data(n * n)];
        const want = result(dtype, m * n, 'gemm', a, b, m, n, n, 0, transposed, 0);
        bench.clear();
        const [p, q] = [bench.put(a, dtype), bench.put(b, dtype)];
        bench.run(dtype, ['gemm', p, p, q, m, n, n, 0, transposed, 0]);
        expect([...bench.view(p, m * n, dtype)]).to.deep.equal(want);
      }
  });

  test(
    ['panels', 'gemm'],
    'multiplies with a matrix in panels as with the matrix itself, bit for bit',
    () => {
      const width = dtype === 'float32' ? 8 : 4;
      const cases: [number, number, number][] = [
        [1, 1, 1],
        [5, 3, 2],
        [32, 64, 64],
        [7, 17, 33],
        [70, 300, 20],
        [2, 530, 256],
      ];
      for (const [m, n, k] of cases)
        for (const [ta, tb, accumulate] of range(8).map((bits) => [bits & 1, (bits >> 1) & 1, bits >> 2])) {
          const [a, b] = [data(m * k), data(k * n)];
          const want = result(dtype, m * n, 'gemm', a, b, m, n, k, ta, tb, accumulate);
          bench.clear();
          const packed = bench.put(range(Math.ceil(n / width) * width * k), dtype);
          const right = bench.put(b, dtype);
          bench.run(dtype, ['panels', packed, right, n, k, tb]);
          // Only packed elements are read.
          bench.view(right, k * n, dtype).fill(0);
          const [out, left] = [bench.put(new Array(m * n).fill(77), dtype), bench.put(a, dtype)];
          bench.run(dtype, ['gemm', out, left, packed, m, n, k, ta, 2, accumulate]);
          expect([...bench.view(out, m * n, dtype)]).to.deep.equal(want);
        }
    },
  );
}
