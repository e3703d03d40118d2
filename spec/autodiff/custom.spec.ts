import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  custom,
  grad,
  jvp,
  linearize,
  mul,
  neg,
  sin,
  square,
  sub,
  sum,
  tanh,
  where,
} from '../../autodiff/index.ts';
import { withLevel } from '../../autodiff/level.ts';
import { type Recorder, SymbolTensor } from '../../autodiff/symbol.ts';
import {
  ConfigurationError,
  DTypeError,
  dataOf,
  fromData,
  indices,
  LinearityError,
  ShapeError,
  type Tensor,
  tensor,
  UnknownValueError,
} from '../../lib/index.ts';
import { describePrimitive, indicesBelow, tensorsOf } from '../../trainers/testing/index.ts';

const scaledSine = custom({
  name: 'scaledSine',
  value: (a: Tensor, x: Tensor) => mul(a, sin(x)),
  push: ([a, x], [da, dx]) => add(mul(da, sin(x)), mul(mul(a, cosine(x)), dx)),
  shape: (a) => a,
});
const cosine = (x: Tensor) => sin(add(x, Math.PI / 2));

const masked = custom({
  name: 'masked',
  value: (x: Tensor, mask: Tensor) => where(mask, square(x), 0),
  push: ([x, mask], [dx]) => where(mask, mul(mul(2, x), dx), 0),
});

describePrimitive({
  name: 'a declared custom primitive',
  operation: (a, x) => scaledSine(a, x),
  operands: fc.tuple(tensorsOf([2, 3]), tensorsOf([2, 3])),
});
describePrimitive({
  name: 'a declared custom primitive with a mask',
  operation: (x, mask) => masked(x, mask),
  operands: fc.tuple(tensorsOf([2, 3]), indicesBelow(2, [2, 3])),
});

