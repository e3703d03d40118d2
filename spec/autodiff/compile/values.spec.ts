import { expect } from 'chai';
import {
  add,
  argmax,
  broadcastTo,
  div,
  dot,
  gather,
  greater,
  less,
  log,
  logSumExp,
  matmul,
  max,
  maximum,
  mul,
  neg,
  outer,
  reshape,
  scatterAdd,
  slice,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  transpose,
  where,
} from '../../../autodiff/index.ts';
import { cast, full, indices, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import { planned, requirePlan, sample } from './agree.ts';
import { unaries } from './unaries.ts';

type Operation = (...xs: Tensor[]) => unknown;

describe('plans', () => {
  const x = sample([3, 4], 1);
  const y = sample([3, 4], 2);
  const k = sample([], 3);

  it('return inputs, constants, aliases and the same thing twice', () => {
    const c = sample([2, 5], 9);
    requirePlan(
      (a) => [a, a, c, reshape(a, [12]), c, tensor(3), full([4], 2), zeros([2, 3]), indices([3, 1])],
      [x],
    );
    requirePlan(
      (a, b) => {
        const total = add(a, mul(0.5, b));
        return [
          total,
          reshape(total, [2, 6]),
          transpose(reshape(total, [12])),
          total,
          reshape(a, [4, 3]),
          mul(a, 1),
        ];
      },
      [x, y],
    );
    requirePlan(
      (a) => [
        outer(reshape(a, [12]), reshape(a, [12])),
        reshape(outer(reshape(a, [12]), reshape(a, [12])), [144]),
      ],
      [x],
    );
  });

  it('ignore inputs that are not used, and run without any', () => {
    requirePlan((_a, b) => tanh(b), [x, y]);
    requirePlan(() => [full([3], 1), tensor(2)], []);
    requirePlan(() => [], []);
    requirePlan(() => tensor(2), [x, indices(7)]);
  });

  it('take constants that are all equal, all zero, infinite or NaN', () => {
    for (const value of [0, -0, 1, -2.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      for (const shape of [[3, 4], [4], [], [1], [1, 1]]) {
        const c = full(shape, value);
        requirePlan(
          (a, b) => [
            add(a, c),
            add(c, a),
            mul(c, a),
            sub(c, b),
            greater(a, c),
            greater(c, a),
            c,
            mul(c, c),
            add(c, c),
            maximum(c, b),
          ],
          [x, y],
        );
        requirePlan((b) => [add(mul(b, c), b), sum(c), tanh(c), neg(c), mul(b, value), add(b, value)], [k]);
      }
  });

  it('take numbers that JSON cannot write', () => {
    requirePlan(
      (a) => [
        mul(a, Number.POSITIVE_INFINITY),
        mul(a, Number.NEGATIVE_INFINITY),
        mul(a, Number.NaN),
        mul(a, 0),
        mul(a, -0),
      ],
      [x],
    );
  });

  it('pass NaN and infinities on', () => {
    const odd = tensor([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
      -0,
      1e300,
      -1e300,
      1e-310,
      710,
      -745,
      1,
    ]);
    const rows = tensor([
      [1, Number.NaN, 2],
      [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
      [3, Number.POSITIVE_INFINITY, 0],
      [0, 0, 0],
    ]);
    const functions: Operation[] = [
      ...Object.entries(unaries)
        .filter(([name]) => !['transpose', 'sumNone'].includes(name))
        .map(([, f]) => f as Operation),
      (a) => log(a),
      (a) => sqrt(a),
      (a) => div(1, square(a)),
      (a) => [greater(a, 0), less(a, 1)],
      (a) => where(greater(a, 0), a, 0),
      (a) => max(a),
      (a) => logSumExp(a),
      (a) => softmax(a),
      (a) => argmax(reshape(a, [1, a.size])),
    ];
    for (const f of functions) {
      requirePlan(f, [odd]);
      // One element at a time: in a sum, one NaN hides the others.
      for (let i = 0; i < odd.size; i++) requirePlan(f, [slice(odd, [i], [i + 1])]);
    }
    requirePlan(
      (a) => [
        max(a, { axes: 1 }),
        max(a, { axes: 0 }),
        argmax(a),
        logSumExp(a, { axes: 1 }),
        softmax(a),
        sum(a, { axes: 0 }),
      ],
      [rows],
    );
    const small = cast(
      tensor([
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        0,
        3e38,
        -3e38,
        1e-40,
        88.9,
        -104,
      ]),
      'float32',
    );
    for (const f of functions.filter((_, i) => i < functions.length - 1)) requirePlan(f, [small]);
    requirePlan(
      (a, b) => [
        matmul(a, b),
        outer(b, b),
        add(outer(b, b), a),
        dot(b, b),
        scatterAdd(b, indices(1), 2),
        add(mul(0, b), b),
      ],
      [sample([3, 3]), tensor([1, Number.POSITIVE_INFINITY, Number.NaN])],
    );
  });

  it('return integers', () => {
    requirePlan(
      (i, a) => [
        greater(a, 0),
        argmax(a),
        i,
        transpose(i),
        slice(i, [0, 1], [2, 3]),
        reshape(i, [6]),
        broadcastTo(i, [2, 2, 3]),
        gather(i, indices([1, 0, 1])),
        where(i, i, 0),
        gather(a, reshape(i, [6])),
      ],
      [
        indices([
          [2, 0, 1],
          [1, 1, 0],
        ]),
        x,
      ],
    );
  });

  it('take each index against its own rows, whatever else the same input holds', () => {
    const [short, long] = [sample([5, 2]), sample([100, 2])];
    const f: Operation = (ids) => [
      gather(short, slice(ids, [0], [1])),
      gather(long, reshape(slice(ids, [1], [2]), [])),
      gather(short, gather(reshape(ids, [3, 1]), indices([0]))),
    ];
    requirePlan(f, [indices([4, 50, -1])]);
    expect(() => planned(f, indices([0, 0, 0])).run(indices([5, 50, 0]))).to.throw('index 5');
    expect(() => planned(f, indices([0, 0, 0])).run(indices([4, 100, 0]))).to.throw('index 100');
    requirePlan((i) => gather(short, broadcastTo(i, [2, 3])), [indices(4)]);
  });
});
