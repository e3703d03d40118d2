import fc from 'fast-check';
import {
  add,
  broadcastTo,
  concat,
  div,
  dot,
  gather,
  greater,
  matmul,
  mul,
  neg,
  outer,
  reshape,
  scatterAdd,
  slice,
  sqrt,
  stack,
  sub,
  sum,
  tanh,
  transpose,
  where,
} from '../../../autodiff/index.ts';
import { full, indices, sameShape, type Tensor } from '../../../lib/index.ts';
import { size } from '../../support/size.ts';
import { narrow, sample } from './agree.ts';
import { type Body, requireUpdates } from './updating.ts';

describe('updates in place', () => {
  const [a, b, c, d] = [1, 2, 3, 4].map((phase) => sample([3, 5], phase));
  const [u, v, w] = [sample([3], 5), sample([5], 6), sample([3], 7)];
  const [s, t] = [sample([], 8), sample([], 9)];

  it('swap two inputs', () => {
    requireUpdates((x, y) => [y, x], [a, b], { 0: 0, 1: 1 }, 3);
    requireUpdates((x, y) => [y, x], [s, t], { 0: 0, 1: 1 }, 3);
  });

  it('turn inputs in cycles, also two cycles at once and beside inputs that stay', () => {
    requireUpdates((x, y, z) => [y, z, x], [a, b, c], { 0: 0, 1: 1, 2: 2 }, 4);
    requireUpdates((x, y, z) => [z, x, y], [a, b, c], { 0: 0, 1: 1, 2: 2 }, 4);
    requireUpdates((x, y, z, o) => [y, x, o, z], [a, b, c, d], { 0: 0, 1: 1, 2: 2, 3: 3 }, 3);
    requireUpdates((x, y, z) => [x, z, y, add(x, y)], [a, b, c], { 0: 0, 1: 1, 2: 2 }, 3);
  });

  it('turn inputs in cycles of sums', () => {
    requireUpdates((x, y, z) => [add(y, z), add(x, mul(0.5, z)), sub(x, y)], [a, b, c], { 0: 0, 1: 1, 2: 2 });
    requireUpdates((x, y) => [add(mul(0.3, x), mul(0.4, y)), sub(mul(0.2, y), mul(0.7, x))], [a, b], {
      0: 0,
      1: 1,
    });
  });

  it('let outputs that are copied out read what others replace', () => {
    requireUpdates((x, y) => [tanh(x), x, add(x, y), y, reshape(x, [15])], [a, b], { 0: 0, 2: 1 });
    requireUpdates((x, y) => [mul(0.5, x), x, y, mul(2, x), transpose(x)], [a, b], { 0: 0 });
  });

  it('replace an input by what reads it twice', () => {
    requireUpdates((x) => [add(mul(0.3, x), mul(0.6, x))], [a], { 0: 0 });
    requireUpdates((x) => [add(x, reshape(transpose(x), [3, 5]))], [a], { 0: 0 });
    requireUpdates((x) => [add(add(mul(0.1, x), mul(0.2, tanh(x))), mul(mul(0.3, x), x))], [a], { 0: 0 });
  });

  it('replace a matrix by itself and outer products, of vectors that are replaced too', () => {
    requireUpdates(
      (m, x, y, z) => [
        add(add(m, mul(0.1, outer(x, y))), mul(0.2, outer(z, y))),
        tanh(matmul(m, y)),
        tanh(matmul(x, m)),
        add(x, z),
      ],
      [a, u, v, w],
      { 0: 0, 1: 1, 2: 2, 3: 3 },
    );
  });

  it('replace a vector by one whose outer product it is in', () => {
    // One row: x is both the sum's array and the product's vector.
    requireUpdates(
      (x, k) => [add(mul(0.5, x), reshape(outer(reshape(k, [1]), slice(x, [0])), [5]))],
      [v, s],
      { 0: 0 },
    );
    requireUpdates(
      (x, y) => [add(mul(0.4, x), mul(0.2, reshape(outer(y, reshape(x, [15])), [1, 15]))), mul(0.5, y)],
      [sample([1, 15]), sample([1])],
      {
        0: 0,
        1: 1,
      },
    );
  });

  it('replace scalars that scale what others become', () => {
    requireUpdates(
      (k, l, x, y) => [mul(l, 0.9), tanh(add(k, l)), add(mul(k, x), mul(mul(k, l), y)), mul(x, l)],
      [s, t, a, b],
      {
        0: 0,
        1: 1,
        2: 2,
        3: 3,
      },
    );
    requireUpdates((k, x) => [dot(x, x), mul(div(x, sqrt(dot(x, x))), k)], [s, a], { 0: 0, 1: 1 });
    requireUpdates(
      (k, x, y) => [sum(y), add(broadcastTo(k, [3, 5]), x), mul(k, x)],
      [s, a, b],
      { 0: 0, 1: 1, 2: 2 },
      3,
    );
  });

  it('add to rows, one and several', () => {
    const id = indices(2);
    requireUpdates((m, y) => [add(mul(0.9, m), scatterAdd(mul(y, 0.5), id, 3)), mul(y, 0.9)], [a, v], {
      0: 0,
      1: 1,
    });
    requireUpdates((m, y, i) => [add(m, scatterAdd(y, i, 3)), tanh(gather(m, i))], [a, v, indices(1)], {
      0: 0,
      1: 1,
    });
    requireUpdates(
      (m, n, i) => [add(m, scatterAdd(n, i, 3)), gather(m, i)],
      [a, sample([4, 5]), indices([0, 2, 2, 1])],
      {
        0: 0,
        1: 1,
      },
    );
  });

  it('put one expression into two inputs, and one input into another', () => {
    requireUpdates((x, y) => [add(x, y), add(x, y)], [a, b], { 0: 0, 1: 1 });
    requireUpdates((x, y) => [x, x, y], [a, b], { 0: 0, 1: 1 });
    requireUpdates((x, y) => [y, y, x], [a, b], { 0: 0, 1: 1 });
    requireUpdates((x, y) => [y, y, x], [a, b], { 1: 0, 2: 1 });
  });

  it('put constants into inputs, and joined parts', () => {
    requireUpdates(
      (x, y) => [full([3, 5], 0), full([3, 5], -0.5), sample([3, 5], 11), x, y],
      [a, b],
      { 0: 0, 1: 1 },
      2,
    );
    requireUpdates(
      (x, y) => [
        concat([slice(y, [0, 0], [1, 5]), slice(x, [0, 0], [2, 5])]),
        stack(
          [slice(x, [1, 0], [2, 5]), slice(y, [0, 0], [1, 5]), neg(slice(y, [2, 0]))].map((row) =>
            reshape(row, [5]),
          ),
        ),
      ],
      [a, b],
      {
        0: 0,
        1: 1,
      },
    );
  });

  it('replace integers', () => {
    requireUpdates(
      (i, j, x) => [j, i, greater(x, 0), where(i, x, mul(0.5, x))],
      [indices([0, 1, 1]), indices([1, 0, 2]), u],
      { 0: 0, 1: 1, 3: 2 },
      3,
    );
  });

  it('hold for random programs and random choices of what is replaced', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(9999), { minLength: 80, maxLength: 80 }),
        fc.boolean(),
        (choices, single) => {
          const types = [[], [], [3], [3], [5], [5], [3, 5], [3, 5], [3, 5], [5, 3]];
          const take = source(choices);
          const start = Array.from({ length: 2 + take(6) }, (_, i) => sample(types[take(types.length)], i));
          const plan = choices.slice(20);
          const targets: Record<number, number> = {};
          const shapes: (readonly number[])[] = [];
          start.forEach(({ shape }, i) => {
            if (take(4) > 0) targets[shapes.length] = i;
            shapes.push(shape);
          });
          const body: Body = (...xs) => {
            const pick = source(plan);
            return shapes.map((shape) => expression(shape, xs, pick, 3));
          };
          const given = single ? start.map(narrow) : start;
          requireUpdates(body, given, targets, 4, single ? 3e-5 : undefined);
        },
      ),
      { seed: 1, numRuns: size(120, 500) },
    );
  });
});

