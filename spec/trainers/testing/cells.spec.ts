import { expect } from 'chai';
import fc from 'fast-check';
import { rtrl, uoro } from '../../../trainers/index.ts';
import { cells, checkUnbiased, fixtureOf, UncheckedError } from '../../../trainers/testing/index.ts';
import { size } from '../../support/size.ts';

describe('norewind/testing: random cells', () => {
  it('satisfy RTRL = backpropagation, and have the mean of UORO', () => {
    const seen = new Set<string>();
    let live = 0;
    fc.assert(
      fc.property(cells({ maxState: 3 }), ({ cell, input, seed = 1, ...rest }) => {
        const run = fixtureOf(cell, { input, steps: 3, seed });
        const elements = Object.values(run.state).reduce((sum, leaf) => sum + leaf.size, 0);
        expect(elements).to.be.at.most(3);
        try {
          checkUnbiased([run], rtrl, { tolerance: 1e-11 });
          if (elements < 3) checkUnbiased([run], uoro);
          live++;
        } catch (error) {
          // Some cells do not depend on their parameters at all.
          if (!(error instanceof UncheckedError)) throw error;
        }
        for (const word of ['σ', '∘s', 'ᵀ', 's1', '_1']) if (rest.toString().includes(word)) seen.add(word);
      }),
      { seed: 3, numRuns: size(12, 80) },
    );
    expect([...seen].sort()).to.deep.equal(['_1', 's1', 'σ', '∘s', 'ᵀ'].sort());
    expect(live).to.be.above(8);
  });
});
