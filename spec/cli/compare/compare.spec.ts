import { appendFileSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { DOMParser } from 'linkedom';
import { compare as compareRuns } from '../../../cli/commands/compare.ts';
import { exitCodeOf, exitCodes, sentenceOf } from '../../../cli/errors.ts';
import { createDesk, type Desk, inPairs } from '../command.ts';

describe('cli: norewind compare', () => {
  let desk: Desk;

  before(async () => {
    desk = createDesk();
    desk.file('text.txt', 'over and over, '.repeat(40));
    const x = Array.from({ length: 200 }, (_, i) => Math.sin(i / 5));
    desk.file('rows.csv', `x\n${x.join('\n')}\n`);
    const runs = [
      'train text.txt --units 3 --estimator uoro --every 50 --out uoro',
      'train text.txt --units 4 --every 50 --out <tbptt>,"4" --estimator tbptt --window 4',
      'train rows.csv --target x --units 3 --every 50 --out rows',
      'run anbn --steps 300 --units 3 --out anbn',
      'run anbn --steps 300 --units 3 --out other --estimator rtrl',
    ];
    await inPairs(runs, (args) => desk.norewind([...args.split(' '), '-q']));
  });

  after(() => desk.dispose());

  const compare = (...args: string[]) => desk.norewind(['compare', ...args]);
  /** In this process: calls the command as it is called after parsing its options. */
  async function compareHere(args: readonly string[]): Promise<number> {
    const at = (flag: string) => (args.includes(flag) ? desk.path(args[args.indexOf(flag) + 1]) : undefined);
    const folders = args.slice(0, args.indexOf('--out')).map(desk.path);
    const csv = at('--csv');
    return compareRuns(folders, { out: at('--out') ?? '', ...(csv === undefined ? {} : { csv }) });
  }

  const metricsOf = (run: string) =>
    desk
      .read(`${run}/metrics.ndjson`)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('writes a self-contained page with curves, final figures and the differences', async () => {
    const runs = ['uoro', '<tbptt>,"4"'];
    const { code, stdout, stderr } = await compare(...runs, '--out', 'both.html');
    expect([code, stderr]).to.deep.equal([0, '']);
    const page = desk.read('both.html');
    expect(page).not.to.match(/<script|<link|src=|url\((?!#)|@import|https?:(?!\/\/www\.w3\.org\/)/);
    const document = new DOMParser().parseFromString(page, 'text/html');
    expect(document.querySelectorAll('figure .wide svg')).to.have.length(3);
    expect(document.querySelectorAll('figure .narrow svg')).to.have.length(3);
    const cells = [...document.querySelectorAll('tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    for (const run of runs) {
      const last = metricsOf(run).at(-1);
      const row = [run === 'uoro' ? 'UORO' : 'TBPTT-4', last.recent.toFixed(3), '600', last.mean.toFixed(3)];
      expect(cells).to.deep.include(row);
      expect(stdout).to.contain(row[3]);
    }
    const settings = cells.find(([name]) => name === 'group') ?? [];
    expect(settings).to.include.members(['cell.units', 'estimator.name']).and.not.to.include('seed');
    for (const [name, units, estimator] of [
      ['UORO', '3', 'uoro'],
      ['TBPTT-4', '4', 'tbptt'],
    ]) {
      const row = cells.findLast(([first]) => first === name) ?? [];
      expect(row[settings.indexOf('cell.units')]).to.equal(units);
      expect(row[settings.indexOf('estimator.name')]).to.equal(estimator);
    }
    // Two runs, and what does not depend on the network: seven orders, the match, the combination without it. Each
    // curve has a point per line of metrics.
    const curves = [...document.querySelectorAll('figure')].map(
      (figure) => [...figure.querySelectorAll('.wide [aria-label="line"] path')].length,
    );
    expect(curves).to.deep.equal([11, 2, 2]);
    expect(document.querySelector('figcaption')?.textContent).to.contain('TBPTT-4');
  });

  it('writes every line of metrics as CSV beside it, or at the given place', async () => {
    const rows = parse(desk.read('both.csv'), { columns: true }) as Record<string, string>[];
    const lines = ['uoro', '<tbptt>,"4"'].flatMap((run) => metricsOf(run).map((line) => ({ run, ...line })));
    expect(rows).to.have.length(lines.length);
    for (const [i, { run, step, mean, recent, baselines }] of lines.entries()) {
      expect(rows[i]).to.include({
        run,
        step: String(step),
        unit: 'bits',
        mean: String(mean),
        recent: String(recent),
      });
      for (const name of ['order 1', 'network'])
        expect(rows[i][`${name} recent`]).to.equal(String(baselines[name].recent));
    }
    expect((await compare('anbn', 'other', '--out', 'runs.html', '--csv', 'elsewhere.csv')).code).to.equal(0);
    const steps = parse(desk.read('elsewhere.csv'), { columns: true }) as Record<string, string>[];
    expect(steps.map(({ step: at }) => Number(at))).to.deep.equal(
      [...metricsOf('anbn'), ...metricsOf('other')].map(({ step }) => step),
    );
  });

  it('takes the folder of a sweep for all of its runs', async () => {
    for (const name of ['anbn', 'other'])
      cpSync(desk.path(name), desk.path(`swept/runs/${name}`), { recursive: true });
    desk.file('swept/grid.json', '{}');
    expect(await compareHere(['swept', '--out', 'swept.html'])).to.equal(0);
    expect(desk.read('swept.csv')).to.include('RTRL'.toLowerCase()).and.include('uoro');
  });

  it('counts a run once that is given twice, by whatever path, and says so', async () => {
    symlinkSync(desk.path('anbn'), desk.path('link'));
    const { code, stdout, stderr } = await compare('anbn', 'anbn/', 'link', 'other', '--out', 'once.html');
    expect([code, stderr.split('\n')]).to.deep.equal([
      0,
      [
        'norewind: anbn/ and anbn are one run, which counts once',
        'norewind: link and anbn are one run, which counts once',
        '',
      ],
    ]);
    expect(stdout).not.to.include('seeds');
    expect((await compare('anbn', 'anbn', '--out', 'alone.html')).stderr).to.equal(
      'norewind: anbn is given twice, and counts once\n',
    );
  });

  it('skips a line that a killed run did not finish, and says so', async () => {
    cpSync(desk.path('uoro'), desk.path('cut'), { recursive: true });
    appendFileSync(desk.path('cut/metrics.ndjson'), '{"step":650,"skipp');
    const { code, stderr, stdout } = await compare('cut', 'uoro', '--out', 'cut.html');
    expect(stderr).to.match(
      /^norewind: cut\/metrics\.ndjson, line 13: it is not a line of metrics, and was skipped: .*cut off there\n$/,
    );
    expect(code).to.equal(0);
    expect(stdout).to.match(/cut +[\d.]+ +600/);
  });

  it('refuses other folders, incomparable runs, and overwriting files, in one sentence', async () => {
    for (const [name, metrics] of [
      ['empty', ''],
      ['broken', '{"step":1}\n{}\n'],
      ['list', '[]\n[]\n'],
      ['odd', ''],
    ]) {
      mkdirSync(desk.path(name));
      desk.file(`${name}/config.json`, name === 'odd' ? '{' : desk.read('uoro/config.json'));
      desk.file(`${name}/metrics.ndjson`, metrics);
    }
    const refusals: [args: string, says: RegExp][] = [
      ['nowhere --out a.html', /nowhere is not the folder of a run: .*no such file/],
      ['text.txt --out a.html', /text\.txt is a file: give the folder of a run/],
      ['odd --out a.html', /odd\/config\.json is not the configuration of a run/],
      ['uoro empty --out a.html', /empty\/metrics\.ndjson has no line yet/],
      ['broken --out a.html', /broken\/metrics\.ndjson, line 1: it is not a line of metrics/],
      ['list --out a.html', /list\/metrics\.ndjson, line 1/],
      [
        'uoro anbn --out a.html',
        /uoro is of norewind train and .*anbn of norewind run: compare runs of one kind/,
      ],
      ['uoro rows --out a.html', /uoro is scored in bits and .*rows scored in squared error/],
      ['uoro --out both.html', /both\.html exists already: .*--force/],
      ['uoro --out a.html --csv text.txt', /text\.txt exists already: .*--csv/],
      ['uoro --out a.csv --csv a.csv', /cannot be both/],
    ];
    for (const [args, says] of refusals) {
      const refusal = await compareHere(args.split(' ')).catch((error: unknown) => error);
      expect(sentenceOf(refusal)).to.match(says);
      expect(exitCodeOf(refusal)).to.equal(exitCodes.usage);
    }
    expect((await compare('uoro', '--out', 'both.html', '--force')).code).to.equal(0);
  });
});
