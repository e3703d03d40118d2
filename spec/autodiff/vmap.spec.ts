import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  argmax,
  bilinear,
  compile,
  concat,
  cumsum,
  custom,
  dot,
  gather,
  globalNorm,
  grad,
  greater,
  jvp,
  linear,
  linearize,
  matmul,
  max,
  mul,
  outer,
  reshape,
  scatterAdd,
  slice,
  smooth,
  square,
  stack,
  sum,
  tanh,
  transpose,
  vmap,
  where,
  withBatch,
} from '../../autodiff/index.ts';
import {
  dataOf,
  EscapedTangentError,
  fromData,
  indices,
  leavesOf,
  rebuild,
  type Shape,
  ShapeError,
  type Tensor,
  type Tree,
  tensor,
  UnknownValueError,
} from '../../lib/index.ts';
import { programs } from '../../trainers/testing/index.ts';
import { size } from '../support/size.ts';
import { requireClose, sample } from './compile/agree.ts';

type Function = (...xs: Tensor[]) => unknown;

/** Applies f to the entries one after another. */
function loop(f: Function): Function {
  return (...xs) => {
    const results = Array.from(
      { length: xs[0].shape[0] },
      (_, at) => f(...xs.map((x) => entry(x, at))) as Tree,
    );
    const leaves = results.map(leavesOf);
    return rebuild(
      results[0],
      leaves[0].map((_, i) => stack(leaves.map((own) => own[i]))),
    );
  };
}

function entry(x: Tensor, at: number): Tensor {
  const rest = x.shape.slice(1);
  return reshape(slice(x, [at, ...rest.map(() => 0)], [at + 1, ...rest]), rest);
}

function requireLoop(f: Function, xs: readonly Tensor[], tolerance?: number): void {
  const leaves = (g: Function) => leavesOf(g(...xs) as Tree);
  const expected = leaves(loop(f));
  requireClose(leaves(vmap(f)), expected, tolerance, 'vmap');
  requireClose(leaves(compile(vmap(f))), expected, tolerance, 'compiled vmap');
}

/** Different entries, near the given tensor. */
function batchOf(x: Tensor, size = 3, phase = 0): Tensor {
  const own = dataOf(x);
  const data = Float64Array.from(
    { length: size * x.size },
    (_, i) => own[i % x.size] + 0.1 * Math.sin(7 * i + phase),
  );
  return fromData(data, [size, ...x.shape]);
}

