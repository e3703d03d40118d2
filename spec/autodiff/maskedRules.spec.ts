import { expect } from 'chai';
import {
  abs,
  add,
  bilinear,
  compile,
  custom,
  div,
  dot,
  grad,
  greater,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  less,
  linear,
  log,
  logSoftmax,
  logSumExp,
  matmul,
  maximum,
  mul,
  outer,
  relu,
  smooth,
  softmax,
  softplus,
  sqrt,
  square,
  strongMul,
  sub,
  sum,
  transpose,
  where,
} from '../../autodiff/index.ts';
import { dataOf, fromData, indices, ones, type Tensor, tensor } from '../../lib/index.ts';
import { crossEntropy } from '../../nn/index.ts';

const { POSITIVE_INFINITY: infinity, NaN: nan } = Number;
const numbers = (x: Tensor): number[] => Array.from(dataOf(x));

/**
 * The gradient of a scalar function by every mode, eager and compiled; and its Hessian-vector product by two
 * routes.
 */
function requireGradient(f: (x: Tensor) => Tensor, x: Tensor, expected: readonly number[]): void {
  const routes = {
    grad: grad(f),
    compiled: compile(grad(f)),
    forward: jacfwd(f),
    reverse: jacrev(f),
    'forward, compiled': compile(jacfwd(f)),
  };
  for (const [name, route] of Object.entries(routes)) {
    const found = numbers(route(x) as Tensor);
    expect(found.length, name).to.equal(expected.length);
    found.forEach((value, i) => {
      if (Number.isFinite(expected[i]))
        expect(value, `${name}, entry ${i}`).to.be.closeTo(expected[i], 1e-14);
      else expect(Object.is(value, expected[i]), `${name}, entry ${i} is ${value}`).to.equal(true);
    });
  }
  if (!expected.every(Number.isFinite)) return;
  const v = ones(x.shape);
  const along = numbers(hvp(f)(x, v));
  for (const value of along) expect(value).to.satisfy(Number.isFinite);
  for (const other of [
    compile((y: Tensor) => hvp(f)(y, v))(x),
    jacrev((y: Tensor) => jvp(f, [y], [v])[1])(x),
  ])
    numbers(other as Tensor).forEach((value, i) => {
      expect(value).to.be.closeTo(along[i], 1e-12);
    });
}

