import { expect } from 'chai';
import {
  argmax,
  bilinear,
  compile,
  custom,
  Execution,
  evaluateProgram,
  gather,
  grad,
  greater,
  linear,
  mul,
  NotPlannable,
  scatterAdd,
  smooth,
  square,
  sum,
  tanh,
  trace,
} from '../../../autodiff/index.ts';
import { IndexError, indices, leavesOf, type Tensor, type Tree, tensor } from '../../../lib/index.ts';
import { requireClose, sample } from './agree.ts';

const x = sample([3, 4], 1);
const v = sample([4], 2);

/** Compares trees leaf by leaf. */
function expectTree(actual: unknown, expected: unknown): void {
  requireClose(leavesOf(actual as Tree), leavesOf(expected as Tree));
}

describe('compile, where there is no kernel', () => {
  it("runs a user's own primitives with the reference kernels", () => {
    const cube = smooth({ name: 'cube', evaluate: (a) => a ** 3, partials: [(a) => mul(3, square(a))] });
    const softsign = custom({ name: 'softsign', value: (a: Tensor) => tanh(mul(a, 0.5)), push: ([a], [da]) => mul(da, sum(a)) });
    const flip = linear({ name: 'flip', shape: (shape) => shape, evaluate: (a) => mul(a, -1), transpose: (c) => mul(c, -1) });
    const scaled = bilinear({
      name: 'scaled',
      shape: (shape) => shape,
      evaluate: (a, b) => mul(mul(a, b), 2),
      transposes: [(c, b) => mul(mul(c, b), 2), (c, a) => mul(mul(c, a), 2)],
    });
    const f = (a: Tensor) => [cube(a), softsign(a), flip(a), scaled(a, a), tanh(cube(a))];
    const compiled = compile(f);
    expectTree(compiled(v), f(v));
    expectTree(compiled(mul(v, 2)), f(mul(v, 2)));
    expect(compiled.plans).to.equal(1);
    expectTree(compile(grad((a: Tensor) => sum(cube(a))))(v), mul(3, square(v)));
    const { program } = trace('f', (declare) => f(declare(v)));
    expect(() => new Execution(program)).to.throw(NotPlannable, 'cube');
    requireClose(evaluateProgram(program, [v]), f(v), 0);
  });

  it("does not take a user's primitive for its own of that name", () => {
    const mine = smooth({ name: 'tanh', evaluate: (a) => a + 100, partials: [(a) => mul(a, 0)] });
    expect(compile((a: Tensor) => mine(a))(tensor(1)).item()).to.equal(101);
    const product = bilinear({
      name: 'mul',
      shape: (shape) => shape,
      evaluate: (a, b) => mul(mul(a, b), 7),
      transposes: [(c) => c, (c) => c],
    });
    expect(compile((a: Tensor) => product(a, a))(tensor(1)).item()).to.equal(7);
    const view = linear({ name: 'reshape', shape: (shape) => shape, evaluate: (a) => mul(a, 3), transpose: (c) => mul(c, 3) });
    expect(compile((a: Tensor) => view(a))(tensor(1)).item()).to.equal(3);
  });

  it('runs without a plan what points at rows by a number that it computes', () => {
    const f = (a: Tensor, t: Tensor) => gather(t, argmax(a));
    const compiled = compile(f);
    for (const a of [v, mul(v, -1)]) expectTree(compiled(a, x.shape[0] > 2 ? sample([4, 2]) : x), f(a, sample([4, 2])));
    expect(() => compiled(tensor([0, 0, 0, 0, 1]), sample([4, 2]))).to.throw(IndexError);
    const integers = compile((i: Tensor) => scatterAdd(i, indices(1), 3));
    expect(integers(indices([5, -7])).toArray()).to.deep.equal([
      [0, 0],
      [5, -7],
      [0, 0],
    ]);
    const masked = compile((t: Tensor, a: Tensor) => gather(t, greater(a, 0)));
    expectTree(masked(x, v), gather(x, greater(v, 0)));
  });
});
