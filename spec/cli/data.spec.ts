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

  /** What the table of the README says. */
  const stated = (row: RegExp) => readme.match(new RegExp(`^\\| ${row.source}.*\\| \`?([0-9a-f]+)\`? \\|$`, 'm'))?.[1];

  it('has a section of the README for each file', () => {
    const files = readdirSync(folder).filter((name) => name !== 'README.md');
    expect(files).to.deep.equal(['moby-dick.txt']);
    for (const name of files) expect(readme).to.include(`## ${name}\n`);
  });

  it('holds the book whose checksum is stated', () => {
    const sum = createHash('sha256').update(bytes).digest('hex');
    expect(sum).to.equal('33adda58bbc0a3436aaa03f40b3e16a0539e973cae7677cede886da2fd96ea69');
    expect(stated(/sha256/)).to.equal(sum);
  });

  it('has the characters and the alphabet that are stated', () => {
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
