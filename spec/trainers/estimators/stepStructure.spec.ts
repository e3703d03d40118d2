import { expect } from 'chai';
import fc from 'fast-check';
import { add, concat, type Dependencies, matmul, mul, slice, sum, tanh } from '../../../autodiff/index.ts';
import { seeded, type Tensor, type Tree, zeros } from '../../../lib/index.ts';
import type { Cell } from '../../../nn/index.ts';
import { everything, StepStructure, union } from '../../../trainers/estimators/step-structure.ts';
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
    w: noise.normal([3, 3]),
  }),
  start: () => ({ a: zeros([3]), b: zeros([2, 2]) }),
  step({ out, part, w }, { a, b }, x) {
    const first = concat([slice(part, [0], [2]), zeros([1], { dtype: a.dtype })]);
    const next = tanh(add(add(mul(first, a), matmul(x, w)), sum(b)));
    return { state: { a: next, b: tanh(matmul(b, b)) }, output: mul(out, mul(next, sum(part))) };
  },
};

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
    expect([step.isTraceable, step.sizes]).to.deep.equal([true, { state: 7, parameters: 16 }]);
    expect(step.idle).to.deep.equal(['params.out']);
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
    expect(step.unsited.map(({ leaf }) => leaf)).to.deep.equal([0, 1, 2]);
    expect(step.successors).to.deep.equal(all.map(() => all));
    for (const steps of [1, 2]) expect(step.reaches(steps)?.flat()).to.deep.equal(Array(16).fill(all));
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
        for (const own of step.reaches()?.flat() ?? []) expect(own).to.deep.equal(ascending(own));
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('picks entries for two types of input if it can for both', () => {
    const own = dependenciesOf(run, run.examples[0].input);
    const none = everything(parameters, state);
    const picked = (found: Dependencies) => found.picks.map((leaf) => leaf.arguments[1]);
    expect(picked(union(own, own))).to.deep.equal(picked(own));
    for (const found of [union(own, none), union(none, own)])
      expect(picked(found)).to.deep.equal(picked(none));
    expect(membersOf(union(own, none)).sets).to.deep.equal(membersOf(none).sets);
  });
});
