import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError } from '../../../lib/index.ts';
import { Problem } from '../../../trainers/streams/reading/problem.ts';
import { createTimeReader } from '../../../trainers/streams/reading/time.ts';
import { parseTimeFormat } from '../../../trainers/streams/reading/timeFormat.ts';
import { createTimeGuesser } from '../../../trainers/streams/reading/timeGuess.ts';

const at = (...parts: [number, number, number?, number?, number?, number?]) =>
  Date.UTC(...(parts as [number, number])) / 1000;
const saidOf = (value: Problem | { readonly time: number }) =>
  value instanceof Problem ? value.sentence : value.time;

describe('trainers/streams: how times are written', () => {
  it('reads every directive of strftime that it has', () => {
    for (const [format, text, time] of [
      ['%Y/%m/%d %H:%M', '2010/01/31 13:45', at(2010, 0, 31, 13, 45)],
      ['%b %d %Y', 'Jan 1 2000', at(2000, 0, 1)],
      ['%B %e, %Y', 'September 30, 1999', at(1999, 8, 30)],
      ['%d %b %Y', '1 sept. 2000', at(2000, 8, 1)],
      ['%Y-%m-%d %H:%M:%S UTC', '2024-01-31 13:45:06 UTC', at(2024, 0, 31, 13, 45, 6)],
      ['%Y-%m-%d %H:%M:%S %Z', '2024-01-31 13:45:06 GMT', at(2024, 0, 31, 13, 45, 6)],
      ['%F %T%z', '2024-01-31 13:45:06.5+02:00', at(2024, 0, 31, 11, 45, 6) + 0.5],
      ['%d/%m/%y', '05/06/24', at(2024, 5, 5)],
      ['%D', '05/06/69', at(1969, 4, 6)],
      ['%d.%m.%Y %R', '5.6.2024 7:05', at(2024, 5, 5, 7, 5)],
      ['%m/%d/%Y %I:%M %p', '1/2/2024 12:05 am', at(2024, 0, 2, 0, 5)],
      ['%m/%d/%Y %I:%M%p', '1/2/2024 12:05PM', at(2024, 0, 2, 12, 5)],
      ['%I %p on %F', '11 p.m. on 2024-01-02', at(2024, 0, 2, 23)],
      ['%Y%m%d%H%M%S', '20240131134506', at(2024, 0, 31, 13, 45, 6)],
      ['%Y%m', '202402', at(2024, 1)],
      ['%Y', '1999', at(1999, 0)],
      ['%Y %m', '1999 3', at(1999, 2)],
      ['%YQ%q', '2020Q3', at(2020, 6)],
      ['%Y-%j', '2024-366', at(2024, 11, 31)],
      ['%G-W%V-%u', '2020-W53-7', at(2021, 0, 3)],
      ['%G-W%V', '2021-W01', at(2021, 0, 4)],
      ['%a, %d %b %Y %H:%M:%S %z', 'Wed, 31 Jan 2024 13:45:06 -0130', at(2024, 0, 31, 15, 15, 6)],
      ['%d/%b/%Y:%H:%M:%S %z', '10/Oct/2000:13:55:36 -0700', at(2000, 9, 10, 20, 55, 36)],
      ['%s', '1700000000.25', 1_700_000_000.25],
      ['%s', '-1', -1],
      ['%Q', '1700000000250', 1_700_000_000.25],
      ['%d%%%m[%Y]', '31%12[2024]', at(2024, 11, 31)],
    ] as const)
      expect(parseTimeFormat(format)(text)?.time, `${format} of ${text}`).to.equal(time);
  });

  it('reads nothing else', () => {
    for (const [format, text] of [
      ['%Y-%m-%d', '2023-02-29'],
      ['%Y-%m-%d', '2023-13-01'],
      ['%Y-%m-%d', '2023-00-01'],
      ['%d.%m.%Y', '31.04.2024'],
      ['%d.%m.%Y', '01.02.24'],
      ['%Y-%j', '2023-366'],
      ['%Y-%j', '2023-000'],
      ['%G-W%V', '2021-W53'],
      ['%H:%M %F', '24:00 2024-01-01'],
      ['%F %H:%M', '2024-01-01 10:60'],
      ['%F %I%p', '2024-01-01 13pm'],
      ['%F', '2024-01-01 '],
      ['%F', 'x2024-01-01'],
      ['%b %Y', 'Janx 2024'],
      ['%Y.%m', '2024x01'],
      ['%Y%m%d', '2024131'],
    ] as const)
      expect(parseTimeFormat(format)(text), `${format} of ${text}`).to.equal(undefined);
  });

  it('reads back every time that is written in full', () => {
    const two = (number: number) => String(number).padStart(2, '0');
    fc.assert(
      fc.property(fc.integer({ min: -6e10, max: 2e11 }), (seconds) => {
        const date = new Date(seconds * 1000);
        const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
        const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
        const text = `${day}.${month}.${String(year).padStart(4, '0')} ${clock}`;
        expect(parseTimeFormat('%d.%m.%Y %H:%M:%S')(text)).to.deep.equal({ time: seconds, offset: 0 });
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('refuses formats that do not say a time', () => {
    for (const [format, says] of [
      ['%Y-%m-%k', 'has %k, which is none of %Y %y %m'],
      ['%Y %', 'has %, which is none of'],
      ['%m-%d', 'has no year: %Y, as in %Y-%m-%d'],
      ['', 'has no year'],
      ['YYYY-MM-DD', 'has no year: %Y'],
      ['%Y %Y', 'has %Y twice'],
      ['%F %d', 'has %d twice'],
      ['%Y %d', 'has %d without %m or %b'],
      ['%F %I', 'has %I without %p'],
      ['%F %p', 'has %p without %I'],
      ['%F %M', 'has %M without %H or %I'],
      ['%F %H:%S', 'has %S without %M'],
      ['%Y %y', 'has both %Y and %y'],
      ['%b %m %Y', 'has both %m and %b'],
      ['%F %H %I %p', 'has both %H and %I'],
      ['%G-%m', 'has %G without %V'],
      ['%Y-W%V', 'has %V without %G'],
      ['%s %Y', 'has other directives beside %s or %Q'],
    ] as const)
      expect(() => parseTimeFormat(format), format).to.throw(
        ConfigurationError,
        `the time format ${JSON.stringify(format)} ${says}`,
      );
  });

  it('is guessed from a text, with every reading that it has', () => {
    const guess = createTimeGuesser();
    for (const [text, ...formats] of [
      ['2010/01/01 00:00', '%Y/%m/%d %H:%M'],
      ['Jan 1 2000', '%b %d %Y'],
      ['January 1, 2000', '%b %d, %Y'],
      ['31/01/2024', '%d/%m/%Y'],
      ['01/31/2024 10:00:00 PM', '%m/%d/%Y %I:%M:%S %p'],
      ['01/02/2024', '%d/%m/%Y', '%m/%d/%Y'],
      // The same day either way, and the rows behind it are not.
      ['02/02/2024', '%d/%m/%Y', '%m/%d/%Y'],
      ['31.01.2024 10:00', '%d.%m.%Y %H:%M'],
      ['01-02-03', '%d-%m-%y', '%m-%d-%y', '%y-%m-%d'],
      ['31-Jan-24', '%d-%b-%y'],
      ['2020Q3', '%YQ%q'],
      ['Wed, 31 Jan 2024 13:45:06 -0130', '%a, %d %b %Y %H:%M:%S %z'],
      ['10/Oct/2000:13:55:36 -0700', '%d/%b/%Y:%H:%M:%S %z'],
      ['Wed Jan 31 13:45:06 2024', '%a %b %d %H:%M:%S %Y'],
      ['20240131134506', '%Y%m%d%H%M%S'],
      ['20240131T134506Z', '%Y%m%dT%H%M%S%z'],
      ['2024/01/31 13:45 UTC', '%Y/%m/%d %H:%M %z'],
      ['soon'],
      ['13:45'],
      [''],
      ['1'.repeat(100)],
    ])
      expect(guess(text), text).to.deep.equal(formats);
  });

  it('a text that is no time says how it may be written', () => {
    const read = createTimeReader({}, new Set());
    const said = (...values: unknown[]) => saidOf(read(values, true));
    expect(said('2010/01/01 00:00')).to.equal(
      `"2010/01/01 00:00" is not a time of ISO 8601: add --time-format '%Y/%m/%d %H:%M'`,
    );
    expect(said('01/02/2024')).to.equal(
      `"01/02/2024" may be several times: say which with --time-format '%d/%m/%Y' or '%m/%d/%Y'`,
    );
    expect(said('2000')).to.equal(
      '2000 may be a date or a number of seconds: add --time-format %Y or --time-format %s',
    );
    expect(said(202_402)).to.equal(
      '202402 may be a date or a number of seconds: add --time-format %Y%m or --time-format %s',
    );
    // A clock that counts seconds comes by all numbers.
    expect(saidOf(read(['2000'], false))).to.equal(2000);
    const daily = createTimeReader({ timeFormat: '%d/%m/%Y' }, new Set(['NA']));
    expect(saidOf(daily(['31/01/2024'], true))).to.equal(at(2024, 0, 31));
    expect(saidOf(daily(['01/31/2024'], true))).to.equal(
      `"01/31/2024" is not a time as '%d/%m/%Y' writes it: it fits --time-format '%m/%d/%Y'`,
    );
    expect(saidOf(daily(['x'], true))).to.equal(`"x" is not a time as '%d/%m/%Y' writes it`);
    for (const value of ['', 'NA', null, undefined, true])
      expect(saidOf(daily([value], true))).to.equal('the time is missing');
    expect(saidOf(daily([new Date(0)], true))).to.equal(0);
  });

  it('may be spread over several columns', () => {
    const read = (timeFormat: string | undefined, ...values: unknown[]) =>
      saidOf(
        createTimeReader({ ...(timeFormat === undefined ? {} : { timeFormat }) }, new Set())(values, true),
      );
    expect(read(undefined, '2000', '3')).to.equal(at(2000, 2));
    expect(read(undefined, 2000, 3)).to.equal(at(2000, 2));
    expect(read(undefined, '2000.0', '3.0', '9.0')).to.equal(at(2000, 2, 9));
    expect(read(undefined, 2010, 1, 31, 23)).to.equal(at(2010, 0, 31, 23));
    expect(read(undefined, 2010, 1, 31, 23, 5, 6)).to.equal(at(2010, 0, 31, 23, 5, 6));
    expect(read(undefined, '2010-01-31', '23:05')).to.equal(at(2010, 0, 31, 23, 5));
    expect(read('%Y %b', '2000', 'Mar')).to.equal(at(2000, 2));
    expect(read('%m %Y', 3, 2000)).to.equal(at(2000, 2));
    expect(read('%d.%m.%Y %H:%M', '31.01.2010', '23:05')).to.equal(at(2010, 0, 31, 23, 5));
    expect(read(undefined, 2000, 13)).to.match(/^"2000-13" is not a time/);
    expect(read(undefined, 2000, 'Mar')).to.equal(
      `"2000 Mar" is not a time of ISO 8601: add --time-format '%Y %b'`,
    );
    expect(read(undefined, 3, 2000)).to.match(/^"3 2000" is not a time/);
    expect(read(undefined, 2000, null)).to.equal('the time is missing');
  });
});
