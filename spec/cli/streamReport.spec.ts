import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createDesk, type Desk } from './command.ts';

/** A week that repeats, with times; a category; and a column that follows it. */
const days = Array.from({ length: 120 }, (_, i) => ({
  day: new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10),
  load: [3, 1, 4, 1, 5, 9, 2][i % 7] + (i % 5) / 50,
  sky: i % 4 === 0 ? '<rain>' : 'sun',
}));
const small = ['--units', '3', '--every', '30'];

describe('cli: the report that train leaves', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
    desk.file('days.ndjson', days.map((row) => `${JSON.stringify(row)}\n`).join(''));
    desk.file('a.txt', 'abra cadabra <b>\n'.repeat(30));
  });

  after(() => desk.dispose());

  async function trained(name: string, args: readonly string[]): Promise<{ page: string; stdout: string }> {
    const { code, stdout, stderr } = await desk.norewind(['train', ...args, ...small, '--out', name]);
    expect(code, stderr).to.equal(0);
    return { page: readFileSync(desk.path(`${name}/report.html`), 'utf8'), stdout };
  }

  /** The text of the page's cells. */
  const cellsOf = (page: string) => [...page.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, cell]) => cell);

  it('shows the forecast that predict --steps prints, with its interval, and is one page by itself', async () => {
    const { page, stdout } = await trained('load', ['days.ndjson', '--target', 'load']);
    const { stdout: lines } = await desk.norewind(['predict', 'load', '--steps', '24']);
    expect(JSON.parse(lines.split('\n')[0]).time).to.equal('2024-04-30');
    const cells = cellsOf(page);
    const decimals = new Set<number | undefined>();
    for (const line of lines.trimEnd().split('\n')) {
      const { step, time, prediction, low, high } = JSON.parse(line);
      const at = cells.findIndex((cell, i) => cell === String(step) && cells[i + 1] === time.slice(0, 10));
      for (const [i, value] of [prediction, low, high].entries()) {
        const cell = cells[at + 2 + i];
        expect(Number(cell)).to.be.closeTo(value, 0.000_51);
        decimals.add(cell.split('.').at(1)?.length);
      }
    }
    expect(decimals.size, 'columns with equal decimals').to.equal(1);
    expect(page).to.include('rows from the latest one, of 2024-04-29').and.to.include('load against rows');
    expect(stdout).to.match(/\n\nThe next load: \d\.\d+, with 90\.0 % between -?\d\.\d+ and \d\.\d+\n/);
    expect(stdout).to.include(`Report: ${'load/report.html'}\n`);
    expect(stdout).to.include('norewind predict load --steps 12\n');
    // Pages that others may read name no other address, and run nothing.
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.to.match(/https?:|<script|<link|src=/);
    for (const sentence of stdout.split('\n\n').filter((part) => /^(The |Over |Drift )/.test(part)))
      if (!sentence.includes('predict')) expect(page).to.include(sentence);
    const again = await trained('again', ['days.ndjson', '--target', 'load']);
    expect(again.page).to.equal(page);
  });

  it('names the days of rows at midnights on a clock ahead of UTC as they are written, and so does predict', async () => {
    const rows = days.map(({ day, load }) => `${day}T00:00:00+05:30,${load}\n`);
    desk.file('ahead.csv', `day,load\n${rows.join('')}`);
    const { page } = await trained('ahead', ['ahead.csv', '--target', 'load', '--experts', 'mean,linear']);
    const { stdout } = await desk.norewind(['predict', 'ahead', '--steps', '2']);
    const times = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).time);
    expect(times).to.deep.equal(['2024-04-30', '2024-05-01']);
    expect(cellsOf(page)).to.include.members(times);
    expect(page).to.include('rows from the latest one, of 2024-04-29');
  });

  it('shows as many rows as are predicted with a horizon, and none that come too late', async () => {
    const { page, stdout } = await trained('far', ['days.ndjson', '--target', 'load', '--horizon', '3']);
    expect(page).to.include('forecast of the next 3');
    expect(stdout).to.include('\n\nload, 3 rows ahead: ');
    const same = await trained('same', ['days.ndjson', '--target', 'load', '--horizon', '0']);
    expect(same.page).to.include('The latest predictions').and.not.to.include('forecast of');
    expect(same.stdout).not.to.include('rows ahead');
  });

  it('shows categories and symbols by how little they were expected, and nothing in them is obeyed', async () => {
    const { page, stdout } = await trained('sky', ['days.ndjson', '--target', 'sky']);
    expect(page).to.match(/<span title="\d+\.\d bits" style="--bits:0\.\d\d">&lt;rain&gt;<\/span>/);
    expect(page).not.to.include('<rain>');
    expect(stdout).to.match(/\n\nThe next sky: (sun|<rain>), with a probability of \d+\.\d %\n/);
    const { stdout: ahead } = await desk.norewind('predict sky --steps 3'.split(' '));
    for (const { step, time, prediction, probability } of ahead
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)))
      expect(page.replaceAll(/ class="[^"]+"/g, '')).to.include(
        `<td>${step}</td><td>${time}</td><td>${prediction.replace('<rain>', '&lt;rain&gt;')}</td><td>${(100 * probability).toFixed(1)} %</td>`,
      );
    const text = await trained('text', ['a.txt']);
    expect(text.page)
      .to.include('The next byte of a text')
      .and.to.match(/>c<\/span>/)
      .and.not.to.include('<b>');
    expect(text.page).to.include('<h2>Score</h2>').and.to.include('without the network');
  });

  it('is of the whole run where it was resumed, and named in the events for programs', async () => {
    const cut = await trained('cut', ['days.ndjson', '--target', 'load', '--records', '70']);
    // Three scores make no figure.
    expect(cut.page).to.include('After 70 records').and.not.to.include('<h2>Score</h2>');
    const { stdout } = await desk.norewind(['train', 'days.ndjson', '--resume', 'cut', '--json']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.at(-1)).to.deep.include({ event: 'end', report: 'cut/report.html' });
    const whole = await trained('whole', ['days.ndjson', '--target', 'load']);
    const page = readFileSync(desk.path('cut/report.html'), 'utf8');
    expect(page).to.include('After 120 records').and.to.include('<h2>Score</h2>');
    expect(cellsOf(page)).to.deep.equal(cellsOf(whole.page));
  });
});
