import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  argmax,
  gather,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  matmul,
  mul,
  pow,
  sin,
  square,
  sum,
  tanh,
  valueAndGrad,
  vjp,
} from '../../autodiff/index.ts';
import {
  cast,
  fromData,
  indices,
  leavesOf,
  mapTree,
  type Shape,
  sameStructure,
  type Tensor,
  type Tree,
  tensor,
  zeros,
} from '../../lib/index.ts';
import { tensors, trees } from '../../trainers/testing/index.ts';

const params = {
  w: tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]),
  bias: [tensor([0.1, 0.2]), tensor(0.5)] as const,
};
const input = tensor([0.3, -0.7, 1.1]);
const model = (p: typeof params, x: Tensor) => ({
  state: tanh(add(matmul(p.w, x), p.bias[0])),
  norm: mul(p.bias[1], sum(square(p.w))),
});

type Erased = (t: never) => Tensor;

interface Untyped {
  readonly value: Tree;
  push(tangent: Tree): Tree;
  pull(cotangent: Tree): Tree[];
}

const toArrays = (tree: unknown) => leavesOf(tree as Tree).map((leaf) => leaf.toArray());

const jacobians: (typeof jacfwd)[] = [jacfwd, jacrev];

describe('trees', () => {
  it('keep their structure in every transformation', () => {
    fc.assert(
      fc.property(trees(tensors({ maxRank: 2, maxLength: 3 })), (tree) => {
        const f: (t: Tree) => Tree = (t) => ({
          out: mapTree(t, (leaf) => mul(sin(leaf), 3)),
          size: leavesOf(t).reduce((total, leaf) => add(total, sum(leaf)), tensor(0) as Tensor),
        });
        // The type of partial trees is infinite for unbounded trees.
        const { value, push, pull } = linearize(f as unknown as Erased, tree as never) as unknown as Untyped;
        const [alone, tangent] = jvp(f as unknown as Erased, [tree as never], [tree as never]);
        for (const other of [alone, tangent, push(tree)]) expect(sameStructure(value, other)).to.equal(true);
        const [cotangent] = pull(value);
        expect(sameStructure(cotangent, tree)).to.equal(true);
        leavesOf(cotangent).forEach((leaf, i) => {
          expect(leaf.shape).to.deep.equal(leavesOf(tree)[i].shape);
        });
        expect(toArrays(push(tree))).to.deep.equal(toArrays(tangent));
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('of parameters: missing parts of a tangent or cotangent are zero', () => {
    const { push, pull } = linearize(model, params, input);
    const whole = push({ w: zeros([2, 3]), bias: [tensor([1, -1]), tensor(0)] }, zeros([3]));
    expect(toArrays(push({ bias: [tensor([1, -1])] }))).to.deep.equal(toArrays(whole));
    expect(toArrays(push({ bias: [tensor([1, -1]), undefined] }, undefined))).to.deep.equal(toArrays(whole));
    expect(toArrays(jvp(model, [params, input], [{ bias: [tensor([1, -1])] }])[1])).to.deep.equal(
      toArrays(whole),
    );
    const [part, x] = pull({ norm: tensor(2) });
    expect(part.w.toArray()).to.deep.equal([
      [2, 4, 6],
      [8, 10, 12],
    ]);
    expect(part.bias[0].toArray()).to.deep.equal([0, 0]);
    expect(part.bias[1].item()).to.equal(182);
    expect(x.toArray()).to.deep.equal([0, 0, 0]);
    expect(toArrays(pull(undefined))).to.deep.equal(
      toArrays([mapTree(params, (leaf) => zeros(leaf.shape)), zeros([3])]),
    );
  });

  it('numbers count as scalars wherever a tensor is accepted', () => {
    const f = (p: { a: number | Tensor; b: Tensor }) => ({ y: mul(p.a, p.b), constant: 3 });
    const { value, push, pull } = linearize(
      f as never as (p: { a: Tensor; b: Tensor }) => { y: Tensor; constant: Tensor },
      {
        a: 2 as never,
        b: tensor([1, 2]),
      },
    );
    expect(toArrays(value)).to.deep.equal([[2, 4], 3]);
    expect(toArrays(push({ a: 1 as never }))).to.deep.equal([[1, 2], 0]);
    expect(toArrays(pull({ y: tensor([1, 1]) }))).to.deep.equal([3, [2, 2]]);
    expect(toArrays(jvp((a: Tensor) => square(a), [3 as never], [1 as never]))).to.deep.equal([9, 6]);
    expect(grad((a: Tensor) => square(a))(3 as never).item()).to.equal(6);
  });

  it('grad and valueAndGrad return a tree like the chosen argument', () => {
    const loss = (p: typeof params, x: Tensor) => add(model(p, x).norm, sum(square(x)));
    const [value, gradient] = valueAndGrad(loss)(params, input);
    expect(value.item()).to.equal(loss(params, input).item());
    expect(toArrays(gradient)).to.deep.equal([
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [0, 0],
      91,
    ]);
    expect(grad(loss, { argument: 1 })(params, input).toArray()).to.deep.equal([0.6, -1.4, 2.2]);
    const [again, pull] = vjp(loss, params, input);
    expect(again.item()).to.equal(value.item());
    expect(toArrays(pull(tensor(1))[0])).to.deep.equal(toArrays(gradient));
  });

  it('Jacobians: per leaf of the output, a tree like the input, [...output, ...input]', () => {
    const f = (p: typeof params) => model(p, input);
    const [forward, reverse] = [jacfwd(f)(params), jacrev(f)(params)];
    const shapes = (tree: unknown): Shape[] => leavesOf(tree as Tree).map(({ shape }) => shape);
    expect(shapes(forward)).to.deep.equal([[2, 2, 3], [2, 2], [2], [2, 3], [2], []]);
    expect(shapes(reverse)).to.deep.equal(shapes(forward));
    toArrays(forward).forEach((block, i) => {
      const [left, right] = [block, toArrays(reverse)[i]].map((x) => [x].flat(9) as number[]);
      left.forEach((entry, at) => {
        expect(entry).to.be.closeTo(right[at], 1e-14);
      });
    });
    expect(forward.norm.w.toArray()).to.deep.equal([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it('Jacobians of inputs and outputs without elements are empty', () => {
    for (const jacobian of jacobians) {
      expect(jacobian((x: Tensor) => tanh(x))(zeros([0])).shape).to.deep.equal([0, 0]);
      expect(jacobian((x: Tensor) => sum(x))(zeros([3, 0])).shape).to.deep.equal([3, 0]);
      expect(jacobian((_: Tensor) => zeros([0, 2]))(zeros([3])).shape).to.deep.equal([0, 2, 3]);
      expect(jacobian((_: Tensor) => tensor([1, 2]))(zeros([3])).toArray()).to.deep.equal([
        [0, 0, 0],
        [0, 0, 0],
      ]);
    }
  });

  it('Hessians and their products', () => {
    const f = (p: { a: Tensor; b: Tensor }) => mul(p.a, sum(square(p.b)));
    const at = { a: tensor(2), b: tensor([3, 4]) };
    const h = hessian(f)(at);
    expect(toArrays(h)).to.deep.equal([
      0,
      [6, 8],
      [6, 8],
      [
        [4, 0],
        [0, 4],
      ],
    ]);
    expect(toArrays(hvp(f)(at, { a: tensor(1), b: tensor([1, -1]) }))).to.deep.equal([-2, [10, 4]]);
  });

  it('further arguments are held fixed in Jacobians and Hessians, as in grad', () => {
    const f = (x: Tensor, scale: Tensor, { power }: { power: number }) => mul(scale, pow(x, power));
    const scalar = (x: Tensor, scale: Tensor) => f(sum(x), scale, { power: 3 });
    const [x, scale] = [tensor(2), tensor(5)];
    for (const jacobian of [jacfwd, jacrev])
      expect(jacobian(f)(x, scale, { power: 3 }).item(), jacobian.name).to.equal(60);
    expect(hessian(scalar)(x, scale).item()).to.equal(60);
    expect(hvp(scalar)(x, tensor(2), scale).item()).to.equal(120);
  });
});

describe('int32 tensors in trees', () => {
  const table = {
    rows: tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
    ids: indices([2, 0]),
  };
  const f = (t: typeof table) => ({ picked: gather(t.rows, t.ids), best: argmax(t.rows) });

  it('carry no tangent: it is left out, and their cotangent is zero', () => {
    const { value, push, pull } = linearize(f, table);
    expect(toArrays(value)).to.deep.equal([
      [
        [5, 6],
        [1, 2],
      ],
      [1, 1, 1],
    ]);
    expect(toArrays(push({ rows: table.rows }))).to.deep.equal([
      [
        [5, 6],
        [1, 2],
      ],
      [0, 0, 0],
    ]);
    const [cotangent] = pull({
      picked: tensor([
        [1, 2],
        [3, 4],
      ]),
    });
    expect(toArrays(cotangent)).to.deep.equal([
      [
        [3, 4],
        [0, 0],
        [1, 2],
      ],
      [0, 0],
    ]);
    expect(cotangent.ids.dtype).to.equal('float64');
    expect(grad((t: typeof table) => sum(f(t).picked))(table).ids.toArray()).to.deep.equal([0, 0]);
  });

  it('have zero blocks in Jacobians', () => {
    for (const jacobian of jacobians) {
      const blocks = jacobian((t: typeof table) => f(t).picked)(table);
      expect(blocks.rows.shape).to.deep.equal([2, 2, 3, 2]);
      expect(blocks.ids.toArray()).to.deep.equal(zeros([2, 2, 2]).toArray());
      const { best } = jacobian(f)(table);
      expect(best.rows.shape).to.deep.equal([3, 3, 2]);
      expect([best.rows.dtype, best.ids.dtype]).to.deep.equal(['float64', 'float64']);
    }
    expect(jvp(f, [table], [{ rows: table.rows }])[1].best.dtype).to.equal('float64');
  });
});

describe('float32', () => {
  it('values and derivatives stay float32, in every transformation', () => {
    const narrow = mapTree(params, (leaf) => cast(leaf, 'float32'));
    const x = cast(input, 'float32');
    const f = (p: typeof params) => model(p, x);
    const loss = (p: typeof params) => sum(model(p, x).state);
    const { value, push, pull } = linearize(f, narrow);
    const results = [
      value,
      push(narrow),
      pull(value),
      jvp(f, [narrow], [narrow]),
      jacfwd(f)(narrow),
      jacrev(f)(narrow),
      grad(loss)(narrow),
      hvp(loss)(narrow, narrow),
      hessian(loss)(narrow),
    ];
    for (const result of results)
      for (const leaf of leavesOf(result as Tree)) expect(leaf.dtype).to.equal('float32');
    const wide = leavesOf(grad((p: typeof params) => sum(model(p, input).state))(params));
    leavesOf(grad(loss)(narrow)).forEach((leaf, i) => {
      const [left, right] = [leaf.toArray(), wide[i].toArray()].map((array) => [array].flat(9) as number[]);
      left.forEach((entry, at) => {
        expect(entry).to.be.closeTo(right[at], 1e-6);
      });
    });
  });

  it('numbers take the dtype of the other operand', () => {
    const x = fromData(Float32Array.of(1, 2), [2]);
    for (const y of [add(1, x), add(x, 1), mul(0.5, x), square(x), add(mul(x, 2), tanh(x))])
      expect(y.dtype).to.equal('float32');
  });
});
