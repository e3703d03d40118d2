import { expect } from 'chai';
import { clouds } from '../../docs/playground/cloud/cloud.ts';
import { rules } from '../../docs/playground/cloud/rules.ts';

describe('playground: the cloud', () => {
  const all = clouds(2, 3);

  it('has a dot for every sequence of signs, and none of UORO is the derivative', () => {
    expect(all.map(({ rule }) => rule)).to.deep.equal(rules);
    for (const { dots } of all) expect(dots).to.have.length(2 * 64);
    const { dots } = all[0];
    for (let i = 0; i < 64; i++) expect(Math.hypot(dots[2 * i], dots[2 * i + 1])).to.be.above(1e-3);
  });

  it('has its mean on the derivative for UORO, and beside it for every impostor', () => {
    for (const { rule, miss, mean, dots } of all) {
      if (rule === 'uoro') expect(miss).to.be.below(1e-14);
      else expect(miss, rule).to.be.above(0.05);
      // The drawing agrees with the text: the mean of the dots is the mean, and no farther than the distance.
      for (const axis of [0, 1] as const) {
        let sum = 0;
        for (let i = axis; i < dots.length; i += 2) sum += dots[i];
        expect(sum / 64, rule).to.be.closeTo(mean[axis], 1e-6);
      }
      expect(Math.hypot(...mean), rule).to.be.at.most(miss + 1e-14);
    }
  });
});
