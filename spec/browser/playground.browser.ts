import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { filesBelow } from '../support/project.ts';
import { built, type Playground, type Site, serveBuilt } from './playground.ts';

/** A number as the page writes it. */
const numberOf = (text: string): number => Number(text.replace('−', '-').replaceAll(',', ''));

describe('browser: the playground', function () {
  this.timeout(60_000);
  let site: Site;
  let at: Playground;

  before(async () => {
    site = await serveBuilt();
    at = await site.open();
  });

  after(() => site?.close());

  afterEach(() => {
    expect(at.complaints).to.deep.equal([]);
  });

  it('influence balancing: says where the sign turns, and who converges', async () => {
    await at.until(
      "document.querySelector('#balance-said').textContent.includes('at every step from T = 41 on, in blocks from T = 110 on')",
    );
    await at.until("Number(document.querySelector('#balance-rate').dataset.steps) > 30000");
    for (const name of ['rtrl', 'uoro'])
      expect(numberOf(await at.text(`#loss-${name}`)), name).to.be.below(1e-5);
    for (const name of ['blocks', 'window'])
      expect(await at.text(`#verdict-${name}`), name).to.be.oneOf(['going away', 'diverged']);
    expect(await at.text('#balance-rate')).to.match(/steps a second|the end/);
  });

  it('influence balancing: one step more turns the sign', async () => {
    await at.slide('T, steps looked back', 41);
    expect(await at.text('#balance-said')).to.match(
      /With T = 41, at every step it sees 0\.0365 .* blocks it sees −1\.55/,
    );
    await at.until("document.querySelector('#verdict-window').textContent === 'coming closer'");
    await at.slide('T, steps looked back', 110);
    await at.until("document.querySelector('#verdict-blocks').textContent === 'coming closer'");
  });

  it('influence balancing: refuses a system without a solution, with the sentence of the library', async () => {
    await at.slide('n, units', 20);
    await at.until(
      "document.querySelector('#balance-said').textContent.includes('has no effect in the long run')",
    );
    await at.slide('p, units that θ pushes up', 12);
    await at.until("document.querySelector('#balance-said').textContent.includes('The sign is right')");
  });

  it('the cloud: the mean of all sequences is the derivative, and the impostors miss it', async () => {
    await at.page.locator('#cloud').scrollIntoViewIfNeeded();
    await at.until("document.querySelector('#miss-uoro').textContent !== '…'");
    const misses = async () => ({
      own: numberOf(await at.text('#miss-uoro')),
      scaled: numberOf(await at.text('#miss-scaled')),
      forgets: numberOf(await at.text('#miss-forgets')),
    });
    expect((await misses()).own).to.be.below(1e-14);
    expect((await misses()).scaled).to.equal(0.15);
    expect((await misses()).forgets).to.equal(0.885);
    await at.slide('Time steps', 5);
    await at.until("document.querySelector('#cloud output').textContent === '1,024 of 1,024'");
    expect((await misses()).own).to.be.below(1e-14);
    expect((await misses()).scaled).to.equal(0.15);
    await at.slide('Sequences shown', 3);
    expect(await at.text('#cloud output')).to.equal('3 of 1,024');
  });

  it('fits a phone, works by keyboard, and draws in light and dark', async () => {
    const phone = await site.open({ width: 390, height: 844 });
    expect(await phone.page.evaluate('document.documentElement.scrollWidth')).to.equal(390);
    const slider = phone.page.getByLabel('T, steps looked back', { exact: true });
    await slider.focus();
    await slider.press('ArrowRight');
    await phone.until("document.querySelector('#balance-said').textContent.includes('With T = 41,')");
    const painted = () => phone.page.evaluate("document.querySelector('#balance canvas').toDataURL()");
    await phone.page.emulateMedia({ colorScheme: 'dark' });
    await phone.page.waitForTimeout(300);
    const dark = await painted();
    await phone.page.emulateMedia({ colorScheme: 'light' });
    await phone.page.waitForTimeout(300);
    expect(await painted()).not.to.equal(dark);
    expect(phone.complaints).to.deep.equal([]);
    await phone.page.close();
  });

  it('is small: what the first view loads, and all of it', () => {
    const gzipped = (path: string) => gzipSync(readFileSync(join(built, path)), { level: 9 }).length;
    const scripts = readdirSync(join(built, 'assets')).filter((name) => /^index.*\.(js|css)$/.test(name));
    const first = ['index.html', ...scripts.map((name) => `assets/${name}`)];
    expect(first).to.have.length(3);
    expect(first.map(gzipped).reduce((sum, size) => sum + size)).to.be.below(12_000);
    const all = filesBelow(built).map(gzipped);
    expect(all.reduce((sum, size) => sum + size)).to.be.below(220_000);
  });
});
