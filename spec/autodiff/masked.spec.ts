import { expect } from 'chai';
import {
  add,
  compile,
  cos,
  div,
  exp,
  grad,
  greater,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  less,
  linearize,
  log,
  mul,
  pow,
  sin,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  where,
} from '../../autodiff/index.ts';
import { dataOf, fromData, type Tensor, tensor } from '../../lib/index.ts';

/**
 * An elementwise function and its derivatives: at points where a mask excludes a singularity, then at others.
 */
interface Masked {
  readonly f: (x: Tensor) => Tensor;
  readonly points: readonly (readonly [x: number, derivative: number])[];
}

const positive = (f: (x: Tensor) => Tensor) => (x: Tensor) => where(greater(x, 0), f(x), 0);
const awayFromZero = (f: (x: Tensor) => Tensor, there: number) => (x: Tensor) =>
  where(greater(square(x), 0), f(x), there);
const { POSITIVE_INFINITY: infinity, NaN: nan } = Number;

const table: Readonly<Record<string, Masked>> = {
  'sqrt x': {
    f: positive(sqrt),
    points: [
      [0, 0],
      [-0, 0],
      [-1, 0],
      [-infinity, 0],
      [nan, 0],
      [4, 0.25],
    ],
  },
  'log x': {
    f: positive(log),
    points: [
      [0, 0],
      [-0, 0],
      [-1, 0],
      [nan, 0],
      [4, 0.25],
    ],
  },
  '1/x': {
    f: awayFromZero((x) => div(1, x), 0),
    points: [
      [0, 0],
      [-0, 0],
      [-2, -0.25],
    ],
  },
  'sin(x)/x': {
    f: awayFromZero((x) => div(sin(x), x), 1),
    points: [
      [0, 0],
      [2, (2 * Math.cos(2) - Math.sin(2)) / 4],
    ],
  },
  'x log x': {
    f: positive((x) => mul(x, log(x))),
    points: [
      [0, 0],
      [-1, 0],
      [1, 1],
    ],
  },
  'x^0.3': {
    f: positive((x) => pow(x, 0.3)),
    points: [
      [0, 0],
      [-2, 0],
      [1, 0.3],
    ],
  },
  'x^-2': {
    f: awayFromZero((x) => pow(x, -2), 0),
    points: [
      [0, 0],
      [-1, 2],
    ],
  },
  'sin(1/x)': {
    f: awayFromZero((x) => sin(div(1, x)), 0),
    points: [
      [0, 0],
      [2, -Math.cos(0.5) / 4],
    ],
  },
  'cos(log x)': {
    f: positive((x) => cos(log(x))),
    points: [
      [0, 0],
      [-1, 0],
      [Math.E, -Math.sin(1) / Math.E],
    ],
  },
  'tanh(sqrt x)': {
    f: positive((x) => tanh(sqrt(x))),
    points: [
      [0, 0],
      [-1, 0],
      [1, (1 - Math.tanh(1) ** 2) / 2],
    ],
  },
  'log(1 + e^x) or x': {
    f: (x) => where(less(x, 30), log(add(1, exp(x))), x),
    points: [
      [1000, 1],
      [infinity, 1],
      [0, 0.5],
    ],
  },
  'e^-x sqrt x': {
    f: positive((x) => mul(exp(sub(0, x)), sqrt(x))),
    points: [
      [0, 0],
      [-1000, 0],
      [0.5, 0],
    ],
  },
  'nested masks': {
    f: positive((x) => sqrt(where(greater(x, 1), log(x), x))),
    points: [
      [0, 0],
      [-1, 0],
      [Math.E, 0.5 / Math.E],
    ],
  },
  'x z with an infinite z': {
    f: (x) => where(less(x, 1), mul(x, where(less(x, 1), x, infinity)), mul(x, 3)),
    points: [
      [2, 3],
      [0, 0],
      [0.5, 1],
    ],
  },
};

const numbers = (x: Tensor): number[] => Array.from(dataOf(x));
const unit = (size: number, i: number): Tensor =>
  fromData(
    Float64Array.from({ length: size }, (_, at) => Number(at === i)),
    [size],
  );

