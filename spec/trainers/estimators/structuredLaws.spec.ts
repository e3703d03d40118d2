import { rtrl } from '../../../trainers/index.ts';
import { describeInfluence } from '../../../trainers/testing/index.ts';
import { size } from '../../support/size.ts';
import { fixture, sparse } from './sparse.ts';

describe('structured RTRL', () => {
  describe('has all laws of estimators', () => {
    const of = (name: string) => ({
      [name]: (steps: number) => fixture(sparse[name][0], sparse[name][1], steps),
    });
    describeInfluence({ name: 'on a cascade', estimator: () => rtrl(), fixtures: of('cascade') });
    for (const [what, cell] of size(
      [],
      [['diagonal', 'indrnn'] as const, ['complex diagonal', 'lru'] as const],
    ))
      describeInfluence({ name: `on a ${what} cell`, estimator: () => rtrl(), fixtures: of(cell) });
  });
});
