import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  broadcastTo,
  concat,
  dot,
  gather,
  greater,
  matmul,
  max,
  mean,
  mul,
  neg,
  outer,
  reshape,
  scatterAdd,
  slice,
  smooth,
  square,
  sub,
  sum,
  tanh,
  transpose,
  vjp,
} from '../../../autodiff/index.ts';
import { full, indices, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import { planned, requireClose, requirePlan, sample } from './agree.ts';

type Operation = (...xs: Tensor[]) => unknown;

describe('plans of sums and products', () => {
  const x = sample([3, 4], 1);
  const y = sample([3, 4], 2);

  it('add up many terms of every kind', () => {
    const [u, v] = [sample([3], 5), sample([4], 6)];
    const scalar = sample([], 7);
    const terms = (a: Tensor, b: Tensor, p: Tensor, q: Tensor, s: Tensor, i: Tensor, j: Tensor): Tensor[] => [
      a,
      mul(2, b),
      tanh(a),
      mul(s, b),
      outer(p, q),
      mul(3, outer(tanh(p), q)),
      mul(s, outer(p, tanh(q))),
      scatterAdd(q, i, 3),
      mul(s, scatterAdd(mul(2, q), j, 3)),
      scatterAdd(tanh(q), i, 3),
      broadcastTo(s, [3, 4]),
      full([3, 4], 0.5),
      concat([slice(a, [0, 0], [1, 4]), slice(b, [1, 0])]),
      neg(concat([slice(b, [0, 2]), slice(a, [0, 0], [3, 2])], 1)),
      zeros([3, 4]),
      broadcastTo(q, [3, 4]),
    ];
    fc.assert(
      fc.property(
        fc.array(fc.nat(15), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        fc.nat(2),
        fc.nat(2),
        (which, keep, i, j) => {
          const total: Operation = (...xs) => {
            const all = terms(...(xs as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]));
            const sum = which.map((at) => all[at]).reduce((left, right) => add(left, right));
            return keep ? [sum, mul(sum, sum), neg(sum), tanh(sum)] : sum;
          };
          requirePlan(total, [x, y, u, v, scalar, indices(i), indices(j)]);
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it('take inner products of all pairs of terms', () => {
    const [u, v] = [sample([3], 5), sample([4], 6)];
    const parts = (a: Tensor, b: Tensor, p: Tensor, q: Tensor, i: Tensor, j: Tensor): Tensor[] => [
      a,
      mul(2, b),
      outer(p, q),
      add(a, outer(p, q)),
      sub(outer(tanh(p), q), mul(0.5, outer(p, tanh(q)))),
      scatterAdd(q, i, 3),
      add(scatterAdd(q, j, 3), a),
      add(scatterAdd(q, i, 3), scatterAdd(mul(2, q), j, 3)),
      full([3, 4], 0.3),
      zeros([3, 4]),
      add(add(a, mul(3, b)), add(outer(p, q), scatterAdd(q, i, 3))),
      concat([slice(a, [0, 0], [1, 4]), slice(b, [1, 0])]),
      reshape(outer(tanh(q), p), [3, 4]),
    ];
    for (const [i, j] of [
      [0, 0],
      [1, 2],
    ]) {
      const all: Operation = (...xs) => {
        const list = parts(...(xs as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]));
        return list.flatMap((left) => list.map((right) => dot(left, right)));
      };
      requirePlan(all, [x, y, u, v, indices(i), indices(j)]);
      // And each alone: what others need changes what is written out.
      for (let left = 0; left < 13; left++)
        for (let right = left; right < 13; right++) {
          const one: Operation = (...xs) => {
            const list = parts(...(xs as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]));
            return dot(list[left], list[right]);
          };
          requirePlan(one, [x, y, u, v, indices(i), indices(j)]);
        }
    }
  });

  it('take products of outer products, rows and blocks with matrices and vectors', () => {
    requirePlan(
      (a, p, q, i) => {
        const list = [
          outer(p, q),
          mul(2, outer(tanh(p), q)),
          scatterAdd(q, i, 3),
          add(a, outer(p, q)),
          concat([slice(a, [1, 0]), slice(a, [0, 0], [1, 4])]),
          mul(a, sum(q)),
        ];
        return list.flatMap((m) => [
          matmul(m, q),
          matmul(p, m),
          matmul(m, a, { transposeRight: true }),
          matmul(m, m, { transposeLeft: true }),
          transpose(m),
          sum(m, { axes: 0 }),
          slice(m, [1, 1]),
          tanh(m),
          reshape(m, [12]),
          gather(m, i),
          mul(m, a),
          broadcastTo(m, [2, 3, 4]),
          greater(m, a),
          max(m, { axes: 1 }),
        ]);
      },
      [x, sample([3], 5), sample([4], 6), indices(1)],
    );
  });

  it('multiply matrices that fill no tile evenly', () => {
    for (const dtype of ['float64', 'float32'] as const)
      for (const [m, k, n] of [
        [37, 65, 41],
        [1, 130, 67],
        [67, 130, 1],
        [64, 1, 33],
        [5, 300, 3],
      ])
        for (const [transposeLeft, transposeRight] of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ]) {
          const a = sample(transposeLeft ? [k, m] : [m, k], 1, dtype);
          const b = sample(transposeRight ? [n, k] : [k, n], 2, dtype);
          requirePlan(
            (p, q) => [
              matmul(p, q, { transposeLeft, transposeRight }),
              vjp((l: Tensor, r: Tensor) => matmul(l, r, { transposeLeft, transposeRight }), p, q)[1](
                sample([m, n], 3, dtype),
              ),
            ],
            [a, b],
          );
        }
  });

  it('multiply one matrix with several vectors, whatever lies between', () => {
    for (const dtype of ['float64', 'float32'] as const)
      requirePlan(
        (w, x, y, z) => {
          const first = matmul(w, x);
          const second = tanh(matmul(w, y));
          const third = matmul(w, tanh(matmul(first, w)));
          const back = [matmul(second, w), matmul(third, w), matmul(add(first, third), w)];
          return [first, second, third, ...back, matmul(w, add(z, back[1])), dot(first, second)];
        },
        [sample([19, 23], 1, dtype), sample([23], 2, dtype), sample([23], 3, dtype), sample([23], 4, dtype)],
        dtype === 'float64' ? 1e-12 : 2e-5,
      );
  });

  it('multiply one matrix with what it gave, again and again', () => {
    requirePlan(
      (w, x) => {
        const twice = matmul(w, tanh(matmul(w, x)));
        return [
          twice,
          matmul(w, mul(twice, x)),
          matmul(tanh(matmul(x, w)), w),
          matmul(w, matmul(w, matmul(w, x))),
        ];
      },
      [sample([11, 11], 1), sample([11], 2)],
    );
  });

  it('share long sums between consumers', () => {
    requirePlan(
      (a, b) => {
        const total = add(add(a, mul(2, b)), add(tanh(a), mul(a, b)));
        return [
          matmul(total, total, { transposeRight: true }),
          vjp((t: Tensor) => sum(square(t)), total)[1](tensor(1)),
          mean(total, { axes: 0 }),
          total,
        ];
      },
      [x, y],
    );
  });

  describe('of rows that are put side by side', () => {
    const rows = (x: Tensor) => [0.5, 1, 2, 3].map((factor) => tanh(mul(factor, x)));
    /** The copies that a plan of products with these rows still makes. */
    const copies = (parts: (rows: readonly Tensor[]) => readonly (readonly Tensor[])[]) => {
      const products = (x: Tensor, w: Tensor) => parts(rows(x)).map((part) => matmul(concat([...part]), w));
      const { instructions } = requirePlan(products, [sample([2, 6], 1), sample([6, 5], 2)]).execution.plan;
      return instructions.filter(({ operation }) => operation === 'strided').length;
    };

    it('copy none of them, nor those that are a part of the others, in their order', () => {
      expect(copies((all) => [all])).to.equal(0);
      expect(copies((all) => [all, all.slice(0, 2), all.slice(2), all.slice(1, 3)])).to.equal(0);
    });

    it('copy those that lie elsewhere', () => {
      expect(copies((all) => [all, [all[1], all[1]]])).to.equal(2);
      expect(copies((all) => [all, [all[2], all[1]]])).to.equal(2);
      expect(copies((all) => [all.slice(0, 2), all.slice(2), [all[1], all[2]]])).to.equal(2);
    });

    it('copy those that a primitive without a kernel reads', () => {
      const own = smooth({ name: 'own', evaluate: (x) => 2 * x, partials: [(x) => mul(0, x)] });
      const twice = (x: Tensor) => {
        const all = rows(x);
        return [sum(concat(all), { axes: 0 }), own(concat(all.slice(0, 2)))];
      };
      requirePlan(twice, [sample([2, 6], 1)]);
    });
  });

  it('return the same whichever outputs are read', () => {
    const values = (a: Tensor, b: Tensor) => [
      add(a, outer(sum(a, { axes: 1 }), sum(b, { axes: 0 }))),
      mul(2, tanh(b)),
      dot(a, b),
      add(mul(0.1, a), mul(0.2, b)),
    ];
    const all = planned((a, b) => values(a, b), x, y).run(x, y);
    all.forEach((one, i) => {
      requireClose(planned((a, b) => values(a, b)[i], x, y).run(x, y), [one], 0);
    });
  });
});
