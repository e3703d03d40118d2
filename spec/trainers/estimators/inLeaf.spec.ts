import { expect } from 'chai';
import fc from 'fast-check';
import { outer } from '../../../autodiff/index.ts';
import { leavesOf, seeded, type Tree, zeros } from '../../../lib/index.ts';
import { rnn } from '../../../nn/index.ts';
import { inLeaf, layoutIn } from '../../../trainers/estimators/step/sites.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { structureOfStep } from './oneStep.ts';
import { fixture } from './sparse.ts';

/** Where the entries of a matrix [inputs, units] are in a leaf. */
const places = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
  .chain(([inputs, units]) => {
    const count = inputs * units;
    const plain = Array.from({ length: count }, (_, at) => at);
    const turned = plain.map((at) => (at % units) * inputs + Math.floor(at / units));
    const any = fc.array(fc.integer({ min: -1, max: count - 1 }), { minLength: count, maxLength: count });
    return fc.record({
      inputs: fc.constant(inputs),
      units: fc.constant(units),
      elements: fc.oneof(
        fc.constant(plain),
        fc.constant(turned),
        fc.shuffledSubarray(plain, { minLength: count, maxLength: count }),
        any,
      ),
      more: fc.nat(2),
    });
  });

describe('the entries of a site in its leaf', () => {
  it('are added up where they belong, in whatever layout', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(places, ({ inputs, units, elements, more }) => {
        const leaf = zeros([elements.length + more]);
        const matrix = seeded(3).normal([inputs, units]);
        const expected = numbersOf(leaf);
        numbersOf(matrix).forEach((value, at) => {
          if (elements[at] >= 0) expected[elements[at]] += value;
        });
        const own = Int32Array.from(elements);
        requireClose(numbersOf(inLeaf(leaf, own, matrix)), expected, 1e-15, 'the leaf');
        const isWhole = more === 0 && new Set(elements).size === leaf.size && !elements.includes(-1);
        const isPlain = isWhole && elements.every((element, at) => element === at);
        const isTurned =
          isWhole &&
          elements.every((element, at) => element === (at % units) * inputs + Math.floor(at / units));
        const layout = isPlain ? 'plain' : isTurned ? 'turned' : 'other';
        expect(layoutIn(leaf, own, units)).to.equal(layout);
        seen.add(layout);
      }),
      { seed: 1, numRuns: 200 },
    );
    expect([...seen].sort()).to.deep.equal(['other', 'plain', 'turned']);
  });

  it('are placed alike as a matrix and as an outer product', () => {
    const step = structureOfStep(fixture(rnn({ inputs: 2, units: 3 }), 2, 1));
    const [z, a] = [seeded(1).normal([6]), seeded(2).normal([3])];
    const [whole, product] = [outer(z, a), { z, a }].map((part) => step.place([part]) as Tree);
    expect(leavesOf(whole).map(({ shape }) => shape)).to.deep.equal(
      leavesOf(step.parameters).map(({ shape }) => shape),
    );
    expect(numbersOf(whole)).to.deep.equal(numbersOf(product));
  });
});
