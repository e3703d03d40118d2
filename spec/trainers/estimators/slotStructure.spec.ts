import { expect } from 'chai';
import fc from 'fast-check';
import { add, matmul, mul, sum, tanh } from '../../../autodiff/index.ts';
import { leavesOf, type Tensor, zeros } from '../../../lib/index.ts';
import { type Cell, indrnn, lstm, rnn, stacked } from '../../../nn/index.ts';
import { layered } from '../../../trainers/estimators/step/layers.ts';
import { repeated, type Structure, structureOf } from '../../../trainers/estimators/step/slot-structure.ts';
import type { StepStructure } from '../../../trainers/estimators/step/step-structure.ts';
import { structureOfStep } from './oneStep.ts';
import { cascade, chain, fixture, halves, sparse, type Vectors, withReadout } from './sparse.ts';
import { wired, wirings } from './wired.ts';

type Reaches = readonly (readonly (readonly number[])[])[];

/** Along which axes of a shape all sets are the same. */
function repeating(shape: readonly number[], sets: readonly string[]): boolean[] {
  return shape.map((length, axis) => {
    const stride = shape.slice(axis + 1).reduce((product, other) => product * other, 1);
    const firstOf = (at: number) => at - (Math.floor(at / stride) % length) * stride;
    return sets.every((own, at) => own === sets[firstOf(at)]);
  });
}

/** That slots hold what is reached, in the smallest shape, and that rows can be told apart in few pulls. */
function requireStructure(step: StepStructure, structure: Structure, reaches: Reaches): void {
  leavesOf(step.parameters).forEach(({ shape }, i) => {
    const { compact, slots } = structure.leaves[i];
    const sets = reaches[i].map((own) => own.join());
    expect(compact).to.deep.equal(
      repeating(shape, sets).map((isSame, axis) => (isSame ? 1 : shape[axis])),
      `the shape of leaf ${i}`,
    );
    const places = repeated(compact, shape);
    reaches[i].forEach((own, at) => {
      const held = slots.map((slot) => slot[places[at]]);
      expect(held).to.deep.equal([...own, ...held.slice(own.length).map(() => -1)], `leaf ${i}, ${at}`);
    });
    expect(slots.length).to.equal(Math.max(0, ...reaches[i].map(({ length }) => length)));
  });
  const groups = reaches.flat();
  const reached = new Set(groups.flat());
  expect(structure.most).to.equal(Math.max(0, ...groups.map(({ length }) => length)));
  const { immediate, recurrent } = structure;
  for (const { colours, pulls } of recurrent === 'entries' ? [immediate] : [immediate, recurrent]) {
    colours.forEach((colour, element) => {
      expect(colour >= 0, `element ${element} has a pull`).to.equal(reached.has(element));
    });
    for (const group of groups) expect(areApart(colours, group)).to.equal(true);
    expect(new Set(colours.filter((colour) => colour >= 0)).size).to.equal(pulls);
  }
  const columns = [...reached].map((from) => [...structure.successors[from]].filter((to) => reached.has(to)));
  // The pulls for I are those for J wherever these can be told apart in them.
  const isEnough = columns.every((column) => areApart(immediate.colours, column));
  expect(recurrent === immediate).to.equal(isEnough);
  if (recurrent !== 'entries')
    for (const column of columns) expect(areApart(recurrent.colours, column)).to.equal(true);
}

function areApart(colours: Int32Array, elements: readonly number[]): boolean {
  return new Set(elements.map((element) => colours[element])).size === elements.length;
}

/** A stack whose lower layer keeps a trace of its inputs, which no parameter reaches. */
const traced: Cell<readonly Vectors[], readonly [Vectors, Tensor], Tensor> = {
  name: 'traced',
  outputs: 2,
  init: (noise) => [{ u: noise.normal([3]) }, { v: noise.normal([2]) }],
  start: () => [{ h: zeros([3]), trace: zeros([1]) }, zeros([2])],
  step([{ u }, { v }], [{ h, trace }, upper], x) {
    const lower = tanh(add(mul(u, h), x));
    const next = tanh(mul(v, add(upper, sum(lower))));
    return { state: [{ h: lower, trace: add(mul(trace, 0.5), sum(x)) }, next], output: next };
  },
};

/** Units, and averages of theirs, which no parameter reaches in one step. */
const averaged: Cell<Vectors, Vectors, Tensor> = {
  name: 'averaged',
  outputs: 3,
  init: (noise) => ({ u: noise.normal([3]) }),
  start: () => ({ h: zeros([3]), means: zeros([2]) }),
  step({ u }, { h, means }, x) {
    const next = tanh(add(mul(u, h), x));
    return { state: { h: next, means: add(mul(means, 0.5), sum(h)) }, output: next };
  },
};

