import { expect } from 'chai';
import fc from 'fast-check';
import {
  bilinear,
  grad,
  jvp,
  linear,
  matmul,
  mul,
  neg,
  outer,
  smooth,
  square,
  sum,
} from '../../autodiff/index.ts';
import {
  ConfigurationError,
  cast,
  DTypeError,
  dataOf,
  fromData,
  indices,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '../../lib/index.ts';
import { describePrimitive, shapes, tensors, tensorsOf } from '../../trainers/testing/index.ts';

const sinh = smooth({ name: 'sinh', evaluate: Math.sinh, partials: [(x) => cosh(x)] });
const cosh: (x: Tensor | number) => Tensor = smooth({
  name: 'cosh',
  evaluate: Math.cosh,
  partials: [(x) => sinh(x)],
});
const hypotenuse = smooth({
  name: 'hypotenuse',
  evaluate: Math.hypot,
  partials: [(x, _, r) => mul(x, inverse(r)), (_, y, r) => mul(y, inverse(r))],
});
const inverse: (x: Tensor | number) => Tensor = smooth({
  name: 'inverse',
  evaluate: (x) => 1 / x,
  partials: [(_, y) => neg(square(y))],
});

/** Running sums of a vector. */
const cumulate = linear({
  name: 'cumulate',
  shape: ([n]) => [n],
  evaluate: (x) => runningSums(x),
  transpose: (u) => reverse(cumulate(reverse(u))),
});
const reverse = linear({
  name: 'reverse',
  shape: ([n]) => [n],
  evaluate: (x) => fromData(dataOf(x).slice().reverse(), x.shape),
  transpose: (u) => reverse(u),
});
/** Every other element. */
const decimate = linear({
  name: 'decimate',
  shape: ([n]) => [Math.ceil(n / 2)],
  evaluate: (x) =>
    fromData(
      dataOf(x).filter((_, i) => i % 2 === 0),
      [Math.ceil(x.size / 2)],
    ),
  transpose: (u, { shape }) => dilate(shape[0])(u),
});
const dilate = (n: number) =>
  linear({
    name: 'dilate',
    shape: () => [n],
    evaluate: (u) =>
      fromData(
        dataOf(zeros([n], { dtype: u.dtype })).map((_, i) => (i % 2 === 0 ? dataOf(u)[i / 2] : 0)),
        [n],
      ),
    transpose: (v) => decimate(v),
  });
const product = bilinear({
  name: 'product',
  shape: ([m], [, n]) => [m, n],
  evaluate: (x, y) => matmul(x, y),
  transposes: [
    (u, y) => matmul(u, y, { transposeRight: true }),
    (u, x) => matmul(x, u, { transposeLeft: true }),
  ],
});
function runningSums(x: Tensor): Tensor {
  let total = 0;
  return fromData(
    dataOf(x)
      .slice()
      .map((value) => (total += value)),
    x.shape,
  );
}

describePrimitive({
  name: 'a declared smooth primitive',
  operation: (x) => sinh(x),
  operands: tensors().map((x) => [x]),
});
describePrimitive({
  name: 'a declared smooth primitive of two operands, broadcasting',
  operation: (x, y) => hypotenuse(x, y),
  operands: fc.tuple(tensorsOf([2, 3]), tensorsOf([3], { min: 0.5, max: 2 })),
});
describePrimitive({
  name: 'a declared linear primitive',
  operation: (x) => cumulate(x),
  operands: shapes({ minRank: 1, maxRank: 1 }).chain((shape) => tensorsOf(shape).map((x) => [x])),
});
describePrimitive({
  name: 'a declared linear primitive of another shape',
  operation: (x) => decimate(x),
  operands: tensorsOf([5]).map((x) => [x]),
});
describePrimitive({
  name: 'a declared bilinear primitive',
  operation: (x, y) => product(x, y),
  operands: fc.tuple(tensorsOf([2, 3]), tensorsOf([3, 4])),
});
describe('smooth', () => {
  it('accepts numbers, and broadcasts', () => {
    expect(sinh(0).item()).to.equal(0);
    expect(hypotenuse(tensor([[3], [8]]), tensor([4, 6, 15])).toArray()).to.deep.equal([
      [5, Math.sqrt(45), Math.hypot(3, 15)],
      [Math.hypot(8, 4), 10, 17],
    ]);
    expect(hypotenuse(3, tensor([4])).toArray()).to.deep.equal([5]);
    expect(grad((x: Tensor) => hypotenuse(x, 4))(tensor(3)).item()).to.be.closeTo(0.6, 1e-15);
    expect(() => hypotenuse(tensor([1, 2]), tensor([1, 2, 3]))).to.throw(
      ShapeError,
      'hypotenuse: shapes [2] and [3] do not broadcast',
    );
    expect(() => sinh(indices([1]))).to.throw(DTypeError, 'sinh: needs float32 or float64, got int32');
  });

  it('neither compiles nor runs without a partial derivative per operand', () => {
    const times = (x: number, y: number) => x * y;
    const right = (_: Tensor, y: Tensor) => y;
    // @ts-expect-error: one partial for two operands
    expect(() => smooth({ name: 'half', evaluate: times, partials: [right] })).to.throw(
      ConfigurationError,
      'smooth: half has 2 operands and 1 partials; give one partial derivative for each of one or two operands',
    );
    // @ts-expect-error: no partial at all
    expect(() => smooth({ name: 'none', evaluate: (x: number) => x, partials: [] })).to.throw(
      ConfigurationError,
      'smooth: none has 1 operands and 0 partials',
    );
    // @ts-expect-error: partials left out
    expect(() => smooth({ name: 'none', evaluate: (x: number) => x })).to.throw(ConfigurationError);
    // @ts-expect-error: a partial that is no function
    expect(() => smooth({ name: 'odd', evaluate: (x: number) => x, partials: [1] })).to.throw(
      ConfigurationError,
      'odd: partials[0] must be a function, got 1',
    );
    // @ts-expect-error: no name
    expect(() => smooth({ evaluate: (x: number) => x, partials: [(x: Tensor) => x] })).to.throw(
      ConfigurationError,
      'smooth: a primitive needs a name',
    );
    // @ts-expect-error: nothing to evaluate
    expect(() => smooth({ name: 'idle', partials: [(x: Tensor) => x] })).to.throw(
      ConfigurationError,
      'idle: evaluate must be a function, got nothing',
    );
  });

  it('has its arity in its type', () => {
    // @ts-expect-error: one operand too many
    sinh(1, 2);
    // @ts-expect-error: one operand too few
    expect(() => hypotenuse(1)).to.throw(DTypeError);
  });

  it('refuses a partial of another shape', () => {
    const odd = smooth({ name: 'odd', evaluate: (x) => x, partials: [(x) => sum(x)] });
    expect(() => grad((x: Tensor) => sum(odd(x)))(tensor([1, 2]))).to.throw(
      ShapeError,
      'odd: partials[0]: returned shape [] where [2] is declared',
    );
  });
});

describe('linear and bilinear', () => {
  it('refuse a result of evaluate that differs from the declared type', () => {
    const odd = linear({
      name: 'odd',
      shape: (shape) => shape,
      evaluate: (x) => sum(x),
      transpose: (u) => u,
    });
    expect(() => odd(tensor([1, 2]))).to.throw(ShapeError, 'odd: returned shape [] where [2] is declared');
    const wide = linear({
      name: 'wide',
      shape: (shape) => shape,
      evaluate: (x) => cast(x, 'float64'),
      transpose: (u) => u,
    });
    expect(() => wide(tensor([1, 2], { dtype: 'float32' }))).to.throw(
      DTypeError,
      'wide: returned float64 where float32 is declared',
    );
    const broken = linear({ name: 'broken', shape: () => [-1], evaluate: (x) => x, transpose: (u) => u });
    expect(() => broken(tensor([1, 2]))).to.throw(ShapeError, 'broken: shape: [-1] is not a shape');
    expect(() =>
      // @ts-expect-error: not a tensor
      linear({ name: 'number', shape: () => [], evaluate: () => 1, transpose: (u: Tensor) => u })(tensor(1)),
    ).to.throw(DTypeError, 'number: must return a tensor, got 1');
    const tall = bilinear({
      name: 'tall',
      shape: ([m], [n]) => [m, n],
      evaluate: (x, y) => outer(y, x),
      transposes: [(u) => u, (u) => u],
    });
    expect(() => tall(tensor([1, 2]), tensor([1, 2, 3]))).to.throw(
      ShapeError,
      'tall: returned shape [3,2] where [2,3] is declared',
    );
    expect(() => product(tensor([[1]]), tensor([[1]], { dtype: 'float32' }))).to.throw(
      DTypeError,
      'product: float64 with float32',
    );
  });

  it('refuse a value that closes over a variable', () => {
    const leaky = (v: Tensor) =>
      linear({
        name: 'leaky',
        shape: (shape) => shape,
        evaluate: (x) => mul(x, v),
        transpose: (u) => mul(u, v),
      });
    expect(() => jvp((v: Tensor) => leaky(v)(tensor(2)), [tensor(3)], [tensor(1)])).to.throw(
      ConfigurationError,
      'leaky: its value uses a tensor from outside that is being differentiated; pass it as an operand',
    );
  });

  it('require all their parts', () => {
    expect(() =>
      // @ts-expect-error: no transpose
      linear({ name: 'oneWay', shape: (s: readonly number[]) => s, evaluate: (x: Tensor) => x }),
    ).to.throw(ConfigurationError, 'oneWay: transpose must be a function, got nothing');
    const same = (x: Tensor) => x;
    // @ts-expect-error: one transpose for two operands
    expect(() => bilinear({ name: 'lame', shape: () => [], evaluate: same, transposes: [same] })).to.throw(
      ConfigurationError,
      'lame: transposes[1] must be a function',
    );
  });
});