/** Numbers below a bound from a list, which is read again from the start when it ends. */
function source(choices: readonly number[]): (below: number) => number {
  let at = 0;
  return (below) => choices[at++ % choices.length] % below;
}

/** A random expression of a shape over tensors; its values stay bounded from run to run. */
function expression(
  shape: readonly number[],
  xs: readonly Tensor[],
  pick: (below: number) => number,
  depth: number,
): Tensor {
  const same = xs.filter((x) => sameShape(x.shape, shape));
  const of = (inner: readonly number[]) => expression(inner, xs, pick, depth - 1);
  const leaf = () =>
    same.length > 0 ? same[pick(same.length)] : full([...shape], 0.25, { dtype: xs[0].dtype as 'float64' });
  if (depth === 0) return leaf();
  const [m, n] = shape;
  const options = [
    leaf,
    () => add(mul(0.4, of(shape)), mul(0.3, of(shape))),
    () => sub(mul(0.3, of(shape)), mul(0.2, leaf())),
    () => tanh(of(shape)),
    () => mul(of(shape), tanh(of([]))),
    () => mul(tanh(leaf()), of(shape)),
    () => tanh(add(add(of(shape), leaf()), add(leaf(), of([])))),
    ...(shape.length === 0
      ? [
          () => mul(0.1, dot(tanh(of([3])), tanh(of([3])))),
          () => mul(0.05, dot(tanh(of([3, 5])), tanh(of([3, 5])))),
          () => tanh(sum(of([5]))),
        ]
      : []),
    ...(shape.length === 1
      ? [
          () => tanh(matmul(of([m, 8 - m]), of([8 - m]))),
          () => tanh(matmul(of([8 - m]), of([8 - m, m]))),
          () => mul(0.5, tanh(gather(of([8 - m, m]), indices(pick(8 - m))))),
          () => concat([slice(of([m]), [1]), slice(of([m]), [0], [1])]),
        ]
      : []),
    ...(shape.length === 2
      ? [
          () => mul(0.3, outer(tanh(of([m])), tanh(of([n])))),
          () => add(mul(0.5, leaf()), mul(0.2, outer(tanh(of([m])), tanh(of([n]))))),
          () => transpose(of([n, m])),
          () => add(mul(0.7, leaf()), scatterAdd(mul(0.1, tanh(of([n]))), indices(pick(m)), m)),
          () => add(mul(0.5, leaf()), mul(tanh(of([])), broadcastTo(tanh(of([n])), shape))),
          () => reshape(of([n, m]), shape),
        ]
      : []),
  ];
  return options[pick(options.length)]();
}
