import { expect } from 'chai';
import { DualTensor, tangentAt } from '../../autodiff/dual.ts';
import {
  add,
  concat,
  custom,
  div,
  gather,
  greater,
  jvp,
  logSoftmax,
  matmul,
  mul,
  neg,
  reshape,
  sigmoid,
  slice,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  where,
} from '../../autodiff/index.ts';
import { withLevel } from '../../autodiff/level.ts';
import { LinearProgram, linearRecorder } from '../../autodiff/linear-program.ts';
import { SymbolTensor } from '../../autodiff/symbol.ts';
import { indices, type Tensor, tensor, zeros } from '../../lib/index.ts';

/** The number of equations of f's derivative, and of those recorded on the way. */
function equations(
  f: (...xs: Tensor[]) => Tensor,
  ...primals: Tensor[]
): { live: number; written: number; names: string[] } {
  return withLevel('count(f)', (level) => {
    const recorder = linearRecorder(level);
    const symbols = primals.map((x) => new SymbolTensor(x, recorder));
    const result = f(...primals.map((x, i) => new DualTensor(x, symbols[i], level)));
    const program = new LinearProgram(recorder, symbols, [tangentAt(result, level)]);
    return {
      live: program.length,
      written: recorder.equations.length,
      names: recorder.equations.map(({ primitive }) => primitive.name),
    };
  });
}

/** Returns the second of two, to keep work of a program that its result does not need. */
function last(_: Tensor, result: Tensor): Tensor {
  return result;
}

const [w, x, h] = [
  tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]),
  tensor([0.1, 0.2, 0.3]),
  tensor([0.5, -0.5]),
];

describe('the cost of a derivative', () => {
  it('is one equation per use of a tangent', () => {
    expect(equations((a) => tanh(a), x).names).to.deep.equal(['mul']);
    expect(equations((a) => mul(a, 2), x).names).to.deep.equal(['scale']);
    expect(equations((a, b) => mul(a, b), x, x).names).to.deep.equal(['mul', 'mul', 'add']);
    expect(equations((a, b) => add(a, b), x, x).names).to.deep.equal(['add']);
    expect(equations((a, b) => sub(a, b), x, x).names).to.deep.equal(['scale', 'add']);
    expect(equations((a) => square(a), x).names).to.deep.equal(['mul', 'mul', 'add']);
  });

  it('an operand without a tangent costs nothing', () => {
    expect(equations((a) => mul(a, x), x).names).to.deep.equal(['mul']);
    expect(equations((a) => add(a, x), x).live).to.equal(0);
    expect(equations((a) => sub(1, a), x).names).to.deep.equal(['scale']);
    expect(equations((a) => div(a, x), x).names).to.deep.equal(['div']);
    expect(equations((a) => tanh(add(matmul(w, x), a)), h).names).to.deep.equal(['mul']);
    expect(equations((a) => add(mul(a, tanh(x)), sigmoid(square(x))), x).names).to.deep.equal(['mul']);
  });

  it('operations independent of the input record nothing', () => {
    expect(equations((a) => last(tanh(matmul(w, x)), a), x)).to.deep.equal({
      live: 0,
      written: 0,
      names: [],
    });
    expect(equations((a) => add(stopGradient(mul(a, 3)), a), x).written).to.equal(1);
    expect(equations((a) => stopGradient(tanh(a)), x).live).to.equal(0);
    expect(equations((a) => where(greater(a, 0), x, 1), x).written).to.equal(0);
  });

  it('equations that lead to no result are dropped', () => {
    const { live, written } = equations((a) => last(tanh(neg(a)), square(a)), x);
    expect([live, written]).to.deep.equal([3, 5]);
  });

  it('of a matrix·vector product is two products and an addition, and reshapes', () => {
    expect(equations((a, b) => matmul(a, b), w, x).names.filter((name) => name !== 'reshape')).to.deep.equal([
      'matmul',
      'matmul',
      'add',
    ]);
    expect(equations((b) => matmul(w, b), x).names.filter((name) => name !== 'reshape')).to.deep.equal([
      'matmul',
    ]);
  });

  it('of a selection with 0 is one selection', () => {
    expect(equations((a) => where(indices([1, 0, 1]), a, 0), x).names).to.deep.equal(['select']);
    expect(equations((a) => where(indices([1, 0, 1]), x, a), x).names).to.deep.equal(['select']);
  });

  it('of the cross entropy of a class does not grow with constants', () => {
    const loss = (logits: Tensor) => neg(sum(gather(logSoftmax(logits), indices([1]))));
    expect(equations(loss, x).live).to.be.at.most(12);
    expect(equations((a) => loss(add(a, tanh(matmul(h, w)))), x).live).to.equal(equations(loss, x).live);
  });

  it('of a custom operation is its push, with zeros only where it needs them', () => {
    const product = custom({
      name: 'product',
      value: (a: Tensor, b: Tensor) => mul(a, b),
      push: ([a, b], [da, db]) => add(mul(da, b), mul(a, db)),
    });
    expect(equations((a, b) => product(a, b), x, x).names).to.deep.equal(['mul', 'mul', 'add']);
    const first = custom({
      name: 'first',
      value: (a: Tensor, b: Tensor) => mul(a, b),
      push: ([, b], [da]) => mul(da, b),
    });
    expect(equations((a) => first(a, x), x).live).to.equal(1);
  });

  it('a push runs each equation once, and an argument without a tangent runs none', () => {
    const calls: string[] = [];
    const counted = (name: string) =>
      custom({
        name,
        value: (a: Tensor) => mul(a, 1),
        push: (_, [t]) => {
          calls.push(name);
          return t;
        },
      });
    const [left, right] = [counted('left'), counted('right')];
    jvp((a: Tensor, b: Tensor) => add(left(a), right(b)), [x, x], [x, undefined]);
    expect(calls).to.deep.equal(['left']);
  });

  it('missing tangents become zeros only at the end, for a result without one', () => {
    const [value, tangent] = jvp(
      (a: Tensor) => concat([zeros([2]), slice(reshape(a, [3]), [0], [0])]),
      [x],
      [x],
    );
    expect([value.toArray(), tangent.toArray()]).to.deep.equal([
      [0, 0],
      [0, 0],
    ]);
    expect(jvp((_: Tensor) => w, [x], [x])[1].toArray()).to.deep.equal([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
});