describe('custom', () => {
  it('replaces the derivative of its code', () => {
    const straightThrough = custom({
      name: 'round',
      value: (x: Tensor) => fromData(dataOf(x).map(Math.round), x.shape),
      push: (_, [t]) => t,
    });
    expect(straightThrough(tensor([0.4, 1.6])).toArray()).to.deep.equal([0, 2]);
    expect(grad((x: Tensor) => sum(square(straightThrough(x))))(tensor([0.4, 1.6])).toArray()).to.deep.equal([
      0, 4,
    ]);
  });

  it('has derivatives of any order in any mix', () => {
    const f = (x: Tensor) => scaledSine(x, x);
    const third = (x: number) => -3 * Math.sin(x) - x * Math.cos(x);
    const towers = [
      grad(grad(grad(f))),
      grad((x: Tensor) => jvp(grad(f), [x], [tensor(1)])[1]),
      (x: Tensor) => jvp(grad(grad(f)), [x], [tensor(1)])[1],
    ];
    for (const tower of towers) expect(tower(tensor(0.7)).item()).to.be.closeTo(third(0.7), 1e-14);
  });

  it('accepts a tangent of one operand in reverse mode too, even if its result has none', () => {
    for (const argument of [0, 1] as const) {
      const alone = grad((a: Tensor, x: Tensor) => sum(scaledSine(a, x)), { argument })(
        tensor([1, 2]),
        tensor([3, 4]),
      );
      const both = linearize(
        (a: Tensor, x: Tensor) => sum(scaledSine(a, x)),
        tensor([1, 2]),
        tensor([3, 4]),
      ).pull(tensor(1))[argument];
      expect(alone.toArray()).to.deep.equal(both.toArray());
    }
    expect(
      jvp(
        (t: Tensor) => (scaledSine(tensor(1), tensor(2)).level === 0 ? t : neg(t)),
        [tensor(1)],
        [tensor(1)],
      )[1].item(),
    ).to.equal(1);
  });

  it('throws LinearityError in reverse mode for a push that is not linear', () => {
    const odd = custom({ name: 'odd', value: (x: Tensor) => x, push: (_, [t]) => square(t) });
    expect(() => grad((x: Tensor) => odd(x))(tensor(1))).to.throw(
      LinearityError,
      'mul: a derivative rule applies it to a tangent, which is not linear',
    );
    const constant = custom({ name: 'constant', value: (x: Tensor) => mul(x, 1), push: ([x]) => x });
    expect(() => grad((x: Tensor) => constant(x))(tensor(1))).to.throw(
      LinearityError,
      'does not depend on its tangents',
    );
    const affine = custom({ name: 'affine', value: (x: Tensor) => mul(x, 1), push: (_, [t]) => sub(t, 1) });
    expect(() => grad((x: Tensor) => affine(x))(tensor(1))).to.throw(LinearityError);
    const nested = custom({
      name: 'nested',
      value: (x: Tensor) => tanh(x),
      push: (_, [t]) => scaledSine(t, t),
    });
    expect(() => grad((x: Tensor) => nested(x))(tensor(1))).to.throw(
      LinearityError,
      'scaledSine: a derivative rule applies it to a tangent',
    );
  });

  it('refuses a push of another shape or dtype, and mixed float operands', () => {
    const odd = custom({ name: 'odd', value: (x: Tensor) => sum(x), push: (_, [t]) => t });
    expect(() => jvp((x: Tensor) => odd(x), [tensor([1, 2])], [tensor([1, 2])])).to.throw(
      ShapeError,
      'odd: push: returned shape [2] where [] is declared',
    );
    expect(() => scaledSine(tensor(1), tensor(1, { dtype: 'float32' }))).to.throw(
      DTypeError,
      'scaledSine: float64 with float32; nothing is promoted, convert one of them with cast',
    );
    expect(() => odd(indices([1]))).to.throw(DTypeError, 'odd: needs a float32 or float64 operand');
    const declared = custom({
      name: 'declared',
      value: (x: Tensor) => sum(x),
      push: (_, [t]) => sum(t),
      shape: (s) => s,
    });
    expect(() => declared(tensor([1, 2]))).to.throw(
      ShapeError,
      'declared: returned shape [] where [2] is declared',
    );
  });

  it('is traced by running its value on symbols, or by the shape that it declares', () => {
    const reads = (x: Tensor) => fromData(Float64Array.from(dataOf(x)), x.shape);
    const plain = custom({
      name: 'plain',
      value: (x: Tensor) => sum(square(x), { axes: 0 }),
      push: ([x], [t]) => sum(mul(mul(2, x), t), { axes: 0 }),
    });
    const reading = custom({ name: 'reading', value: (x: Tensor) => reads(x), push: (_, [t]) => t });
    const shaped = custom({
      name: 'shaped',
      value: (x: Tensor) => reads(x),
      push: (_, [t]) => t,
      shape: (s) => s,
    });
    withLevel('trace(f)', (level) => {
      const recorder: Recorder = { level, equations: [], symbols: 0, linear: false };
      const x = new SymbolTensor({ shape: [2, 3], dtype: 'float64' }, recorder);
      expect(plain(x).shape).to.deep.equal([3]);
      expect(shaped(x).shape).to.deep.equal([2, 3]);
      expect(() => reading(x)).to.throw(
        UnknownValueError,
        'reading: its value reads numbers, which are not known while it is traced; declare its shape',
      );
      expect(recorder.equations.map(({ primitive }) => primitive.name)).to.deep.equal(['plain', 'shaped']);
    });
  });

  it('requires its parts', () => {
    // @ts-expect-error: no push
    expect(() => custom({ name: 'still', value: (x: Tensor) => x })).to.throw(
      ConfigurationError,
      'still: push must be a function, got nothing',
    );
    // @ts-expect-error: no value
    expect(() => custom({ name: 'empty', push: (_: unknown, [t]: Tensor[]) => t })).to.throw(
      ConfigurationError,
      'empty: value must be a function',
    );
  });
});