describe('user rules, behind a mask', () => {
  const positive = (f: (x: Tensor) => Tensor) => (x: Tensor) => sum(where(greater(x, 0), f(x), 0));

  it('does not see a number that is not finite, as a factor of what is not selected', () => {
    for (const factor of [nan, infinity, -infinity, 1e300])
      for (const make of [(x: Tensor) => mul(x, factor), (x: Tensor) => mul(factor, x)]) {
        const f = (x: Tensor) => sum(where(greater(x, 0), x, make(x)));
        requireGradient(f, tensor([1, -1]), [1, factor]);
        const single = tensor([1, -1], { dtype: 'float32' });
        const [first] = numbers(grad(f)(single) as Tensor);
        expect(first, `${factor} in float32`).to.equal(1);
      }
  });

  it('smooth: partial derivatives may be infinite or NaN', () => {
    const ln = smooth({ name: 'ln', evaluate: Math.log, partials: [(x) => div(1, x)] });
    requireGradient(positive(ln), tensor([0, -1, nan, 4]), [0, 0, 0, 0.25]);
    const ratio = smooth({
      name: 'ratio',
      evaluate: (x, y) => x / y,
      partials: [(_, y) => div(1, y), (x, y) => div(sub(0, x), square(y))],
    });
    requireGradient(
      positive((x) => ratio(add(x, 1), x)),
      tensor([0, 2]),
      [0, -0.25],
    );
  });

  it('custom: the products of its push are products of rules', () => {
    const root = custom<[Tensor]>({
      name: 'root',
      value: (x) => sqrt(x),
      push: (_, [t], y) => mul(t, div(0.5, y)),
    });
    requireGradient(positive(root), tensor([0, -1, 4]), [0, 0, 0.25]);
    const mix = custom<[Tensor, Tensor]>({
      name: 'mix',
      value: (x, w) => div(w, x),
      push: ([x, w], [s, t]) => add(mul(div(w, mul(x, x)), mul(s, -1)), mul(t, div(1, x))),
    });
    requireGradient(
      positive((x) => mix(x, square(x))),
      tensor([0, 3]),
      [0, 1],
    );
    const product = custom<[Tensor]>({
      name: 'product',
      value: (x) =>
        matmul(
          tensor([
            [infinity, 1],
            [2, 3],
          ]),
          x,
        ),
      push: (_, [t]) =>
        matmul(
          tensor([
            [infinity, 1],
            [2, 3],
          ]),
          t,
        ),
    });
    requireGradient((x) => sum(where(indices([0, 1]), product(x), 0)), tensor([1, 1]), [2, 3]);
  });

  it('linear: a coefficient of 0 cancels infinity', () => {
    // Row 0 ignores x[1], whose tangent is infinite.
    const matrix = [
      [1, 0],
      [2, 3],
    ];
    const apply = (rows: readonly (readonly number[])[]) => (x: Tensor) =>
      fromData(
        Float64Array.from(rows, (row) => row.reduce((total, value, i) => total + value * dataOf(x)[i], 0)),
        [2],
      );
    const forward: (x: Tensor) => Tensor = linear({
      name: 'forward',
      shape: (shape) => shape,
      evaluate: apply(matrix),
      transpose: (u) => backward(u),
    });
    const backward: (x: Tensor) => Tensor = linear({
      name: 'backward',
      shape: (shape) => shape,
      evaluate: apply([
        [1, 2],
        [0, 3],
      ]),
      transpose: (u) => forward(u),
    });
    const f = (x: Tensor) => sum(where(indices([1, 0]), forward(sqrt(x)), 0));
    requireGradient(f, tensor([4, 0]), [0.25, 0]);
    expect(numbers(forward(tensor([1, infinity])))[0], 'the value itself').to.be.NaN;
  });

  it('bilinear: a tangent of 0 cancels an infinite factor', () => {
    const conjugate = (z: Tensor) => mul(z, tensor([1, -1]));
    const times: (x: Tensor, y: Tensor) => Tensor = bilinear({
      name: 'times',
      shape: (shape) => shape,
      evaluate(x, y) {
        const [[a, b], [c, d]] = [dataOf(x), dataOf(y)];
        return fromData(Float64Array.of(a * c - b * d, a * d + b * c), [2]);
      },
      transposes: [(u, y) => times(u, conjugate(y)), (u, x) => times(u, conjugate(x))],
    });
    const f = (x: Tensor) => sum(where(greater(x, 0), times(x, div(1, x)), square(x)));
    requireGradient(f, tensor([-3, 0]), [-6, 0]);
    const both = (x: Tensor) => sum(mul(times(where(greater(x, 1), sqrt(x), 0), tensor([infinity, 2])), 0));
    expect(numbers(grad(both)(tensor([-1, 0])))).to.deep.equal([0, 0]);
  });
});

describe('matrices with infinite or missing entries, behind a mask', () => {
  const w = tensor([
    [1, 2, 3],
    [infinity, nan, -infinity],
  ]);
  const rows = indices([1, 0]);

  it('matmul, matrix·vector and vector·matrix', () => {
    requireGradient((x) => sum(where(rows, matmul(w, x), 0)), tensor([1, -1, 2]), [1, 2, 3]);
    requireGradient(
      (x) => sum(where(rows, matmul(x, w, { transposeRight: true }), 0)),
      tensor([1, -1, 2]),
      [1, 2, 3],
    );
    requireGradient(
      (x) => sum(where(rows, matmul(transpose(w), x, { transposeLeft: true }), 0)),
      tensor([1, -1, 2]),
      [1, 2, 3],
    );
  });

  it('the gradient of the matrix, if the vector is not finite', () => {
    const x = tensor([1, infinity, nan]);
    const seen = (m: Tensor) => sum(where(indices([0, 0]), matmul(m, x), 0));
    requireGradient(
      seen,
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      [0, 0, 0, 0, 0, 0],
    );
    const partly = (m: Tensor) => sum(where(rows, matmul(m, x), 0));
    requireGradient(
      partly,
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      [1, infinity, nan, 0, 0, 0],
    );
  });

  it('products of matrices', () => {
    const y = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const mask = indices([
      [1, 1],
      [0, 0],
    ]);
    requireGradient((m) => sum(where(mask, matmul(w, m), 0)), y, [1, 1, 2, 2, 3, 3]);
    requireGradient((m) => sum(where(mask, matmul(m, y), 0)), w, [3, 7, 11, 0, 0, 0]);
  });

  it('dot and outer', () => {
    const masked = (x: Tensor, f: Tensor) => where(greater(sum(x), 10), f, 0);
    requireGradient((x) => add(masked(x, dot(x, tensor([infinity, nan]))), sum(x)), tensor([1, 2]), [1, 1]);
    const columns = indices([
      [1, 0],
      [1, 0],
    ]);
    requireGradient((x) => sum(where(columns, outer(x, tensor([2, infinity])), 0)), tensor([1, 2]), [2, 2]);
    requireGradient(
      (x) => sum(where(columns, outer(tensor([3, 5]), div(1, x)), 0)),
      tensor([-2, 0]),
      [-2, 0],
    );
  });

  it('attention over entries of which some are missing', () => {
    const valid = indices([1, 0, 1]);
    const scores = tensor([0.5, nan, -0.25]);
    const values = tensor([2, nan, 3]);
    const attend = (s: Tensor) => {
      const weights = softmax(where(valid, s, -infinity));
      return sum(where(valid, mul(weights, values), 0));
    };
    const p = 1 / (1 + Math.exp(-0.75));
    requireGradient(attend, scores, [-p * (1 - p), 0, p * (1 - p)]);
  });
});

