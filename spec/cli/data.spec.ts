import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { text } from '../../trainers/tasks/index.ts';
import { root } from '../support/project.ts';

const folder = join(root, 'cli', 'data');

describe('cli/data', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const bytes = readFileSync(join(folder, 'moby-dick.txt'));
  const book = bytes.toString('utf8');

  /** The README's table entry for a file. */
  const stated = (row: RegExp, file = 'moby-dick.txt') =>
    readme
      .slice(readme.indexOf(`## ${file}\n`))
      .match(new RegExp(`^\\| ${row.source}.*\\| \`?([0-9a-f]+)\`? \\|$`, 'm'))?.[1];
  const checksums = {
    'births.csv': 'cb3eb974c695aa313d9c97dc63ae6d9297a12420c75ca8204a1a2b56cd4ebe03',
    'moby-dick.txt': '33adda58bbc0a3436aaa03f40b3e16a0539e973cae7677cede886da2fd96ea69',
    'seattle-weather.csv': '0845078a290b48e3149ab8639966824110a251db4e06fc144c06ebb534af23be',
  };

  it('has a section of the README for each file', () => {
    const files = readdirSync(folder).filter((name) => name !== 'README.md');
    expect(files.sort()).to.deep.equal(Object.keys(checksums));
    for (const name of files) expect(readme).to.include(`\n## ${name}\n`);
  });

  for (const [name, expected] of Object.entries(checksums))
    it(`has the ${name} with the stated checksum`, () => {
      const sum = createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex');
      expect(sum).to.equal(expected);
      expect(stated(/sha256/, name)).to.equal(sum);
    });

  for (const name of ['births.csv', 'seattle-weather.csv'])
    it(`has a row of ${name} for each day`, () => {
      const [header, ...rows] = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
      const columns = header.split(',').length;
      const days = rows.map((row) => Date.parse(row.slice(0, 10)) / 86_400_000);
      expect(stated(/rows after the header/, name)).to.equal(String(rows.length));
      expect(days).to.deep.equal(days.map((_, i) => days[0] + i));
      expect(
        rows.filter((row) => row.split(',').filter((field) => field !== '').length !== columns),
      ).to.deep.equal([]);
    });

  it('has the stated characters and alphabet', () => {
    const { symbols, alphabet, encode, decode } = text(book);
    expect([book.length, bytes.length, symbols]).to.deep.equal([297938, 297938, 76]);
    expect(stated(/characters/)).to.equal(String(book.length));
    expect(stated(/alphabet size/)).to.equal(String(symbols));
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    expect(alphabet.join('')).to.equal(`\n !"$'(),-.0123456789:;?${letters}`);
    expect(decode(encode(book))).to.equal(book);
  });

  it('is normalised as stated', () => {
    expect(book).to.not.match(/ {2}|\n{3}|\n | \n|^\s/);
    expect(book).to.match(/^CHAPTER 1\. Loomings\.\n\nCall me Ishmael\. /);
    expect(book).to.match(/Oh, Time, Strength, Cash, and Patience!\n$/);
    const headings = book.match(/^CHAPTER \d+\. /gm) ?? [];
    expect(headings).to.deep.equal(Array.from({ length: 32 }, (_, i) => `CHAPTER ${i + 1}. `));
  });
});
