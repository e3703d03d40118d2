import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import * as norewind from '../../trainers/norewind.ts';
import { root } from '../support/project.ts';
import { openBrowser } from './chromium.ts';

const site = join(root, 'site');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** A server of files and nothing else. */
function serve(folder: string): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const path = decodeURIComponent(url.replace(/[?#].*/, '')).replace(/\/$/, '/index.html');
    try {
      const body = readFileSync(join(folder, path));
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream');
      response.end(body);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

/** The time of the newest file below a folder. */
function newest(folder: string): number {
  return Math.max(
    0,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
      (file) => statSync(join(folder, file)).mtimeMs,
    ),
  );
}

/** Builds the site, unless that has happened since the last change of its sources. */
function build(): void {
  const sources = ['docs', '.ci/site', 'lib', 'autodiff', 'nn', 'trainers', 'cli'];
  try {
    const built = statSync(join(site, '404.html')).mtimeMs;
    if (sources.every((folder) => newest(join(root, folder)) < built)) return;
  } catch {
    // There is none yet.
  }
  const { status, stderr } = spawnSync(process.execPath, [join(root, '.ci', 'site', 'build.mjs')], {
    encoding: 'utf8',
  });
  expect(status, stderr).to.equal(0);
}

describe('browser: the documentation site', () => {
  let browser: Browser;
  let server: Server;
  let address: string;

  before(async function () {
    this.timeout(900_000);
    build();
    server = await serve(site);
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await openBrowser();
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  const pages = () =>
    readdirSync(site, { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => file.endsWith('.html') && !file.startsWith('playground/') && file !== '404.html');

  /** A page that reports errors and requests to other hosts. */
  async function open(width: number, colorScheme: 'light' | 'dark' = 'light') {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith(address) && !request.url().startsWith('data:'))
        problems.push(`a request to ${request.url()}`);
    });
    return { page, problems };
  }

  const search = async (page: Page, words: string) => {
    const box = page.locator('.VPLocalSearchBox input');
    // The button does nothing until the page's script has run.
    for (let tries = 0; tries < 20 && !(await box.isVisible()); tries++) {
      await page.locator('.VPNavBarSearch button').first().click();
      await box.waitFor({ timeout: 3000 }).catch(() => {});
    }
    await box.fill(words);
    // The results of the search before stay until there are new ones.
    const first = page.locator('.VPLocalSearchBox .result').filter({ hasText: words }).first();
    await first.waitFor();
    return first;
  };

  it('has every page without an error, a request to another host or a sideways scroll, at 390 px in dark', async function () {
    this.timeout(300_000);
    const { page, problems } = await open(390, 'dark');
    const all = pages();
    expect(all).to.have.length.above(60);
    const wide: string[] = [];
    for (const file of all) {
      await page.goto(`${address}/${file}`, { waitUntil: 'load' });
      const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
      if (isWide) wide.push(file);
    }
    expect(problems).to.deep.equal([]);
    expect(wide).to.deep.equal([]);
    expect(await page.evaluate("document.documentElement.classList.contains('dark')")).to.equal(true);
    await page.close();
  });

  it('says what norewind is for, and leads to the guides and the API, on one screen', async () => {
    const { page, problems } = await open(1280);
    await page.goto(`${address}/`, { waitUntil: 'load' });
    for (const text of ['Recurrent networks that learn online', 'Your own cell in ten lines']) {
      const box = await page.getByText(text).first().boundingBox();
      expect((box?.y ?? 900) + (box?.height ?? 0), text).to.be.below(800);
    }
    for (const link of ['The first hour', 'API', 'Guide', 'Course'])
      expect(await page.getByRole('link', { name: link, exact: true }).count(), link).to.be.above(0);
    expect(problems).to.deep.equal([]);
    await page.close();
  });

  it('is small: what the first view of a page loads', () => {
    for (const file of ['index.html', 'guide.html', 'api/index.html']) {
      const html = readFileSync(join(site, file), 'utf8');
      const linked = [...html.matchAll(/<(?:link|script)[^>]*(?:href|src)="\/([^"]+\.(?:css|js))"/g)];
      const files = [file, ...new Set(linked.map(([, path]) => path))];
      expect(files, file).to.have.length.above(3);
      const sizes = files.map((path) => gzipSync(readFileSync(join(site, path))).length);
      expect(
        sizes.reduce((sum, size) => sum + size),
        file,
      ).to.be.below(130_000);
    }
  });

  it('finds names and words without a server, and goes there', async () => {
    const { page, problems } = await open(1280);
    await page.goto(`${address}/`, { waitUntil: 'load' });
    await (await search(page, 'kfRtrl')).click();
    await page.waitForURL(/\/api\/trainers\/estimators(\.html)?#kfRtrl$/);
    expect(await page.locator('h2#kfRtrl').textContent()).to.contain('kfRtrl');
    const found = await search(page, 'EscapedTangentError');
    expect(await found.textContent()).to.contain('EscapedTangentError');
    expect(problems).to.deep.equal([]);
    await page.close();
  });

  it('keeps the names of a wide table in sight while the rest is scrolled, at 390 px', async () => {
    const { page, problems } = await open(390);
    await page.goto(`${address}/estimators.html`, { waitUntil: 'load' });
    const [width, before, after] = (await page.evaluate(`(() => {
      const table = [...document.querySelectorAll('table')].find((each) => each.rows[0].cells.length === 8);
      const name = table.rows[1].cells[0];
      const left = () => name.getBoundingClientRect().left;
      const before = left();
      table.scrollLeft = 400;
      return [name.getBoundingClientRect().width, before, left()];
    })()`)) as number[];
    expect(width).to.be.below(170);
    expect(after).to.be.closeTo(before, 2);
    expect(problems).to.deep.equal([]);
    await page.close();
  });

  it('leads to the playground from its page, and back', async function () {
    if (!existsSync(join(site, 'playground', 'index.html'))) this.skip();
    const { page } = await open(1280);
    await page.goto(`${address}/about-the-playground.html`, { waitUntil: 'load' });
    await page.getByRole('link', { name: 'Open the playground' }).click();
    await page.waitForURL(/\/playground\/index\.html$/);
    await page.getByRole('heading', { level: 1 }).getByRole('link').click();
    await page.waitForURL(/^[^#]*(?<!playground)\/index\.html$/);
    await page.close();
  });

  it('opens the programs of a guide in the playground, where that is built', async function () {
    if (!existsSync(join(site, 'playground', 'index.html'))) this.skip();
    const { page, problems } = await open(1280);
    await page.goto(`${address}/adding-a-cell.html`, { waitUntil: 'load' });
    const links = page.getByRole('link', { name: 'Open in the playground' });
    expect(await links.count()).to.equal(await page.locator('div.language-ts').count());
    await links.first().click();
    await page.waitForURL(/\/playground\/index\.html#cell=/);
    expect(await page.getByLabel('The source of the cell').inputValue()).to.contain('export const leaky');
    await page.goBack();
    await links.nth(1).click();
    await page.waitForURL(/\/playground\/index\.html#code=/);
    const source = page.getByLabel('The source of the program');
    while (!(await source.inputValue()).includes('checkCell({ cell: leaky(2, 3, 0.4)'))
      await page.waitForTimeout(50);
    expect(await source.inputValue()).to.contain('const leaky = (inputs: number');
    expect(problems.filter((problem) => !problem.startsWith('a request to blob:'))).to.deep.equal([]);
    await page.close();
  });

  it('has each name of norewind once, in the API of the path where it is at home', () => {
    const ids = pages()
      .filter((file) => file.startsWith('api/') && file.split('/').length === 3)
      .flatMap((file) =>
        [...readFileSync(join(site, file), 'utf8').matchAll(/<h2 id="([^"]+)"/g)].map(([, id]) => id),
      );
    const count = (name: string) => ids.filter((id) => id === name).length;
    const names = Object.keys(norewind).filter((name) => !hidden.includes(name));
    expect(names).to.have.length.above(200);
    expect(names.filter((name) => count(name) !== 1 && !homonyms.includes(name))).to.deep.equal([]);
    expect(hidden.filter((name) => count(name) > 0)).to.deep.equal([]);
  });
});

/** Exported for other folders of this repository, and tagged `@internal`. */
const hidden = ['aCell', 'anEstimator', 'anOptimizer'];
/** Functions of other import paths have these names too; `var` is another name of `variance`. */
const homonyms = ['createModel', 'createTextModel', 'cells', 'linear', 'var'];
