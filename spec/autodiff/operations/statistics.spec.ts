import { expect } from 'chai';
import {
  compile,
  cumsum,
  floor,
  grad,
  hessian,
  jvp,
  mul,
  norm,
  prod,
  sign,
  std,
  variance,
} from '../../../autodiff/index.ts';
import * as operations from '../../../autodiff/operations/index.ts';
import { ShapeError, type Tensor, tensor } from '../../../lib/index.ts';

describe('norms, spreads and products', () => {
  it('variance and std divide by n - ddof, and variance is also exported by the name in NumPy', () => {
    const x = tensor([1, 2, 4, 9]);
    expect([variance(x).item(), variance(x, { ddof: 1 }).item()]).to.deep.equal([9.5, 38 / 3]);
    expect([std(x, { ddof: 1 }).item(), operations.var]).to.deep.equal([
      Math.sqrt(38) / Math.sqrt(3),
      variance,
    ]);
    expect(() => std(tensor([1]), { ddof: 1 })).to.throw(
      ShapeError,
      'std: ddof 1 leaves nothing to divide by, of 1 elements; give less than 1',
    );
    expect(() => variance(tensor([]))).to.throw(
      ShapeError,
      'variance: of no elements is not defined; the shape is [0]',
    );
    expect(() => cumsum(1)).to.throw(ShapeError, 'cumsum: there is no axis -1 in a tensor with 0 axes');
  });

  it('floor and sign have the derivative 0 at every level', () => {
    for (const operation of [floor, sign]) {
      const f = (x: Tensor) => mul(operation(x), x);
      expect(jvp(f, [tensor(2.5)], [tensor(1)])[1].item()).to.equal(operation(tensor(2.5)).item());
      expect(grad((x: Tensor) => grad(f)(x))(tensor(2.5)).item()).to.equal(0);
    }
  });

  it('norm at 0 and std of equal elements have the derivative 0, at every order', () => {
    for (const [f, at] of [
      [norm, [0, 0, 0]],
      [std, [3, 3, 3]],
    ] as const) {
      expect(grad((x: Tensor) => f(x))(tensor([...at])).toArray()).to.deep.equal([0, 0, 0]);
      expect(hessian((x: Tensor) => f(x))(tensor([...at])).toArray()).to.deep.equal(at.map(() => [0, 0, 0]));
      expect(compile((x: Tensor) => grad((y: Tensor) => f(y))(x))(tensor([...at])).toArray()).to.deep.equal([
        0, 0, 0,
      ]);
    }
  });

  it('norm and std overflow only if the result itself is too large', () => {
    const narrow = { dtype: 'float32' } as const;
    const relative = (got: number, want: number) => Math.abs(got / want - 1);
    for (const run of [(f: (x: Tensor) => Tensor) => f, (f: (x: Tensor) => Tensor) => compile(f)])
      for (const [x, want, tolerance] of [
        [tensor([1e200, 1e200]), Math.SQRT2 * 1e200, 1e-15],
        [tensor([3e-200, 4e-200]), 5e-200, 1e-15],
        [tensor([3e307, -4e307]), 5e307, 1e-15],
        [tensor([1e30, 1e30], narrow), Math.SQRT2 * 1e30, 1e-7],
        [tensor([3e-30, 4e-30], narrow), 5e-30, 1e-7],
      ] as const)
        expect(relative(run((v: Tensor) => norm(v))(x).item(), want)).to.be.below(tolerance);
    expect(std(tensor([1e200, -1e200])).item()).to.equal(1e200);
  });

  it('prod has the products of the other elements as derivatives, even with zeros, at every order', () => {
    const slope = (x: number[]) => grad((v: Tensor) => prod(v))(tensor(x)).toArray();
    expect(slope([2, 0, 3, 5])).to.deep.equal([0, 30, 0, 0]);
    expect(slope([0, 0, 3])).to.deep.equal([0, 0, 0]);
    expect(slope([7])).to.deep.equal([1]);
    expect(hessian((v: Tensor) => prod(v))(tensor([0, 0, 3, 1])).toArray()).to.deep.equal([
      [0, 3, 0, 0],
      [3, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(prod(tensor([])).item()).to.equal(1);
  });
});