describe('operations at infinity', () => {
  it('logSumExp, softmax and logSoftmax of logits that are -Infinity', () => {
    requireGradient((x) => logSumExp(x), tensor([-infinity, 0, 0]), [0, 0.5, 0.5]);
    expect(logSumExp(tensor([-infinity, -infinity])).item()).to.equal(-infinity);
    requireGradient((x) => logSumExp(x), tensor([-infinity, -infinity]), [0, 0]);
    const weights = tensor([3, 1, 2]);
    requireGradient((x) => dot(softmax(x), weights), tensor([-infinity, 0, 0]), [0, -0.25, 0.25]);
    requireGradient(
      (x) => sum(where(indices([0, 1, 1]), logSoftmax(x), 0)),
      tensor([-infinity, 0, 0]),
      [0, 0, 0],
    );
  });

  it('crossEntropy of a logit of -Infinity with probability 0', () => {
    const target = tensor([0, 0.25, 0.75]);
    const logits = tensor([-infinity, 0, 0]);
    expect(crossEntropy(logits, target).item()).to.be.closeTo(Math.log(2), 1e-15);
    expect(compile((x: Tensor) => crossEntropy(x, target))(logits).item()).to.be.closeTo(Math.log(2), 1e-15);
    requireGradient((x) => crossEntropy(x, target), logits, [0, 0.25, -0.25]);
    requireGradient((x) => crossEntropy(x, 1), logits, [0, -0.5, 0.5]);
    expect(crossEntropy(tensor([nan, 0]), tensor([0, 1])).item()).to.be.NaN;
    expect(crossEntropy(logits, tensor([0.5, 0.5, 0])).item()).to.equal(infinity);
  });

  it('strongMul: p log p, and its derivative', () => {
    const entropy = (p: Tensor) => sum(strongMul(p, log(p)));
    expect(entropy(tensor([0, 1])).item()).to.equal(0);
    requireGradient(entropy, tensor([0.5, 1]), [1 + Math.log(0.5), 1]);
    expect(numbers(grad(entropy)(tensor([0, 1])))).to.deep.equal([-infinity, 1]);
    expect(numbers(strongMul(tensor([0, nan, 2]), tensor([nan, 0, nan])))).to.deep.equal([0, 0, nan]);
  });

  it('relu, abs, maximum and softplus', () => {
    const x = tensor([infinity, -infinity, 2]);
    requireGradient((y) => sum(where(less(y, 3), relu(y), y)), x, [1, 0, 1]);
    requireGradient((y) => sum(relu(y)), x, [1, 0, 1]);
    requireGradient((y) => sum(abs(y)), x, [1, -1, 1]);
    requireGradient((y) => sum(maximum(y, 1)), x, [1, 0, 1]);
    requireGradient((y) => sum(softplus(y)), tensor([-infinity, 0]), [0, 0.5]);
  });

  it('a norm at its kink', () => {
    const norm = (x: Tensor) => sqrt(sum(square(x)));
    expect(numbers(grad(norm)(tensor([0, 0])))).to.deep.equal([0, 0]);
    expect(jvp(norm, [tensor([0, 0])], [tensor([1, 2])])[1].item()).to.equal(0);
    requireGradient((x) => where(greater(sum(square(x)), 0), norm(x), 0), tensor([3, 4]), [0.6, 0.8]);
    requireGradient((x) => where(greater(sum(square(x)), 0), norm(x), 0), tensor([0, 0]), [0, 0]);
  });

  it('safeLog of docs/errors.md, written correctly', () => {
    const safeLog = (x: Tensor) => where(greater(x, 0), log(x), x);
    requireGradient((x) => sum(safeLog(x)), tensor([0, -2, 4]), [1, 1, 0.25]);
  });
});
