import { expect } from 'chai';
import { createTextModel } from '../../../trainers/index.ts';

const text = 'to be or not to be, that is the question\n'.repeat(3);

describe('trainers/streams: the shares of a prediction', () => {
  it('are what it was served from: their weights have the sum 1, and their mean is what was predicted', async () => {
    const own = {
      network: ['network'],
      counts: Array.from({ length: 7 }, (_, k) => `order ${k}`),
      match: ['match'],
    };
    for (const experts of [['network', 'counts', 'match'], ['counts', 'match'], ['match']] as const) {
      const model = createTextModel({ unit: 'character', symbols: 32, units: 4, experts });
      let count = 0;
      for await (const learnt of model.learn(text)) {
        if (count++ === 0) {
          expect(learnt.experts).to.equal(undefined);
          continue;
        }
        const shares = Object.values(learnt.experts ?? {});
        const sum = shares.reduce((total, { weight }) => total + weight, 0);
        expect(sum).to.be.closeTo(1, 1e-12);
        const said = shares.reduce((total, { bits, weight }) => total + weight * 2 ** -bits, 0);
        expect(said, `symbol ${count}`).to.be.closeTo(2 ** -(learnt.score ?? 0), 1e-9);
        const mixtures =
          experts.length === 1
            ? []
            : ['mixture', ...(experts[0] === 'network' ? ['mixture without the network'] : [])];
        expect(Object.keys(learnt.experts ?? {})).to.deep.equal([
          ...mixtures,
          ...experts.flatMap((name) => own[name]),
        ]);
      }
      expect(count).to.equal(text.length);
    }
  });
});
