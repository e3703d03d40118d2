import { expect } from 'chai';
import {
  add,
  checkDerivatives,
  compile,
  exp,
  gather,
  globalNorm,
  grad,
  hvp,
  jvp,
  mul,
  outer,
  scatterAdd,
  square,
  stack,
  sub,
  sum,
  tanh,
  vmap,
} from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  DTypeError,
  type FloatDType,
  indices,
  mapTree,
  ones,
  type Tensor,
  type Tree,
  tensor,
  zeros,
} from '../../../lib/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

/** Numbers of every size of a dtype at which squares may overflow or underflow. */
const sizes: Readonly<Record<FloatDType, readonly number[]>> = {
  float32: [1.4e-45, 1e-40, 1e-38, 1e-30, 3e-23, 1e-20, 1e-10, 1, 1e10, 1e18, 2e19, 1e20, 1e30, 1e38],
  float64: [5e-324, 1e-310, 1e-300, 1e-170, 1e-150, 1e-100, 1, 1e100, 1e150, 1e160, 1e200, 1e300],
};

/** Norms of tensors in every factored form that a plan can have, made from one vector of numbers near 1. */
const forms: Readonly<Record<string, (size: Tensor, x: Tensor) => readonly Tensor[]>> = {
  'a vector': (size, x) => [mul(x, size)],
  'a matrix that is a product': (size, x) => [outer(mul(x, size), x)],
  'a product whose factors are far apart': (size, x) => [
    outer(mul(mul(x, size), size), ones([2], { dtype: x.dtype })),
  ],
  'one row of a matrix': (size, x) => [scatterAdd(mul(x, size), indices(2), 4)],
  'tensors far apart': (size, x) => [x, mul(x, size), outer(x, mul(x, size))],
  'a product with zeros': (size, x) => [outer(mul(x, 0), mul(x, size)), mul(x, size)],
  'two products': (size, x) => [outer(mul(x, size), x), outer(x, mul(x, size))],
  'a sum of two products': (size, x) => [add(outer(mul(x, size), x), outer(square(x), mul(x, size)))],
  'a sum of an array and a product': (size, x) => [
    add(mul(tanh(outer(x, x)), size), outer(mul(x, size), exp(mul(x, -1)))),
  ],
  'a sum of an array and a row, each with a factor': (size, x) => [
    add(mul(exp(outer(x, x)), size), mul(scatterAdd(mul(x, size), indices(2), 3), sum(x))),
  ],
  'a difference in which most cancels': (size, x) => [
    sub(outer(mul(x, size), x), outer(mul(mul(x, 1 - 2 ** -10), size), x)),
  ],
};

/** The norm in units of the size, which is near 1. */
function expected(form: string, size: number, x: readonly number[]): number {
  const squares = x.reduce((sum, value) => sum + value * value, 0);
  switch (form) {
    case 'a matrix that is a product':
      return squares * size;
    case 'a product whose factors are far apart':
      return Math.sqrt(2 * squares) * size * size;
    case 'tensors far apart':
      return Math.sqrt(squares) * Math.hypot(1, size, size * Math.sqrt(squares));
    case 'two products':
      return Math.SQRT2 * squares * size;
    case 'a vector':
    case 'one row of a matrix':
    case 'a product with zeros':
      return Math.sqrt(squares) * size;
    default:
      return size * Math.hypot(...forms[form](tensor(1), tensor([...x])).flatMap(numbersOf));
  }
}

/** f on a batch of three, of which the first is of ones; the result of the second, which the third repeats. */
function inBatch<R>(f: (...args: Tensor[]) => R): (...args: Tensor[]) => R {
  const batch = compile(vmap(f));
  return (...args) => {
    const result = batch(
      ...args.map((x) => stack([ones([...x.shape], { dtype: x.dtype as FloatDType }), x, x])),
    );
    return mapTree(result as Tree, (x) => {
      const [, second, third] = x.toArray() as unknown[];
      expect(third).to.deep.equal(second);
      return tensor(second as number[], { dtype: x.dtype as FloatDType });
    }) as R;
  };
}

