import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  concat,
  Execution,
  evaluateProgram,
  globalNorm,
  linearize,
  matmul,
  mul,
  outer,
  reshape,
  slice,
  sub,
  sum,
  tanh,
  trace,
  transpose,
  vmap,
} from '../../../autodiff/index.ts';
import { dataOf, eye, fromData, type Tensor, zeros } from '../../../lib/index.ts';
import { requireClose, sample } from './agree.ts';

const strongMul = (d: Tensor, x: Tensor) => linearize((a: Tensor) => mul(a, x), d).push(d);
const timesLeft = (d: Tensor, y: Tensor) => linearize((a: Tensor) => matmul(a, y), d).push(d);
const timesRight = (x: Tensor, d: Tensor) => linearize((a: Tensor) => matmul(x, a), d).push(d);

/** A matrix of the given number of rows, with n numbers on the diagonal from a given row on. */
function diagonal(rows: number, n: number, begin: number): Tensor {
  const data = new Float64Array(rows * n);
  for (let i = 0; i < n; i++) data[(begin + i) * n + i] = 1 + (i % 3);
  return fromData(data, [rows, n]);
}

/** Runs a function as a plan with each kind of care that its numbers allow, against its equations one by one. */
function requireSame(
  body: (...xs: Tensor[]) => Tensor[],
  given: readonly Tensor[],
  allFinite = true,
): Execution {
  const { program } = trace('diagonal', (declare) => body(...given.map((x) => declare(x))));
  const expected = evaluateProgram(program, given);
  const all = (allFinite ? ['none', 'factored', 'whole'] : ['whole']) as ('none' | 'factored' | 'whole')[];
  const executions = all.map((care) => {
    const execution = new Execution(program, { care });
    given.forEach((x, i) => {
      execution.write(i, x);
    });
    for (let run = 0; run < 2; run++) {
      execution.check();
      execution.run();
      const results = program.outputs.map((_, i) => execution.read(i));
      requireClose(results, expected, undefined, `care ${care}, run ${run}`);
    }
    return execution;
  });
  return executions[0];
}

const namesOf = ({ plan }: Execution) => plan.instructions.map(({ operation }) => operation);

