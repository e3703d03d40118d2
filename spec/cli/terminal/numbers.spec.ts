import { expect } from 'chai';
import { alikeFormat, roundedTo } from '../../../cli/terminal/numbers.ts';

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

  it('lose the decimals that say nothing beside their interval, but never one of the first seven digits', () => {
    expect(roundedTo(8262.813_965_152_79, 4.5e-3)).to.equal(8262.814);
    expect(roundedTo(-1_234_567_890.123_456, 1e-4)).to.equal(-1_234_567_890.123_5);
    expect(roundedTo(1_234_567_890.6, 1e3)).to.equal(1_234_567_891);
    expect(roundedTo(0.123_456_789, 1e9)).to.equal(0.123_456_8);
    expect(roundedTo(1.234_567_890_123e-100, 1)).to.equal(1.234_567_890_123e-100);
    expect(roundedTo(0, 1)).to.equal(0);
  });
});
