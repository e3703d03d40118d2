import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { DOMParser } from 'linkedom';
import { createDesk, type Desk, type Result } from './command.ts';

interface Line {
  readonly step: number;
  readonly estimators: Record<
    string,
    { cosine: number; variance: number; bias: { value: number; low: number; high: number } }
  >;
  readonly staleness?: { window: number; cosine: number };
}

describe('cli: norewind probe', () => {
  let desk: Desk;
  let result: Result;
  before(async () => {
    desk = createDesk();
    desk.file(
      'mine.ts',
      "import { tbptt } from 'norewind';\nexport const estimator = () => ({ ...tbptt({ window: 2, stride: 1 }), name: 'mine' });\n",
    );
    result = await probe(
      'anbn --max 4 --units 3 --steps 60 --estimators uoro,rtrl,./mine.ts --replay 8 --json',
    );
  });
  after(() => desk.dispose());

  const probe = (line: string) => desk.norewind(['probe', ...line.split(' ')]);

  it('compares built-in estimators and those of files with the exact gradient, over time', () => {
    expect([result.code, result.stderr]).to.deep.equal([0, '']);
    const lines = result.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    expect(lines[0].step).to.equal(1);
    const { step, estimators, staleness } = lines[lines.length - 1];
    expect(step).to.equal(60);
    expect(Object.keys(estimators)).to.deep.equal(['UORO', 'RTRL', 'mine']);
    const { UORO, RTRL, mine } = estimators;
    expect(RTRL.cosine).to.be.closeTo(1, 1e-6);
    expect(RTRL.bias.value).to.be.closeTo(0, 1e-6);
    expect(RTRL.variance).to.equal(0);
    expect(UORO.variance).to.be.above(0);
    expect(UORO.bias.low).to.be.below(UORO.bias.high);
    expect(mine.cosine).to.be.within(0.5, 0.9999);
    expect(staleness?.window).to.equal(8);
    expect(staleness?.cosine).to.be.within(0.9, 1 + 1e-6);
  });

  it('writes a page with a figure of the cosine, the bias, the variance and the staleness', () => {
    const document = new DOMParser().parseFromString(desk.read('probe.html'), 'text/html');
    expect([...document.querySelectorAll('h2')].map((each) => each.textContent)).to.deep.equal([
      'Cosine with the exact gradient',
      'Bias along the exact gradient',
      'Variance',
      'Staleness',
    ]);
    const lines = [...document.querySelectorAll('figure')].map(
      (figure) => figure.querySelectorAll('.wide [aria-label="line"] path').length,
    );
    // An estimator without variance is not on a scale of powers of ten.
    expect(lines).to.deep.equal([3, 3, 1, 1]);
    expect(desk.read('probe.html')).not.to.match(/<script|<link|src=|@import/);
  });

  it('refuses in one sentence what cannot be probed, and keeps a page that is there', async () => {
    for (const [line, sentence] of [
      ['anbn --estimators uoro', /probe\.html exists already: .*--force/],
      ['anbn --estimators bptt --report a.html', /BPTT-128 has an estimate only every 128 steps/],
      ['anbn --estimators nope --report a.html', /there is no estimator "nope"/],
      ['--estimators uoro --report a.html', /name an experiment, such as anbn/],
      ['anbn', /--estimators <names>' not specified/],
    ] as const) {
      const { code, stderr } = await probe(line);
      expect(stderr, line).to.match(sentence);
      expect(code, line).to.equal(2);
    }
    expect(existsSync(desk.path('a.html'))).to.equal(false);
  });

  it('reports what it has measured when a signal ends it', async () => {
    const args = 'probe anbn --units 2 --steps 1e9 --estimators tbptt --json --report cut.html'.split(' ');
    const { code, stderr } = await desk.spawn(args, '"step":3,', (command) => command.kill('SIGINT'));
    expect(code).to.equal(130);
    expect(stderr).to.match(
      /^norewind: stopped by SIGINT after step \d+ of 1000000000; the report in cut\.html is of these\n$/,
    );
    expect(desk.read('cut.html')).to.include('Cosine with the exact gradient');
  });

  it('prints a table', async () => {
    const { code, stdout } = await probe('influence-balancing --steps 20 --estimators uoro,tbptt --force');
    expect(code).to.equal(0);
    expect(stdout).to.match(/estimator +declared bias +cosine .*\n.*\n +UORO +none +/);
    expect(stdout).to.match(/\n +TBPTT-10\/1 +truncated +/);
    const one = await probe('influence-balancing --steps 1 --estimators uoro --force');
    expect(one.stdout).not.to.include('NaN');
  });
});
