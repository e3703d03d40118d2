import { expect } from 'chai';
import type { FloatDType } from '../../../../lib/index.ts';
import type { OpName } from '../../../../lib/kernels/wasm/index.ts';
import { bench, randomOf, shapes, test } from './workbench.ts';

type Instructions = [OpName, ...number[]][];

/** Sums of matrices with a factor for each row or column, and traces, against the instructions that they stand for. */
export function traces(dtype: FloatDType): void {
  const data = randomOf(dtype);
  const put = (values: number[]) => bench.put(values, dtype);
  const read = (at: number, size: number) => [...bench.view(at, size, dtype)];
  const forms = [0, 1].flatMap((columns) => [false, true].map((hasProduct) => ({ columns, hasProduct })));

  /** The vector that scales the rows or columns of x into out. */
  function scaling(
    columns: number,
    m: number,
    n: number,
  ): (out: number, x: number, factors: number) => Instructions {
    const size = dtype === 'float32' ? 4 : 8;
    return (out, x, factors) =>
      Array.from({ length: m }, (_, row) =>
        columns === 1
          ? ['mul', out + row * n * size, factors, x + row * n * size, n]
          : ['muls', out + row * n * size, x + row * n * size, factors + row * size, n],
      );
  }

  test(['lines'], 'are the sum of what is scaled, and of a product, bit for bit', () => {
    for (const [m, n] of shapes)
      for (const { columns, hasProduct } of forms)
        for (const terms of [1, 2, 3])
          for (const scaled of [0b111, 0b110]) {
            bench.clear();
            const [a, b, g, c] = data(4).map((x) => put([x]));
            const [x, y, z, t1, t2, t3] = [0, 1, 2, 3, 4, 5].map(() => put(data(m * n)));
            const length = columns === 1 ? n : m;
            const [d, e, f] = [1, 2, 4].map((bit) => ((scaled & bit) > 0 ? put(data(length)) : 0));
            const [u, v, out, want] = [data(m), data(n), data(m * n), data(m * n)].map(put);
            const product = hasProduct ? [c, u, v] : [0, 0, 0];
            const second = terms > 1 ? [b, y, e] : [0, 0, 0];
            const third = terms > 2 ? [g, z, f] : [0, 0, 0];
            const scale = scaling(columns, m, n);
            const prepared = ([x, y, z] as const).map(
              (own, i) => [own, [d, e, f][i], [t1, t2, t3][i]] as const,
            );
            const [p, q, r] = prepared.map(([own, factors, into]) => (factors === 0 ? own : into));
            const one = put([1]);
            const apart: Instructions = [
              ...prepared.flatMap(([own, factors, into]) => (factors === 0 ? [] : scale(into, own, factors))),
              ...(terms === 1 && !hasProduct ? [['muls', want, p, a, m * n] as [OpName, ...number[]]] : []),
              ...(terms === 1 && hasProduct
                ? [['rank1', want, a, p, c, u, v, m, n] as [OpName, ...number[]]]
                : []),
              ...(terms > 1 && !hasProduct
                ? [['axpby', want, a, p, b, q, m * n] as [OpName, ...number[]]]
                : []),
              ...(terms > 1 && hasProduct
                ? [['rank1two', want, a, p, b, q, c, u, v, m, n] as [OpName, ...number[]]]
                : []),
              ...(terms > 2 ? [['axpby', want, one, want, g, r, m * n] as [OpName, ...number[]]] : []),
            ];
            const words = [m, n, columns, a, x, d, ...second, ...third, ...product];
            bench.run(dtype, ['lines', out, ...words]);
            for (let i = 0; i < apart.length; i += 60) bench.run(dtype, ...apart.slice(i, i + 60));
            const what = `${m} × ${n}, ${terms} terms, columns ${columns}, product ${hasProduct}, factors ${scaled}`;
            expect(read(out, m * n), what).to.deep.equal(read(want, m * n));
            bench.run(dtype, ['lines', x, ...words]);
            expect(read(x, m * n), `in place, ${what}`).to.deep.equal(read(want, m * n));
          }
  });

  test(['traces'], 'are lines, one after the other, of the old traces', () => {
    for (const [m, n] of shapes)
      for (const { columns, hasProduct } of forms)
        for (const isTwo of [false, true]) {
          bench.clear();
          const [a, b, g, c, s, o] = data(6).map((x) => put([x]));
          const given = [0, 1, 2].map(() => data(m * n));
          const [w, t, r, w2, t2, r2] = [...given, ...given].map(put);
          const [d, e, k, l, f, h] = [0, 1, 2, 3, 4, 5].map(() => put(data(columns === 1 ? n : m)));
          const [u, y, q, v] = [data(m), data(m), data(m), data(n)].map(put);
          const [old, one] = [put(given[1]), put([1])];
          const form = [m, n, columns];
          const none = [0, 0, 0];
          const product = (coefficient: number, left: number) => (hasProduct ? [coefficient, left, v] : none);
          bench.run(
            dtype,
            ['lines', w2, ...form, a, w2, 0, b, t2, d, ...(isTwo ? [g, r2, e] : none), ...product(c, u)],
            ['lines', t2, ...form, one, t2, k, ...(isTwo ? [one, r2, l] : none), ...none, ...product(s, y)],
          );
          if (isTwo)
            bench.run(dtype, ['lines', r2, ...form, one, old, f, one, r2, h, ...none, ...product(o, q)]);
          bench.run(dtype, [
            ...(['traces', w, t, isTwo ? r : 0, ...form, a, b, d, ...(isTwo ? [g, e] : [0, 0])] as const),
            ...product(c, u),
            ...[k, isTwo ? l : 0, ...product(s, y).slice(0, 2)],
            ...(isTwo ? [f, h, ...product(o, q).slice(0, 2)] : [0, 0, 0, 0]),
          ]);
          const what = `${m} × ${n}, columns ${columns}, product ${hasProduct}, two ${isTwo}`;
          for (const [own, other] of [
            [w, w2],
            [t, t2],
            [r, r2],
          ])
            expect(read(own, m * n), what).to.deep.equal(read(other, m * n));
        }
  });

  test(['lines', 'traces'], 'do not overflow on the way', () => {
    // c u is infinite, and c (u v) is not.
    const [large, small] = dtype === 'float32' ? [2 ** 90, 2 ** -80] : [2 ** 900, 2 ** -800];
    const [u, v] = [
      [large, 0, -1],
      [0, small, -small, 0, 1 / large],
    ];
    const product = u.flatMap((x) => v.map((y) => large * (x * y)));
    for (const columns of [0, 1]) {
      bench.clear();
      const [c, one, pu, pv, ones] = [[large], [1], u, v, [1, 1, 1, 1, 1]].map(put);
      const [x, y, z, w, t, r] = [1, 2, 3, 4, 5, 6].map(() => put(new Array<number>(15).fill(0)));
      const [row, form] = [put([1]), [3, 5, columns]];
      bench.run(
        dtype,
        ['lines', x, ...form, one, y, ones, one, y, 0, row, z, ones, c, pu, pv],
        [
          'traces',
          w,
          t,
          r,
          ...form,
          one,
          one,
          ones,
          one,
          ones,
          c,
          pu,
          pv,
          ones,
          ones,
          c,
          pu,
          ones,
          ones,
          c,
          pu,
        ],
      );
      for (const own of [x, w, t, r])
        expect(
          read(own, 15).map((value) => value + 0),
          String(columns),
        ).to.deep.equal(product.map((value) => value + 0));
    }
  });
}
