import { bptt, rtrl, tbptt, uoro } from '../../trainers/index.ts';
import { describeInfluence } from '../../trainers/testing/index.ts';
import { size } from '../support/size.ts';
import { lawFixtures } from './lawFixtures.ts';

describe('the laws of estimators', () => {
  describeInfluence({ estimator: () => rtrl() });
  describeInfluence({ name: 'rtrl, dense', estimator: () => rtrl({ structure: 'dense' }), ...lawFixtures });
  describeInfluence({ estimator: () => uoro(), ...lawFixtures });
  describeInfluence({ name: 'bptt', estimator: () => bptt({ length: 3 }) });
  describeInfluence({
    name: 'tbptt of window 4, stride 2',
    estimator: () => tbptt({ window: 4, stride: 2 }),
  });
  for (const window of size([], [2, 3]))
    describeInfluence({ name: `uoro of window ${window}`, estimator: () => uoro({ window }) });
  if (size(false, true)) {
    describeInfluence({ name: 'uoro of joint lanes', estimator: () => uoro({ lanes: 'joint' }) });
    describeInfluence({
      name: 'tbptt of window 3, stride 2',
      estimator: () => tbptt({ window: 3, stride: 2 }),
    });
  }
});