const reservoir: Cell<Vectors, Tensor, Tensor> = {
  name: 'reservoir',
  init: (noise) => ({ c: noise.normal([2, 3]) }),
  start: () => zeros([3]),
  step({ c }, h, x) {
    const next = tanh(add(mul(h, 0.5), x));
    return { state: next, output: matmul(c, next) };
  },
};

/** h' = tanh(h h + b), a product of matrices. */
const squared: Cell<Vectors, Tensor, Tensor> = {
  name: 'squared',
  init: (noise) => ({ b: noise.normal([2, 2]) }),
  start: () => zeros([2, 2]),
  step({ b }, h, x) {
    const next = tanh(add(add(matmul(h, h), b), sum(x)));
    return { state: next, output: next };
  },
};

const stack = stacked([
  indrnn({ inputs: 2, units: 3, activation: 'tanh' }),
  indrnn({ inputs: 3, units: 4, activation: 'tanh' }),
]);

describe('the slots that a step needs', () => {
  it('hold what is reached, in the smallest shape, and their rows can be told apart: random sparse cells', () => {
    fc.assert(
      fc.property(wirings(true), fc.integer({ min: 1, max: 3 }), (wiring, n) => {
        const S = wiring.units[0] + wiring.units[1];
        const step = structureOfStep(fixture(wired(wiring), S, 1));
        const reaches = step.reaches(n) as Reaches;
        const most = Math.max(...reaches.flat().map(({ length }) => length));
        requireStructure(step, structureOf(step, most, n) as Structure, reaches);
        for (const within of [undefined, { reaches }])
          expect(structureOf(step, most - 1, n, within)).to.equal(undefined);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  for (const [name, cell, inputs] of [
    ...Object.entries(sparse).map(([key, [own, width]]) => [key, own, width] as const),
    ['chain', chain, 2],
    ['cascade with a readout', withReadout(cascade), 3],
    ['reservoir', reservoir, 3],
    ['averages', averaged, 3],
  ] as const)
    for (const n of [1, 2, Number.POSITIVE_INFINITY])
      it(`hold what is reached within ${n} steps: ${name}`, () => {
        const step = structureOfStep(fixture(cell, inputs, 1));
        requireStructure(step, structureOf(step, 30, n) as Structure, step.reaches(n) as Reaches);
      });

  for (const [name, cell, inputs] of [
    ['diagonal', stack, 2],
    ['with what no parameter reaches', traced, 3],
    ['dense', stacked([rnn({ inputs: 2, units: 3 }), rnn({ inputs: 3, units: 2 })]), 2],
  ] as const)
    it(`are those of layers that do not see each other: a stack, ${name}`, () => {
      const step = structureOfStep(fixture(cell, inputs, 1));
      const within = layered('rtrl', step);
      const most = Math.max(...within.reaches.flat().map(({ length }) => length));
      const structure = structureOf(step, most, Number.POSITIVE_INFINITY, within) as Structure;
      requireStructure(step, structure, within.reaches);
      const { immediate, recurrent, successors } = structure;
      expect(recurrent).to.equal(immediate);
      immediate.colours.forEach((colour, element) => {
        const sharing = [...immediate.colours.keys()].filter((other) => immediate.colours[other] === colour);
        const layers = new Set(sharing.map((other) => within.layers[other]));
        if (colour >= 0) expect([...layers]).to.deep.equal([within.layers[element]]);
        for (const to of successors[element]) expect(within.layers[to]).to.equal(within.layers[element]);
      });
      // One layer reaches more than the other.
      expect(structureOf(step, most - 1, Number.POSITIVE_INFINITY, within)).to.equal(undefined);
    });

  it('take single entries of J where these are fewer than the pulls, and can be picked', () => {
    const how = (cell: unknown, n: number) => {
      const { immediate, recurrent } = structureOf(structureOfStep(fixture(cell, 3, 1)), 9, n) as Structure;
      return recurrent === 'entries' ? recurrent : recurrent === immediate ? 'as I' : recurrent.pulls;
    };
    expect(how(rnn({ inputs: 3, units: 1 }), 1)).to.equal('as I');
    expect(how(rnn({ inputs: 3, units: 2 }), 1)).to.equal('entries');
    // Four pulls for the four entries between the two elements of a unit.
    expect(how(lstm({ inputs: 3, units: 2 }), 1)).to.equal(4);
    expect(how(lstm({ inputs: 3, units: 3 }), 1)).to.equal('entries');
    // Each element of a square meets those of its row and of its column, and the entries cannot be picked.
    expect(how(squared, 1)).to.equal(4);
    // Of one leaf of the state they can, but not of the other.
    expect(how(halves(['gainA', 'gainB']), 1)).to.equal(4);
  });
});
