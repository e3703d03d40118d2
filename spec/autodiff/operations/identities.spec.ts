import { expect } from 'chai';
import {
  abs,
  cos,
  erf,
  exp,
  grad,
  jvp,
  log,
  logSoftmax,
  logSumExp,
  max,
  maximum,
  mul,
  pow,
  relu,
  reshape,
  sigmoid,
  sin,
  slice,
  softmax,
  softplus,
  sqrt,
  sum,
  tanh,
} from '../../../autodiff/index.ts';
import { type Tensor, tensor } from '../../../lib/index.ts';

/** The derivative of f at each of several points. */
function slopes(f: (x: Tensor) => Tensor, points: readonly number[]): number[] {
  return grad((x: Tensor) => sum(f(x)))(tensor([...points])).toArray() as number[];
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-14): void {
  expect(actual).to.have.length(expected.length);
  actual.forEach((value, i) => {
    expect(value).to.be.closeTo(expected[i], tolerance * Math.max(1, Math.abs(expected[i])));
  });
}

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe('derivatives at known points', () => {
  const points = [-1.5, -0.2, 0, 0.7, 3];
  const known: [f: (x: Tensor) => Tensor, derivative: (x: number) => number][] = [
    [tanh, (x) => 1 / Math.cosh(x) ** 2],
    [sigmoid, (x) => 1 / (2 + 2 * Math.cosh(x))],
    [exp, Math.exp],
    [sin, Math.cos],
    [cos, (x) => -Math.sin(x)],
    [erf, (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)],
    [softplus, (x) => 1 / (1 + Math.exp(-x))],
  ];
  for (const [f, derivative] of known)
    it(f.name, () => {
      expectClose(slopes(f, points), points.map(derivative));
    });

  it('log, sqrt and powers, away from zero', () => {
    const positive = [0.1, 1, 2.5];
    expectClose(
      slopes(log, positive),
      positive.map((x) => 1 / x),
    );
    expectClose(
      slopes(sqrt, positive),
      positive.map((x) => 0.5 / Math.sqrt(x)),
    );
    expectClose(
      slopes((x) => pow(x, 2.5), positive),
      positive.map((x) => 2.5 * x ** 1.5),
    );
    expectClose(
      slopes((x) => pow(x, 5), points),
      points.map((x) => 5 * x ** 4),
    );
    expectClose(
      slopes((x) => pow(x, -3), [-2, 0.5]),
      [-3 / 16, -48],
    );
    expectClose(
      slopes((x) => pow(x, 0), points),
      points.map(() => 0),
    );
    expect(pow(tensor([[2, 3]]), 0).toArray()).to.deep.equal([[1, 1]]);
    expect(slopes(sqrt, [0])).to.deep.equal([infinity]);
    expect([log(-1).item(), sqrt(-1).item(), pow(-1, 0.3).item()]).to.deep.equal([nan, nan, nan]);
  });

  it('saturation keeps finite values and derivatives', () => {
    const far = [-1000, 1000];
    expect(tanh(tensor(far)).toArray()).to.deep.equal([-1, 1]);
    expect(sigmoid(tensor(far)).toArray()).to.deep.equal([0, 1]);
    expect(softplus(tensor(far)).toArray()).to.deep.equal([0, 1000]);
    for (const f of [tanh, sigmoid]) expectClose(slopes(f, far), [0, 0]);
    expect(slopes(softplus, far)).to.deep.equal([0, 1]);
    expect(softplus(tensor([-infinity, infinity, nan])).toArray()).to.deep.equal([0, infinity, nan]);
  });
});

describe('erf', () => {
  // The nearest doubles, from the Maclaurin series in 60-digit arithmetic.
  const table: [x: number, erf: number][] = [
    [1e-10, 1.1283791670955126e-10],
    [0.01, 0.011283415555849618],
    [0.1, 0.1124629160182849],
    [0.25, 0.27632639016823696],
    [0.5, 0.5204998778130465],
    [0.75, 0.7111556336535151],
    [1, 0.8427007929497149],
    [1.25, 0.9229001282564583],
    [1.5, 0.9661051464753108],
    [2, 0.9953222650189527],
    [2.25, 0.9985372834133188],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [3.5, 0.9999992569016276],
    [4, 0.9999999845827421],
    [5, 0.9999999999984626],
  ];

  it('has its known values, to 1e-15, and is odd', () => {
    for (const [x, value] of table) {
      expect(erf(x).item(), `erf(${x})`).to.be.closeTo(value, 1e-15 * Math.abs(value));
      expect(erf(-x).item()).to.equal(-erf(x).item());
    }
    expect([0, 30, infinity, -infinity, nan].map((x) => erf(x).item())).to.deep.equal([0, 1, 1, -1, nan]);
  });
});

