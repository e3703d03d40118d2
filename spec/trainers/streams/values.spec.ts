import { expect } from 'chai';
import { Problem } from '../../../trainers/streams/reading/problem.ts';
import { categoryOf, type Dialect, numberOf } from '../../../trainers/streams/reading/values.ts';

const plain: Dialect = { missing: new Set(), decimal: '.' };
const comma: Dialect = { missing: new Set(), decimal: ',' };
const marked: Dialect = { missing: new Set(['NA', '-999', 'NaN', '', 'true']), decimal: '.' };
const saidOf = (value: unknown) => (value instanceof Problem ? value.sentence : value);

describe('trainers/streams: values', () => {
  it('are missing where they are null, undefined, or one of the marks, as a text or as a number', () => {
    for (const value of [null, undefined])
      for (const read of [numberOf, categoryOf]) expect(read(value, plain)).to.equal(null);
    for (const value of ['NA', ' NA ', '-999', -999, -999n, Number.NaN, 'NaN', '', '  ', true])
      for (const read of [numberOf, categoryOf]) expect(read(value, marked), String(value)).to.equal(null);
    expect(numberOf('-999.0', marked)).to.equal(-999);
    expect(categoryOf('na', marked)).to.equal('na');
    // Without marks, Namibia and North America are categories like any other.
    for (const value of ['NA', 'N/A', 'null', 'NaN', '', '-'])
      expect(categoryOf(value, plain)).to.equal(value);
    expect(saidOf(numberOf({}, marked))).to.match(/^an object is not a number/);
  });

  it('are missing numbers, and no missing categories, where they are texts that every reader of CSV knows', () => {
    for (const text of [
      'NA',
      'n/a',
      '#N/A',
      '<NA>',
      'NaN',
      '-nan',
      'null',
      'NULL',
      'None',
      '',
      '  ',
      ' NA ',
    ]) {
      expect(numberOf(text, plain), text).to.equal(null);
      expect(categoryOf(text, plain), text).to.equal(text.trim());
    }
    for (const text of ['NAN A', 'nano', '-', 'x'])
      expect(numberOf(text, plain), text).to.be.instanceOf(Problem);
  });

  it('say which option reads a text that stands for a missing number', () => {
    for (const [text, option] of [
      ['unknown', '--missing unknown'],
      ['?', "--missing='?'"],
      ['-', "--missing='-'"],
      ['--', "--missing='--'"],
      ['.', "--missing='.'"],
      ['Infinity', '--missing Infinity'],
    ])
      expect(saidOf(numberOf(text, plain))).to.equal(
        `"${text}" is not a number: if it stands for one that is missing, add ${option}; if the column holds categories, name it with --categorical`,
      );
    expect(saidOf(numberOf(Number.NaN, plain))).to.equal(
      'NaN is not a number; null stands for one that is missing, or add --missing NaN',
    );
  });

  it('have a decimal point, or a comma where that is said, and no separators of thousands', () => {
    for (const [text, dialect, number] of [
      ['1.5', plain, 1.5],
      ['1,5', comma, 1.5],
      ['-,25', comma, -0.25],
      ['3,', comma, 3],
      ['+2,5e-3', comma, 0.0025],
      ['1234', comma, 1234],
      ['1,234', comma, 1.234],
    ] as const)
      expect(numberOf(text, dialect), text).to.equal(number);
    expect(numberOf(1.5, comma)).to.equal(1.5);
    const categories = 'if the column holds categories, name it with --categorical';
    for (const [text, dialect, says] of [
      ['1,5', plain, '"1,5" is not a number with a decimal .: add --decimal ,'],
      [',5', plain, '",5" is not a number with a decimal .: add --decimal ,'],
      ['12,3456', plain, '"12,3456" is not a number with a decimal .: add --decimal ,'],
      ['1.5', comma, '"1.5" is not a number with a decimal ,: leave out --decimal ,'],
      ['$1,200.50', plain, `"$1,200.50" is a number with a unit: write the number alone; ${categories}`],
      ['-5 %', plain, `"-5 %" is a number with a unit: write the number alone; ${categories}`],
      [
        '\u22125.5',
        plain,
        '"\u22125.5" has a minus sign that is not the one of the keyboard: write it as -5.5',
      ],
      ['1,234,567', plain, '"1,234,567" has separators of thousands: write it as 1234567'],
      ['-1,234.5', plain, '"-1,234.5" has separators of thousands: write it as -1234.5'],
      ['1.234,5', plain, '"1.234,5" has separators of thousands: write it as 1234,5, and add --decimal ,'],
      ['1.234,5', comma, '"1.234,5" has separators of thousands: write it as 1234,5'],
      ['1.234.567', plain, '"1.234.567" has separators of thousands: write it as 1234567'],
      ['1 234', plain, '"1 234" has separators of thousands: write it as 1234'],
      ['1\u202f234,5', comma, '"1\u202f234,5" has separators of thousands: write it as 1234,5'],
      ["1'234'567.8", plain, '"1\'234\'567.8" has separators of thousands: write it as 1234567.8'],
      ['1_000', plain, '"1_000" has separators of thousands: write it as 1000'],
      [
        '1,234',
        plain,
        '"1,234" may be 1.234 or, with a separator of thousands, 1234: add --decimal , for the one, and write it without the separator for the other',
      ],
      [
        '1.234',
        comma,
        '"1.234" may be 1,234 or, with a separator of thousands, 1234: leave out --decimal , for the one, and write it without the separator for the other',
      ],
    ] as const)
      expect(saidOf(numberOf(text, dialect)), text).to.equal(says);
  });

  it('beyond ±2^53 are told apart as categories, and as numbers refused where they would be rounded', () => {
    const [one, two] = [2n ** 53n, 2n ** 53n + 1n];
    expect([one, two, String(one), String(two)].map((value) => categoryOf(value, plain))).to.deep.equal([
      '9007199254740992',
      '9007199254740993',
      '9007199254740992',
      '9007199254740993',
    ]);
    for (const value of [one, -one, String(one), `-${one}`, '100000000000000000000', 1e20, 2 ** 60])
      expect(numberOf(value, plain), String(value)).to.equal(Number(value));
    for (const value of [two, -two, String(two), `+${two}`, `${two}0000`])
      expect(saidOf(numberOf(value, plain))).to.match(
        /is beyond ±2\^53, where numbers are rounded: if it is an identifier, name the column with --categorical; if not, write fewer digits, as -?9\.00/,
      );
    // As numbers of JavaScript, they have been rounded already.
    for (const value of [2 ** 53, -1e20, 1.5e16])
      expect(saidOf(categoryOf(value, plain))).to.match(
        /is beyond ±2\^53, where numbers are rounded: give the category as a text/,
      );
    expect(categoryOf(2 ** 53 - 1, plain)).to.equal('9007199254740991');
  });

  it('are no other things', () => {
    for (const value of [{}, [], () => 1, Symbol('s'), new Date(0), new Map()]) {
      expect(saidOf(numberOf(value, plain))).to.match(
        /^(an? (object|list|function)|Symbol\(s\)|1970.*Z) is not a number; if the/,
      );
      expect(saidOf(categoryOf(value, plain))).to.match(
        /is not a category; use texts, numbers or truth values$/,
      );
    }
    expect(saidOf(categoryOf(Number.NaN, plain))).to.match(/^NaN is not a category/);
    for (const value of [1e101, '1e101', -1 / 0, '9'.repeat(400), 10n ** 101n])
      expect(saidOf(numberOf(value, plain))).to.match(/is too large; the limit is ±1e\+100$/);
  });
});
