import { expect } from 'chai';
import fc from 'fast-check';
import { add, concat, type Dependencies, matmul, mul, slice, sum, tanh } from '../../../autodiff/index.ts';
import { seeded, type Tensor, type Tree, zeros } from '../../../lib/index.ts';
import type { Cell } from '../../../nn/index.ts';
import { everything, StepStructure, union } from '../../../trainers/estimators/step/step-structure.ts';
import { dependenciesOf, structureOfStep } from './oneStep.ts';
import { fixture, type Vectors } from './sparse.ts';
import { wired, wirings } from './wired.ts';

type Halves = { readonly a: Tensor; readonly b: Tensor };

/** Two leaves of which one sees itself element by element, the other in a product of matrices. */
const halves: Cell<Vectors, Halves, Tensor> = {
  name: 'halves',
  outputs: 3,
  init: (noise) => ({
    out: noise.normal([3]),
    part: noise.normal([4]),
    still: noise.normal([3]),
    w: noise.normal([3, 3]),
  }),
  start: () => ({ a: zeros([3]), b: zeros([2, 2]) }),
  step({ out, part, still, w }, { a, b }, x) {
    const first = concat([slice(part, [0], [2]), zeros([1], { dtype: a.dtype })]);
    const next = tanh(add(add(mul(first, a), matmul(x, w)), add(sum(b), mul(still, mask))));
    return { state: { a: next, b: tanh(matmul(b, b)) }, output: mul(out, mul(next, sum(part))) };
  },
};

const mask = zeros([3]);

/** The sets of members, by argument, leaf and element, and those of the groups. */
function membersOf({ sets, groups, members }: Dependencies) {
  const listed = (leaf: Int32Array) => Array.from(leaf, (set) => [...members(set)]);
  return {
    sets: sets.map((leaves) => leaves.map(listed)),
    groups: groups.map((group) => listed(group.sets)),
  };
}
const ascending = (elements: Iterable<number>) => [...new Set(elements)].sort((a, b) => a - b);

describe('the structure of a step', () => {
  const run = fixture(halves, 3, 1);
  const { parameters, state } = run as { parameters: Tree; state: Tree };
  const all = [0, 1, 2, 3, 4, 5, 6];

  it('tells apart what reaches the state by sites, in part, and not at all', () => {
    const step = structureOfStep(run);
    expect([step.isTraceable, step.sizes]).to.deep.equal([true, { state: 7, parameters: 19 }]);
    expect(step.idle).to.deep.equal(['params.out', 'params.still']);
    expect(step.unsited).to.deep.equal([{ leaf: 1, path: 'params.part' }]);
    expect(step.groups.map(({ inputs, units, reaches }) => [inputs, units, reaches])).to.deep.equal([
      [3, 3, [[0], [1], [2]]],
    ]);
    expect(step.reaches(1)?.[1]).to.deep.equal([[0], [1], [], []]);
    expect(step.successors[0]).to.deep.equal([0]);
    expect(all.map((element) => step.leafOf(element))).to.deep.equal([0, 0, 0, 1, 1, 1, 1]);
  });

  it('picks entries between elements only if it can for all of them', () => {
    const step = structureOfStep(run);
    const { picks } = step;
    expect(picks.map((own) => own.arguments[1])).to.deep.equal([
      [true, true],
      [true, false],
    ]);
    const asked = [[], [0], [0, 2], [3], [0, 3], [3, 6]];
    expect(asked.map((elements) => step.isPicked(elements))).to.deep.equal([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('is everything for a step that reads values', () => {
    const step = new StepStructure(parameters, state, () => undefined);
    expect([step.isTraceable, step.groups, step.idle]).to.deep.equal([false, [], []]);
    expect(step.unsited.map(({ leaf }) => leaf)).to.deep.equal([0, 1, 2, 3]);
    expect(step.successors).to.deep.equal(all.map(() => all));
    for (const steps of [1, 2]) expect(step.reaches(steps)?.flat()).to.deep.equal(Array(19).fill(all));
    expect(all.map((element) => step.isPicked([element]))).to.deep.equal(all.map(() => false));
    const { members, size } = everything(parameters, state);
    expect([size, members(0), members(1)]).to.deep.equal([7, [], all]);
  });

  it('of two types of input is the union of both, with the sites of the later', () => {
    fc.assert(
      fc.property(wirings(true), fc.nat(99), (wiring, seed) => {
        const S = wiring.units[0] + wiring.units[1];
        const edges = wiring.edges.map((edge, i) =>
          (seed >> (i % 6)) & 1 ? edge : { ...edge, from: (edge.from + 1) % S },
        );
        const made = fixture(wired(wiring, edges), S, 2);
        const [now, before] = [seeded(1).normal([S]), seeded(1).normal([1])].map((input) =>
          dependenciesOf(made, input),
        );
        const [one, other, both] = [before, now, union(before, now)].map(membersOf);
        const expected = one.sets.map((leaves, i) =>
          leaves.map((leaf, j) => leaf.map((own, at) => ascending([...own, ...other.sets[i][j][at]]))),
        );
        expect(both.sets).to.deep.equal(expected);
        expect(both.groups).to.deep.equal(other.groups);
        expect(membersOf(union(now, now))).to.deep.equal(other);
        const step = new StepStructure(made.parameters as Tree, made.state as Tree, () => union(before, now));
        let reached = both.sets[0].flat().map(ascending);
        for (let steps = 1; steps <= S; steps++) {
          expect(step.reaches(steps)?.flat()).to.deep.equal(reached);
          const most = Math.max(...reached.map(({ length }) => length));
          expect(step.reaches(steps, most)?.flat()).to.deep.equal(reached);
          expect(step.reaches(steps, most - 1)).to.equal(undefined);
          reached = reached.map((own) =>
            ascending([...own, ...own.flatMap((from) => both.sets[1].flat()[from])]),
          );
        }
        expect(step.reaches()?.flat()).to.deep.equal(reached);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('picks entries for two types of input if it can for both', () => {
    const own = dependenciesOf(run, run.examples[0].input);
    const table = fc.array(fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }), {
      minLength: 2,
      maxLength: 2,
    });
    const picked = (found: Dependencies) => found.picks.map((leaf) => leaf.arguments[1]);
    const withPicks = (isPicked: readonly (readonly boolean[])[]): Dependencies => ({
      ...own,
      picks: own.picks.map((leaf, i) => ({ ...leaf, arguments: [leaf.arguments[0], isPicked[i]] })),
    });
    fc.assert(
      fc.property(table, table, (one, other) => {
        const both = one.map((row, to) => row.map((isPicked, from) => isPicked && other[to][from]));
        expect(picked(union(withPicks(one), withPicks(other)))).to.deep.equal(both);
      }),
      { seed: 1, numRuns: 40 },
    );
    expect(membersOf(union(own, everything(parameters, state))).sets).to.deep.equal(
      membersOf(everything(parameters, state)).sets,
    );
  });
});
