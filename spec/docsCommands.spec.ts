import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkCommands, commandsOf, isAlike } from './support/commands.ts';
import { fencesOf } from './support/fences.ts';
import { filesBelow, root } from './support/project.ts';
import { size } from './support/size.ts';

/** With REWRITE_DOCS=1 the pages are rewritten with the actual output; review the change with `git diff`. */
const isRewriting = process.env.REWRITE_DOCS !== undefined;

describe('documentation: commands', () => {
  // They are written for a Unix shell.
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  const pages = filesBelow(join(root, 'docs')).filter((path) => path.endsWith('.md'));
  const read = (page: string) => readFileSync(join(root, 'docs', page), 'utf8');

  const run = pages.filter((path) => commandsOf(read(path)).length > 0);
  // They take their time; the checker itself is tried below.
  for (const page of isRewriting ? run : size([], run))
    it(`docs/${page}: every command prints what the page says`, function () {
      this.timeout(300_000);
      const { problems, rewritten } = checkCommands(`docs/${page}`, read(page));
      if (isRewriting) writeFileSync(join(root, 'docs', page), rewritten);
      else expect(problems).to.deep.equal([]);
    });

  it('no command of a tutorial is overlooked', () => {
    const tutorials = pages.filter((page) => page.startsWith('tutorials/'));
    expect(tutorials).to.have.length.above(2);
    for (const page of tutorials) {
      const fences = fencesOf(read(page)).filter(({ language }) => language !== 'text' && language !== 'ts');
      expect(
        fences.filter(({ language, attributes }) => language !== 'sh' || !attributes.has('run')),
      ).to.deep.equal([]);
    }
  });

  describe('the checker itself', () => {
    const page = (output: string, ...script: readonly string[]) =>
      ['# Page', '```sh run', ...script, '```', '```text', ...output.split('\n'), '```', 'Then:'].join('\n');

    it('runs the blocks of a page in one folder, with norewind', () => {
      const text = `${page('1', 'echo 1 > kept')}\n\`\`\`sh run\ncat kept\nnpx norewind trian || echo "exit code $?"\n\`\`\`\n\`\`\`text\n1\nexit code 2\n\`\`\``;
      expect(checkCommands('x.md', text.replace('echo 1 > kept', 'echo 1 | tee kept'))).to.deep.equal({
        problems: [],
        rewritten: text.replace('echo 1 > kept', 'echo 1 | tee kept'),
      });
    });

    it('treats decimal fractions that differ by a tenth as equal, and nothing else', () => {
      const line = '{"record":12,"prediction":-1.50e+3}\n  network   1.20';
      expect(isAlike(line, '{"record":12,"prediction":-1.6e+3}\n  network    1.25')).to.equal(true);
      for (const other of [
        '{"record":13,"prediction":-1.50e+3}\n  network   1.20',
        line.replace('1.20', '1.40'),
        line.replace('-', ''),
      ])
        expect(isAlike(line, other), other).to.equal(false);
      expect(isAlike(line, line.replace('\n', ' ')), 'on one line').to.equal(false);
      expect(isAlike(line, `${line} 1.0`)).to.equal(false);
    });

    it('reports other output and a failing command, and rewrites the output', () => {
      const { problems, rewritten } = checkCommands(
        'x.md',
        page('one\nline', 'echo two', 'echo words >&2', 'false'),
      );
      expect(problems).to.deep.equal([
        'x.md:2: ended with status 1: words',
        'x.md:2: printed\ntwo\nwhere the page says\none\nline',
      ]);
      expect(rewritten).to.equal(page('two', 'echo two', 'echo words >&2', 'false'));
    });
  });
});
