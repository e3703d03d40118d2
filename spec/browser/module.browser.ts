import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { root } from '../support/project.ts';
import { openBrowser } from './chromium.ts';

const policyOf = (scripts: string) =>
  `default-src 'none'; script-src 'self' ${scripts} 'wasm-unsafe-eval'; require-trusted-types-for 'script'`;

const map = `<script type="importmap" nonce="map">{ "imports": { "norewind": "./norewind.js" } }</script>`;
const pageOf = (head: string) => `<!doctype html><title>norewind</title><p id="said"></p>
${head}<script type="module" src="./mine.js"></script>`;

const mineOf = (
  from: string,
) => `import { createLearner, linear, meanSquare, model, rnn, rtrl, sgd, tensor } from '${from}';
const learner = createLearner({
  model: model({ cell: rnn({ inputs: 1, units: 8 }), readout: linear({ outputs: 1 }) }),
  loss: meanSquare, estimator: rtrl(), optimizer: sgd({ rate: 0.05 }), seed: 1,
});
let loss = 0;
for (let t = 0; t < 2000; t++) loss = learner.step(tensor([Math.sin(t / 5)]), tensor([Math.sin((t + 1) / 5)])).loss;
document.querySelector('#said').textContent = loss < 0.01 ? 'learnt' : 'not learnt: ' + loss;`;

describe('browser: norewind/browser', () => {
  let browser: Browser;

  before(async () => {
    browser = await openBrowser();
  });

  after(() => browser?.close());

  for (const [way, policy, head, from] of [
    ['by an import map', policyOf("'nonce-map'"), map, 'norewind'],
    ['by its address', policyOf(''), '', './norewind.js'],
  ])
    it(`is imported ${way}, without a bundler, under a strict Content Security Policy`, async () => {
      const files: Record<string, readonly [string, string]> = {
        '/': ['text/html', pageOf(head)],
        '/mine.js': ['text/javascript', mineOf(from)],
        '/norewind.js': [
          'text/javascript',
          readFileSync(join(root, 'dist', 'browser', 'norewind.js'), 'utf8'),
        ],
      };
      const tab = await browser.newPage();
      const complaints: string[] = [];
      tab.on('pageerror', (error) => complaints.push(error.message));
      tab.on('console', (message) => complaints.push(message.text()));
      await tab.route('**/*', (route) => {
        const [contentType, body] = files[new URL(route.request().url()).pathname] ?? ['', ''];
        return contentType === ''
          ? route.abort()
          : route.fulfill({ contentType, body, headers: { 'content-security-policy': policy } });
      });
      await tab.goto('http://localhost:1/');
      await tab.waitForFunction("document.querySelector('#said').textContent !== ''");
      expect(await tab.textContent('#said')).to.equal('learnt');
      expect(complaints).to.deep.equal([]);
      await tab.close();
    });
});
