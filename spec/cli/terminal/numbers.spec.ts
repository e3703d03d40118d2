import { expect } from 'chai';
import { alikeFormat } from '../../../cli/terminal/numbers.ts';

describe('cli: numbers that are compared', () => {
  const shown = (low: number, high: number) => {
    const format = alikeFormat([low, high], [high - low], 4);
    return `${format(low)} ${format(high)}`;
  };

  it('have as many digits as the width between them needs, and at least those of the largest', () => {
    expect(shown(6857.2, 8990.4)).to.equal('6857 8990');
    expect(shown(101_344.808_4, 101_344.975_2)).to.equal('101344.808 101344.975');
    expect(shown(999_998, 1_000_002)).to.equal('999998.00 1000002.00');
    expect(shown(0, 0.25)).to.equal('0.0000 0.2500');
    expect(shown(1.5e-7, 2e-7)).to.equal('1.500e-7 2.000e-7');
  });

  it('have no more digits than a number has, and are equal where nothing is between them', () => {
    expect(shown(1, 1 + Number.EPSILON)).to.have.lengthOf.below(45);
    expect(shown(5, 5)).to.equal('5.000 5.000');
    expect(shown(0, 0)).to.equal('0.000 0.000');
  });
});
