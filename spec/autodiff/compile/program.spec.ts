import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  checkProgram,
  compile,
  div,
  dot,
  evaluateProgram,
  gather,
  greater,
  linearize,
  matmul,
  max,
  mul,
  outer,
  type Program,
  printProgram,
  reshape,
  scatterAdd,
  sigmoid,
  slice,
  square,
  sub,
  sum,
  tanh,
  trace,
  where,
} from '../../../autodiff/index.ts';
import {
  EscapedTangentError,
  indices,
  ShapeError,
  type Tensor,
  tensor,
  UnknownValueError,
} from '../../../lib/index.ts';
import { programs } from '../../../trainers/testing/index.ts';
import { requireClose, sample } from './agree.ts';

const x = sample([3, 4], 1);
const v = sample([4], 2);

function traced(f: (...args: Tensor[]) => unknown, ...args: Tensor[]): Program {
  return trace(f.name || 'f', (declare) => f(...args.map((arg) => declare(arg, arg.label)))).program;
}

/** How often each primitive occurs. */
function counts(program: Program): Record<string, number> {
  const table: Record<string, number> = {};
  for (const { primitive } of program.equations) table[primitive.name] = (table[primitive.name] ?? 0) + 1;
  return table;
}

describe('programs', () => {
  it('print as text, with types, labels and constants', () => {
    const step = (p: { w: Tensor; b: Tensor }, h: Tensor) => {
      const next = tanh(add(matmul(p.w, h), p.b));
      return { next, loss: mul(dot(next, next), 0.5) };
    };
    const w = sample([3, 4], 1);
    w.label = 'params.w';
    const text = String(compile(step).program({ w, b: sample([3], 2) }, v));
    expect(text).to.equal(
      [
        'program step(a: float64[3,4] = params.w, b: float64[3], c: float64[4]) {',
        '  d: float64[4,1] = reshape(c) {shape=[4,1]}',
        '  e: float64[3,1] = matmul(a, d) {transposeLeft=false, transposeRight=false}',
        '  f: float64[3] = reshape(e) {shape=[3]}',
        '  g: float64[3] = add(f, b)',
        '  h: float64[3] = tanh(g)',
        '  i: float64[1,3] = reshape(h) {shape=[1,3]}',
        '  j: float64[3,1] = reshape(h) {shape=[3,1]}',
        '  k: float64[1,1] = matmul(i, j) {transposeLeft=false, transposeRight=false}',
        '  l: float64[] = reshape(k) {shape=[]}',
        '  m: float64[] = scale(l) {factor=0.5}',
        '  return h, m',
        '}',
      ].join('\n'),
    );
    const constants = printProgram(
      traced(function f(a) {
        return [add(a, 2), add(a, v), v, tensor(7)];
      }, x),
    );
    expect(constants).to.match(/^program f\(a: float64\[3,4\]\)/);
    expect(constants).to.match(/add\(a, constant float64\[3,4\]\)/);
    expect(constants).to.match(/constant float64\[4\]/);
    expect(constants).to.match(/return \w+, \w+, constant float64\[4\], 7\n}$/);
    expect(
      printProgram(traced((a) => Array.from({ length: 30 }, (_, i) => tanh(mul(a, i + 2))), v)),
    ).to.match(/ aa: float64\[4\] = /);
  });

  it('pass their check as they are traced, and evaluate to what was traced', () => {
    fc.assert(
      fc.property(programs({ kinks: true }), ({ run, inputs }) => {
        const program = traced((...xs) => linearize(run, ...xs).value, ...inputs);
        checkProgram(program);
        requireClose(evaluateProgram(program, inputs), [run(...inputs)], 0);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('fail their check when they are broken', () => {
    const whole = traced((a, b) => tanh(mul(add(a, b), b)), x, sample([3, 4], 3));
    const [first, second, third] = whole.equations;
    const broken: Program[] = [
      { ...whole, equations: [second, first, third] },
      { ...whole, equations: [first, third] },
      { ...whole, inputs: whole.inputs.slice(0, 1) },
      { ...whole, outputs: [traced((a) => tanh(a), x).outputs[0]] },
      {
        ...whole,
        equations: [first, second, { ...third, result: traced((a) => tanh(a), v).equations[0].result }],
      },
      { ...whole, equations: [first, { ...second, operands: [first.result, v] }, third] },
    ];
    checkProgram(whole);
    broken.forEach((program, i) => {
      expect(() => checkProgram(program), `program ${i}`).to.throw(ShapeError);
    });
  });

  it('compute nothing twice, and nothing that leads nowhere', () => {
    const twice = traced((a) => [tanh(mul(a, 2)), add(tanh(mul(a, 2)), tanh(mul(a, 2))), tanh(mul(a, 3))], v);
    expect(counts(twice)).to.deep.equal({ scale: 2, tanh: 2, add: 1 });
    const dead = traced((a) => {
      sigmoid(a);
      sum(mul(a, tanh(a)));
      return square(a);
    }, v);
    expect(counts(dead)).to.deep.equal({ mul: 1 });
    // The same scalar, written anew; another one; the two zeros.
    expect(
      counts(traced((a) => [add(a, tensor(1)), add(a, tensor(1)), add(a, tensor(2))], tensor(3))),
    ).to.deep.equal({ add: 2 });
    expect(
      counts(
        traced(
          (a) => [
            add(a, tensor(0)),
            add(a, tensor(-0)),
            add(a, tensor(Number.NaN)),
            add(a, tensor(Number.NaN)),
          ],
          tensor(3),
        ),
      ),
    ).to.deep.equal({ add: 3 });
    // The same tensor, and an equal one.
    expect(counts(traced((a) => [add(a, v), add(a, v), add(a, sample([4], 2))], v))).to.deep.equal({
      add: 2,
    });
  });

  it('keep apart what differs in a parameter only', () => {
    const factors = traced(
      (a) => [
        mul(a, Number.POSITIVE_INFINITY),
        mul(a, Number.NEGATIVE_INFINITY),
        mul(a, Number.NaN),
        mul(a, 0),
        mul(a, -0),
        mul(a, 0),
      ],
      v,
    );
    expect(counts(factors)).to.deep.equal({ mul: 3, scale: 2 });
    const shapes = traced(
      (a) => [
        reshape(a, [12]),
        reshape(a, [6, 2]),
        slice(a, [0, 0], [1, 1]),
        slice(a, [1, 0], [2, 1]),
        sum(a, { axes: 0 }),
        sum(a, { axes: 1 }),
      ],
      x,
    );
    expect(counts(shapes)).to.deep.equal({ reshape: 2, slice: 2, sum: 2 });
  });

  it('are one pull and one push of shared equations', () => {
    const program = traced(
      (w, h) => {
        const { value, push, pull } = linearize((m: Tensor, s: Tensor) => tanh(matmul(m, s)), w, h);
        return [value, push(sigmoid(w), sigmoid(h)), pull(value)];
      },
      x,
      v,
    );
    // W h, W ḣ, Ẇ h; Wᵀ u; u ⊗ h.
    expect(counts(program).matmul).to.equal(5);
    expect(counts(program).tanh).to.equal(1);
    expect(counts(program).sigmoid).to.equal(2);
  });

  it('refuse values while they are traced, and say what to use instead', () => {
    for (const read of [
      (a: Tensor) => a.item(),
      (a: Tensor) => a.toArray(),
      (a: Tensor) => a.toNdarray(),
      (a: Tensor) => Number(a) > 0.5,
      (a: Tensor) => String(a.toArray()),
      (a: Tensor) => 2 * (a as unknown as number),
    ]) {
      const f = compile(function step(a: Tensor) {
        read(a);
        return a;
      });
      expect(() => f(tensor(1))).to.throw(UnknownValueError, /compile\(step\).*where/);
    }
    const branch = compile((a: Tensor) => where(greater(a, 0), mul(a, 2), 0));
    expect(branch(tensor(2)).item()).to.equal(4);
    expect(branch(tensor(-2)).item()).to.equal(0);
  });

  it('do not let their symbols out', () => {
    let kept: Tensor | undefined;
    const f = compile(function leaky(a: Tensor) {
      kept = tanh(a);
      return a;
    });
    f(tensor(1));
    expect(() => add(kept as Tensor, 1)).to.throw(EscapedTangentError, 'compile(leaky)');
    expect(() => (kept as Tensor).item()).to.throw(UnknownValueError);
    const second = compile((a: Tensor) => add(a, kept as Tensor));
    expect(() => second(tensor(1))).to.throw(EscapedTangentError);
  });

  it('keep rows and outer products in few instructions', () => {
    const step = compile(function update(w: Tensor, u: Tensor, h: Tensor, id: Tensor) {
      return [
        sub(w, mul(0.1, outer(u, h))),
        sub(w, scatterAdd(mul(0.1, h), id, 3)),
        gather(w, id),
        div(sum(w), 12),
        max(w),
      ];
    });
    expect(counts(step.program(x, sample([3]), v, indices(1)))).to.include({
      scatterAdd: 1,
      matmul: 1,
      gather: 1,
    });
  });
});
