import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { filesBelow } from '../support/project.ts';
import { contrast } from './contrast.ts';
import { built, type Playground, type Site, usePlayground } from './playground.ts';

/** A number as the page writes it. */
const numberOf = (text: string): number => Number(text.replace('−', '-').replaceAll(',', ''));

/** The texts of the page with less contrast than 4.5 to 1, as WCAG 2.2 has it. */
const pale = `() => {
  ${contrast}
  for (const state of ['good', 'bad']) document.querySelector('main').append(
    Object.assign(document.createElement('p'), { className: 'said', textContent: state }));
  document.querySelectorAll('main > .said').forEach((each, i) => { each.dataset.state = ['good', 'bad'][i % 2]; });
  const texts = [...document.querySelectorAll('h1, h2, p, a, label, button, caption, th, td, li, pre, .tape span')];
  return texts.filter((each) => each.getClientRects().length > 0 && !each.disabled).flatMap((each) => {
    const own = ratio(channels(getComputedStyle(each).color), backOf(each));
    return own < 4.5 ? [each.className + ' ' + each.textContent.slice(0, 40) + ' ' + own.toFixed(2)] : [];
  });
}`;

describe('browser: the playground', function () {
  this.timeout(60_000);
  let site: Site;
  let at: Playground;

  usePlayground((...opened) => {
    [site, at] = opened;
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

  it('learning from one’s own: what is typed, with the weight and the surprise of each expert', async () => {
    await at.page.locator('#read').scrollIntoViewIfNeeded();
    await at.until(
      "document.querySelector('#read-said').textContent.startsWith('The beginning of Moby-Dick: ')",
    );
    await at.page.getByLabel('as fast as it can').check();
    await at.page
      .getByLabel('Your text')
      .pressSequentially('abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc');
    await at.until("document.querySelector('.tape').textContent.endsWith('abcabcabc')");
    await at.until(
      "document.querySelector('#read-letter').textContent.startsWith('The latest character, c')",
    );
    expect(numberOf(/surprise of ([\d.]+) bits/.exec(await at.text('#read-letter'))?.[1] ?? '')).to.be.below(
      1,
    );
    expect(await at.text('#read-next span')).to.match(/^a \d\d %$/);
    const weights = (await at.page.locator('.bars td:nth-child(3)').allTextContents()).map((text) =>
      Number.parseFloat(text),
    );
    expect(weights).to.have.length(11);
    expect(weights.reduce((sum, weight) => sum + weight)).to.be.closeTo(100, 1);
    await at.page.locator('.tape').press('ArrowLeft');
    expect(await at.text('#read-letter')).to.match(/^The character b, came/);
  });

  it('learning from one’s own: a table that is opened, and a text that is dropped, stay here', async () => {
    const wave = Array.from({ length: 900 }, (_, t) => `${t % 7},${(20 + 5 * Math.sin(t / 3)).toFixed(3)}`);
    const buffer = Buffer.from(['day,height', ...wave].join('\n'));
    await at.page.getByLabel('Open a file').setInputFiles({ name: 'wave.csv', mimeType: 'text/csv', buffer });
    await at.until("document.querySelector('#read-said').textContent === 'wave.csv: 900 rows read.'");
    const [, own] = /combination ([\d.]+)/.exec(await at.text('#read-figures')) ?? [];
    const [, persistence] = /persistence ([\d.]+)/.exec(await at.text('#read-figures')) ?? [];
    expect(Number(own)).to.be.below(0.2 * Number(persistence));
    expect(await at.text('.bars caption')).to.equal(
      'How far each prediction of height is trusted, in per cent',
    );
    await at.page.getByLabel('The column to predict').selectOption('day');
    await at.until("document.querySelector('.bars caption').textContent.includes('prediction of day')");
    await at.page.evaluate(`(() => {
      const data = new DataTransfer();
      data.items.add(new File(['so it goes. '.repeat(40)], 'mine.txt'));
      dispatchEvent(new DragEvent('drop', { dataTransfer: data }));
    })()`);
    await at.until(
      "document.querySelector('#read-said').textContent.startsWith('mine.txt: 480 characters read.')",
    );
    expect(
      numberOf(/ ([\d.]+) bits a character of late/.exec(await at.text('#read-said'))?.[1] ?? ''),
    ).to.be.below(3);
  });

  it('learning from one’s own: a file that is refused says why, and what was read stays', async () => {
    const own = await site.open();
    // The one that is asked for last, though both wait for the same file.
    for (const name of ['Births a day', 'Moby-Dick'])
      await own.page.getByRole('button', { name }).dispatchEvent('click');
    await own.page.locator('#read').scrollIntoViewIfNeeded();
    await own.until("document.querySelectorAll('.tape span').length > 20");
    const open = async (name: string, content: string | Uint8Array) => {
      const file = { name, mimeType: '', buffer: Buffer.from(content) };
      await own.page.getByLabel('Open a file').setInputFiles(file);
    };
    const refusals: readonly (readonly [name: string, content: string | Uint8Array, sentence: string])[] = [
      ['a.txt', '', 'a.txt is empty'],
      ['b.csv', 'a,b\n', 'b.csv: below the names of the columns there are fewer than two rows'],
      [
        'c.png',
        Uint8Array.of(137, 80, 78, 71),
        'c.png is not a text in UTF-8: if it is a text, save it in that encoding',
      ],
      ['d.csv', `a\n${'-1e308\n1e308\n'.repeat(40)}`, 'd.csv: no column is of numbers alone, such as 12.5'],
    ];
    for (const [name, content, sentence] of refusals) {
      await open(name, content);
      await own.until(`document.querySelector('#read-note').textContent === ${JSON.stringify(sentence)}`);
      const count = Number(/: (\d+) char/.exec(await own.text('#read-said'))?.[1]);
      // It reads on, and the sentence stays.
      await own.until(
        `Number(/: (\\d+) char/.exec(document.querySelector('#read-said').textContent)[1]) > ${count + 5}`,
      );
      expect(await own.text('#read-note')).to.equal(sentence);
      expect((await own.text('#read-said')).startsWith('The beginning of Moby-Dick')).to.equal(true);
    }
    await own.page.evaluate("scrollTo({ top: 0, behavior: 'instant' })");
    await own.page.evaluate(`(() => {
      const data = new DataTransfer();
      for (const name of ['a', 'b']) data.items.add(new File(['so it goes'], name));
      dispatchEvent(new DragEvent('drop', { dataTransfer: data }));
    })()`);
    await own.until(
      "document.querySelector('#read-note').textContent === '2 files at once: drop one of them'",
    );
    await own.until("Math.abs(document.querySelector('#read').getBoundingClientRect().top) < 5");
    await open('one.txt', 'a');
    await own.until("document.querySelector('#read-said').textContent === 'one.txt: 1 character read.'");
    expect(await own.text('#read-note')).to.equal('');
    expect(own.complaints).to.deep.equal([]);
    await own.page.close();
  });

  it('a cell of one’s own: its laws hold, and every estimator trains it', async function () {
    this.timeout(240_000);
    await at.page.locator('#own').scrollIntoViewIfNeeded();
    await at.until("document.querySelector('#own-said').textContent === '9 of 9 laws hold'");
    await at.until("document.querySelector('#own-rate').dataset.isOver === 'true'");
    const rows = await at.page.locator('.trainings tr').allTextContents();
    expect(rows).to.have.length(20);
    for (const name of ['UORO', 'RTRL', 'KF-RTRL'])
      expect(Number(rows.find((row) => row.startsWith(name))?.match(/([\d.]+) bits/)?.[1]), name).to.be.below(
        0.3,
      );
  });

  it('a cell of one’s own: a law that fails, a fault at its line, a name that is not there', async function () {
    this.timeout(240_000);
    const said = (words: string) =>
      at.until(`document.querySelector('#own-said').textContent.includes(${JSON.stringify(words)})`);
    const write = async (from: string, to: string) => {
      // The choice that is made already would not begin again.
      await at.page.getByLabel('minimal gate').check();
      await at.page.getByLabel('leaky tanh').check();
      const field = at.page.getByLabel('The source of the cell');
      await field.fill((await field.inputValue()).replace(from, to));
    };
    await at.page.getByLabel('a wrong one').check();
    await at.until(
      "document.querySelector('[data-result=fails]')?.textContent.includes('is pure: one step twice is the same')",
    );
    await write('start: ()', 'start: )');
    await said('line 11: unexpected token');
    await write("from 'norewind'", "from 'lodash'");
    await said('line 1: only norewind, norewind/lib, ');
    await write(
      "zeros } from 'norewind';",
      "zeros } from 'norewind'; import { tanhh } from 'norewind'; tanhh;",
    );
    await said('line 1: norewind has no tanhh');
    await write("name: 'leaky'", 'name: other');
    await said('line 5: other is not defined');
    await write('[units, units]', '[units, inputs]');
    await said('line 13: matmul: inner sizes differ, [3,2] · [3]');
    await write('export', 'postMessage(5); postMessage({}); export');
    await said('9 of 9 laws hold');
    await write('mul(h, 1 - alpha)', 'mul(h, 0 / 0)');
    await said(' laws hold');
    await at.until("document.querySelectorAll('[data-result=fails] p').length > 0");
    const told = await at.page.locator('#own-laws p, #own-laws pre').allTextContents();
    expect(new Set(told).size).to.equal(told.length);
    await write('export const leaky', 'const leaky');
    await said('nothing is exported');
    await write('alpha = 0.5', 'alpha = 0.25');
    await said('9 of 9 laws hold');
  });

  it('a cell of one’s own can come with a link', async () => {
    const own = await site.open();
    const source = await own.page.getByLabel('The source of the cell').inputValue();
    const other = source.replaceAll('leaky', 'linked').replace('tanh(add', 'tan(add');
    await own.page.evaluate(`location.hash = 'cell=' + ${JSON.stringify(encodeURIComponent(other))}`);
    await own.until("document.querySelector('#own-said').textContent === 'line 13: tan is not defined'");
    const field = own.page.getByLabel('The source of the cell');
    expect(await field.inputValue()).to.equal(other);
    await field.fill(source);
    await own.page.locator('#own').getByRole('button', { name: 'Link to it' }).click();
    await own.until(`location.hash === ${JSON.stringify(`#cell=${encodeURIComponent(source)}`)}`);
    await own.page.close();
  });

  it('a cell of one’s own has no network', async () => {
    const own = await site.open();
    await own.page.locator('#own').scrollIntoViewIfNeeded();
    const field = own.page.getByLabel('The source of the cell');
    const source = await field.inputValue();
    // Not even to the server of the page.
    const asks = "await fetch(new URL('/icon.svg', location.origin)).catch((error) => { throw error; });";
    await field.fill(source.replace('\n', `\n${asks}\n`));
    await own.until(
      "document.querySelector('#own-said').textContent.startsWith('line 2: TypeError: Failed to fetch')",
    );
    expect(own.complaints).to.deep.equal([]);
    await own.page.close();
  });

  it('a state in space: learns to count, and turns by keys', async () => {
    await at.page.locator('#trajectory').scrollIntoViewIfNeeded();
    await at.until("Number(document.querySelector('#trajectory-said').dataset.steps) > 20000");
    expect(await at.text('#trajectory-said')).to.match(
      /^RTRL: 0\.\d\d bits a symbol\. Without counting 0\.57, at best 0\.29\.$/,
    );
    expect(await at.text('#trajectory-rate')).to.match(/steps a second/);
    await at.until("Number(document.querySelector('#trajectory-said').dataset.bits) < 0.45");
    await at.page.locator('#trajectory').getByRole('button', { name: 'Pause' }).click();
    await at.page.waitForTimeout(500);
    const painted = () => at.page.evaluate("document.querySelector('.space').toDataURL()");
    const before = await painted();
    await at.page.locator('.space').press('ArrowRight');
    await at.page.waitForTimeout(300);
    const turned = await painted();
    expect(turned).not.to.equal(before);
    await at.page.locator('.space').press('ArrowLeft');
    await at.page.waitForTimeout(300);
    expect(await painted()).not.to.equal(turned);
    await at.page.getByLabel('TBPTT, 4 steps').check();
    await at.page.locator('#trajectory').getByRole('button', { name: 'Resume' }).click();
    await at.until("document.querySelector('#trajectory-said').textContent.startsWith('TBPTT, 4 steps: ')");
  });

  it('fits a phone, works by keyboard, and draws in light and dark', async () => {
    const phone = await site.open({ width: 390, height: 844 });
    expect(await phone.page.evaluate('document.documentElement.scrollWidth')).to.equal(390);
    const slider = phone.page.getByLabel('T, steps looked back', { exact: true });
    await slider.focus();
    await slider.press('ArrowRight');
    await phone.until("document.querySelector('#balance-said').textContent.includes('With T = 41,')");
    const painted = () => phone.page.evaluate("document.querySelector('#balance canvas').toDataURL()");
    const light = await painted();
    await phone.page.emulateMedia({ colorScheme: 'dark' });
    while ((await painted()) === light) await phone.page.waitForTimeout(50);
    await phone.page.locator('#read').scrollIntoViewIfNeeded();
    await phone.until("document.querySelectorAll('.tape span').length > 20");
    for (const colorScheme of ['dark', 'light'] as const) {
      await phone.page.emulateMedia({ colorScheme });
      expect(await phone.page.evaluate(`(${pale})()`), colorScheme).to.deep.equal([]);
    }
    expect(phone.complaints).to.deep.equal([]);
    await phone.page.close();
  });

  it('is small: what the first view loads, and all of it', () => {
    const gzipped = (path: string) => gzipSync(readFileSync(join(built, path)), { level: 9 }).length;
    const scripts = readdirSync(join(built, 'assets')).filter((name) => /^index.*\.(js|css)$/.test(name));
    const first = ['index.html', ...scripts.map((name) => `assets/${name}`)];
    expect(first).to.have.length(3);
    expect(first.map(gzipped).reduce((sum, size) => sum + size)).to.be.below(22_000);
    // norewind/plot is loaded by programs that import it.
    const [plots, others] = [true, false].map((isPlot) =>
      filesBelow(built).filter((path) => /plot\.js$/.test(path) === isPlot),
    );
    expect(plots).to.have.length(1);
    for (const [files, most] of [
      [plots, 200_000],
      [others, 495_000],
    ] as const)
      expect(files.map(gzipped).reduce((sum, size) => sum + size)).to.be.below(most);
  });
});
