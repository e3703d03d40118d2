import type { InfluenceSubject } from '../../trainers/testing/index.ts';
import { size } from '../support/size.ts';
import { fixture } from './runs.ts';

/**
 * The runs on which the laws of an estimator are tried: usually two with few sequences of signs; at the
 * long size those of `describeInfluence`.
 */
export const lawFixtures = size<Pick<InfluenceSubject, 'fixtures'>>(
  {
    fixtures: {
      'rnn of one unit': (steps) =>
        fixture({ kind: 'rnn', inputs: 2, units: 1, steps, around: 'readout', seed: 1 }),
      'rnn of two units': (steps) =>
        fixture({ kind: 'rnn', inputs: 1, units: 2, steps, around: 'readout', seed: 2 }),
    },
  },
  {},
);
