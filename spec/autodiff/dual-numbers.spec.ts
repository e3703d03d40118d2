import { expect } from 'chai';
import {
  add,
  compile,
  dual,
  grad,
  jvp,
  linearize,
  mul,
  primal,
  sin,
  square,
  stopGradient,
  sum,
  tangent,
  tanh,
} from '../../autodiff/index.ts';
import {
  EscapedTangentError,
  indices,
  ShapeError,
  seeded,
  type Tensor,
  TreeError,
  tensor,
} from '../../lib/index.ts';
import { lstm, rnn } from '../../nn/index.ts';

/** The derivative of a function of one number, with a hand-made dual number. */
const derivative = (f: (x: Tensor) => Tensor) => (x: Tensor) => tangent(f(dual(x, tensor(1))));

describe('dual numbers', () => {
  it('follow ε² = 0', () => {
    const product = mul(dual(3, 1), dual(5, 2));
    expect([primal(product).item(), tangent(product).item()]).to.deep.equal([15, 11]);
    expect(tangent(mul(dual(0, 1), dual(0, 1))).item()).to.equal(0);
    expect(tangent(sin(dual(0.3, 2))).item()).to.equal(2 * Math.cos(0.3));
  });

  it('are the jvp of a cell, value and tangent, in any direction', () => {
    const cell = lstm({ inputs: 2, units: 3 });
    const [params, direction, x] = [cell.init(seeded(1)), cell.init(seeded(2)), tensor([1, -1])];
    const step = (theta: typeof params) => cell.step(theta, cell.start(), x).state;
    const [value, pushed] = jvp(step, [params], [direction]);
    const state = step(dual(params, direction));
    for (const part of ['h', 'c'] as const) {
      expect(primal(state)[part].toArray()).to.deep.equal(value[part].toArray());
      expect(tangent(state)[part].toArray()).to.deep.equal(pushed[part].toArray());
    }
  });

  it('may be part of a tree: leaves without a tangent are constant', () => {
    const cell = rnn({ inputs: 2, units: 3 });
    const params = cell.init(seeded(1));
    const direction = { u: seeded(2).normal([3, 3]) };
    const [h, x] = [tensor([0.1, 0.2, 0.3]), tensor([1, -1])];
    const [, pushed] = jvp((theta) => cell.step(theta, h, x).state, [params], [direction]);
    expect(tangent(cell.step(dual(params, direction), h, x).state).toArray()).to.deep.equal(pushed.toArray());
  });

  it('have a zero tangent in results independent of them', () => {
    expect(tangent(tensor([1, 2])).toArray()).to.deep.equal([0, 0]);
    expect(tangent(stopGradient(dual(3, 1))).item()).to.equal(0);
    expect(tangent(indices([1, 2])).dtype).to.equal('float64');
    expect(primal({ a: tensor(1), b: [dual(2, 1)] }).b[0].item()).to.equal(2);
  });

  it('are not confused with the dual numbers of a transform around them', () => {
    const at = tensor(2);
    // f(a) = d/db (b² a) at b = a, so 2a² and 4a.
    const f = (a: Tensor) => derivative((b) => mul(square(b), a))(a);
    expect(jvp(f, [at], [tensor(1)]).map((t) => t.item())).to.deep.equal([8, 8]);
    expect(grad(f)(at).item()).to.equal(8);
    expect(compile(f)(at).item()).to.equal(8);
    expect(linearize(f, at).push(tensor(1)).item()).to.equal(8);
    // The tangent of jvp does not belong to them.
    expect(jvp((a: Tensor) => add(a, tangent(a)), [at], [tensor(1)]).map((t) => t.item())).to.deep.equal([
      2, 1,
    ]);
  });

  it('are not confused with those of an inner transform', () => {
    const slope = (f: (x: Tensor) => Tensor, x: Tensor) => jvp(f, [x], [tensor(1)])[1];
    expect(
      derivative((x) =>
        mul(
          x,
          slope((y) => add(x, y), tensor(1)),
        ),
      )(tensor(1)).item(),
    ).to.equal(1);
    expect(derivative((x) => slope((y) => mul(square(y), x), tensor(3)))(tensor(2)).item()).to.equal(6);
    expect(
      derivative((x) => grad((y: Tensor) => sum(mul(square(y), x)))(tensor(3)))(tensor(2)).item(),
    ).to.equal(6);
    expect(derivative(compile((x: Tensor) => square(x)))(tensor(3)).item()).to.equal(6);
  });

  it('end with the transform in which they are made', () => {
    let stored: Tensor | undefined;
    const keep = (x: Tensor) => {
      stored = dual(x, tensor(1));
      return x;
    };
    jvp(keep, [tensor(2)], [tensor(1)]);
    for (const use of [primal, tangent, tanh, (x: Tensor) => dual(x, tensor(1))])
      expect(() => use(stored as Tensor)).to.throw(
        EscapedTangentError,
        'after jvp(keep) returned; return it instead of storing it',
      );
  });

  it('are refused as primals and tangents of others, where two ε would be confused', () => {
    for (const make of [() => dual(dual(1, 1), 1), () => dual(tensor(1), dual(1, 1))])
      expect(make).to.throw('is a dual number already, and ε² = 0; nest jvp for derivatives of derivatives');
  });

  it('require tangents that fit', () => {
    expect(() => dual(tensor([1, 2]), tensor([1]))).to.throw(
      ShapeError,
      'dual: the tangent has shape [1], needs [2]',
    );
    expect(() => dual(indices([1]), tensor([1]))).to.throw('an int32 tensor carries no tangent');
    expect(() => dual(tensor(1, { dtype: 'float32' }), tensor(1))).to.throw(
      'dual: the tangent is float64, needs float32',
    );
    expect(() => dual({ a: tensor(1) }, { b: tensor(1) } as never)).to.throw(
      TreeError,
      'dual: tangent: unexpected entry b',
    );
  });
});
