import { expect } from 'chai';
import type { FloatDType } from '../../../../lib/index.ts';
import { bench, largest, near, randomOf, range, shapes, test } from './workbench.ts';

/** A matrix and its influence estimate, against plain loops. */
export function pairs(dtype: FloatDType): void {
  const data = randomOf(dtype);

  /** coefficient · u⊗v, or coefficient · v in row id of m. */
  const product = (coefficient: number, u: number[] | number, v: number[], m: number) =>
    range(m).flatMap((i) => v.map((x) => coefficient * (typeof u === 'number' ? Number(u === i) : u[i]) * x));

  test(
    ['squares', 'rank1norm', 'rank1pair'],
    'update in place and compute the norm, products of vectors and single rows',
    () => {
      for (const [m, n] of shapes)
        for (const oneHot of [0, 1]) {
          if (oneHot && m === 0) continue;
          const id = Math.floor(m / 2);
          const [w, t, v, z, [a, b, c, k, s]] = [data(m * n), data(m * n), data(n), data(n), data(5)];
          const [u, y] = oneHot ? [id, id] : [data(m), data(m)];
          const moved = w.map((x, i) => a * x + b * t[i]);
          const gradient = product(c, u, v, m);
          const estimate = product(s, y, z, m).map((x, i) => x + k * t[i]);
          const what = `${m} × ${n}, ${oneHot ? 'one row' : 'a product'}`;

          bench.clear();
          const put = (values: number[]) => bench.put(values, dtype);
          const factor = (own: number | number[]) =>
            typeof own === 'number' ? bench.put([own], 'int32') : put(own);
          const [pw, pt, pt2, pv, pz, pu, py] = [
            put(w),
            put(t),
            put(t),
            put(v),
            put(z),
            factor(u),
            factor(y),
          ];
          const [pa, pb, pc, pk, ps] = [a, b, c, k, s].map((x) => put([x]));
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
            `w, ${what}`,
          );
          near(dtype, read(pt, m * n), estimate, 3 + largest(estimate), `t, ${what}`);
          expect(read(pt2, m * n), `t alone, ${what}`).to.deep.equal(read(pt, m * n));
          // A resumed run and a fresh one must not differ in the last place.
          const [first, second, third, dot] = norms.map((norm) => read(norm, 1)[0]);
          expect([first, second], `norm, ${what}`).to.deep.equal([third, third]);
          near(dtype, [third], [dot], 3 + dot + m * n, `norm, ${what}`);
        }
    },
  );
}