describe('vmap', () => {
  const [a, b] = [sample([3, 4, 2], 1), sample([3, 2], 2)];
  const [w, v] = [sample([2, 4], 3), sample([2], 4)];

  it('is a loop over the entries, on random programs and their derivatives', () => {
    fc.assert(
      fc.property(programs({ maxLength: 8 }), ({ run, loss, inputs }) => {
        const xs = inputs.map((x, i) => batchOf(x, 3, i));
        requireLoop(run, xs, 1e-9);
        requireLoop((...each) => grad(loss)(...each), xs, 1e-9);
        requireLoop((...each) => jvp(run, each, each)[1], xs, 1e-9);
      }),
      { seed: 1, numRuns: size(25, 60) },
    );
  });

  it('nests in every transform, and every transform in it', () => {
    fc.assert(
      fc.property(programs({ maxLength: 5 }), ({ run, loss, inputs }) => {
        const xs = inputs.map((x, i) => batchOf(x, 3, i));
        const total = (x: Tensor) => sum(vmap(loss)(x, ...xs.slice(1)));
        const whole = (x: Tensor) => sum(loop(loss)(x, ...xs.slice(1)) as Tensor);
        requireClose([grad(total)(xs[0])], [grad(whole)(xs[0])], 1e-9, 'grad of vmap');
        const [pushed, expected] = [vmap(run), loop(run)].map((f) => jvp(f, xs, xs)[1] as Tensor);
        requireClose([pushed], [expected], 1e-9, 'jvp of vmap');
        const twice = xs.map((x) => batchOf(x, 2));
        requireClose(
          [vmap(vmap(run))(...twice) as Tensor],
          [loop(loop(run))(...twice) as Tensor],
          1e-9,
          'vmap of vmap',
        );
        const inner = vmap(compile(run as (...all: Tensor[]) => Tensor));
        requireClose([inner(...xs)], [loop(run)(...xs) as Tensor], 1e-9, 'vmap of compile');
      }),
      { seed: 2, numRuns: size(20, 40) },
    );
  });

  it('takes each product with the operands that differ between entries on either side or both', () => {
    for (const flags of [
      {},
      { transposeLeft: true },
      { transposeRight: true },
      { transposeLeft: true, transposeRight: true },
    ]) {
      const left = 'transposeLeft' in flags ? sample([4, 5], 1) : sample([5, 4], 1);
      const right = 'transposeRight' in flags ? sample([2, 4], 2) : sample([4, 2], 2);
      requireLoop((x, y) => matmul(x, y, flags), [batchOf(left), batchOf(right)]);
      requireLoop((x) => matmul(x, right, flags), [batchOf(left)]);
      requireLoop((y) => matmul(left, y, flags), [batchOf(right)]);
    }
    requireLoop((x) => [matmul(x, v), matmul(w, matmul(x, v)), dot(matmul(x, v), matmul(v, w))], [a]);
    requireLoop(
      (x, y) => [outer(y, y), outer(y, v), outer(v, y), matmul(x, y), dot(y, y), dot(y, v)],
      [a, b],
    );
    requireLoop((x) => vmap((y: Tensor) => matmul(x, y))(sample([5, 2, 3], 7)), [a]);
    requireLoop((x) => vmap((y: Tensor) => matmul(y, x))(sample([5, 3, 4], 7)), [a]);
  });

  it('takes rows of tables, with the table, the index or both different between entries', () => {
    const ids = indices([
      [0, 3],
      [3, 3],
      [1, 0],
    ]);
    const table = sample([4, 2], 5);
    requireLoop((x, i) => [gather(x, i), scatterAdd(gather(x, i), i, 4)], [a, ids]);
    requireLoop(
      (x) => [gather(x, indices([2, 1])), gather(x, indices(3)), scatterAdd(x, indices([0, 1, 0, 2]), 3)],
      [a],
    );
    requireLoop((i) => [gather(table, i), scatterAdd(table, concat([i, i]), 5)], [ids]);
    requireLoop((i) => vmap((x: Tensor) => gather(x, i))(sample([5, 4, 2], 6)), [ids]);
    requireLoop((x, i) => grad((y: Tensor) => sum(square(gather(y, i))))(x), [a, ids]);
  });

  it('compares, selects, reduces and accumulates along the axes that f sees', () => {
    requireLoop(
      (x) => [
        where(greater(x, 0), x, mul(2, x)),
        greater(x, w.size),
        argmax(x),
        max(x, { axes: 0 }),
        sum(x, { axes: 1 }),
        sum(x),
        cumsum(x, { axis: 0 }),
        transpose(x),
        add(x, v),
        mul(x, sum(x)),
        mul(v, x),
        stack([x, x], 1),
      ],
      [a],
    );
    requireLoop((x) => [globalNorm([x, v]), globalNorm([mul(x, 1e200), x]), globalNorm([mul(x, 0)])], [a]);
  });

  it('applies user primitives, smooth ones together and others one by one', () => {
    let calls = 0;
    const cube = smooth({ name: 'cube', evaluate: (x) => x ** 3, partials: [(x) => mul(3, square(x))] });
    const flip: (x: Tensor) => Tensor = linear({
      name: 'flip',
      shape: (shape: Shape) => shape,
      evaluate: (x) => {
        calls++;
        return fromData(dataOf(x).slice().reverse(), x.shape);
      },
      transpose: (c) => flip(c),
    });
    const product = bilinear({
      name: 'product',
      shape: (shape) => shape,
      evaluate: (x, y) => mul(x, y),
      transposes: [(c, y) => mul(c, y), (c, x) => mul(c, x)],
    });
    const soft = custom({
      name: 'soft',
      value: (x: Tensor) => tanh(x),
      push: ([x], [dx]) => mul(dx, square(x)),
    });
    requireLoop((y) => [cube(y), flip(y), product(y, v), product(y, y), soft(y)], [b]);
    requireLoop((y) => grad((x: Tensor) => sum(mul(v, add(flip(cube(x)), soft(product(x, v))))))(y), [b]);
    calls = 0;
    vmap(flip)(b);
    expect(calls).to.equal(3);
  });

  it('repeats results that are the same for all entries', () => {
    const { x, same } = vmap((y: Tensor) => ({ x: y, same: v }))(b);
    expect(x.toArray()).to.deep.equal(b.toArray());
    expect(same.toArray()).to.deep.equal([v, v, v].map((one) => one.toArray()));
  });

  it('pushes and pulls many directions of a linearization at once', () => {
    const step = (m: Tensor, h: Tensor) => tanh(matmul(m, h));
    const { push, pull } = linearize(step, w, sample([4], 5));
    const [tangents, cotangents] = [sample([5, 4], 1), sample([3, 2], 2)];
    const pushed = vmap((tangent: Tensor) => push(undefined as never, tangent))(tangents);
    const [byParameters, byState] = vmap((cotangent: Tensor) => pull(cotangent))(cotangents);
    for (let i = 0; i < 5; i++)
      requireClose([entry(pushed, i)], [push(undefined as never, entry(tangents, i))]);
    for (let i = 0; i < 3; i++)
      requireClose([entry(byParameters, i), entry(byState, i)], pull(entry(cotangents, i)));
  });

  it('brings in batches on the way, and sums over their entries', () => {
    const [xs, ys] = [a, b];
    const total = withBatch(3, ({ enter, leave }) => {
      const x = tanh(enter(xs));
      const y = enter(ys);
      return sum(leave(matmul(x, mul(y, v))), { axes: 0 });
    });
    const expected = sum(vmap((x: Tensor, y: Tensor) => matmul(tanh(x), mul(y, v)))(xs, ys), { axes: 0 });
    requireClose([total], [expected]);
    expect(withBatch(2, ({ leave }) => leave(v)).shape).to.deep.equal([2, 2]);
    expect(() => withBatch(2, ({ enter }) => enter(xs))).to.throw(ShapeError, 'counts the 2 entries');
    expect(() => withBatch(-1, () => v)).to.throw('withBatch');
  });

  it('explains what is wrong with a batch', () => {
    const f = vmap(function own(x: Tensor, y: Tensor) {
      return add(x, y);
    });
    expect(() => f(a, tensor([1, 2]))).to.throw(
      ShapeError,
      'argument 0 has 3 entries along the leading axis, argument 1 has 2',
    );
    expect(() => f(a, tensor(1))).to.throw(ShapeError, 'argument 1 is a scalar');
    expect(() => vmap(() => a)()).to.throw('vmap');
    expect(() => vmap((x: Tensor) => (x.item() > 0 ? x : mul(x, 2)))(tensor([1, 2]))).to.throw(
      UnknownValueError,
      'where()',
    );
    let kept: Tensor | undefined;
    vmap((x: Tensor) => {
      kept = x;
      return x;
    })(a);
    expect(() => tanh(kept as Tensor)).to.throw(EscapedTangentError, 'an entry of vmap');
    expect(() => vmap((x: Tensor, y: Tensor) => matmul(x, y))(a, sample([3, 3], 1))).to.throw(
      ShapeError,
      '[4,2] · [3]',
    );
    expect(
      vmap((x: Tensor) => [tanh(x), sum(x)])(fromData(new Float64Array(0), [0, 4])).map(({ shape }) => shape),
    ).to.deep.equal([[0, 4], [0]]);
  });
});