describe('ties and NaN', () => {
  it('relu has derivative 0 at 0, and propagates NaN', () => {
    expect(relu(tensor([-1, 0, 2, nan, infinity, -infinity])).toArray()).to.deep.equal([
      0,
      0,
      2,
      nan,
      infinity,
      0,
    ]);
    expect(slopes(relu, [-1, 0, 2, infinity])).to.deep.equal([0, 0, 1, 1]);
  });

  it('abs has derivative 0 at 0, and propagates NaN', () => {
    expect(abs(tensor([-1, 0, 2, nan, -infinity])).toArray()).to.deep.equal([1, 0, 2, nan, infinity]);
    expect(slopes(abs, [-1, 0, 2])).to.deep.equal([-1, 0, 1]);
  });

  it('maximum splits the derivative between two equal numbers, and propagates NaN', () => {
    const [x, y] = [
      [1, 2, 5, nan, 0, infinity, -infinity, 1e308],
      [2, 2, 3, 0, nan, infinity, -infinity, 1e308],
    ];
    expect(maximum(tensor(x), tensor(y)).toArray()).to.deep.equal([
      2,
      2,
      5,
      nan,
      nan,
      infinity,
      -infinity,
      1e308,
    ]);
    expect(slopes((v) => maximum(v, tensor([2, 2, 3])), [1, 2, 5])).to.deep.equal([0, 0.5, 1]);
    expect(slopes((v) => maximum(tensor([2, 2, 3]), v), [1, 2, 5])).to.deep.equal([0, 0.5, 1]);
    expect(slopes((v) => maximum(v, v), [1, 2])).to.deep.equal([1, 1]);
  });

  it('max shares the derivative among equal elements, stays exact, and propagates NaN and infinity', () => {
    expect(slopes((x) => max(x), [3, 1, 3, 2, 3])).to.deep.equal([1 / 3, 0, 1 / 3, 0, 1 / 3]);
    expect(slopes((x) => max(reshape(x, [2, 3]), { axes: 1 }), [1, 4, 2, 5, 5, 0])).to.deep.equal([
      0, 1, 0, 0.5, 0.5, 0,
    ]);
    for (const x of [0.1, 1.7, 1e300, 1.7e308, -0.3, 5e-324])
      expect(max(tensor([x, x, x, -infinity])).item()).to.equal(x);
    expect(max(tensor([infinity, 1, infinity])).item()).to.equal(infinity);
    expect(max(tensor([-infinity, -infinity])).item()).to.equal(-infinity);
    expect(max(tensor([1, nan, infinity])).item()).to.be.NaN;
    expect(slopes((x) => max(x), [infinity, 1])).to.deep.equal([1, 0]);
    expect(slopes((x) => max(x), [-infinity, 1])).to.deep.equal([0, 1]);
  });
});

describe('softmax and logSumExp', () => {
  it('accept huge logits without overflow', () => {
    expect(logSumExp(tensor([1000, 1000])).item()).to.equal(1000 + Math.LN2);
    expect(logSumExp(tensor([-1000, -1001])).item()).to.be.closeTo(-1000 + Math.log1p(Math.exp(-1)), 1e-12);
    expect(softmax(tensor([1000, 0, -1e308])).toArray()).to.deep.equal([1, 0, 0]);
    expect(logSoftmax(tensor([1e5, 0])).toArray()).to.deep.equal([0, -1e5]);
    expect(slopes((x) => logSumExp(x), [1000, 1000, -1000])).to.deep.equal([0.5, 0.5, 0]);
  });

  it('accept logits of -Infinity, which have probability 0 and derivative 0', () => {
    const logits = [0, -infinity, 0];
    expect(softmax(tensor(logits)).toArray()).to.deep.equal([0.5, 0, 0.5]);
    expect(logSumExp(tensor(logits)).item()).to.equal(Math.LN2);
    expect(logSoftmax(tensor(logits)).toArray()).to.deep.equal([-Math.LN2, -infinity, -Math.LN2]);
    expect(logSumExp(tensor([-infinity, -infinity])).item()).to.equal(-infinity);
    expect(slopes((x) => logSumExp(x), logits)).to.deep.equal([0.5, 0, 0.5]);
    expectClose(
      slopes((x) => slice(softmax(x), [0], [1]), logits),
      [0.25, 0, -0.25],
      0,
    );
    expectClose(
      slopes((x) => slice(logSoftmax(x), [0], [1]), logits),
      [0.5, 0, -0.5],
      0,
    );
  });

  it('propagate NaN', () => {
    expect(logSumExp(tensor([0, nan])).item()).to.be.NaN;
    expect(softmax(tensor([0, nan])).toArray()).to.deep.equal([nan, nan]);
  });

  it('sum to one, and do not change if all logits shift', () => {
    const logits = tensor([
      [0.3, -1.2, 2.1],
      [5, 4, -7],
    ]);
    const probabilities = softmax(logits);
    expectClose(sum(probabilities, { axes: 1 }).toArray() as number[], [1, 1]);
    const [, tangent] = jvp(
      (x: Tensor) => softmax(x),
      [logits],
      [
        tensor([
          [1, 1, 1],
          [-2, -2, -2],
        ]),
      ],
    );
    expectClose((tangent.toArray() as number[][]).flat(), [0, 0, 0, 0, 0, 0], 1e-15);
    expectClose(
      slopes((x) => mul(logSumExp(x), 1), [0.3, -1.2, 2.1]),
      (probabilities.toArray() as number[][])[0],
    );
  });
});
