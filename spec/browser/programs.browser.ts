import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Example, examplesOf } from '../support/fences.ts';
import { root } from '../support/project.ts';
import { type Playground, type Site, usePlayground } from './playground.ts';

interface Guides {
  readGuides(
    root: string,
    hasPlayground: boolean,
  ): readonly { readonly page: string; readonly text: string }[];
}

interface Linked {
  readonly page: string;
  readonly example: Example;
  /** The part of the link after `#`. */
  readonly end: string;
}

/** The programs of the guides with a link to the playground, as the site has them. */
async function linkedPrograms(): Promise<readonly Linked[]> {
  const { readGuides }: Guides = await import(join(root, '.ci', 'site', 'guides.mjs'));
  return readGuides(root, true).flatMap(({ page, text }) => {
    const examples = examplesOf(text);
    const links = text.matchAll(/^```\n\n\[Open in the playground\]\(\/playground\/index\.html#([^)]*)\)/gm);
    return [...links].map(({ index, 1: end }) => {
      const line = text.slice(0, index).split('\n').length;
      const example = examples.findLast((own) => own.line < line);
      if (example === undefined) throw new Error(`${page} has a link without a program`);
      return { page, example, end };
    });
  });
}

const tidy = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();

describe('browser: programs in the playground', function () {
  this.timeout(60_000);
  let site: Site;
  let at: Playground;

  usePlayground((...opened) => {
    [site, at] = opened;
  });

  const said = "document.querySelector('#program-said')";
  const editor = () => at.page.getByLabel('The source of the program');
  const run = () => at.page.locator('#program').getByRole('button', { name: 'Run' }).click();
  const says = (words: string) => at.until(`${said}.textContent.includes(${JSON.stringify(words)})`);
  const isOver = () => at.until(`['good', 'bad'].includes(${said}.dataset.state)`);
  const write = async (source: string) => {
    await editor().fill(source);
    await run();
  };

  it('every program of the guides that needs no files prints there what its page says', async function () {
    this.timeout(600_000);
    const all = await linkedPrograms();
    expect(all).to.have.length.above(100);
    const wrong: string[] = [];
    for (const { page, example, end } of all.filter(({ example }) => !example.isLong)) {
      if (end.startsWith('cell=')) continue;
      await at.page.evaluate(`location.hash = ${JSON.stringify(end)}`);
      await says('from a link');
      await run();
      await isOver();
      const sentence = await at.text('#program-said');
      const printed = await at.text('#program-printed');
      const failed = sentence.startsWith('ran to its end') ? '' : sentence.replace(/^line \d+: /, '');
      const place = `${page}:${example.line}`;
      if (example.error === undefined ? failed !== '' : !failed.startsWith(`${example.error}: `))
        wrong.push(`${place} ends with: ${sentence}`);
      else if (example.output !== undefined && tidy(printed + failed) !== tidy(example.output))
        wrong.push(
          `${place} prints ${JSON.stringify(printed + failed)}, not ${JSON.stringify(example.output)}`,
        );
    }
    expect(wrong).to.deep.equal([]);
  });

  it('a cell of the guides comes with its link, checked as the TypeScript that it is', async () => {
    const cells = (await linkedPrograms()).filter(({ end }) => end.startsWith('cell='));
    expect(cells.map(({ page }) => page)).to.deep.equal(['adding-a-cell.md']);
    const own = await site.open();
    await own.page.evaluate(`location.hash = ${JSON.stringify(cells[0].end)}`);
    await own.until("document.querySelector('#own-said').textContent === '9 of 9 laws hold'");
    expect(await own.page.getByLabel('The source of the cell').inputValue()).to.equal(
      cells[0].example.source,
    );
    await own.page.close();
  });

  it('says at which line a program fails, in a sentence', async () => {
    const typed = 'interface Pair {\n  readonly left: number;\n}\nconst pair: Pair = { left: 1 };\n';
    await write(
      `import { add, tensor } from 'norewind';\n${typed}add(tensor([pair.left]), tensor([1, 2, 3, 4]));`,
    );
    await isOver();
    expect(await at.text('#program-said')).to.match(/^ran to its end in \d\.\d\d s, and printed nothing$/);
    const cases: readonly (readonly [string, string | RegExp])[] = [
      [
        `import { matmul, ones } from 'norewind';\n${typed}matmul(ones([2, 3]), ones([2]));`,
        /^line 6: ShapeError: matmul: /,
      ],
      ['const a = 1;\nconst b: = 2;', 'line 2: unexpected token'],
      [
        "import { readFileSync } from 'node:fs';\nreadFileSync('x');",
        'line 1: node:fs needs Node, which has files; this page has none',
      ],
      [
        "import { openModel } from 'norewind/stream';\nopenModel('x');",
        'line 1: norewind/stream needs Node, which has files; this page has none',
      ],
      ["import { addd } from 'norewind/autodiff';\naddd(1, 2);", 'line 1: norewind/autodiff has no addd'],
      [
        "console.log('before');\n\nawait Promise.reject(new RangeError('too late'));",
        'line 3: RangeError: too late',
      ],
      ["import all from 'norewind';\nall();", 'line 1: norewind has no default: import { … } or * as'],
      ["export { adddd } from 'norewind/lib';", 'line 1: norewind/lib has no adddd'],
      ['postMessage(null);\npostMessage({ kind: 1 });\nreturn 3;', "line 3: 'return' outside of function"],
      [
        "postMessage(null);\npostMessage({ kind: 1 });\nthrow new Error('at last');",
        'line 3: Error: at last',
      ],
      [
        'const deep = (): number => 1 + deep();\ndeep();',
        'line 1: RangeError: Maximum call stack size exceeded',
      ],
      ["throw 'a text';", 'a text'],
      ['throw undefined;', 'undefined'],
      [
        'setTimeout(() => {\n  missing();\n}, 10);\nawait new Promise(() => {});',
        'line 2: ReferenceError: missing is not defined',
      ],
    ];
    for (const [source, sentence] of cases) {
      await write(source);
      await isOver();
      if (typeof sentence === 'string') expect(await at.text('#program-said')).to.equal(sentence);
      else expect(await at.text('#program-said')).to.match(sentence);
    }
  });

  it('ends an endless loop by its button, shows what came before, and is not drowned by what is printed', async () => {
    await write("console.log('begun');\nfor (;;);");
    await at.until("document.querySelector('#program-printed').textContent === 'begun\\n'");
    const stop = at.page.locator('#program').getByRole('button', { name: 'Stop' });
    await stop.click();
    await says('stopped');
    expect(await stop.isDisabled()).to.equal(true);
    await write("for (;;) console.error('again and again');");
    await at.until(
      "document.querySelector('#program-printed').textContent.endsWith('which is not shown.\\n')",
    );
    await stop.click();
    await says('stopped');
    await write('console.log("%s", "as Node:", [1, { a: new Map([[1, 2]]) }]);');
    await at.until(
      `document.querySelector('#program-printed').textContent === "as Node: [ 1, { a: Map(1) { 1 => 2 } } ]\\n"`,
    );
  });

  it('has no network, not even to the server of the page', async () => {
    await write("await fetch(new URL('/icon.svg', location.origin));");
    await isOver();
    expect(await at.text('#program-said')).to.equal('line 1: TypeError: Failed to fetch');
    let asked = 0;
    const other = createServer((_, answer) => {
      asked++;
      answer
        .writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' })
        .end('');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const own = await site.open();
    await own.page
      .getByLabel('The source of the program')
      .fill(`await import('http://127.0.0.1:${(other.address() as AddressInfo).port}/x.js');`);
    await own.page.locator('#program').getByRole('button', { name: 'Run' }).click();
    await own.until(`${said}.dataset.state === 'bad'`);
    expect(await own.text('#program-said')).to.include('Failed to fetch dynamically imported module');
    await own.page.close();
    await new Promise((resolve) => other.close(resolve));
    expect(asked).to.equal(0);
  });

  it('shows a picture that is printed, and runs by keys alone', async () => {
    await at.page.getByLabel('a picture', { exact: true }).check();
    await editor().press('Control+Enter');
    await isOver();
    await at.until("document.querySelector('#program-printed img')?.naturalWidth > 300");
  });

  it('a link brings a program that waits to be run, and a damaged one says so', async () => {
    const own = await site.open();
    await own.page.getByLabel('The source of the program').fill('console.log("∂ℓ", 1 + 1);');
    await own.page.locator('#program').getByRole('button', { name: 'Link to it' }).click();
    await own.until("location.hash.startsWith('#code=')");
    const address = own.page.url();
    await own.page.goto('about:blank');
    await own.page.goto(address);
    await own.until(`${said}?.textContent === 'from a link: Run starts it'`);
    expect(await own.page.locator('#program-printed').isHidden()).to.equal(true);
    // It is in view, also once the parts above it have got their size.
    await own.page.waitForTimeout(1000);
    await own.until("Math.abs(document.querySelector('#program').getBoundingClientRect().top) < 2");
    await own.page.keyboard.press('Enter');
    await own.until("document.querySelector('#program-printed').textContent === '∂ℓ 2\\n'");
    await own.page.evaluate("location.hash = 'code=aGVsbG8'");
    await own.until(`${said}.textContent === 'the program of the link is damaged: copy the whole link'`);
    await own.page.close();
  });

  it('fits a phone', async () => {
    const phone = await site.open({ width: 390, height: 844 });
    await phone.page.locator('#program').getByRole('button', { name: 'Run' }).click();
    await phone.until("document.querySelector('#program-printed').textContent.includes('gradient')");
    expect(await phone.page.evaluate('document.documentElement.scrollWidth')).to.equal(390);
    expect(phone.complaints).to.deep.equal([]);
    await phone.page.close();
  });
});
