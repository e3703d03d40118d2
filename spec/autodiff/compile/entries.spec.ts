import { expect } from 'chai';
import {
  add,
  type Care,
  dot,
  Execution,
  globalNorm,
  grad,
  matmul,
  mul,
  outer,
  reshape,
  scatterAdd,
  sum,
  tanh,
  trace,
  withBatch,
} from '../../../autodiff/index.ts';
import { dataOf, fromData, indices, type Tensor, zeros } from '../../../lib/index.ts';
import { requireClose, sample } from './agree.ts';
import { requireUpdates } from './updating.ts';

const [count, m, n] = [3, 4, 5];
const w = sample([m, n], 1);
const t = sample([count, m, n], 2);
const [k, s, q] = [3, 4, 5].map((phase) => sample([count], phase));
const [u, y] = [6, 7].map((phase) => sample([count, m], phase));
const [v, z] = [8, 9].map((phase) => sample([count, n], phase));
const rate = sample([], 10);
const given = [w, t, k, s, q, u, y, v, z];
const ids = indices([2, 0, 2]);

/** The instructions of a plan, those that are repeated as "each" of them. */
function operationsOf({ plan }: Execution): string[] {
  return plan.instructions.map(({ operation, body }) =>
    operation === 'repeat' ? `each ${body?.[0].operation}` : operation,
  );
}

type Product = (left: Tensor, right: Tensor) => Tensor;

/**
 * w moves along the influences t of all entries, by the mean of what they weigh, and each moves on: as lanes of UORO do.
 * Also returns the norms of the old ones.
 */
function pairs(product: Product, isOneIndex = false) {
  return (...xs: Tensor[]): Tensor[] => {
    const [w, t, ...others] = xs;
    return withBatch(count, ({ enter, leave }) => {
      const [k, s, q, left, y, v, z] = others.map(enter);
      const own = enter(t);
      const gradient = sum(leave(add(mul(own, q), product(left, v))), { axes: 0 });
      const next = add(mul(own, k), mul(product(isOneIndex ? left : y, z), s));
      return [add(w, mul(gradient, rate)), leave(next), leave(globalNorm([own, z]))];
    });
  };
}

