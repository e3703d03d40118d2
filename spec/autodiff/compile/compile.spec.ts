import { expect } from 'chai';
import {
  add,
  compile,
  concat,
  dot,
  Execution,
  gather,
  grad,
  greater,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  matmul,
  mul,
  reshape,
  scatterAdd,
  sin,
  square,
  stack,
  sum,
  tanh,
  trace,
  valueAndGrad,
  vjp,
  where,
} from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  DTypeError,
  full,
  IndexError,
  indices,
  leavesOf,
  ShapeError,
  type Tensor,
  type Tree,
  tensor,
} from '../../../lib/index.ts';
import { requireClose, requireCloseTrees, requirePlan, sample } from './agree.ts';

const x = sample([3, 4], 1);
const v = sample([4], 2);

/** A loss with enough in it for every rule to matter. */
function energy(w: Tensor, h: Tensor): Tensor {
  return add(sum(square(tanh(matmul(w, h)))), dot(sin(h), h));
}

describe('compile', () => {
  it('keeps the structure of arguments and results', () => {
    const f = ({ w, list }: { w: Tensor; list: readonly [Tensor, { b: Tensor }] }, k: Tensor) => ({
      sum: add(list[0], list[1].b),
      rest: [mul(w, k), { deep: list[0], none: [] }],
      constant: full([2], 3),
    });
    const args = [{ w: x, list: [v, { b: sample([4], 3) }] }, tensor(2)] as const;
    const [one, two] = [compile(f)(...args), f(...args)];
    expect(JSON.stringify(one, ['sum', 'rest', 'deep', 'none', 'constant'])).to.equal(
      JSON.stringify(two, ['sum', 'rest', 'deep', 'none', 'constant']),
    );
    requireCloseTrees(one, two);
  });

  it('takes numbers as scalars', () => {
    const f = compile((a: Tensor | number, b: Tensor | number) => [mul(a, b), 5, add(a, 1)]);
    requireCloseTrees(f(3, tensor(4)), [tensor(12), tensor(5), tensor(4)]);
    requireCloseTrees(f(7, 0.5), [tensor(3.5), tensor(5), tensor(8)]);
    expect(f.plans).to.equal(1);
  });

  it('makes one plan for each structure, shapes and dtypes', () => {
    let calls = 0;
    const f = compile(function twice(tree: Record<string, Tensor> | readonly Tensor[] | Tensor) {
      calls++;
      return leavesOf(tree as Tree).map((leaf) => mul(leaf, 2));
    });
    const forms: Tree[] = [
      v,
      sample([5]),
      sample([4], 0, 'float32'),
      [v],
      { a: v },
      { b: v },
      [v, v],
      { a: v, b: v },
      sample([1, 4]),
      tensor(1),
      sample([0, 4]),
    ];
    forms.forEach((form, i) => {
      for (let again = 0; again < 2; again++)
        requireCloseTrees(
          f(form as Tensor),
          leavesOf(form).map((leaf) => mul(leaf, 2)),
        );
      expect(f.plans).to.equal(i + 1);
    });
    expect(calls).to.equal(forms.length);
    expect(f.name).to.equal('twice');
  });

  it('returns results that later calls do not change', () => {
    const f = compile((a: Tensor) => [a, tanh(a), full([2], 1)]);
    const first = f(v);
    const before = leavesOf(first).map((leaf) => leaf.toArray());
    f(mul(v, 3));
    expect(leavesOf(first).map((leaf) => leaf.toArray())).to.deep.equal(before);
    expect(first[0].toNdarray().data).to.not.equal(v.toNdarray().data);
  });

  it('runs inside itself', () => {
    const inner = compile((a: Tensor) => tanh(mul(a, 2)));
    const outer = compile((a: Tensor, b: Tensor) => add(inner(a), inner(inner(b))));
    requireCloseTrees(outer(v, v), add(tanh(mul(v, 2)), tanh(mul(tanh(mul(v, 2)), 2))));
    expect(inner.plans).to.equal(0);
    expect(outer.program(v, v).equations).to.have.length(7);
    const power: (a: Tensor, n: Tensor) => Tensor = compile(
      (a: Tensor, n: Tensor): Tensor => (n.size === 0 ? a : mul(a, power(a, full([n.size - 1], 0)))),
    );
    expect(power(tensor(3), full([4], 0)).item()).to.equal(243);
  });

  it('differentiates like the function itself', () => {
    const f = compile(energy);
    const directions: [Tensor, Tensor] = [sample([3, 4], 5), sample([4], 6)];
    requireCloseTrees(jvp(f, [x, v], directions), jvp(energy, [x, v], directions));
    requireCloseTrees(grad(f)(x, v), grad(energy)(x, v));
    requireCloseTrees(valueAndGrad(f)(x, v), valueAndGrad(energy)(x, v));
    requireCloseTrees(
      linearize(f, x, v).push(directions[0], directions[1]),
      linearize(energy, x, v).push(directions[0], directions[1]),
    );
    requireCloseTrees(vjp(f, x, v)[1](tensor(2)), vjp(energy, x, v)[1](tensor(2)));
    const along = (g: typeof energy) => (h: Tensor) => g(x, h);
    requireCloseTrees(hessian(along(f))(v), hessian(along(energy))(v));
    requireCloseTrees(hvp(along(f))(v, directions[1]), hvp(along(energy))(v, directions[1]));
    requireCloseTrees(jacfwd(along(f))(v), jacrev(along(energy))(v));
  });

  it('compiles derivatives, and derivatives of compiled functions', () => {
    const g = compile(grad(compile(energy), { argument: 1 }));
    requireCloseTrees(g(x, v), grad(energy, { argument: 1 })(x, v));
    const second = compile((w: Tensor, h: Tensor, d: Tensor) =>
      jvp((at: Tensor) => grad(energy, { argument: 1 })(w, at), [h], [d]),
    );
    requireCloseTrees(
      second(x, v, v),
      jvp((at: Tensor) => grad(energy, { argument: 1 })(x, at), [v], [v]),
    );
    const matrix = compile((h: Tensor) => hessian((at: Tensor) => energy(x, at))(h));
    requireCloseTrees(matrix(v), hessian((at: Tensor) => energy(x, at))(v));
    const jacobians = compile((h: Tensor) => [
      jacfwd((at: Tensor) => tanh(matmul(x, at)))(h),
      jacrev((at: Tensor) => tanh(matmul(x, at)))(h),
    ]);
    requireCloseTrees(jacobians(v), [
      jacfwd((at: Tensor) => tanh(matmul(x, at)))(v),
      jacrev((at: Tensor) => tanh(matmul(x, at)))(v),
    ]);
  });

  it('loses no derivative along what it closes over', () => {
    const outside = (h: Tensor) => compile((k: Tensor) => mul(h, k))(tensor(3));
    expect(jvp(outside, [tensor(2)], [tensor(1)]).map((part) => part.item())).to.deep.equal([6, 3]);
    expect(grad(outside)(tensor(2)).item()).to.equal(3);
    expect(compile(outside)(tensor(5)).item()).to.equal(15);
    const returned = (h: Tensor) => compile((_: Tensor) => h)(tensor(3));
    expect(grad((h: Tensor) => returned(h))(tensor(2)).item()).to.equal(1);
    expect(compile(returned)(tensor(5)).item()).to.equal(5);
  });

  it('reads what it closes over once', () => {
    let rate = 2;
    const f = compile((a: Tensor) => mul(a, rate));
    f(v);
    rate = 3;
    requireCloseTrees(f(v), mul(v, 2));
    requireCloseTrees(f(tensor(1)), tensor(3));
  });

  it('forgets a trace that failed', () => {
    let broken = true;
    const f = compile((a: Tensor) => {
      if (broken) throw new Error('not yet');
      return mul(a, 2);
    });
    expect(() => f(v)).to.throw('not yet');
    expect(f.plans).to.equal(0);
    broken = false;
    requireCloseTrees(f(v), mul(v, 2));
  });

  it('has the errors of the function itself', () => {
    const pairs: [(a: Tensor, b: Tensor) => Tensor, Tensor, Tensor][] = [
      [(a, b) => add(a, b), v, sample([4], 0, 'float32')],
      [(a, b) => add(a, b), v, indices([1, 2, 3, 0])],
      [(a, b) => tanh(add(a, b)), indices([1]), indices([1])],
      [(a, b) => matmul(a, b), x, sample([3])],
      [(a, b) => add(a, b), v, sample([3])],
      [(a, b) => gather(a, b), x, v],
      [(a, b) => where(b, a, 0), v, v],
      [(a, b) => reshape(add(a, b), [5]), v, v],
    ];
    for (const [f, a, b] of pairs) {
      const own = (() => {
        try {
          f(a, b);
        } catch (error) {
          return error as Error;
        }
        throw new Error('was to fail');
      })();
      expect(own).to.satisfy((error: Error) => error instanceof DTypeError || error instanceof ShapeError);
      expect(() => compile(f)(a, b)).to.throw(own.constructor as ErrorConstructor, own.message);
    }
  });

  it('joins indices as it joins numbers, and uses what was joined', () => {
    const table = sample([5, 2]);
    const pairs = compile((x: Tensor, y: Tensor) => [
      concat([x, y, x]),
      stack([x, y], 1),
      gather(table, concat([x, y])),
    ]);
    const [x, y] = [indices([1, 4]), indices([0, 2])];
    requireCloseTrees(pairs(x, y), [concat([x, y, x]), stack([x, y], 1), gather(table, concat([x, y]))]);
    expect(() => pairs(x, indices([0, 5]))).to.throw(IndexError, 'index 5');
    expect(
      requirePlan((a, b) => [concat([a, b]), stack([a, b], 1)], [x, y]).execution.plan.instructions,
    ).to.have.length(4);
  });

  it('checks indices before anything runs', () => {
    const table = sample([5, 2]);
    const f = compile((t: Tensor, i: Tensor) => [gather(t, i), scatterAdd(gather(t, i), i, 4)]);
    requireCloseTrees(f(table, indices([3, 0])), [
      gather(table, indices([3, 0])),
      scatterAdd(gather(table, indices([3, 0])), indices([3, 0]), 4),
    ]);
    for (const bad of [5, -1, 4, 2 ** 31 - 1]) {
      expect(() => f(table, indices([0, bad])), String(bad)).to.throw(IndexError, `index ${bad}`);
      requireCloseTrees(f(table, indices([3, 1])), [
        gather(table, indices([3, 1])),
        scatterAdd(gather(table, indices([3, 1])), indices([3, 1]), 4),
      ]);
    }
    const labelled = indices(9);
    labelled.label = 'input';
    expect(() => compile((i: Tensor) => gather(table, i))(labelled)).to.throw(IndexError, /input.*0\.\.4/);
    expect(() => compile((t: Tensor) => gather(t, indices([7])))(table)).to.throw(IndexError, 'index 7');
  });

  it('changes no memory when an index is out of range', () => {
    const { program } = trace('step', (declare) => {
      const [w, i] = [declare(sample([3, 2])), declare(indices(0))];
      return [add(mul(w, 0.5), scatterAdd(gather(w, i), i, 3))];
    });
    const execution = new Execution(program, { updates: new Map([[0, 0]]) });
    execution.write(0, sample([3, 2]));
    execution.write(1, indices(3));
    expect(() => execution.check()).to.throw(IndexError);
    requireClose([execution.read(0)], [sample([3, 2])], 0);
  });

  it('writes no output where an input of another type was', () => {
    const { program } = trace('step', (declare) => {
      const w = declare(sample([3, 2]));
      return [concat([w, w]), greater(w, 0), reshape(w, [6])];
    });
    const updating = (at: number) => () => new Execution(program, { updates: new Map([[at, 0]]) });
    for (const at of [0, 1]) expect(updating(at), String(at)).to.throw(ConfigurationError, 'updates');
    expect(updating(2)).not.to.throw();
  });
});
