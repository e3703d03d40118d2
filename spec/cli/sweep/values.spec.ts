import { expect } from 'chai';
import { pointsOf } from '../../../cli/sweep/grid.ts';
import { draw, valuesOf } from '../../../cli/sweep/values.ts';
import { seeded, UsageError } from '../../../lib/index.ts';

const listOf = (text: string) => {
  const values = valuesOf('--rate', text);
  return values.kind === 'list' ? values.texts : values;
};

describe('cli/sweep: the values of a setting', () => {
  it('are words and numbers between commas, whole numbers from one to another, and equally spaced ones', () => {
    expect(listOf('uoro, rtrl,tbptt')).to.deep.equal(['uoro', 'rtrl', 'tbptt']);
    expect(listOf('3..6')).to.deep.equal(['3', '4', '5', '6']);
    expect(listOf('-1..1,7')).to.deep.equal(['-1', '0', '1', '7']);
    expect(listOf('lin(0,1,5)')).to.deep.equal(['0', '0.25', '0.5', '0.75', '1']);
    expect(listOf('log(1e-4,1e-1,4),0.5')).to.deep.equal(['0.0001', '0.001', '0.01', '0.1', '0.5']);
    expect(listOf('"a,b","say ""c"""')).to.deep.equal(['a,b', 'say "c"']);
    const seven = listOf('log(1e-4,1e-1,7)') as readonly string[];
    for (const [i, text] of seven.entries()) expect(Number(text)).to.be.closeTo(10 ** (-4 + i / 2), 1e-12);
    expect(listOf('log(1e-4,1e-1)')).to.deep.equal({ kind: 'range', low: 1e-4, high: 0.1, isLog: true });
  });

  for (const [text, says] of [
    ['', 'give values, separated by commas'],
    ['1,,2', 'give values, separated by commas'],
    ['1,', 'give values, separated by commas'],
    ['log(1,2', 'give values, separated by commas'],
    ['"a', 'give values, separated by commas'],
    ['1,2,1', '1 is there twice'],
    ['5..1', '5..1 must go up'],
    ['1..1000000', 'must go up, by fewer than 100000'],
    ['log(0,1,3)', 'numbers of log(…) are above 0'],
    ['log(-1,1)', 'numbers of log(…) are above 0'],
    ['lin(2,1,3)', 'a range has two numbers, the lower one first'],
    ['lin(1)', 'a range has two numbers'],
    ['lin(1,2,3,4)', 'a range has two numbers'],
    ['lin(1,,3)', 'a range has two numbers'],
    ['lin(a,b,3)', 'a range has two numbers'],
    ['lin(0,1,1)', 'from 2 to 100000 values'],
    ['lin(0,1,2.5)', 'a range has two numbers'],
    ['lin(0,1),2', 'a range without a number of values stands alone'],
  ])
    it(`${JSON.stringify(text)} is refused: ${says}`, () => {
      expect(() => valuesOf('--rate', text))
        .to.throw(UsageError, says)
        .with.property('message')
        .that.includes('--rate');
    });

  it('are drawn within their range, in its logarithms, the same for the same seed', () => {
    const range = valuesOf('--rate', 'log(1e-4,1e-1)');
    const numbers = (seed: number) => {
      const noise = seeded(seed);
      return Array.from({ length: 2000 }, () => Number(draw(range, noise)));
    };
    const all = numbers(1);
    for (const value of all) expect(value).to.be.within(1e-4, 1e-1);
    // A third of them in each decade, within 5 standard deviations.
    for (const low of [1e-4, 1e-3, 1e-2])
      expect(all.filter((value) => value >= low && value < 10 * low).length).to.be.within(560, 773);
    expect(numbers(1)).to.deep.equal(all);
    expect(numbers(2)).not.to.deep.equal(all);
    const words = valuesOf('--estimator', 'uoro,rtrl');
    const noise = seeded(3);
    expect(new Set(Array.from({ length: 40 }, () => draw(words, noise)))).to.have.property('size', 2);
  });
});

describe('cli/sweep: the points of a grid', () => {
  it('are all combinations, those of the first seed first', () => {
    expect(pointsOf({ settings: { estimator: 'uoro,rtrl', rate: '0.1,0.2', seeds: '1..2' } })).to.deep.equal(
      ['1', '2'].flatMap((seed) =>
        ['uoro', 'rtrl'].flatMap((estimator) => ['0.1', '0.2'].map((rate) => ({ estimator, rate, seed }))),
      ),
    );
    expect(pointsOf({ settings: {} })).to.deep.equal([{ seed: '1' }]);
  });

  it('are drawn with their own numbers: a longer search contains a shorter one, whatever the order of the settings', () => {
    const settings = { rate: 'log(1e-4,1e-1)', units: '8..32', seeds: '1,2' };
    const five = pointsOf({ settings, random: 5, randomSeed: 4 });
    expect(five).to.have.length(10);
    expect(five.slice(0, 5).map(({ rate }) => rate)).to.deep.equal(five.slice(5).map(({ rate }) => rate));
    const eight = pointsOf({
      settings: { units: '8..32', rate: settings.rate, seeds: '1' },
      random: 8,
      randomSeed: 4,
    });
    expect(eight.slice(0, 5)).to.deep.equal(five.slice(0, 5));
  });

  it('are refused if there are too many, or a range has nothing to be drawn for', () => {
    expect(() => pointsOf({ settings: { rate: 'log(1e-4,1e-1)' } })).to.throw(
      UsageError,
      '--rate: a range needs a number of values',
    );
    expect(() => pointsOf({ settings: { seeds: 'lin(1,3)' }, random: 2 })).to.throw(
      UsageError,
      '--seeds: a range needs',
    );
    expect(() => pointsOf({ settings: { rate: 'lin(0,1,1000)', alpha: 'lin(0,1,1000)' } })).to.throw(
      UsageError,
      '100000 is the most',
    );
    expect(() => pointsOf({ settings: {}, random: 1e6 })).to.throw(UsageError, '100000 is the most');
  });
});