for (const dtype of ['float32', 'float64'] as const)
  for (const how of ['eager', 'compiled', 'in a batch'] as const)
    describe(`globalNorm of ${dtype}, ${how}`, () => {
      const most = dtype === 'float32' ? 3.4028234663852886e38 : Number.MAX_VALUE;
      const least = dtype === 'float32' ? 2 ** -126 : 2 ** -1022;
      const wrapped = <R>(f: (...args: Tensor[]) => R) =>
        how === 'compiled' ? compile(f) : how === 'eager' ? f : inBatch(f);
      const numbers = [1, -0.5, 0.75];
      const x = tensor(numbers, { dtype });

      for (const [name, form] of Object.entries(forms))
        it(`${name}: is right at every size, in its own unit and in others`, () => {
          for (const unit of [1, 2 ** 64, 2 ** -64]) {
            const norm = wrapped((size: Tensor, y: Tensor) => globalNorm(form(size, y), { unit }));
            for (const given of sizes[dtype]) {
              const size = tensor(given, { dtype });
              const want = expected(name, size.item(), numbers) / unit;
              const got = norm(size, x).item();
              const isWithin = want >= least && want <= most / 1.001;
              // A product that overflows does so before the norm, and a subnormal has fewer digits.
              const isApart = name === 'a product whose factors are far apart';
              // The elements of a difference are rounded before the norm.
              const digits = name === 'a difference in which most cancels' ? 1000 : 1;
              const isOwn =
                (!isApart || (size.item() ** 2 >= least && size.item() ** 2 < most)) &&
                (digits === 1 || size.item() > least * 1e4);
              if (isWithin && isOwn && size.item() > 4 * least * digits)
                requireClose(
                  [got / want],
                  [1],
                  digits * (dtype === 'float32' ? 1e-6 : 1e-14),
                  `${given} in units of ${unit}`,
                );
              // The elements themselves are rounded to few digits.
              else if (isOwn && isWithin) expect(got / want, `${given}, subnormal`).to.be.within(0.5, 2);
              else expect(got, `${given} in units of ${unit}`).not.to.be.NaN;
            }
          }
        });

      it('is correct for the largest and the smallest numbers, in units that put it out of their range', () => {
        const norm = wrapped((y: Tensor) => [globalNorm([y]), globalNorm([y], { unit: 2 ** 64 })]);
        const [own, other] = norm(tensor([most, -most], { dtype }));
        expect(own.item()).to.equal(Number.POSITIVE_INFINITY);
        requireClose([other.item() / ((most / 2 ** 64) * Math.SQRT2)], [1], 1e-6, 'the largest');
        const tiny = dtype === 'float32' ? 2 ** -149 : Number.MIN_VALUE;
        expect(norm(tensor([tiny, tiny, tiny, -tiny], { dtype }))[0].item()).to.equal(2 * tiny);
        expect(norm(zeros([4], { dtype }))[0].item()).to.equal(0);
      });

      it('propagates non-finite elements', () => {
        const norm = wrapped((y: Tensor, z: Tensor) => globalNorm([y, z]));
        const at = (value: number) => norm(tensor([1, value], { dtype }), tensor([most], { dtype })).item();
        expect(at(Number.POSITIVE_INFINITY)).to.equal(Number.POSITIVE_INFINITY);
        expect(at(Number.NEGATIVE_INFINITY)).to.equal(Number.POSITIVE_INFINITY);
        expect(at(Number.NaN)).to.be.NaN;
      });

      it('has the derivative x/‖x‖ at every size, and 0 at 0', () => {
        const slope = wrapped(grad((y: Tensor) => globalNorm([y, mul(y, 2)])));
        for (const size of [1e-30, 1, 1e30]) {
          const got = slope(tensor([3 * size, 0, -4 * size], { dtype }));
          requireClose(
            got.toArray() as number[],
            [0.6, 0, -0.8].map((value) => value * Math.sqrt(5)),
            1e-6,
            `at ${size}`,
          );
        }
        expect(slope(zeros([3], { dtype })).toArray()).to.deep.equal([0, 0, 0]);
        const [value, tangent] = wrapped((y: Tensor, t: Tensor) =>
          jvp((z: Tensor) => globalNorm([z]), [y], [t]),
        )(tensor([3, 4], { dtype }), tensor([1, 0], { dtype }));
        requireClose([value.item(), tangent.item()], [5, 0.6], 1e-6, 'jvp');
      });
    });

describe('globalNorm', () => {
  it('has derivatives of both orders', () => {
    const f = (x: Tensor, y: Tensor) => globalNorm([x, outer(x, y), gather(y, indices(1))]);
    checkDerivatives(f, [tensor([0.5, -1]), tensor([2, 0.25, -0.5])], {
      order: 2,
    });
    const curvature = hvp((x: Tensor) => globalNorm([x]))(tensor([3, 4]), tensor([1, 0]));
    requireClose(curvature.toArray() as number[], [16 / 125, -12 / 125], 1e-14, 'hvp');
  });

  it('refuses tensors without a common norm', () => {
    expect(() => globalNorm([tensor([1]), tensor([1], { dtype: 'float32' })])).to.throw(
      DTypeError,
      'globalNorm',
    );
    expect(() => globalNorm([indices([1])])).to.throw(DTypeError);
    expect(globalNorm([]).item()).to.equal(0);
    for (const unit of [0, -2, 3, 2 ** 65, Number.NaN])
      expect(() => globalNorm([tensor([1])], { unit })).to.throw(
        ConfigurationError,
        'globalNorm: unit must be a power of two',
      );
  });
});
