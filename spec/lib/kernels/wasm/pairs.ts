import { expect } from 'chai';
import type { FloatDType } from '../../../../lib/index.ts';
import type { OpName } from '../../../../lib/kernels/wasm/index.ts';
import { bench, largest, near, randomOf, range, shapes, test } from './workbench.ts';

/** A matrix and its influence estimate, against plain loops. */
export function pairs(dtype: FloatDType): void {
  const data = randomOf(dtype);

  /** coefficient · u⊗v, or coefficient · v in row id of m. */
  const product = (coefficient: number, u: number[] | number, v: number[], m: number) =>
    range(m).flatMap((i) => v.map((x) => coefficient * (typeof u === 'number' ? Number(u === i) : u[i]) * x));

  /** Whether the products are of an int32 index; and whether they share what they can, and w only moves. */
  const kinds = [
    ['products', 0, false],
    ['products with one right factor', 0, true],
    ['two rows', 1, false],
    ['one row', 1, true],
  ] as const;

  test(
    ['squares', 'rank1norm', 'rank1pair'],
    'update in place and compute the norm, products of vectors and single rows',
    () => {
      for (const [m, n] of shapes)
        for (const [what, oneHot, isOne] of kinds) {
          if (oneHot && m === 0) continue;
          const [w, t, v, z, [a, b, c, k, s]] = [data(m * n), data(m * n), data(n), data(n), data(5)];
          const [u, y] = oneHot ? [m >> 1, isOne ? m >> 1 : m - 1] : [data(m), data(m)];
          const right = isOne ? v : z;
          const rate = isOne ? 1 : a;
          const moved = w.map((x, i) => rate * x + b * t[i]);
          const gradient = product(c, u, v, m);
          const estimate = product(s, y, right, m).map((x, i) => x + k * t[i]);
          const where = `${m} × ${n}, ${what}`;

          bench.clear();
          const put = (values: number[]) => bench.put(values, dtype);
          const factor = (own: number | number[]) =>
            typeof own === 'number' ? bench.put([own], 'int32') : put(own);
          const [pw, pt, pt2, pv, pu, py] = [put(w), put(t), put(t), put(v), factor(u), factor(y)];
          const pz = isOne ? pv : put(z);
          const [pa, pb, pc, pk, ps] = [rate, b, c, k, s].map((x) => put([x]));
          const norms = range(4).map(() => put([Number.NaN]));
          bench.run(
            dtype,
            ['rank1norm', pt2, norms[0], pk, ps, py, pz, m, n, oneHot],
            ['rank1pair', pw, pt, norms[1], pa, pb, pc, pu, pv, pk, ps, py, pz, m, n, oneHot],
            ['squares', norms[2], pt, m, n],
            ['dot', norms[3], pt, pt, m * n],
          );
          const read = (at: number, size: number) => [...bench.view(at, size, dtype)];
          near(
            dtype,
            read(pw, m * n),
            moved.map((x, i) => x + gradient[i]),
            5 + largest(gradient),
            `w, ${where}`,
          );
          near(dtype, read(pt, m * n), estimate, 3 + largest(estimate), `t, ${where}`);
          expect(read(pt2, m * n), `t alone, ${where}`).to.deep.equal(read(pt, m * n));
          // A resumed run and a fresh one must not differ in the last place.
          const [first, second, third, dot] = norms.map((norm) => read(norm, 1)[0]);
          expect([first, second], `norm, ${where}`).to.deep.equal([third, third]);
          near(dtype, [third], [dot], 3 + dot + m * n, `norm, ${where}`);
        }
    },
  );

  test(['rank1norm', 'rank1pair'], 'give to the row that an index names, and to no other', () => {
    for (const [m, n] of [
      [3, 3],
      [5, 73],
    ]) {
      bench.clear();
      const put = (values: number[]) => bench.put(values, dtype);
      const ones = () => put(new Array<number>(m * n).fill(1));
      const [w, t, own, one, norm, id] = [
        ones(),
        ones(),
        ones(),
        put([1]),
        put([0]),
        bench.put([1], 'int32'),
      ];
      const broken = put(new Array<number>(n).fill(Number.POSITIVE_INFINITY));
      bench.run(
        dtype,
        ['rank1norm', own, norm, one, one, id, broken, m, n, 1],
        ['rank1pair', w, t, norm, one, one, one, id, broken, one, one, id, broken, m, n, 1],
      );
      const read = (at: number) => [...bench.view(at, m * n, dtype)];
      const rows = (others: number) =>
        range(m * n).map((i) => (Math.floor(i / n) === 1 ? Number.POSITIVE_INFINITY : others));
      expect([read(w), read(t), read(own)], `${m} × ${n}`).to.deep.equal([rows(2), rows(1), rows(1)]);
    }
  });

  const rankOne = ['outer', 'rank1', 'rank1two', 'rank1norm', 'rank1pair'] as const;
  test([...rankOne, ...rankOne.map((name): OpName => `strong${name}`)], 'do not overflow on the way', () => {
    // c u is infinite, and c (u v) is not.
    const [large, small] = dtype === 'float32' ? [2 ** 90, 2 ** -80] : [2 ** 900, 2 ** -800];
    const [u, v] = [
      [large, 0, -1],
      [0, small, -small, 0, 1 / large],
    ];
    const product = u.flatMap((x) => v.map((y) => large * (x * y)));
    for (const strong of ['', 'strong'] as const) {
      bench.clear();
      const put = (values: number[]) => bench.put(values, dtype);
      const zeros = () => put(new Array<number>(15).fill(0));
      const [c, zero, one, pu, pv, norm] = [put([large]), put([0]), put([1]), put(u), put(v), put([0])];
      const outs = range(6).map(zeros);
      bench.run(
        dtype,
        [`${strong}outer`, outs[0], c, pu, pv, 3, 5],
        [`${strong}rank1`, outs[1], one, zeros(), c, pu, pv, 3, 5],
        [`${strong}rank1two`, outs[2], one, zeros(), one, zeros(), c, pu, pv, 3, 5],
        [`${strong}rank1norm`, outs[3], norm, one, c, pu, pv, 3, 5, 0],
        [`${strong}rank1pair`, outs[4], outs[5], norm, one, zero, c, pu, pv, one, c, pu, pv, 3, 5, 0],
      );
      for (const [i, out] of outs.entries())
        expect(
          [...bench.view(out, 15, dtype)].map((x) => x + 0),
          `${strong} ${i}`,
        ).to.deep.equal(product.map((x) => x + 0));
    }
  });
}