describe('updates of the entries of a batch', () => {
  it('write a matrix and the influences along which it moves in one repeated instruction', () => {
    const execution = requireUpdates(pairs(outer), given, { 0: 0, 1: 1 });
    const operations = operationsOf(execution);
    expect(operations.filter((own) => own === 'each rank1pair')).to.have.lengthOf(1);
    expect(operations).not.to.include.members(['each outer']);
    // The norms of the influences carry over; those of z do not.
    expect(operations.filter((own) => own === 'each dot')).to.have.lengthOf(1);
  });

  it('write rows that an index of each entry names', () => {
    const product: Product = (id, right) => scatterAdd(reshape(right, [1, n]), reshape(id, [1]), m);
    const own = [w, t, k, s, q, ids, indices([1, 1, 3]), v, z];
    const execution = requireUpdates(pairs(product, true), own, { 0: 0, 1: 1 });
    expect(operationsOf(execution)).to.include('each rank1pair');
    // Not in one pass where the rows differ.
    requireUpdates(pairs(product), own, { 0: 0, 1: 1 });
  });

  it('write influences that nothing moves along, with their norms', () => {
    const f = (t: Tensor, ...others: Tensor[]) =>
      withBatch(count, ({ enter, leave }) => {
        const [k, y, z] = others.map(enter);
        const own = enter(t);
        const size = globalNorm([own]);
        return [leave(add(mul(own, k), mul(outer(y, z), size))), leave(size)];
      });
    const alone = (t: Tensor, ...others: Tensor[]) =>
      withBatch(count, ({ enter, leave }) => {
        const [k, y, z] = others.map(enter);
        const own = enter(t);
        return [leave(add(mul(own, k), outer(y, z))), leave(globalNorm([own]))];
      });
    requireUpdates(f, [t, k, y, z], { 0: 0 });
    expect(operationsOf(requireUpdates(alone, [t, k, y, z], { 0: 0 }))).to.include('each rank1norm');
  });

  it('are right in every other form', () => {
    const forms: Readonly<Record<string, (own: Tensor, y: Tensor, z: Tensor, k: Tensor) => Tensor>> = {
      'a sum of two products': (own, y, z, k) =>
        add(add(mul(own, k), outer(y, z)), mul(outer(tanh(y), z), k)),
      'two factors': (own, y, z, k) => mul(add(mul(own, k), outer(y, z)), tanh(k)),
      'entries twice': (own, y, z, k) => add(mul(own, k), add(mul(own, tanh(k)), outer(y, z))),
      'a product alone': (_, y, z, k) => mul(outer(y, z), k),
      'nothing but a factor': (own, _, __, k) => mul(own, k),
      'an array beside it': (own, y, z, k) => add(tanh(own), mul(outer(y, z), k)),
      'a product of which only elements are needed': (own, y, z, k) => mul(own, tanh(mul(outer(y, z), k))),
      'a reshaped product': (own, y, z, k) =>
        add(mul(own, k), reshape(add(reshape(mul(outer(y, z), k), [m * n]), 1), [m, n])),
      'all with one number': (own, y, z) => add(mul(own, 0.5), mul(outer(y, z), rate)),
    };
    for (const form of Object.values(forms))
      requireUpdates(
        (t: Tensor, ...others: Tensor[]) =>
          withBatch(count, ({ enter, leave }) => {
            const [k, y, z] = others.map(enter);
            return [leave(form(enter(t), y, z, k)), leave(globalNorm([form(enter(t), y, z, k)]))];
          }),
        [t, k, y, z],
        { 0: 0 },
      );
  });

  it('add up entries with weights of their own, for a matrix, a vector and a sum that is an output', () => {
    const f = (w: Tensor, t: Tensor, x: Tensor, ...others: Tensor[]) =>
      withBatch(count, ({ enter, leave }) => {
        const [q, y, z] = others.map(enter);
        const total = sum(leave(add(mul(enter(t), q), outer(y, z))), { axes: 0 });
        const vector = sum(leave(mul(enter(x), q)), { axes: 0 });
        return [add(w, mul(total, 0.1)), leave(tanh(enter(t))), total, vector, matmul(total, vector)];
      });
    requireUpdates(f, [w, t, z, q, y, v], { 0: 0, 1: 1 });
  });

  it('take zeros of derivatives as strong, with the same digits as without care where all is finite', () => {
    // The gradient of y·Pz with respect to P: y ⊗ z, in which 0 times infinity is 0.
    const product: Product = (left, right) =>
      grad((own: Tensor) => dot(left, matmul(own, right)))(zeros([m, n]));
    const { program } = trace('f', (declare) => pairs(product)(...given.map((x) => declare(x))).slice(0, 2));
    const run = (care: Care, y: Tensor, z: Tensor) => {
      const updates = new Map([0, 1].map((at) => [at, at]));
      const execution = new Execution(program, { updates, care });
      [...given.slice(0, 5), y, y, z, z].forEach((x, i) => {
        execution.write(i, x);
      });
      execution.run();
      return { execution, results: [0, 1].map((i) => execution.read(i)) };
    };
    const { execution, results } = run('factored', y, z);
    expect(operationsOf(execution)).to.include('each strongrank1pair');
    expect(results.map(dataOf)).to.deep.equal(run('none', y, z).results.map(dataOf));
    requireClose(results, run('whole', y, z).results);
    // The second entry has nothing in its second row, and infinity in its third column.
    const at = (x: Tensor, place: number, value: number) =>
      fromData(
        dataOf(x).map((own: number, i: number) => (i === place ? value : own)),
        x.shape,
      );
    const [singularY, singularZ] = [at(y, m + 1, 0), at(z, n + 2, Number.POSITIVE_INFINITY)];
    for (const care of ['factored', 'whole'] as const) {
      const [, next] = run(care, singularY, singularZ).results;
      expect(Number.isFinite(dataOf(next)[m * n + n + 2]), care).to.equal(true);
      expect(Number.isFinite(dataOf(next)[m * n + 2]), care).to.equal(false);
    }
  });

  it('spare products with transposed matrices that an inner product of each entry does not need', () => {
    const f = (a: Tensor, ...others: Tensor[]) =>
      withBatch(count, ({ enter, leave }) => {
        const [s, d, e] = others.map(enter);
        const back = add(e, matmul(a, d, { transposeLeft: true }));
        return [leave(dot(back, s)), leave(matmul(a, s))];
      });
    const execution = requireUpdates(f, [w, v, y, z], {}, 2);
    expect(operationsOf(execution).filter((own) => own === 'gemm')).to.have.lengthOf(1);
  });
});
