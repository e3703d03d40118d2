import { rtrl } from '../../../trainers/index.ts';
import { describeInfluence } from '../../../trainers/testing/index.ts';
import { fixture, sparse } from './sparse.ts';

describe('structured RTRL', () => {
  describe('has all laws of estimators', () => {
    const of = (name: string) => ({
      [name]: (steps: number) => fixture(sparse[name][0], sparse[name][1], steps),
    });
    describeInfluence({ name: 'on a diagonal cell', estimator: () => rtrl(), fixtures: of('indrnn') });
    describeInfluence({ name: 'on a complex diagonal cell', estimator: () => rtrl(), fixtures: of('lru') });
    describeInfluence({ name: 'on a cascade', estimator: () => rtrl(), fixtures: of('cascade') });
  });
});
