import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  checkDerivatives,
  custom,
  div,
  linear,
  matmul,
  mul,
  neg,
  relu,
  sin,
  smooth,
  softmax,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  transpose,
} from '../../autodiff/index.ts';
import {
  DerivativeError,
  DTypeError,
  fromData,
  indices,
  LinearityError,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import { checkPrimitive, LawError, tensors, tensorsOf } from '../../trainers/testing/index.ts';

const x = tensor([
  [0.3, -0.7, 1.1],
  [0.2, 0.5, -1.9],
]);
const y = tensor([
  [1.3, 0.4, -0.6],
  [0.9, -1.2, 0.8],
]);

const sine = (partial: (x: Tensor, result: Tensor) => Tensor) =>
  smooth({ name: 'sine', evaluate: Math.sin, partials: [partial] });
const right = (v: Tensor) => sin(add(v, Math.PI / 2));
const double = (transposed: (cotangent: Tensor) => Tensor) =>
  linear({ name: 'double', shape: (shape) => shape, evaluate: (v) => mul(v, 2), transpose: transposed });
const flip = (transposed: (cotangent: Tensor) => Tensor) =>
  linear({ name: 'flip', shape: ([m, n]) => [n, m], evaluate: (v) => transpose(v), transpose: transposed });
const withPush = (
  push: (primals: readonly [Tensor], tangents: readonly [Tensor], result: Tensor) => Tensor,
) => custom({ name: 'squared', value: (v: Tensor) => square(v), push });

describe('checkDerivatives', () => {
  it('passes correct rules, and reports the number of comparisons', () => {
    const report = checkDerivatives(
      (a: Tensor, b: Tensor) => ({ u: tanh(mul(a, b)), v: [sum(square(a)), softmax(b)] }),
      [x, y],
    );
    expect(report.compared).to.be.above(1000);
    expect(report.worst).to.be.below(0.01);
    checkDerivatives(sine(right), [x]);
    checkDerivatives(
      double((u) => mul(u, 2)),
      [x],
    );
    checkDerivatives(
      flip((u) => transpose(u)),
      [x],
    );
    checkDerivatives(
      withPush(([v], [t]) => mul(mul(2, v), t)),
      [x],
    );
  });

  const wrong: [what: string, f: (v: Tensor) => Tensor, message: RegExp | string][] = [
    [
      'a partial with a wrong factor',
      sine((v) => mul(1.001, right(v))),
      /order 1: push against central differences: d result\[(\d),(\d)\] \/ d argument 0\[\1,\2\]: the rule returns -?[\d.]+ instead of -?[\d.]+/,
    ],
    ['a partial with a wrong sign', sine((v) => neg(right(v))), 'order 1: push against central differences'],
    ['a partial that is 0', sine((v) => mul(v, 0)), 'order 1: push against central differences'],
    ['a partial that is NaN', sine((v) => sqrt(sub(-9, square(v)))), 'the rule returns NaN'],
    [
      'a partial that is right at the point and not around it',
      sine((v) => stopGradient(right(v))),
      'order 2, of the pull: push against central differences: d cotangent of argument 0[',
    ],
    ['a transpose with a wrong factor', double((u) => mul(u, 2.000001)), 'order 1: pull against push'],
    ['a transpose with a wrong sign', double((u) => mul(u, -2)), 'order 1: pull against push'],
    [
      'a transpose that mixes up elements',
      flip((u) =>
        mul(
          u,
          tensor([
            [1, 0],
            [0, 1],
            [1, 1],
          ]),
        ),
      ),
      'flip: transpose: returned shape [3,2] where [2,3] is declared',
    ],
    [
      'the transpose of another map',
      flip(() =>
        tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ),
      'order 1: pull against push',
    ],
    [
      'a push with a wrong factor',
      withPush(([v], [t]) => mul(v, t)),
      'order 1: push against central differences',
    ],
    ['a push that leaves out a term', withPush(([v], [t]) => mul(stopGradient(mul(2, v)), t)), 'order 2'],
    [
      'a linear evaluate that is affine',
      linear({
        name: 'affine',
        shape: (s) => s,
        evaluate: (v) => add(mul(v, 2), 1),
        transpose: (u) => mul(u, 2),
      }),
      'order 1',
    ],
  ];
  for (const [what, f, message] of wrong)
    it(`fails for ${what}`, () => {
      expect(() => checkDerivatives(f, [x])).to.throw(message);
    });

  it('fails for a push that is not linear', () => {
    for (const push of [
      withPush((_, [t]) => square(t)),
      withPush((_, [t]) => add(t, 1)),
      withPush((_, [t]) => tanh(t)),
      withPush(() =>
        tensor([
          [1, 1, 1],
          [1, 1, 1],
        ]),
      ),
      withPush((_, [t]) => div(1, t)),
    ])
      expect(() => checkDerivatives(push, [x])).to.throw(LinearityError);
  });

  it('names the path and index of the worst entry, in and out', () => {
    const one = sine((v) => mul(right(v), tensor([1, 1, 1.5])));
    const f = (a: { w: readonly Tensor[] }) => ({ deep: [square(a.w[0]), one(a.w[1])] });
    const third = tensor([0.3, 0.7, 1.1]);
    expect(() => checkDerivatives(f, [{ w: [x, third] }])).to.throw(
      DerivativeError,
      /^checkDerivatives\(f\): order 1: push against central differences: d result at deep\[1\]\[2\] \/ d argument 0 at w\[1\]\[2\]: the rule returns 0\.680394[\d]* instead of 0\.45359\d*$/,
    );
  });

  it('uses random directions for large inputs, and finds one wrong element among them', () => {
    const data = Float64Array.from({ length: 90 }, (_, i) => Math.sin(i));
    const large = fromData(data, [9, 10]);
    const weights = fromData(new Float64Array(90).fill(1), [9, 10]);
    checkDerivatives((v: Tensor) => tanh(v), [large]);
    (weights.toNdarray().data as Float64Array)[37] = 1.01;
    const f = sine((v) => mul(right(v), weights));
    expect(() => checkDerivatives(f, [large], { order: 1 })).to.throw(
      DerivativeError,
      'd result[3,7] / d a random direction',
    );
    expect(() => checkDerivatives(f, [large], { order: 1, seed: 5 })).to.throw(
      DerivativeError,
      'd result[3,7] / d a random direction',
    );
  });

  it('fails at a kink, where there is no derivative', () => {
    expect(() => checkDerivatives(relu, [tensor([0.5, 0])], { order: 1 })).to.throw(
      DerivativeError,
      'd result[1] / d argument 0[1]: the rule returns 0 instead of 0.5',
    );
  });

  it('accepts a looser tolerance', () => {
    const near = sine((v) => mul(1 + 1e-6, right(v)));
    expect(() => checkDerivatives(near, [x], { order: 1 })).to.throw(DerivativeError);
    expect(checkDerivatives(near, [x], { order: 1, tolerance: 1e-5 }).worst).to.be.within(0.01, 1);
  });

  it('holds int32 tensors fixed, and accepts a function without float arguments', () => {
    checkDerivatives(
      (v: Tensor, ids: Tensor) => matmul(v, tanh(v), { transposeRight: ids.size === 2 }),
      [x, indices([0, 1])],
    );
    expect(checkDerivatives((ids: Tensor) => ids, [indices([1])])).to.deep.equal({ compared: 0, worst: 0 });
  });

  it('accepts only float64', () => {
    const narrow = tensor([1, 2], { dtype: 'float32' });
    expect(() => checkDerivatives((v: { b: Tensor }) => tanh(v.b), [{ b: narrow }])).to.throw(
      DTypeError,
      'checkDerivatives(f): argument 0 at b is float32; differences need float64: convert it with cast',
    );
    expect(() => checkDerivatives((_: Tensor) => [narrow], [tensor(1)])).to.throw(
      DTypeError,
      'the result at [0] is float32',
    );
  });

  it('passes for any tensor', () => {
    fc.assert(
      fc.property(tensors(), (v) => {
        expect(checkDerivatives((a: Tensor) => tanh(mul(a, a)), [v]).worst).to.be.below(1);
      }),
      { seed: 1, numRuns: 10 },
    );
  });
});

describe('checkPrimitive', () => {
  const operands = tensorsOf([2, 3]).map((v) => [v]);

  it('passes a correct primitive', () => {
    checkPrimitive({ name: 'sine', operation: sine(right), operands, reference: sin });
  });

  const impostors: [law: string, operation: (v: Tensor) => Tensor][] = [
    ['equals its reference', (v) => sin(mul(v, 1.00000001))],
    ['has a push equal to central differences', sine((v) => mul(1.001, right(v)))],
    ['has a pull that is the adjoint of its push', double((u) => mul(u, 2.0000001))],
    ['has derivatives of order 2', sine((v) => stopGradient(right(v)))],
    [
      'does not write to its operands',
      linear({ name: 'overwrite', shape: (s) => s, evaluate: overwrite, transpose: (u) => mul(u, 1) }),
    ],
    [
      'does not depend on the layout',
      linear({ name: 'memory', shape: (s) => s, evaluate: asStored, transpose: asStored }),
    ],
  ];
  for (const [law, operation] of impostors)
    it(`fails: ${law}`, () => {
      const reference = law === 'equals its reference' ? { reference: sin } : {};
      expect(() => checkPrimitive({ name: 'impostor', operation, operands, ...reference })).to.throw(
        LawError,
        `impostor: ${law}`,
      );
    });

  it('reports the smallest operands at which a law fails', () => {
    const operation = sine((v) => mul(right(v), 2));
    expect(() => checkPrimitive({ name: 'sine', operation, operands: tensors().map((v) => [v]) })).to.throw(
      /d argument 0: the rule returns (-?[\d.]+) instead of (-?[\d.]+)\n {4}operand 0 = \[\]: -?[\d.]+\n {4}draw \d+ of 10, made smaller \d+ times; seed 1$/,
    );
  });
});

/** Not linear, and writes to its operand. */
function overwrite(v: Tensor): Tensor {
  const result = mul(v, 1);
  v.toNdarray().data.fill(7);
  return result;
}

/** The elements in memory order, ignoring the strides. */
function asStored(v: Tensor): Tensor {
  const { data, offset } = v.toNdarray();
  return fromData(
    Float64Array.from({ length: v.size }, (_, i) => data[(offset + i) % data.length]),
    v.shape,
  );
}
