import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { size } from '../../support/size.ts';
import { createDesk, type Desk } from '../command.ts';

interface GridFile {
  readonly runs: readonly { readonly name: string; readonly config: Readonly<Record<string, unknown>> }[];
}

describe('cli: norewind sweep', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
  });

  after(() => desk.dispose());

  const norewind = async (args: string | readonly string[], code = 0) => {
    const result = await desk.norewind(typeof args === 'string' ? args.split(' ') : args);
    expect(result.code, result.stderr).to.equal(code);
    return result;
  };
  const runsIn = (folder: string) => (JSON.parse(desk.read(`${folder}/grid.json`)) as GridFile).runs;
  const small = 'sweep anbn --estimator uoro,tbptt,rtrl --units 2 --steps 120';

  it('plans a grid of any settings, each for what has it, and names the runs by what differs', async () => {
    const { stdout } = await norewind(
      'sweep anbn --estimator uoro,rtrl,tbptt --window 1,4 --rate log(1e-3,1e-1,3) --units 4 --data-seed 9 --seeds 1..2 --plan --out planned',
    );
    expect(stdout).to.match(/^30 runs: planned\/grid\.json\n/);
    expect(stdout).to.contain(
      'seq 0 29 | xargs -P 4 -I{} norewind run --grid planned/grid.json --index {} --resume',
    );
    const runs = runsIn('planned');
    expect(runs.slice(0, 4).map(({ name }) => name)).to.deep.equal([
      '00-uoro-window1-rate0.001-seed1',
      '01-uoro-window1-rate0.01-seed1',
      '02-uoro-window1-rate0.1-seed1',
      '03-uoro-window4-rate0.001-seed1',
    ]);
    expect(runs[6].config.estimator).to.deep.equal({ name: 'rtrl', structure: 'auto' });
    expect(runs.every(({ config }) => (config.task as { seed: number }).seed === 9)).to.equal(true);
    expect(readdirSync(desk.path('planned'))).to.deep.equal(['grid.json']);
  });

  it('gives a setting by its path to the parts that have it, and refuses one that none has', async () => {
    const grid = 'sweep anbn --cell rnn,gru --estimator uoro,rtrl --set estimator.window=1,4';
    await norewind(`${grid} --set optimizer.beta1=0.5 --plan --out paths`);
    expect(runsIn('paths').map(({ name }) => name)).to.deep.equal([
      '0-uoro-rnn-window1',
      '1-uoro-rnn-window4',
      '2-uoro-gru-window1',
      '3-uoro-gru-window4',
      '4-rtrl-rnn',
      '5-rtrl-gru',
    ]);
    const { stderr } = await norewind(`${grid} --set cell.leak=1 --plan --out none`, 2);
    expect(stderr).to.equal(
      'norewind: --set cell.leak: no estimator, cell or optimiser of the grid has this setting\n',
    );
  });

  it('takes a grid of a file, which options override, and settings by their paths', async () => {
    const grid = {
      experiment: 'brackets',
      estimator: ['uoro', 'rtrl'],
      units: 3,
      steps: 40,
      rate: 'log(1e-3,1e-2,2)',
      stopWhen: 'recent < 0.2',
      set: { 'estimator.rank': [1, 2] },
      seeds: '1..2',
    };
    desk.file('grid.json', JSON.stringify({ ...grid, set: { 'optimizer.beta1': [0.5, 0.9] } }));
    await norewind('sweep grid.json --seeds 3 --rate 0.5 --plan --out filed');
    expect(runsIn('filed').map(({ name }) => name)).to.deep.equal([
      '0-uoro-beta10.5',
      '1-uoro-beta10.9',
      '2-rtrl-beta10.5',
      '3-rtrl-beta10.9',
    ]);
    expect(runsIn('filed')[0].config).to.deep.include({ seed: 3, steps: 40, stopWhen: 'recent < 0.2' });
    await norewind([
      'sweep',
      'anbn',
      '--rate',
      'log(1e-4,1e-1)',
      '--units',
      '2..5',
      '--random',
      '4',
      '--plan',
      '--out',
      'drawn',
    ]);
    expect(runsIn('drawn')).to.have.length(4);
    await norewind([
      'sweep',
      'anbn',
      '--units',
      '2..5',
      '--rate',
      'log(1e-4,1e-1)',
      '--random',
      '4',
      '--plan',
      '--out',
      'again',
    ]);
    expect(runsIn('again').map(({ config }) => config)).to.deep.equal(
      runsIn('drawn').map(({ config }) => config),
    );
  });

  it(`has the same table by indices and in a pool${size('', ' that was killed')}`, async () => {
    await norewind(`${small} --plan --out indexed`);
    const some = await norewind('collect indexed');
    expect(some.stdout).to.contain('3 of 3 runs are not done').and.to.contain('0-uoro: waiting');
    for (const index of [2, 0, 1])
      await norewind(`run --grid indexed/grid.json --index ${index} --resume -q`);
    // A run that is over is over.
    await norewind('run --grid indexed/grid.json --index 1 --resume -q');
    await norewind('collect indexed --no-times');
    const [first] = (await norewind('collect indexed --no-times --json')).stdout.split('\n');
    expect(JSON.parse(first).outcome).to.have.all.keys('status', 'steps');
    if (size(false, true)) {
      const killed = await desk.spawn(
        `${small} --jobs 2 --checkpoint-steps 20 --out pooled`.split(' '),
        '3 runs, 2 at a time',
        (pool) => setTimeout(() => pool.kill('SIGKILL'), 700),
      );
      expect(killed.code).to.equal(null);
    }
    const { stdout, stderr } = await norewind(`${small} --jobs 2 --out pooled`);
    expect(stderr).to.match(/^3 runs, 2 at a time; everything is kept in pooled\n/);
    expect(stdout)
      .to.match(/uoro +1 of 1 +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ µs\n/)
      .and.to.contain('Table of all runs: pooled/results.csv');
    await norewind('collect pooled --no-times');
    expect(desk.read('pooled/results.csv')).to.equal(desk.read('indexed/results.csv'));
    expect(desk.read('pooled/results.csv').split('\n')[0]).not.to.contain('seconds');
    for (const { name } of runsIn('pooled'))
      expect(desk.read(`pooled/runs/${name}/metrics.ndjson`)).to.equal(
        desk.read(`indexed/runs/${name}/metrics.ndjson`),
      );
  });

  it('lists what failed and what diverged, with their sentences', async () => {
    await norewind('sweep influence-balancing --rate 1,1e-5 --steps 3000 --plan --out bad');
    await norewind('run --grid bad/grid.json --index 0 --resume -q', 1);
    const { stderr } = await norewind('run --grid bad/grid.json --index 1 --resume --memory 1 -q', 1);
    expect(stderr).to.match(/^norewind: the process takes [\d,]+ MiB, more than the 1 MiB of --memory\n$/);
    const { stdout } = await norewind('collect bad');
    expect(stdout)
      .to.match(/0-rate1: diverged after step \d+: step \d+: the loss would be Infinity/)
      .and.to.match(/1-rate1e-5: failed: the process takes [\d,]+ MiB/);
    const rows = desk.read('bad/results.csv').trimEnd().split('\n');
    expect(rows[1]).to.match(/,diverged,\d+,loss,/);
    expect(rows[2]).to.match(/,failed,/);
    const { stdout: lines } = await norewind('collect bad --json');
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { outcome: { status: string } }).outcome.status),
    ).to.deep.equal(['diverged', 'failed']);
    // Failed runs are tried again, diverged ones are not.
    const again = await norewind('sweep --resume bad --jobs 1 -q');
    expect(again.stdout).to.contain('1 of 2 runs are not done').and.to.contain('0-rate1: diverged');
  });

  it('writes an array job for Slurm that a shell understands', async () => {
    const going = '--memory 500 --checkpoint-seconds 9 --checkpoint-steps 7';
    const spaced = await norewind([...small.split(' '), '--slurm', '--out', 'my jobs']);
    expect(spaced.stdout).to.contain(": sbatch 'my jobs/sweep.sbatch'\n");
    const quoted = await norewind([...small.split(' '), '--slurm', '--out', 'my "jobs"'], 2);
    expect(quoted.stderr).to.match(
      /^norewind: Slurm cannot write to ".*": its path must have no double quotes and line ends\n$/,
    );
    await norewind(`${small} --slurm --jobs 3 ${going} --out jobs`);
    const script = desk.read('jobs/sweep.sbatch');
    for (const line of [
      '--array=0-2%3',
      '--requeue',
      '--signal=B:USR1@60',
      '--mem=500M',
      `--output="${desk.path('jobs')}/slurm-%a.out"`,
    ])
      expect(script.split('\n')).to.include(`#SBATCH ${line}`);
    expect(script).to.contain(
      `run --grid '${desk.path('jobs/grid.json')}' --index "$SLURM_ARRAY_TASK_ID" --resume --quiet ${going} &`,
    );
    const { stdout } = await norewind(`${small} --plan --jobs 3 ${going} --out planned-jobs`);
    const run = `norewind run --grid planned-jobs/grid.json --index {} --resume --quiet ${going}\n`;
    expect(stdout).to.contain(`xargs -P 3 -I{} ${run}`).and.to.contain(`parallel -j 3 ${run}`);
  });

  it('refuses grids and folders that it cannot use, in one sentence, and writes nothing', async () => {
    await norewind('sweep anbn --units 2,3 --steps 20 --plan --out other');
    desk.file('config.json', JSON.stringify(runsIn('other')[0].config));
    desk.file('no.json', '{"estimator": ["uoro"], "rate": [[1]]}');
    desk.file('unknown.json', '{"experiment": "anbn", "speed": [1]}');
    desk.file('broken.json', '{"experiment": "anbn", ');
    desk.file('none.json', '{"experiment": "anbn", "random": 0, "rate": "log(1e-4,1e-1)"}');
    desk.file('set.json', '{"experiment": "anbn", "set": 3}');
    desk.file('text.csv', 'a\n');
    cpSync(desk.path('other'), desk.path('damaged'), { recursive: true });
    desk.file('damaged/grid.json', desk.read('other/grid.json').replace('0-units2', '../../x'));
    for (const [args, says] of [
      ['sweep', 'name an experiment, such as anbn'],
      ['sweep nothing', 'there is no experiment "nothing"'],
      ['sweep anbn --estimator uoro,nope', 'there is no estimator "nope"'],
      ['sweep anbn --rate 0.1,x', '--rate "x": It is not a number'],
      ['sweep anbn --units 2.5', '--units "2.5": It is not a whole number'],
      [
        'sweep anbn --estimator rtrl --window 4',
        '--window: no estimator, cell or optimiser of the grid has this setting',
      ],
      ['sweep anbn --rate log(1,2)', '--rate: a range needs a number of values'],
      ['sweep anbn --random 3 --rate lin(2,1)', 'the lower one first'],
      ['sweep none.json', 'random must be a whole number of at least 1, got 0'],
      ['sweep anbn --random-seed 3', '--random-seed needs --random'],
      ['sweep anbn --seeds a', '--seed "a": It is not a number'],
      ['sweep anbn --stop-when recent', '"recent" is not a condition to stop'],
      ['sweep anbn --set leak=3', '--set takes a setting by its path'],
      ['sweep no.json', 'no.json: rate must be a value, a list of values or a text'],
      ['sweep unknown.json', 'a grid has no setting "speed"'],
      ['sweep broken.json', 'broken.json is not valid JSON'],
      ['sweep set.json', 'set.json: set must be an object'],
      ['sweep nowhere.json', 'cannot read the configuration nowhere.json'],
      [
        'sweep anbn --units 4 --out other',
        'other has another sweep: give another folder with --out, norewind sweep --resume other',
      ],
      ['sweep --resume nowhere', 'nowhere has no sweep to resume: it has no grid.json'],
      ['sweep anbn --resume other', 'leave out anbn'],
      ['sweep --resume other --units 3', 'leave out --units'],
      ['sweep --resume damaged', 'damaged/grid.json, run 0: it has no name that a folder can have'],
      ['collect nowhere', 'nowhere is not the folder of a sweep: it has no grid.json'],
      ['collect damaged', 'run 0: it has no name'],
      ['run --grid other/grid.json', '--grid needs --index'],
      ['run --grid other/grid.json --index 2 --resume', 'has 2 runs, from 0 to 1: there is no run 2'],
      ['run --grid config.json --index 0', 'config.json is not the grid.json of a sweep'],
      ['run anbn --grid other/grid.json --index 0', 'both anbn and --grid say what to run'],
      [
        'run --grid other/grid.json --index 0 --seed 3',
        'a run of a grid keeps its configuration: leave out --seed',
      ],
      ['run --grid other/grid.json --index 0 --resume x', 'give --resume, without a folder'],
      ['run anbn --index 0', '--index needs --grid'],
      ['run --resume', '--resume needs the folder of the run'],
    ] as const) {
      const { code, stderr } = await desk.norewind(args.split(' '));
      expect(stderr, args)
        .to.match(/^norewind: [^\n]+\n$/)
        .and.to.contain(says);
      expect(code, args).to.equal(2);
    }
    expect(existsSync(desk.path('runs'))).to.equal(false);
    expect(readdirSync(desk.path('other'))).to.deep.equal(['grid.json']);
    // Another run in the folder of a run.
    await norewind('run --grid other/grid.json --index 0 --resume -q');
    rmSync(desk.path('other/grid.json'));
    await norewind('sweep anbn --units 2,4 --steps 20 --plan --force --out other');
    desk.file('other/grid.json', desk.read('other/grid.json').replace('"units":2', '"units":5'));
    const { stderr } = await norewind('run --grid other/grid.json --index 0 --resume -q', 2);
    expect(stderr).to.contain('was begun with another cell');
  });
});
