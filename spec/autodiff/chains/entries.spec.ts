import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  broadcastTo,
  concat,
  dissect,
  gather,
  matmul,
  mean,
  mul,
  reshape,
  slice,
  square,
  sub,
  sum,
  tanh,
  transpose,
} from '../../../autodiff/index.ts';
import { dataOf, indices, leavesOf, seeded, type Tensor, type Tree, zeros } from '../../../lib/index.ts';
import { type Cell, gru, indrnn, lru, lstm, mgu, rnn } from '../../../nn/index.ts';
import { programs } from '../../../trainers/testing/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { fixtureOf, unitTrees } from '../../../trainers/testing/unrolled.ts';
import { size } from '../../support/size.ts';

const counting = (length: number) => Int32Array.from({ length }, (_, i) => i);

/**
 * Compares every row of the Jacobian of f by each argument, and by the a of each group of sites of the first,
 * with pulls. @returns how many rows could be picked, of all.
 */
function compare(f: (...args: Tree[]) => Tree, ...args: Tree[]): [picked: number, all: number] {
  const flat = (...own: Tree[]) => ({
    value: concat(leavesOf(f(...own)).map((leaf) => reshape(leaf, [leaf.size]))),
  });
  const derivative = dissect(flat, ...args);
  const { groups } = derivative.sites('value');
  const entries = derivative.entries('value', groups);
  let [picked, all] = [0, 0];
  const check = (own: Tensor | undefined, expected: number[], what: string) => {
    all++;
    if (own === undefined) return;
    picked++;
    requireClose([...dataOf(own)], expected, 1e-12, what);
  };
  unitTrees(derivative.value.value).forEach((unit, row) => {
    const rowOf = (length: number) => new Int32Array(length).fill(row);
    derivative.pull({ value: unit }).forEach((pulled, i) => {
      const expected = numbersOf(pulled);
      const { length } = expected;
      const own = entries.ofArgument(i, rowOf(length), counting(length));
      check(own, expected, `row ${row} by argument ${i}`);
    });
    const { units } = derivative.pullAtSites(groups, {
      value: reshape(unit, [1, unit.size]),
    });
    units.forEach((D, g) => {
      check(entries.ofGroup(g, rowOf(D.size)), numbersOf(D), `row ${row} of group ${g}`);
    });
  });
  return [picked, all];
}

const cells: Readonly<Record<string, (options: { inputs: number; units: number }) => unknown>> = {
  rnn,
  gru,
  lstm,
  mgu,
  indrnn,
  lru,
};

describe('entries of a Jacobian, picked by its structure', () => {
  it('are those of pulls, on random programs', () => {
    let [picked, all] = [0, 0];
    fc.assert(
      fc.property(programs({ kinks: true, maxLength: 8 }), ({ inputs, run }) => {
        const [own, total] = compare((...args) => run(...(args as Tensor[])), ...inputs);
        picked += own;
        all += total;
      }),
      { seed: 2, numRuns: size(70, 150) },
    );
    // Otherwise little was compared.
    expect(picked / all).to.be.above(0.5);
  });

  for (const [name, make] of Object.entries(cells))
    it(`are all picked in the built-in cell ${name}`, () => {
      const cell = make({ inputs: 2, units: 3 }) as Cell<Tree, Tree, Tensor>;
      const run = fixtureOf(cell, {
        input: (noise) => noise.normal([2]),
        steps: 1,
      });
      const [picked, all] = compare(
        (state) => cell.step(run.parameters as Tree, state, run.examples[0].input).state,
        run.state as Tree,
      );
      expect(picked).to.equal(all);
      const sites = compare(
        (theta) => cell.step(theta, run.state, run.examples[0].input).state,
        run.parameters as Tree,
      );
      expect(sites[0]).to.equal(sites[1]);
    });

  const noise = seeded(3);
  const [w, v] = [noise.normal([4, 4]), noise.normal([4, 4])];
  const picksAll = (f: (x: Tensor) => Tensor) => {
    // x is no parameter, so that it has no sites.
    const [picked, all] = compare((_, x) => f(x as Tensor), zeros([1]), seeded(4).normal([4]));
    return picked === all;
  };

  /** The same value in two parts, so that each cotangent is 0 at the elements of the other part. */
  const inParts = (f: (x: Tensor) => Tensor) => (x: Tensor) => {
    const value = f(x);
    const flat = reshape(value, [value.size]);
    return concat([slice(flat, [0], [1]), slice(flat, [1], [value.size])]);
  };

  it('take nothing from elements that a part of the value does not have', () => {
    for (const f of [
      (x: Tensor) => sum(mul(w, x), { axes: 1 }),
      (x: Tensor) => sum(mul(w, mul(x, 3)), { axes: 0 }),
      (x: Tensor) => mul(gather(mul(x, 2), indices([0, 0, 1, 3])), slice(w, [0, 0], [1, 4])),
      (x: Tensor) => mul(mul(w, reshape(x, [4, 1])), x),
      (x: Tensor) => matmul(w, tanh(x)),
    ])
      picksAll(inParts(f));
    expect(picksAll(inParts((x) => sum(mul(w, x), { axes: 1 })))).to.equal(true);
  });

  it('go through products with two matrices, moved and scaled before, between and after', () => {
    const chain = (ids: number[]) => (x: Tensor) => {
      const turned = concat([slice(x, [2], [4]), slice(x, [0], [2])]);
      const inner = tanh(matmul(w, mul(x, turned)));
      return mul(gather(matmul(transpose(v), inner), indices(ids)), 2);
    };
    expect(picksAll(chain([3, 0, 2]))).to.equal(true);
    expect(picksAll((x) => reshape(matmul(reshape(tanh(x), [1, 4]), w), [2, 2]))).to.equal(true);
    const factors = noise.normal([4, 3]);
    expect(picksAll((x) => mul(broadcastTo(reshape(x, [4, 1]), [4, 3]), factors))).to.equal(true);
    expect(picksAll((x) => matmul(tanh(matmul(x, w)), matmul(w, v)))).to.equal(true);
  });

  it('go through sums, of some axes and of everything', () => {
    expect(picksAll((x) => sum(mul(w, x), { axes: 0 }))).to.equal(true);
    expect(picksAll((x) => sum(mul(w, x), { axes: 1 }))).to.equal(true);
    const centred = (x: Tensor) => sub(x, mean(x));
    expect(picksAll((x) => tanh(centred(matmul(w, x))))).to.equal(true);
    const scaled = (x: Tensor) => mul(x, mean(square(x)));
    expect(picksAll((x) => scaled(centred(matmul(w, tanh(x)))))).to.equal(true);
  });

  it('are unknown where three matrices follow each other, and where an operation is not followed', () => {
    const three = (x: Tensor) => matmul(w, tanh(matmul(v, tanh(matmul(w, x)))));
    expect(picksAll((x) => add(x, three(x)))).to.equal(false);
    const square = slice(w, [0, 0], [2, 2]);
    expect(picksAll((x) => reshape(matmul(reshape(x, [2, 2]), square), [4]))).to.equal(false);
    expect(picksAll((x) => gather(x, indices([1, 1])))).to.equal(false);
  });
});
