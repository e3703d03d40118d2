import '../../support/long.ts';
import './kfRtrl.spec.ts';
import fc from 'fast-check';
import { kfRtrl } from '../../../trainers/index.ts';
import { checkUnbiased } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { siteCells, siteRun } from './siteCells.ts';

describe('KF-RTRL, at length', function () {
  this.timeout(600_000);

  it('has the mean ∂s/∂θ on many random cells', () => {
    fc.assert(
      fc.property(siteCells, (cell) => checkUnbiased([siteRun(cell, 3)], () => kfRtrl())),
      { seed: 11, numRuns: 20 },
    );
  });

  describeInfluence({ name: 'on a tanh network, a GRU and an LSTM', estimator: () => kfRtrl() });
});
