import { expect } from 'chai';
import {
  add,
  dot,
  Execution,
  gather,
  matmul,
  mul,
  outer,
  reshape,
  sqrt,
  sum,
  tanh,
  trace,
} from '../../../autodiff/index.ts';
import { dataOf, IndexError, indices, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import { requireClose, sample } from './agree.ts';

describe('a plan that runs in parts', () => {
  /**
   * A recurrence unrolled: h ← tanh(W h + row of E), with the sum of each h as an output; then W changes by
   * what came of it all.
   */
  const unrolled = (length: number) =>
    trace('unrolled', (declare) => {
      const [w, h0, e] = [
        declare({ dtype: 'float64', shape: [4, 4] }),
        declare({ dtype: 'float64', shape: [4] }),
        declare({ dtype: 'float64', shape: [3, 4] }),
      ];
      const ids = Array.from({ length }, () => declare({ dtype: 'int32', shape: [] }));
      const states: Tensor[] = [];
      for (const id of ids) states.push(tanh(add(matmul(w, states[states.length - 1] ?? h0), gather(e, id))));
      return [
        add(w, outer(states[length - 1], states[0])),
        states[length - 1],
        ...states.map((h) => sum(h)),
        ...states,
      ];
    }).program;

  for (const length of [1, 2, 3])
    it(`has each part's outputs when that part has run, and the same results in the end: ${length} parts`, () => {
      const program = unrolled(length);
      const updates = new Map([
        [0, 0],
        [1, 1],
      ]);
      const stages = Array.from({ length }, (_, t) => [2 + t, 2 + length + t]);
      const [whole, parts] = [
        new Execution(program, { updates }),
        new Execution(program, { updates, stages }),
      ];
      const start = [sample([4, 4], 1), sample([4], 2), sample([3, 4], 3)];
      for (const runner of [whole, parts]) for (const [i, x] of start.entries()) runner.write(i, x);
      for (let run = 0; run < 3; run++) {
        const given: number[][] = [];
        for (let t = 0; t < length; t++) {
          parts.write(3 + t, indices((run + t) % 3));
          whole.write(3 + t, indices((run + t) % 3));
          parts.check(t);
          parts.run(t);
          given.push(...stages[t].map((at) => [...parts.output(at)]));
        }
        whole.check();
        whole.run();
        expect(given).to.deep.equal(stages.flat().map((at) => [...whole.output(at)]));
        for (const at of program.outputs.keys())
          expect([...parts.output(at)]).to.deep.equal([...whole.output(at)]);
      }
    });

  it('keeps an output of an early part that is an input which the last part replaces', () => {
    const { program } = trace('passing', (declare) => {
      const [h, x] = [declare({ dtype: 'float64', shape: [3] }), declare({ dtype: 'float64', shape: [3] })];
      return [add(h, x), h, mul(h, x)];
    });
    const execution = new Execution(program, { updates: new Map([[0, 0]]), stages: [[1], [2]] });
    execution.write(0, tensor([1, 2, 3]));
    execution.write(1, tensor([10, 20, 30]));
    execution.run(0);
    execution.run(1);
    expect([0, 1, 2].map((at) => execution.read(at).toArray())).to.deep.equal([
      [11, 22, 33],
      [1, 2, 3],
      [10, 40, 90],
    ]);
  });

  it('checks an index before the part that uses it, once', () => {
    const parts = new Execution(unrolled(2), { stages: [[2], [3]] });
    parts.write(3, indices(1));
    parts.write(4, indices(7));
    parts.check(0);
    expect(() => parts.check(1)).to.throw(IndexError, 'index 7');
    expect(parts.plan.bounds.map((bounds) => bounds.length)).to.deep.equal([1, 1]);
  });
});

describe('values that stay zero', () => {
  const [n, m] = [5, 3];
  /**
   * The shape of an influence: T ← T/ρ + share · y⊗z, W ← W + |T|² T + u⊗z, another T that only shrinks, and
   * a number.
   */
  const program = trace('influence', (declare) => {
    const [w, t, dead, z] = [[m, n], [m, n], [m, n], [n]].map((shape) =>
      declare({ dtype: 'float64', shape }),
    );
    const [u, y] = [declare({ dtype: 'float64', shape: [m] }), declare({ dtype: 'float64', shape: [m] })];
    const norm = add(dot(flat(t), flat(t)), dot(flat(dead), flat(dead)));
    const size = sqrt(add(norm, 1));
    return [
      add(add(w, mul(norm, t)), outer(u, z)),
      add(mul(t, size), outer(y, z)),
      mul(dead, size),
      add(mul(z, 0.5), sum(dead)),
      norm,
    ];
  }).program;
  const updates = new Map([0, 1, 2, 3].map((i) => [i, i]));
  const run = (zeroInputs: readonly number[], start: readonly Tensor[], runs = 4) => {
    const runner = new Execution(program, { updates, zeros: zeroInputs });
    for (const [i, x] of start.entries()) runner.write(i, x);
    const norms = Array.from({ length: runs }, () => {
      runner.run();
      return runner.output(4)[0];
    });
    return { runner, norms };
  };
  const start = [
    sample([m, n], 1),
    zeros([m, n]),
    zeros([m, n]),
    sample([n], 2),
    sample([m], 3),
    sample([m], 4),
  ];

  it('is not computed, and changes nothing but rounding', () => {
    const [counting, not] = [run([1, 2], start), run([], start)];
    expect(counting.runner.zeros).to.deep.equal([2]);
    expect(counting.runner.plan.instructions.length).to.be.below(not.runner.plan.instructions.length);
    const read = ({ runner }: typeof not) => [0, 1, 2, 3, 4].map((at) => runner.read(at));
    requireClose(read(counting), read(not), 1e-12);
    expect(counting.norms[0]).to.equal(0);
    expect(counting.norms[3]).to.be.above(1);
  });

  it('makes nothing of an influence that only begins as zero', () => {
    const { runner } = run([1, 2], start, 3);
    let [w, t, z] = [start[0], start[1], start[3]];
    for (let i = 0; i < 3; i++) {
      const norm = dot(flat(t), flat(t));
      [w, t, z] = [
        add(add(w, mul(norm, t)), outer(start[4], z)),
        add(mul(t, sqrt(add(norm, 1))), outer(start[5], z)),
        mul(z, 0.5),
      ];
    }
    requireClose(
      [0, 1, 3].map((at) => runner.read(at)),
      [w, t, z],
      1e-12,
    );
  });

  it('is counted on only where it is said to be zero: numbers written later count', () => {
    const { runner } = run([2], start, 2);
    const [w, t, z] = [sample([m, n], 7), sample([m, n], 8), sample([n], 9)];
    runner.load([w, t, zeros([m, n]), z].map((x) => dataOf(x)));
    runner.run();
    const norm = dot(flat(t), flat(t));
    requireClose(
      [runner.read(0), runner.read(4)],
      [add(add(w, mul(norm, t)), outer(start[4], z)), norm],
      1e-12,
    );
  });
});

function flat(x: Tensor): Tensor {
  return reshape(x, [x.size]);
}
