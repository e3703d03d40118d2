import { expect } from 'chai';
import { seeded, tensor } from '../../lib/index.ts';
import { checkUnbiased } from '../../trainers/testing/agreement.ts';
import {
  checkInfluence,
  type InfluenceSubject,
  influenceLaws,
  LawError,
} from '../../trainers/testing/index.ts';
import { type Fixture, jitter } from '../../trainers/testing/unrolled.ts';
import { size } from '../support/size.ts';
import { impostors, lanesImpostors, variant } from './impostors.ts';
import { lawFixtures } from './lawFixtures.ts';
import { fixture, movesFor, type Run } from './runs.ts';

const cells: readonly Run[] = [
  { kind: 'rnn', inputs: 3, units: 2, steps: size(2, 3), around: 'readout', seed: 11 },
  { kind: 'gru', inputs: 1, units: 2, steps: size(2, 3), around: 'nothing', seed: 12 },
  { kind: 'lstm', inputs: 2, units: 1, steps: 3, around: 'embedding', seed: 13 },
];
const twoLanes = () => {
  const first = fixture({ ...cells[0], units: size(1, 2), steps: 2 });
  return [first, { ...first, state: jitter(first.state, seeded(1), 0.5) }];
};

describe('biased impostors are rejected by the property that UORO satisfies', () => {
  it('and the same code with honest rules is not', () => {
    for (const run of cells.slice(0, size(1, 3))) {
      checkUnbiased([fixture(run)], variant);
      checkUnbiased([fixture(run)], variant, { moves: movesFor(fixture(run), 2) });
    }
    checkUnbiased(twoLanes(), () => variant({ joint: true }));
  });

  it('and its honest rules satisfy the laws of estimators, two lanes included', () => {
    checkInfluence({ estimator: variant, eager: true, ...lawFixtures });
  });

  for (const [i, [fault, estimator]] of Object.entries(impostors).entries()) {
    for (const run of size([cells[i % 2]], cells))
      it(`${run.kind}: one that ${fault}`, () => {
        const own = fixture(run);
        expect(() => checkUnbiased([own], estimator)).to.throw(LawError, /the mean of .* apart/);
        expect(() => checkUnbiased([own], estimator, { moves: movesFor(own, 2) })).to.throw(
          LawError,
          /the mean of .* apart/,
        );
      });
    it(`the laws of estimators reject one that ${fault}`, () => {
      expect(() => checkInfluence({ estimator, eager: true, ...lawFixtures })).to.throw(
        LawError,
        /the mean of .* apart/,
      );
    });
  }

  it('joint lanes that share their signs', () => {
    expect(() => checkUnbiased(twoLanes(), lanesImpostors['joint lanes that share their signs'])).to.throw(
      LawError,
      'the mean of',
    );
  });

  it('lanes that share their signs have the right mean and are not independent', () => {
    const subject: InfluenceSubject = {
      estimator: lanesImpostors['lanes that share their signs'],
      eager: true,
      ...lawFixtures,
    };
    checkUnbiased(twoLanes(), subject.estimator);
    expect(() => influenceLaws(subject)['lets lanes vary independently']()).to.throw(
      LawError,
      'product over two lanes',
    );
    influenceLaws({ ...subject, estimator: variant })['lets lanes vary independently']();
  });

  it('a fixture whose gradient is nearly zero is refused, since it would let everything pass', () => {
    const [first] = twoLanes();
    const still: Fixture = { ...first, loss: () => tensor(1) };
    expect(() => checkUnbiased([still], variant)).to.throw(LawError, 'nearly zero');
  });
});
