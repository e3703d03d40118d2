import { bptt, rtrl, tbptt, uoro } from '../../trainers/index.ts';
import { describeInfluence } from '../laws/index.ts';

describe('the laws of estimators', () => {
  describeInfluence({ estimator: () => rtrl() });
  describeInfluence({ name: 'rtrl, dense', estimator: () => rtrl({ structure: 'dense' }) });
  describeInfluence({ estimator: () => uoro() });
  describeInfluence({ name: 'uoro of window 2', estimator: () => uoro({ window: 2 }) });
  describeInfluence({ name: 'uoro of window 3', estimator: () => uoro({ window: 3 }) });
  describeInfluence({ name: 'uoro of joint lanes', estimator: () => uoro({ lanes: 'joint' }) });
  describeInfluence({ name: 'bptt', estimator: () => bptt({ length: 3 }) });
  describeInfluence({ name: 'tbptt of window 4, stride 2', estimator: () => tbptt({ window: 4, stride: 2 }) });
  describeInfluence({ name: 'tbptt of window 3, stride 2', estimator: () => tbptt({ window: 3, stride: 2 }) });
});
