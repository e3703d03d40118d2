import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkPages, type PageReport } from './support/examples.ts';
import { examplesOf, fencesOf } from './support/fences.ts';
import { filesBelow, root } from './support/project.ts';
import { size } from './support/size.ts';

describe('documentation', () => {
  const pages = new Map<string, string>();
  pages.set('README.md', readFileSync(join(root, 'README.md'), 'utf8'));
  for (const file of filesBelow(join(root, 'docs')).filter((path) => path.endsWith('.md')))
    pages.set(`docs/${file}`, readFileSync(join(root, 'docs', file), 'utf8'));

  describe('README.md and docs', () => {
    it('every ts block compiles, runs and prints what the page says', function () {
      this.timeout(300_000);
      expect(checkPages(pages).flatMap(({ problems }) => problems)).to.deep.equal([]);
    });

    it('the README has an example', () => {
      expect(examplesOf(pages.get('README.md') ?? '')).to.have.length.above(0);
    });

    it('every relative link leads to a file', () => {
      const broken = [...pages].flatMap(([page, markdown]) => brokenLinks(page, markdown));
      expect(broken).to.deep.equal([]);
    });
  });

  describe('the checker itself', () => {
    let reports: readonly PageReport[];

    before(function () {
      this.timeout(120_000);
      reports = checkPages(new Map(Object.entries({ 'good.md': good, 'bad.md': bad, 'cut.md': cut })));
    });

    it('accepts modules, titles, expected errors and expected output, indented or not', () => {
      expect(reports[0]).to.deep.equal({ page: 'good.md', examples: 4, problems: [] });
    });

    it('reports a block that throws, prints something else, does not throw, or does not compile, each at its line', () => {
      const [, report] = reports;
      const at = (line: number): string =>
        report.problems.filter((text) => text.startsWith(`bad.md:${line}: `)).join();
      expect(report.examples).to.equal(7);
      expect(at(1)).to.include('too far');
      expect(at(5)).to.match(/printed\s+one\s+where the page says\s+two/);
      expect(at(12)).to.include('must throw ShapeError, but threw nothing');
      expect(at(15)).to.include('must throw ShapeError, but threw TypeError: x');
      expect(at(20)).to.include("Type 'string' is not assignable to type 'number'");
      expect(at(23)).to.include('nowhere');
      expect(at(27)).to.include("Type 'number' is not assignable to type 'string'");
      expect(report.problems).to.have.length(size(8, 9));
    });

    it('reports blocks that a process exit cuts off', () => {
      expect(reports[2].problems).to.deep.equal([
        'cut.md:1: was not run to its end',
        'cut.md:4: was not run to its end',
      ]);
    });

    it('reports blocks that would be overlooked', () => {
      const problemsOf = (page: string) => checkPages(new Map([['page.md', page]]))[0].problems.join();
      expect(problemsOf('```typescript\nx\n```')).to.include('line 1: `typescript` blocks are not run');
      expect(problemsOf('```ts eror=ShapeError\nx\n```')).to.include('unknown attribute eror');
      expect(problemsOf('```ts title=../x.ts\nx\n```')).to.include('not a file name');
      expect(problemsOf('```ts title=x.ts\n```\n```ts title=x.ts\n```')).to.include(
        'a second block called x.ts',
      );
    });

    it('ends a fence where CommonMark does', () => {
      const fences = fencesOf('````md\n```ts\ninner\n```\n````\n~~~ts\n```\n~~~\n```ts\nunclosed');
      expect(fences.map(({ language, text }) => [language, text])).to.deep.equal([
        ['md', '```ts\ninner\n```'],
        ['ts', '```'],
        ['ts', 'unclosed'],
      ]);
    });

    it('finds a broken link', () => {
      const text =
        '[a](./package.json) [b](missing.md#part) [c](https://example.org/x) [d](#here)\n```md\n[e](gone.md)\n```';
      expect(brokenLinks('README.md', text)).to.deep.equal(['README.md: missing.md']);
    });
  });
});

const good = [
  '# Good',
  ...['```ts title=answer.ts', 'export const answer: number = 42;', '```'],
  ...['1. In a list', '   ```ts', "   import { answer } from './answer.ts';", '   if (answer > 1) {'],
  ...['     console.log(await Promise.resolve(answer), ``);', '   }', '   ```', '   which prints'],
  ...['   ```text', '   42', '   ```'],
  ...['```ts error=OddError', 'class OddError extends Error {}', "console.log('first');"],
  ...["throw new OddError('3 is odd');", '```'],
  ...['```text', 'first', 'OddError: 3 is odd', '```', '```sh', 'rm -rf nothing', '```', '## Long'],
  ...['```ts long', "console.log('at last');", '```', '```text', 'at last', '```'],
].join('\n');

const bad = [
  ...['```ts', "throw new RangeError('too far');", '```', '## Two'],
  ...['```ts', "console.log('one');", '```', '```text', 'two', '```', '## Three'],
  ...['```ts error=ShapeError', 'export {};', '```'],
  ...['```ts error=ShapeError', "throw new TypeError('x');", '```'],
  ...['```ts', 'export const a = 1;', "export const b: number = 'text';", '```'],
  ...['```ts', "import { nothing } from './nowhere.ts';", 'nothing();', '```'],
  ...['```ts long', 'export const c: string = 1;', "throw new Error('late');", '```'],
].join('\n');

const cut = ['```ts', 'process.exit(0);', '```', '```ts', 'export {};', '```'].join('\n');

/** Relative links of a page whose file does not exist. Fences contain no links. */
function brokenLinks(page: string, markdown: string): string[] {
  const prose = markdown.replace(/^[ \t]*(`{3,}|~{3,})[\s\S]*?^[ \t]*\1/gm, '').replace(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map(
    ([, target]) => target.split('#')[0],
  );
  return targets
    .filter((target) => target !== '' && !/^[a-z]+:/i.test(target))
    .filter((target) => !existsSync(join(root, page, '..', target)))
    .map((target) => `${page}: ${target}`);
}
