import fc from 'fast-check';
import { gru, lstm } from '../../../nn/index.ts';
import { rKfRtrl } from '../../../trainers/index.ts';
import { checkUnbiased } from '../../../trainers/testing/agreement.ts';
import { siteCells, siteRun } from './siteCells.ts';
import { fixture } from './sparse.ts';

describe('reverse KF-RTRL, at length', function () {
  this.timeout(600_000);

  it('has the mean ∂s/∂θ on random cells', () => {
    fc.assert(
      fc.property(
        siteCells.filter(({ a, b, tied, shifted }) => !shifted && (a + b < 5 || !tied)),
        (cell) => checkUnbiased([siteRun(cell, 2)], () => rKfRtrl()),
      ),
      { seed: 5, numRuns: 8 },
    );
  });

  it('has the mean ∂s/∂θ on a GRU, whose reset gate has a dense D, and an LSTM', () => {
    checkUnbiased([fixture(gru({ inputs: 1, units: 2 }), 1, 2)], () => rKfRtrl());
    checkUnbiased([fixture(lstm({ inputs: 1, units: 1 }), 1, 2)], () => rKfRtrl());
  });
});