describe('diagonal matrices in plans', () => {
  const shapes = [
    [2, 2, 0],
    [5, 5, 0],
    [7, 3, 0],
    [7, 3, 2],
    [7, 3, 4],
  ] as const;

  it('agree with the equations, however they are scaled, added, turned and read', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...shapes),
        fc.array(fc.nat(7), { maxLength: 5 }),
        fc.array(fc.nat(13), { minLength: 1, maxLength: 3 }),
        ([rows, n, begin], steps, ends) => {
          const given = [
            sample([n], 1),
            sample([rows], 2),
            sample([rows, n], 3),
            sample([n, 4], 4),
            sample([3, rows], 5),
            sample([2 * n, 4], 6),
          ];
          const body = (...[v, u, x, y, z, both]: Tensor[]) => {
            let d: Tensor = diagonal(rows, n, begin);
            const other = strongMul(diagonal(rows, n, rows - n), x);
            for (const step of steps) {
              if (step === 0) d = strongMul(d, add(zeros([rows, n]), v));
              if (step === 1) d = strongMul(d, outer(u, v));
              if (step === 2) d = strongMul(d, x);
              if (step === 3) d = sub(mul(0.5, d), strongMul(diagonal(rows, n, begin), x));
              if (step === 4) d = reshape(reshape(d, [n, rows]), [rows, n]);
              if (step === 5 && rows === n) d = transpose(d);
              if (step === 6) d = strongMul(strongMul(d, x), d);
              if (step === 7) d = add(d, other);
            }
            const readers = [
              () => d,
              () => timesLeft(d, y),
              () => timesRight(z, d),
              () => timesLeft(transpose(d), x),
              () => globalNorm([d, v]),
              () => add(x, mul(sum(u), d)),
              () => add(mul(-2, d), outer(u, v)),
              () => linearize((a: Tensor) => matmul(transpose(a), x), d).push(d),
              () => matmul(d, reshape(v, [n, 1])),
              () => sum(d, { axes: 0 }),
              () => matmul(concat([x, d], 1), both),
              () => matmul(concat([d, other], 1), both),
              () => timesLeft(concat([timesLeft(other, outer(v, v)), d], 1), both),
              () => add(matmul(concat([d, x], 1), mul(3, both)), matmul(concat([d, x], 1), both)),
            ];
            return ends.map((end) => tanh(readers[end]()));
          };
          requireSame(body, given);
        },
      ),
      { seed: 3, numRuns: 60 },
    );
  });

  it('keep strong zeros beside infinity and NaN', () => {
    for (const [rows, n, begin] of shapes) {
      const given = [sample([rows, n], 3), sample([n, 4], 4)].map((x) => {
        const data = Float64Array.from(x.toNdarray().data as Float64Array);
        data[1] = Number.POSITIVE_INFINITY;
        data[data.length - 1] = Number.NaN;
        return fromData(data, [...x.shape]);
      });
      const d = diagonal(rows, n, begin);
      requireSame((x, y) => [strongMul(d, x), timesLeft(d, y), timesLeft(strongMul(d, x), y)], given, false);
    }
  });

  it('scale rows instead of multiplying matrices: the unit vectors, pulled through a step', () => {
    const given = [sample([6], 1), sample([6, 6], 2)];
    const execution = requireSame((h, w) => {
      const { pull } = linearize((own: Tensor) => tanh(matmul(w, own)), h);
      return [vmap((cotangent: Tensor) => pull(cotangent)[0])(eye(6))];
    }, given);
    expect(namesOf(execution)).not.to.include('gemm');
  });

  describe('side by side with blocks: a Jacobian whose state has two leaves, one of which moves along diagonals', () => {
    const step = ([h, c]: Tensor[], w: Tensor) => {
      const next = add(mul(0.5, c), tanh(matmul(w, h)));
      return [tanh(next), next];
    };
    const { program } = trace('influence', (declare) => {
      const [h, c, w, influence] = [[6], [6], [6, 6], [12, 20]].map((shape) => declare(zeros(shape)));
      const { pull } = linearize((own: Tensor[]) => step(own, w), [h, c]);
      const rows = vmap((cotangent: Tensor[]) => pull(cotangent)[0])(
        [0, 6].map((at) => slice(eye(12), [0, at], [12, at + 6])),
      );
      return [matmul(concat(rows, 1), influence)];
    });
    const influence = sample([12, 20], 4);
    const planWith = (care: 'none' | 'factored' | 'whole', last = influence) => {
      const execution = new Execution(program, { care, updates: new Map([[0, 3]]) });
      [sample([6], 1), sample([6], 2), sample([6, 6], 3), last].forEach((x, i) => {
        execution.write(i, x);
      });
      execution.run();
      return { execution, result: execution.read(0) };
    };

    it('is multiplied without its zeros', () => {
      const products = planWith('none').execution.plan.instructions.filter(
        ({ operation }) => operation === 'gemm',
      );
      expect(products.map(({ operands }) => operands.slice(3, 6))).to.deep.equal([[12, 20, 6]]);
    });

    it('has the same sums with more care, to the bit', () => {
      const { result } = planWith('none');
      expect(dataOf(planWith('factored').result)).to.deep.equal(dataOf(result));
      requireClose([planWith('whole').result], [result]);
    });

    it('is not finite where a zero meets infinity, with care', () => {
      const data = Float64Array.from(dataOf(influence) as Float64Array);
      data[8 * 20 + 5] = Number.POSITIVE_INFINITY;
      const last = fromData(data, [12, 20]);
      const areFinite = (care: 'factored' | 'whole') =>
        Array.from(dataOf(planWith(care, last).result), Number.isFinite);
      expect(areFinite('factored')).to.deep.equal(areFinite('whole'));
      expect(areFinite('factored').filter((one) => !one)).to.have.length(12);
    });
  });

  it('take as many numbers in norms and sums of squares as the diagonal has', () => {
    const execution = requireSame(
      (v) => [globalNorm([strongMul(eye(9), add(zeros([9, 9]), v))])],
      [sample([9], 1)],
    );
    expect(execution.plan.instructions.every(({ operands }) => !operands.includes(81))).to.equal(true);
  });

  it('are not the only ones that are turned by name: so are products of vectors', () => {
    const execution = requireSame((u, v) => [transpose(outer(u, v))], [sample([4], 1), sample([5], 2)]);
    expect(namesOf(execution)).to.deep.equal(['outer']);
  });
});
