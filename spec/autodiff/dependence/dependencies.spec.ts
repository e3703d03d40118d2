import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  custom,
  dependencies,
  gather,
  linear,
  linearize,
  matmul,
  mul,
  relu,
  scatterAdd,
  slice,
  stopGradient,
  sum,
  tanh,
  transpose,
  where,
} from '../../../autodiff/index.ts';
import {
  indices,
  leavesOf,
  ones,
  type Tensor,
  tensor,
  UnknownValueError,
  zeros,
} from '../../../lib/index.ts';
import { programs } from '../../../trainers/testing/index.ts';
import { numbersOf, treeFrom } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';

/** For each element of f's argument, the elements of f that it can influence. */
function reached<X>(f: (x: X) => unknown, x: X): number[][] {
  const found = dependencies(f as (x: X) => Tensor, x);
  return found.sets[0].flatMap((leaf) => Array.from(leaf, (set) => [...found.members(set)]));
}

describe('dependencies', () => {
  it('misses no entry that a Jacobian has, on random programs with kinks', () => {
    let [entries, possible, all] = [0, 0, 0];
    fc.assert(
      fc.property(programs({ kinks: true, maxLength: 10 }), ({ inputs, run }) => {
        const found = dependencies(run, ...inputs);
        const { value, pull } = linearize(run, ...inputs);
        expect(found.size).to.equal(value.size);
        const allowed = inputs.map((_, i) =>
          Array.from(found.sets[i][0], (set) => new Set(found.members(set))),
        );
        for (let row = 0; row < value.size; row++) {
          const unit = treeFrom(
            Array.from({ length: value.size }, (_, k) => Number(k === row)),
            value,
          );
          pull(unit as never).forEach((cotangent, i) => {
            numbersOf(cotangent).forEach((entry, k) => {
              entries += Number(entry !== 0);
              possible += Number(allowed[i][k].has(row));
              all += 1;
              if (entry !== 0)
                expect(allowed[i][k].has(row), `entry ${row} of input ${i}[${k}]`).to.equal(true);
            });
          });
        }
      }),
      { seed: 1, numRuns: size(120, 300) },
    );
    // Patterns that are always full, or programs that are always dense, would test nothing.
    expect(entries).to.be.within(0.5 * possible, possible);
    expect(possible).to.be.below(0.9 * all);
  });

  it('tells rows, columns and single elements of products apart', () => {
    const w = ones([2, 3]);
    expect(reached((x: Tensor) => matmul(w, x), zeros([3]))).to.deep.equal([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    expect(reached((x: Tensor) => matmul(x, ones([3])), w)).to.deep.equal([[0], [0], [0], [1], [1], [1]]);
    expect(reached((x: Tensor) => matmul(ones([2]), x), w)).to.deep.equal([[0], [1], [2], [0], [1], [2]]);
    expect(reached((x: Tensor) => transpose(tanh(x)), w)).to.deep.equal([[0], [2], [4], [1], [3], [5]]);
    expect(reached((x: Tensor) => sum(x, { axes: 0 }), w)).to.deep.equal([[0], [1], [2], [0], [1], [2]]);
    expect(reached((x: Tensor) => slice(x, [0, 1], [2, 2]), w)).to.deep.equal([[], [0], [], [], [1], []]);
  });

  it('reads no values: an entry masked or multiplied by zero now may be active in the next step', () => {
    expect(reached((x: Tensor) => relu(x), tensor([-1, 1]))).to.deep.equal([[0], [1]]);
    const f = (p: { a: Tensor; x: Tensor }) => mul(p.a, p.x);
    expect(reached(f, { a: tensor([0, 1]), x: tensor([0, 0]) })).to.deep.equal([[0], [1], [0], [1]]);
  });

  it('uses the constants of a program: factors of zero, masks, indices', () => {
    expect(reached((x: Tensor) => mul(x, tensor([0, 2])), zeros([2]))).to.deep.equal([[], [1]]);
    expect(reached((x: Tensor) => mul(x, 0), zeros([2]))).to.deep.equal([[], []]);
    expect(reached((x: Tensor) => where(indices([1, 0]), x, mul(2, x)), zeros([2]))).to.deep.equal([
      [0],
      [1],
    ]);
    expect(reached((x: Tensor) => where(indices([1, 0]), x, 0), zeros([2]))).to.deep.equal([[0], []]);
    expect(reached((x: Tensor) => gather(x, indices([2, 0])), zeros([3]))).to.deep.equal([[1], [], [0]]);
    expect(reached((x: Tensor) => scatterAdd(x, indices([1, 1]), 3), zeros([2]))).to.deep.equal([[1], [1]]);
    expect(reached((x: Tensor) => add(x, stopGradient(x)), zeros([2]))).to.deep.equal([[0], [1]]);
  });

  it('assumes that an input index may pick any row', () => {
    const found = dependencies((w: Tensor, id: Tensor) => gather(w, id), zeros([3, 2]), indices(1));
    expect(Array.from(found.sets[0][0], (set) => found.members(set))).to.deep.equal([
      [0],
      [1],
      [0],
      [1],
      [0],
      [1],
    ]);
    expect([...found.sets[1][0]]).to.deep.equal([0]);
    const spread = dependencies((x: Tensor, id: Tensor) => scatterAdd(x, id, 2), zeros([1, 2]), indices([1]));
    expect(Array.from(spread.sets[0][0], (set) => spread.members(set))).to.deep.equal([
      [0, 2],
      [1, 3],
    ]);
  });

  it("assumes full dependence for a user's own linear operation, and follows the push of a custom one", () => {
    const reverse = linear({
      name: 'reverse',
      shape: (shape) => shape,
      evaluate: (x) => tensor([...numbersOf(x)].reverse()),
      transpose: (cotangent) => reverse(cotangent),
    });
    expect(reached((x: Tensor) => reverse(x), zeros([2]))).to.deep.equal([
      [0, 1],
      [0, 1],
    ]);
    const straight = custom({
      name: 'straight',
      value: (x: Tensor) => relu(x),
      push: (_: readonly Tensor[], [x]: readonly Tensor[]) => x,
    });
    expect(reached((x: Tensor) => straight(x), zeros([2]))).to.deep.equal([[0], [1]]);
  });

  it('counts leaves of trees one after the other', () => {
    const f = (x: { a: Tensor; b: Tensor }) => ({ p: sum(x.b), q: x.a });
    expect(reached(f, { a: zeros([2]), b: zeros([3]) })).to.deep.equal([[1], [2], [0], [0], [0]]);
    expect(leavesOf(f({ a: zeros([2]), b: zeros([3]) })).map(({ size }) => size)).to.deep.equal([1, 2]);
  });

  it('refuses a function that reads values', () => {
    expect(() => dependencies((x: Tensor) => (numbersOf(x)[0] > 0 ? x : mul(x, 2)), ones([2]))).to.throw(
      UnknownValueError,
    );
  });
});
