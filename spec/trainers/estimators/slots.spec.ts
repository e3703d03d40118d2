import { expect } from 'chai';
import fc from 'fast-check';
import { lstm, rnn, stacked } from '../../../nn/index.ts';
import type { StructuredInfluence } from '../../../trainers/estimators/entries/slots.ts';
import { type Estimator, rflo, rtrl, snap } from '../../../trainers/index.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';
import { chain, fixture, sparse } from './sparse.ts';
import { watched } from './watched.ts';
import { wired, wirings } from './wired.ts';

/** That slots without a row hold zeros, and others do not all. */
function requireZeros({ rows, slots }: StructuredInfluence): number {
  let unused = 0;
  rows.forEach((leaf, i) => {
    const [elements, held] = [numbersOf(leaf), slots[i].map(numbersOf)];
    const width = elements.length / Math.max(1, held.length);
    held.forEach((slot, r) => {
      // Repeated along axes of the leaf, so that only leaves of which nothing repeats are told place by place.
      if (slot.length !== width) return;
      slot.forEach((value, at) => {
        if (elements[r * width + at] >= 0) return;
        unused++;
        expect(value, `leaf ${i}, slot ${r}`).to.equal(0);
      });
    });
  });
  return unused;
}

describe('the slots of an influence', () => {
  for (const [name, [cell, inputs, estimator, pulls, entries]] of Object.entries({
    'SnAp-1 of a tanh network': [rnn({ inputs: 2, units: 3 }), 2, snap({ n: 1 }), 1, 1],
    'SnAp-1 of an LSTM': [lstm({ inputs: 2, units: 3 }), 2, snap({ n: 1 }), 2, 1],
    // Four entries of J between the elements of a unit, or four pulls.
    'SnAp-1 of an LSTM of two units': [lstm({ inputs: 2, units: 2 }), 2, snap({ n: 1 }), 6, 0],
    'SnAp-2 of a chain': [chain, 2, snap({ n: 2 }), 2, 0],
    'RFLO of an LSTM': [lstm({ inputs: 2, units: 3 }), 2, rflo({ leak: 0.5 }), 2, 0],
    'RTRL of blocks': [sparse.blocks[0], 2, rtrl(), 3, 0],
    'RTRL of a diagonal network': [sparse.indrnn[0], 3, rtrl(), 1, 0],
    'RTRL within layers': [
      stacked([rnn({ inputs: 2, units: 2 }), rnn({ inputs: 2, units: 2 })]),
      2,
      rtrl({ layers: 'own' }),
      4,
      0,
    ],
  } as Readonly<Record<string, readonly [unknown, number, Estimator, number, number]>>))
    it(`${name}: take ${pulls} pulls, as they say, and ${entries === 0 ? 'no' : 'the'} entries of J`, () => {
      const found = watched(fixture(cell, inputs, 3), estimator);
      expect([found.pulls, found.entries]).to.deep.equal([pulls, entries]);
      expect(found.structure).to.match(new RegExp(`^sparse: .* ${pulls} pulls? a step`));
    });

  it('hold zeros where none is needed', () => {
    let unused = 0;
    fc.assert(
      fc.property(wirings(true), fc.integer({ min: 1, max: 3 }), (wiring, n) => {
        const { carried } = watched(
          fixture(wired(wiring), wiring.units[0] + wiring.units[1], 3),
          snap({ n }),
        );
        if (carried !== null && typeof carried === 'object' && 'slots' in carried)
          unused += requireZeros(carried as StructuredInfluence);
      }),
      { seed: 1, numRuns: 25 },
    );
    expect(unused).to.be.above(20);
  });
});