describe('a singularity excluded by a mask', () => {
  for (const [name, { f, points }] of Object.entries(table)) {
    const x = tensor(points.map(([at]) => at));
    const gradient = points.map(([, derivative]) => derivative);
    const { size } = x;
    const loss = (y: Tensor) => sum(f(y));

    const requireGradient = (given: readonly number[]) => {
      given.forEach((value, i) => {
        expect(value, `entry ${i}`).to.be.closeTo(gradient[i], 1e-14);
      });
    };

    it(`${name}: adds nothing to the gradient, in every mode`, () => {
      requireGradient(numbers(grad(loss)(x)));
      requireGradient(numbers(compile(grad(loss))(x)));
      requireGradient(gradient.map((_, i) => jvp(loss, [x], [unit(size, i)])[1].item()));
      requireGradient(
        gradient.map((_, i) =>
          compile((y: Tensor, v: Tensor) => jvp(loss, [y], [v])[1])(x, unit(size, i)).item(),
        ),
      );
      const { push, pull } = linearize(f, x);
      requireGradient(numbers(pull(fromData(new Float64Array(size).fill(1), [size]))[0]));
      gradient.forEach((value, i) => {
        const pushed = numbers(push(unit(size, i)));
        pushed.forEach((entry, j) => {
          expect(entry).to.be.closeTo(i === j ? value : 0, 1e-14);
        });
      });
    });

    it(`${name}: has one Hessian, by every route`, () => {
      const direction = fromData(
        Float64Array.from({ length: size }, (_, i) => 1 + i),
        [size],
      );
      const routes = [
        hessian(loss),
        jacrev(grad(loss)),
        jacrev((y: Tensor) => jacfwd(loss)(y)),
        jacfwd((y: Tensor) => jacfwd(loss)(y)),
        compile(hessian(loss)),
        compile(jacrev(grad(loss))),
      ].map((route) => numbers(route(x) as Tensor));
      for (const route of routes)
        route.forEach((value, i) => {
          expect(value).to.be.closeTo(routes[0][i], 1e-13);
          if (i % (size + 1) !== 0) expect(value).to.equal(0);
        });
      const product = routes[0].map((value, i) => value * (1 + (i % size)));
      const rows = gradient.map((_, i) => product.slice(i * size, (i + 1) * size).reduce((a, b) => a + b));
      for (const along of [hvp(loss), compile((y: Tensor, v: Tensor) => hvp(loss)(y, v))])
        numbers(along(x, direction)).forEach((value, i) => {
          expect(value).to.be.closeTo(rows[i], 1e-13);
        });
    });
  }
});

describe('a singularity without a mask', () => {
  const slope = (f: (x: Tensor) => Tensor, x: number) => [
    grad(f)(tensor(x)).item(),
    compile(grad(f))(tensor(x)).item(),
    jvp(f, [tensor(x)], [tensor(1)])[1].item(),
  ];

  it('keeps an infinite derivative', () => {
    expect(slope(sqrt, 0)).to.deep.equal([Infinity, Infinity, Infinity]);
    expect(slope(log, 0)).to.deep.equal([Infinity, Infinity, Infinity]);
    expect(slope((x) => div(1, x), 0)).to.deep.equal([-Infinity, -Infinity, -Infinity]);
    expect(numbers(grad((x: Tensor) => sum(sqrt(x)))(tensor([0, 4])))).to.deep.equal([Infinity, 0.25]);
  });

  it('keeps NaN in values, and in the derivatives that depend on it', () => {
    const f = (x: Tensor) => mul(x, nan);
    expect(f(tensor(2)).item()).to.be.NaN;
    for (const value of slope((x) => square(add(x, nan)), 0)) expect(value).to.be.NaN;
    expect(mul(tensor(0), tensor(infinity)).item()).to.be.NaN;
    expect(compile((x: Tensor, y: Tensor) => mul(x, y))(tensor(0), tensor(infinity)).item()).to.be.NaN;
  });
});
