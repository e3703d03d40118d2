import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { learnerFrom } from '../../cli/runs/index.ts';
import { UsageError } from '../../lib/index.ts';
import { anbn } from '../../trainers/index.ts';
import { size } from '../support/size.ts';
import { createDesk, type Desk } from './command.ts';

/** The files of a run that hold no times. */
const files = ['checkpoint.safetensors', 'config.json', 'metrics.ndjson', 'report.html'];

describe('cli: norewind run --resume', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
    desk.file('tale.txt', 'Ein Bär ging durch den Wald.\n'.repeat(8));
  });

  after(() => desk.dispose());

  const norewind = async (args: string) => {
    const { code, stderr, stdout } = await desk.norewind(args.split(' '));
    expect(code, stderr).to.equal(0);
    return stdout;
  };
  const refusal = async (args: string, says: RegExp | string) => {
    const { code, stderr } = await desk.norewind(args.split(' '));
    expect(stderr).to.match(/^norewind: [^\n]+\n$/);
    if (typeof says === 'string') expect(stderr).to.contain(says);
    else expect(stderr).to.match(says);
    expect(code).to.equal(2);
  };
  const requireSame = (one: string, other: string) => {
    for (const name of files)
      expect(
        readFileSync(desk.path(`${one}/${name}`)).equals(readFileSync(desk.path(`${other}/${name}`))),
        name,
      ).to.equal(true);
  };

  it('resumes what was killed, from its last checkpoint, to the same files bit for bit', async () => {
    const args = 'run anbn --units 3 --steps 6000 --seed 3 -q';
    await norewind(`${args} --out straight`);
    await desk.spawn(`${args} --out killed --json --checkpoint-steps 40`.split(' '), '"step":53,', (child) =>
      child.kill('SIGKILL'),
    );
    expect(readdirSync(desk.path('killed'))).not.to.include('report.html');
    const stdout = await norewind('run --resume killed -q');
    expect(stdout).to.match(/steps +6,000\n/);
    requireSame('killed', 'straight');
    // A run that is over stays as it is.
    await norewind('run anbn --resume killed -q');
    requireSame('killed', 'straight');
  });

  for (const [name, options] of size(
    [['text', 'run text --data tale.txt --units 3 --estimator tbptt --window 5 --stride 3']],
    [
      ['text', 'run text --data tale.txt --units 3 --estimator tbptt --window 5 --stride 3'],
      ['uoro', 'run brackets --units 3 --estimator uoro --rank 2 --window 2 --steps 220'],
      ['rtrl', 'run anbn --units 3 --estimator rtrl --dtype float64 --optimizer momentum --steps 220'],
      ['unbiased', 'run anbn --units 3 --estimator unbiased --steps 220'],
      ['dodge', 'run anbn --units 3 --estimator dodge --steps 220'],
      ['balancing', 'run influence-balancing --steps 220'],
      ['attitude', 'run attitude --estimator rtrl --steps 220 --period 20'],
      ['hypergradient', 'run hypergradient --steps 220 --coordinates 5'],
    ],
  ))
    it(`resumes ${name}, with its data, counting models and means, from the checkpoint before the newest one`, async () => {
      await norewind(`${options} --out ${name} --checkpoint-steps 90 -q`);
      cpSync(desk.path(name), desk.path(`${name}-again`), { recursive: true });
      copyFileSync(
        desk.path(`${name}/checkpoint.previous.safetensors`),
        desk.path(`${name}-again/checkpoint.safetensors`),
      );
      await norewind(`run --resume ${name}-again -q`);
      requireSame(`${name}-again`, name);
      await norewind(`run --resume ${name} --from-previous -q`);
      requireSame(name, `${name}-again`);
    });

  it('resumes or begins by one command, and refuses other settings', async () => {
    const args = 'run anbn --units 3 --steps 60 -q --resume-or-begin both';
    await norewind(args);
    await norewind(args);
    await refusal(
      `${args} --units 4`,
      'the run in both was begun with another cell, {"name":"gru","units":3}',
    );
    await refusal(`${args} --data-seed 4`, 'the run in both was begun with another task');
    // Killed before its first checkpoint.
    for (const name of ['checkpoint.safetensors', 'report.html', 'outcome.json'])
      rmSync(desk.path(`both/${name}`));
    await norewind(args);
    expect(readdirSync(desk.path('both'))).to.include('report.html');
  });

  it('refuses what it cannot resume, in one sentence', async () => {
    await norewind('run anbn --units 3 --steps 60 -q --out own');
    await refusal('run', /^norewind: name an experiment, such as anbn, or a file with a task of your own/);
    await refusal('run --resume nowhere', 'nowhere has no run to resume: leave out --resume to begin one');
    await refusal('run --resume own --seed 2', 'a resumed run keeps its configuration: leave out --seed');
    await refusal('run --resume own --steps 90', 'a resumed run keeps its configuration: leave out --steps');
    await refusal('run --resume own --force', 'a resumed run stays in its folder');
    await refusal('run brackets --resume own', 'the run in own is of anbn, not of brackets');
    await refusal('run anbn --from-previous', '--from-previous needs --resume');
    await refusal('run --resume own --from-previous', 'cannot read own/checkpoint.previous.safetensors');
    await refusal('run anbn --stop-when recent', '"recent" is not a condition to stop');
    await refusal('run anbn --stop-when loss<1', '"loss<1" is not a condition to stop');
    desk.file(
      'own/checkpoint.safetensors',
      readFileSync(desk.path('own/checkpoint.safetensors')).subarray(0, 999),
    );
    await refusal(
      'run --resume own',
      /own\/checkpoint\.safetensors cannot be used: .*there is no whole generation before it/,
    );
    await desk.norewind('train tale.txt --units 2 --records 20 -q --out stream'.split(' '));
    await refusal(
      'run --resume stream',
      'it is the checkpoint of `norewind train`, and not of `norewind run`',
    );
  });

  it('ends early when its condition holds, as its configuration says', async () => {
    const stdout = await norewind('run anbn --units 3 --steps 400 -q --out early --stop-when recent<9');
    expect(stdout).to.match(/ended early +recent < 9 after step 40\n/);
    expect(JSON.parse(desk.read('early/config.json'))).to.deep.include({
      stopWhen: 'recent < 9',
      steps: 400,
    });
    await norewind('run early/config.json -q --out again');
    requireSame('again', 'early');
  });

  it('keeps the data when only the seed of the network differs', async () => {
    for (const seed of [1, 2])
      await norewind(`run anbn --units 3 --steps 30 -q --seed ${seed} --data-seed 9 --out s${seed}`);
    const taskOf = (name: string) => (JSON.parse(desk.read(`${name}/config.json`)) as { task: object }).task;
    expect(taskOf('s1')).to.deep.equal({ min: 1, max: 32, seed: 9 });
    expect(taskOf('s2')).to.deep.equal(taskOf('s1'));
  });

  it('opens in code as a learner that continues bit for bit', async () => {
    await norewind('run anbn --units 3 --steps 60 -q --out half');
    await norewind('run anbn --units 3 --steps 61 -q --out more');
    const learner = await learnerFrom(desk.path('half'));
    expect(learner.steps).to.equal(60);
    const { seed } = (JSON.parse(desk.read('half/config.json')) as { task: { seed: number } }).task;
    const examples = anbn({ seed })[Symbol.iterator]();
    for (let step = 0; step < 60; step++) examples.next();
    const next = examples.next();
    if (next.done) return expect.fail('the task ended');
    learner.step(next.value.input, next.value.target);
    expect(learner.save()).to.deep.equal((await learnerFrom(desk.path('more'))).save());
    const error: unknown = await learnerFrom(desk.path('nowhere')).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UsageError);
    expect((error as Error).message).to.contain('has no checkpoint: give the folder of a run');
  });

  it('writes event files, and shows itself on a page', async () => {
    const stderr = (
      await desk.norewind('run anbn --units 3 --steps 30 -q --out shown --tensorboard --watch 0'.split(' '))
    ).stderr;
    expect(stderr).to.match(/^norewind: watch it at http:\/\/127\.0\.0\.1:\d+\/\n$/);
    expect(readdirSync(desk.path('shown/tensorboard'))).to.have.length(1);
  });
});
