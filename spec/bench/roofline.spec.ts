import { expect } from 'chai';
import {
  add,
  type Declare,
  Execution,
  gather,
  matmul,
  mul,
  sqrt,
  tanh,
  trace,
} from '../../autodiff/index.ts';
import { learnerOfLanes, streamOf } from '../../bench/lanes.ts';
import { timingOf } from '../../bench/measure.ts';
import { ceilingRunners, limitOf } from '../../bench/roofline/ceilings.ts';
import { loopsOver, measures, stride } from '../../bench/roofline/module.ts';
import { workDuring } from '../../bench/roofline/plans.ts';
import { uncounted, type Work, workOf } from '../../bench/roofline/work.ts';
import { adam } from '../../trainers/index.ts';

const n = 24;

/** The work of a program whose outputs replace its first inputs. */
function workOfProgram(body: (declare: Declare) => unknown, replaced: number): Work {
  const updates = new Map(Array.from({ length: replaced }, (_, i) => [i, i] as const));
  return workOf(new Execution(trace('f', body).program, { updates, care: 'none' }).plan);
}

describe('bench: roofline', () => {
  it('counts every instruction but functions that no case has', () => {
    expect(uncounted).to.have.members(['sin', 'cos', 'erf', 'log1p', 'expm1', 'atan', 'pow', 'pows']);
  });

  it('counts a product with a vector and what follows, and the bytes that come from memory and stay', () => {
    const work = workOfProgram((declare) => {
      const [W, h] = [
        declare({ shape: [n, n], dtype: 'float32' }),
        declare({ shape: [n, 1], dtype: 'float32' }),
      ];
      return tanh(matmul(W, h));
    }, 0);
    expect(work).to.deep.equal({
      products: n * n + 10 * n,
      sums: n * n + 13 * n,
      quotients: n,
      roots: 0,
      read: 4 * (n * n + n),
      written: 4 * n,
    });
  });

  it('counts what is changed in place as read and as written, once', () => {
    const work = workOfProgram((declare) => {
      const like = { shape: [n, n], dtype: 'float64' } as const;
      const [W, u, v] = [
        declare(like),
        declare({ ...like, shape: [n, 1] }),
        declare({ ...like, shape: [1, n] }),
      ];
      return [add(W, matmul(u, v))];
    }, 1);
    // A coefficient and the matrix, and the outer product.
    expect(work.products).to.equal(2 * n * n);
    expect(work.sums).to.equal(n * n);
    // The two vectors, and the number 1 that both coefficients are.
    expect(work.read).to.equal(8 * (n * n + 2 * n + 1));
    expect(work.written).to.equal(8 * n * n);
  });

  it('counts an optimiser by its kernel, and elementwise arithmetic that is compiled to a loop', () => {
    const size = n * n;
    const like = { shape: [size], dtype: 'float32' } as const;
    const number = { shape: [], dtype: 'float32' } as const;
    const ours = workOfProgram((declare) => {
      const [w, m, v, gradient] = [declare(like), declare(like), declare(like), declare(like)];
      const count = () => declare(number);
      const next = adam({ rate: 0.01 }).update(gradient, { m, v }, w, { steps: count, updates: count });
      return [add(w, next.update), next.memory];
    }, 3);
    expect([ours.quotients, ours.roots]).to.deep.equal([size, size]);
    expect(ours.written).to.equal(4 * 3 * size);
    const loop = workOfProgram((declare) => {
      const [w, g] = [declare(like), declare(like)];
      return [add(w, sqrt(mul(g, mul(g, w))))];
    }, 1);
    expect([loop.products, loop.sums, loop.roots]).to.deep.equal([2 * size, size, size]);
    expect([loop.read, loop.written]).to.deep.equal([4 * 2 * size, 4 * size]);
  });

  it('counts the rows of a table that are picked, not the table', () => {
    const work = workOfProgram((declare) => {
      const [table, ids] = [
        declare({ shape: [n, n], dtype: 'float32' }),
        declare({ shape: [2], dtype: 'int32' }),
      ];
      return gather(table, ids);
    }, 0);
    expect(work.read).to.equal(4 * (2 * n + 2));
  });

  for (const [estimator, perRun] of [
    ['uoro', 1],
    ['tbptt-16', 16],
  ] as const)
    it(`counts what a learner with ${estimator} runs`, () => {
      const own = {
        cell: 'rnn',
        units: 16,
        estimator,
        optimizer: 'sgd',
        dtype: 'float32',
        lanes: 1,
      } as const;
      const problem = streamOf(own);
      const { run } = learnerOfLanes(problem);
      run(problem.period);
      const { work, runs } = workDuring(() => run(problem.period));
      expect(runs).to.equal(problem.period / perRun);
      // At the least W h, its transpose or tangent, and the update of W, for 16 units.
      expect(work.products / problem.period)
        .to.be.greaterThan(3 * 16 * 16)
        .and.lessThan(40 * 16 * 16);
      expect(workDuring(() => {}).runs).to.equal(0);
    });

  it('takes the part of a core that has the most to do as the limit, round by round', () => {
    const work = { products: 4000, sums: 9000, quotients: 1000, roots: 2000, read: 3000, written: 1000 };
    const rates = [
      [1, 2],
      [3, 3],
      [4, 8],
      [1, 1],
      [1, 1],
    ].map((rounds) => timingOf(rounds));
    // Microseconds for a thousand: sums 9 and 18, divisions and roots 11 and 19; two steps.
    expect(limitOf(work, 2, rates)).to.deep.equal({
      part: 'divisions and roots',
      timing: timingOf([5.5, 9.5]),
    });
  });

  it('has a loop for each measure, over as much memory as a plan has', () => {
    const loops = loopsOver(10 * stride);
    for (const name of measures) expect(() => loops[name](0, 10 * stride, 2), name).to.not.throw();
    const work = { products: 0, sums: 0, quotients: 0, roots: 0, read: 1e6, written: 1e5 };
    const runners = ceilingRunners(work, 10);
    expect(runners.map(({ name }) => name)).to.deep.equal([...measures]);
    expect(runners[3].window).to.be.approximately(100, 0.2);
    for (const { run } of runners) expect(() => run(1)).to.not.throw();
  });
});
