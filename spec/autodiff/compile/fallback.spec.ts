import { expect } from 'chai';
import {
  add,
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
  linearize,
  matmul,
  mul,
  scatterAdd,
  smooth,
  square,
  sum,
  tanh,
  trace,
} from '../../../autodiff/index.ts';
import { dataOf, full, IndexError, indices, type Tensor, tensor } from '../../../lib/index.ts';
import { requireClose, requireCloseTrees, sample } from './agree.ts';

const x = sample([3, 4], 1);
const v = sample([4], 2);

describe('where there is no kernel', () => {
  it("calls a user's own primitives from within the plan", () => {
    const cube = smooth({ name: 'cube', evaluate: (a) => a ** 3, partials: [(a) => mul(3, square(a))] });
    const softsign = custom({
      name: 'softsign',
      value: (a: Tensor) => tanh(mul(a, 0.5)),
      push: ([a], [da]) => mul(da, sum(a)),
    });
    const flip = linear({
      name: 'flip',
      shape: (shape) => shape,
      evaluate: (a) => mul(a, -1),
      transpose: (c) => mul(c, -1),
    });
    const scaled = bilinear({
      name: 'scaled',
      shape: (shape) => shape,
      evaluate: (a, b) => mul(mul(a, b), 2),
      transposes: [(c, b) => mul(mul(c, b), 2), (c, a) => mul(mul(c, a), 2)],
    });
    const f = (a: Tensor) => [cube(a), softsign(a), flip(a), scaled(a, a), tanh(cube(a))];
    const compiled = compile(f);
    requireCloseTrees(compiled(v), f(v));
    requireCloseTrees(compiled(mul(v, 2)), f(mul(v, 2)));
    expect(compiled.plans).to.equal(1);
    requireCloseTrees(compile(grad((a: Tensor) => sum(cube(a))))(v), mul(3, square(v)));
    const { program } = trace('f', (declare) => f(declare(v)));
    const names = new Execution(program).plan.instructions.map(({ operation }) => operation);
    // Each of the four is called once for each application; all else has kernels.
    expect(names.filter((name) => name === 'call')).to.have.length(4);
    expect(names.filter((name) => name === 'tanh')).to.have.length(1);
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
    const view = linear({
      name: 'reshape',
      shape: (shape) => shape,
      evaluate: (a) => mul(a, 3),
      transpose: (c) => mul(c, 3),
    });
    expect(compile((a: Tensor) => view(a))(tensor(1)).item()).to.equal(3);
  });

  it('calls the reference kernel for rows picked by an index that the program computes', () => {
    const f = (a: Tensor, t: Tensor) => gather(t, argmax(a));
    const compiled = compile(f);
    for (const a of [v, mul(v, -1)])
      requireCloseTrees(compiled(a, x.shape[0] > 2 ? sample([4, 2]) : x), f(a, sample([4, 2])));
    expect(() => compiled(tensor([0, 0, 0, 0, 1]), sample([4, 2]))).to.throw(IndexError);
    const integers = compile((i: Tensor) => scatterAdd(i, indices(1), 3));
    expect(integers(indices([5, -7])).toArray()).to.deep.equal([
      [0, 0],
      [5, -7],
      [0, 0],
    ]);
    const masked = compile((t: Tensor, a: Tensor) => gather(t, greater(a, 0)));
    requireCloseTrees(masked(x, v), gather(x, greater(v, 0)));
  });

  /** A plan that counts up and applies a primitive that fails where it meets 3. */
  const counting = (name = 'picky') => {
    const seen: Tensor[] = [];
    const picky = linear({
      name,
      shape: (shape) => shape,
      evaluate: (a) => {
        seen.push(a);
        if (dataOf(a)[0] === 3) throw new RangeError('three');
        return mul(a, 2);
      },
      transpose: (c) => mul(c, 2),
    });
    const { program } = trace('counting', (declare) => {
      const [count, total] = [
        declare({ shape: [2], dtype: 'float64' }, 'count'),
        declare({ shape: [2], dtype: 'float64' }),
      ];
      return [add(count, 1), add(total, picky(count)), sum(picky(count))];
    });
    const updates = new Map([
      [0, 0],
      [1, 1],
    ]);
    return { execution: new Execution(program, { updates }), seen };
  };

  it('changes nothing that carries over when a call fails', () => {
    const { execution } = counting();
    expect(execution.mayThrow).to.equal(true);
    for (let run = 0; run < 3; run++) execution.run();
    for (let attempt = 0; attempt < 2; attempt++) expect(() => execution.run()).to.throw(RangeError, 'three');
    expect([0, 1, 2].map((at) => execution.read(at).toArray())).to.deep.equal([[3, 3], [6, 6], 8]);
    execution.write(0, tensor([5, 5]));
    execution.run();
    expect(execution.read(1).toArray()).to.deep.equal([16, 16]);
  });

  it('passes copies of the operands to a call, with their labels', () => {
    const { execution, seen } = counting();
    execution.run();
    execution.run();
    expect(seen.map((x) => x.toArray())).to.deep.equal([
      [0, 0],
      [1, 1],
    ]);
    expect(seen[0].label).to.equal('count');
  });

  it('computes the rest with kernels, also in parts and under strong zeros', () => {
    const half = smooth({
      name: 'half',
      evaluate: (a) => a / 2,
      partials: [(a) => mul(0.5, full(a.shape, 1))],
    });
    const { program } = trace('parts', (declare) => {
      const [w, h] = [
        declare({ shape: [3, 3], dtype: 'float64' }),
        declare({ shape: [3], dtype: 'float64' }),
      ];
      const first = tanh(half(matmul(w, h)));
      const { pull } = linearize((m: Tensor) => sum(half(matmul(m, first))), w);
      return [first, add(w, pull(tensor(1))[0])];
    });
    const given = [sample([3, 3], 1), sample([3], 2)];
    for (const care of ['none', 'whole'] as const) {
      const execution = new Execution(program, { updates: new Map([[1, 0]]), stages: [[0], [1]], care });
      for (const [i, x] of given.entries()) execution.write(i, x);
      for (const stage of [0, 1]) execution.run(stage);
      requireClose([execution.read(0), execution.read(1)], evaluateProgram(program, given), 1e-12);
      const names = execution.plan.instructions.map(({ operation }) => operation);
      expect(names.filter((name) => name === 'call')).to.have.length(1);
    }
  });
});
