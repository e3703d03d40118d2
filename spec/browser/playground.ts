import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { root } from '../support/project.ts';
import { openBrowser } from './chromium.ts';

/** The built playground. */
export const built = join(root, 'docs', 'playground', 'dist');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** The playground in a browser, served as files by a server that sends no policy. */
export interface Playground {
  readonly page: Page;
  /** Errors of the page, and requests to other hosts. */
  readonly complaints: readonly string[];
  /** The text of an element. */
  text(selector: string): Promise<string>;
  /** Moves a slider, as its keys do. */
  slide(label: string, value: number): Promise<void>;
  /** Waits for an expression in the page to be true, until the test's time is over. */
  until(expression: string): Promise<void>;
}

export interface Site {
  open(viewport?: { readonly width: number; readonly height: number }): Promise<Playground>;
  close(): Promise<void>;
}

/** Opens the playground for the tests of a suite, none of which may end with a complaint. */
export function usePlayground(opened: (site: Site, at: Playground) => void): void {
  let site: Site | undefined;
  let at: Playground | undefined;
  before(async () => {
    site = await serveBuilt();
    at = await site.open();
    opened(site, at);
  });
  after(() => site?.close());
  afterEach(() => {
    expect(at?.complaints).to.deep.equal([]);
  });
}

/** Builds the playground and serves it. */
async function serveBuilt(): Promise<Site> {
  await build({ configFile: join(root, '.ci', 'vite.playground.mjs') });
  const server: Server = createServer(({ url = '/' }, answer) => {
    const path = url === '/' ? 'index.html' : new URL(url, 'http://localhost').pathname;
    try {
      const content = readFileSync(join(built, path));
      answer.writeHead(200, { 'content-type': types[extname(path)] }).end(content);
    } catch {
      answer.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser: Browser = await openBrowser();
  return {
    async open(viewport = { width: 1280, height: 900 }) {
      const page = await browser.newPage({ viewport, reducedMotion: 'reduce' });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(address) && !request.url().startsWith('blob:'))
          complaints.push(`asks ${request.url()}`);
      });
      await page.goto(address);
      return {
        page,
        complaints,
        text: async (selector) => (await page.textContent(selector)) ?? '',
        slide: (label, value) =>
          page.getByLabel(label, { exact: true }).fill(String(value), { timeout: 5000 }),
        async until(expression) {
          // `waitForFunction` would evaluate it within the page, whose policy forbids that.
          while (!(await page.evaluate(expression))) await page.waitForTimeout(50);
        },
      };
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
