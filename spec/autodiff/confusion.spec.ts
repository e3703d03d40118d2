import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  grad,
  jvp,
  type Linearization,
  linearize,
  mul,
  sin,
  square,
  sum,
  tanh,
  vjp,
} from '../../autodiff/index.ts';
import { type Tensor, tensor } from '../../lib/index.ts';

const one = tensor(1);
type Derivative = (f: (x: Tensor) => Tensor) => (x: Tensor) => Tensor;

/** All transforms that differentiate a function of one number. */
const modes: Readonly<Record<string, Derivative>> = {
  jvp: (f) => (x) => jvp(f, [x], [one])[1],
  grad: (f) => grad(f),
  push: (f) => (x) => linearize(f, x).push(one),
  pull: (f) => (x) => linearize(f, x).pull(one)[0],
  vjp: (f) => (x) => vjp(f, x)[1](one)[0],
};
const names = Object.keys(modes);

/** All sequences of `count` modes. */
function mixes(count: number): string[][] {
  return count === 0 ? [[]] : mixes(count - 1).flatMap((mix) => names.map((name) => [...mix, name]));
}

describe('perturbations are not confused', () => {
  for (const [outer, inner] of mixes(2)) {
    const [D, E] = [modes[outer], modes[inner]];

    it(`${outer} of ${inner}: d/dx x · d/dy (x + y) is 1`, () => {
      expect(D((x) => mul(x, E((y) => add(x, y))(one)))(tensor(3)).item()).to.equal(1);
    });

    it(`${outer} of ${inner}: d/dx x · d/dy (x · y) at y = x is 2 x`, () => {
      expect(D((x) => mul(x, E((y) => mul(x, y))(x)))(tensor(3)).item()).to.equal(6);
    });

    it(`${outer} of ${inner}: d/dx d/dy (x² y³) at y = x is 12 x³`, () => {
      // d/dy is 3 x² y²; at y = x, 3 x⁴; its derivative is 12 x³.
      expect(D((x) => E((y) => mul(square(x), mul(y, square(y))))(x))(tensor(2)).item()).to.equal(96);
    });

    it(`${outer} of ${inner}: a derivative that does not depend on the outer variable is 0`, () => {
      expect(D((x) => add(mul(x, 0), E((y) => square(y))(tensor(5))))(tensor(3)).item()).to.equal(0);
      expect(D(() => E((y) => square(y))(tensor(5)))(tensor(3)).item()).to.equal(0);
    });

    it(`${outer} of ${inner}: a function of the outer variable alone has no inner derivative`, () => {
      expect(D((x) => mul(x, E(() => square(x))(x)))(tensor(3)).item()).to.equal(0);
    });
  }

  for (const mix of mixes(3)) {
    it(`${mix.join(' of ')}: d/dx d/dy d/dz sin(x y z)`, () => {
      const [D, E, F] = mix.map((name) => modes[name]);
      const [x, y, z] = [0.7, 1.1, -0.4];
      const f = D((a) => E((b) => F((c) => sin(mul(a, mul(b, c))))(tensor(z)))(tensor(y)));
      const p = x * y * z;
      // ∂³ sin(p) = cos p - 3 p sin p - p² cos p.
      expect(f(tensor(x)).item()).to.be.closeTo(
        Math.cos(p) - 3 * p * Math.sin(p) - p * p * Math.cos(p),
        1e-14,
      );
    });
  }

  it('by random towers: the n-th derivative of tanh(a x), in any mix of modes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...names), { maxLength: 4 }), (mix) => {
        const a = 0.8;
        const f = mix.reduce<(x: Tensor) => Tensor>(
          (g, name) => modes[name](g),
          (x) => tanh(mul(a, x)),
        );
        const t = Math.tanh(a * 0.3);
        const u = 1 - t * t;
        const derivatives = [t, u, -2 * t * u, u * (6 * t * t - 2), u * t * (16 - 24 * t * t)];
        expect(f(tensor(0.3)).item()).to.be.closeTo(a ** mix.length * derivatives[mix.length], 1e-13);
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});

describe('a linearization', () => {
  const f = (x: Tensor) => tanh(square(x));
  const slope = (x: number) => 2 * x * (1 - Math.tanh(x * x) ** 2);

  it('can be pushed and pulled after linearize returned, any number of times', () => {
    const { push, pull } = linearize(f, tensor(0.6));
    for (const factor of [1, -2, 0]) {
      expect(push(tensor(factor)).item()).to.be.closeTo(factor * slope(0.6), 1e-15);
      expect(pull(tensor(factor))[0].item()).to.be.closeTo(factor * slope(0.6), 1e-15);
    }
  });

  it('made outside is linear inside any differentiation', () => {
    const { push, pull } = linearize(f, tensor(0.6));
    for (const D of Object.values(modes)) {
      expect(D((v) => square(push(v)))(tensor(3)).item()).to.be.closeTo(6 * slope(0.6) ** 2, 1e-14);
      expect(D((v) => square(pull(v)[0]))(tensor(3)).item()).to.be.closeTo(6 * slope(0.6) ** 2, 1e-14);
    }
  });

  it('made inside a differentiation, at its variable, is differentiated through its coefficients and its tangent', () => {
    // push at x of x is x f'(x); with f = x³ that is 3 x³, whose derivative is 9 x².
    const cube = (x: Tensor) => mul(x, square(x));
    for (const D of Object.values(modes)) {
      expect(D((x) => linearize(cube, x).push(x))(tensor(2)).item()).to.equal(36);
      expect(D((x) => linearize(cube, x).pull(x)[0])(tensor(2)).item()).to.equal(36);
    }
  });

  it('inside another, of a function that uses the outer variable', () => {
    const outer = linearize(
      (x: Tensor) => linearize((y: Tensor) => mul(x, square(y)), tensor(3)).push(tensor(2)),
      tensor(5),
    );
    expect(outer.value.item()).to.equal(60);
    expect(outer.push(one).item()).to.equal(12);
    expect(outer.pull(one)[0].item()).to.equal(12);
  });

  it('of a push and of a pull is the same linear map', () => {
    const { push, pull } = linearize(f, tensor(0.6));
    for (const map of [push, (v: Tensor) => pull(v)[0]]) {
      const line = linearize(map, tensor(7));
      expect(line.push(one).item()).to.be.closeTo(slope(0.6), 1e-15);
      expect(line.pull(one)[0].item()).to.be.closeTo(slope(0.6), 1e-15);
    }
  });

  it('returned by a differentiated function works while its level is open', () => {
    let inner: Linearization<[Tensor], Tensor> | undefined;
    const [, tangent] = jvp(
      (x: Tensor) => {
        inner = linearize((y: Tensor) => mul(x, square(y)), tensor(3));
        return add(inner.push(one), inner.pull(one)[0]);
      },
      [tensor(5)],
      [one],
    );
    expect(tangent.item()).to.equal(12);
  });

  it('sums over the uses of one argument, also in two results', () => {
    const { pull, push } = linearize((x: Tensor) => [x, x, mul(x, 3)] as const, tensor([1, 2]));
    expect(pull([tensor([1, 0]), tensor([10, 20]), tensor([100, 200])])[0].toArray()).to.deep.equal([
      311, 620,
    ]);
    expect(push(tensor([1, 2])).map((part) => part.toArray())).to.deep.equal([
      [1, 2],
      [1, 2],
      [3, 6],
    ]);
    expect(sum(pull([undefined, undefined, undefined])[0]).item()).to.equal(0);
  });
});
