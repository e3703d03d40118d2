import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import { thisProcess } from '../../cli/training/holder.ts';
import { createDesk, type Desk } from './command.ts';
import { feed, until } from './feed.ts';

describe('cli: the folder of a run', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
    desk.file('text.txt', 'abcabcabd'.repeat(9));
    desk.file('rows.csv', 'a,b\n1,x\n2,y\n3,x\n');
  });

  after(() => desk.dispose());

  const norewind = (args: string) => desk.norewind(args.split(' '));
  const refused = async (args: string, says: RegExp) => {
    const { code, stderr } = await norewind(args);
    expect(stderr)
      .to.match(says)
      .and.to.match(/^norewind: [^\n]+\n$/);
    expect(code).to.equal(2);
  };

  it('is used by one process at a time, and goes to the next one when that is killed', async () => {
    const { child, result } = feed(desk, 'train - --units 2 --out live -q'.split(' '));
    child.stdin?.write('abcabc');
    await until(() => existsSync(desk.path('live/checkpoint.safetensors')));
    const says = new RegExp(`live is in use by process ${child.pid}, which began 20\\d\\d-`);
    await refused('train text.txt --resume live', says);
    await refused('train text.txt --out live --force', says);
    await refused('run anbn --steps 5 --out live --force', says);
    child.kill('SIGKILL');
    await result;
    expect(existsSync(desk.path('live/run.lock'))).to.equal(true);
    expect((await norewind('train text.txt --resume live -q')).code).to.equal(0);
    expect(existsSync(desk.path('live/run.lock'))).to.equal(false);
  });

  it('keeps the run in it when one that was to replace it is refused', async () => {
    expect((await norewind('train rows.csv --target a --units 2 --out kept --tensorboard -q')).code).to.equal(
      0,
    );
    const content = () => readdirSync(desk.path('kept'), { recursive: true, encoding: 'utf8' }).sort();
    const before = content();
    const checkpoint = desk.read('kept/checkpoint.safetensors');
    await refused('train rows.csv --target nope --out kept --force -q', /no column "nope"/);
    await refused('train rows.csv --target a --cell nope --out kept --force', /no cell "nope"/);
    expect(content()).to.deep.equal(before);
    expect(desk.read('kept/checkpoint.safetensors')).to.equal(checkpoint);
    expect((await norewind('train rows.csv --target a --units 3 --out kept --force -q')).code).to.equal(0);
    expect(content().filter((name) => /replaced|tfevents/.test(name))).to.deep.equal([]);
  });

  it('is free again when a run in a new one is refused', async () => {
    await refused('train rows.csv --target a --cell nope --out free', /no cell "nope"/);
    await refused('train rows.csv --target a --cell nope --resume-or-begin free', /no cell "nope"/);
    expect(existsSync(desk.path('free'))).to.equal(false);
    desk.file('one.csv', 'a,b\n1,x\n');
    await refused('train one.csv --target a --out free -q', /there was nothing to predict/);
    expect(existsSync(desk.path('free'))).to.equal(false);
  });

  it('is not kept by a process that is gone, whatever has its number now; by one on another machine it may be', async () => {
    mkdirSync(desk.path('left'));
    const lock = (holder: object | string) =>
      desk.file('left/run.lock', typeof holder === 'string' ? holder : JSON.stringify(holder));
    const holder = { ...thisProcess(), started: '2026-01-01T00:00:00.000Z' };
    const gone: (object | string)[] = [{ ...holder, pid: 2 ** 22 + 1 }];
    // Only there a process is known by more than its number.
    if (process.platform === 'linux') gone.push({ ...holder, birth: '1' });
    for (const each of gone) {
      lock(each);
      expect(
        (await norewind('train text.txt --units 2 --out left --force -q')).code,
        JSON.stringify(each),
      ).to.equal(0);
    }
    lock({ ...holder, host: 'elsewhere' });
    await refused(
      'train text.txt --resume left',
      new RegExp(
        `left is in use by process ${process.pid}, .* on elsewhere; if that one is gone, remove left/run\\.lock`,
      ),
    );
    for (const none of ['', '{"pid":']) {
      lock(none);
      await refused(
        'train text.txt --resume left',
        /left may be in use: left\/run\.lock does not say by what; .*remove that file/,
      );
    }
  });

  it('goes to exactly one of several that want it at once; those that may choose get one each', async () => {
    const codes = (args: string) =>
      Promise.all([1, 2, 3].map(async () => (await desk.spawn(args.split(' '))).code));
    expect((await codes('train text.txt --units 2 --out one -q')).sort()).to.deep.equal([0, 2, 2]);
    expect(await codes('train text.txt --units 2 -q')).to.deep.equal([0, 0, 0]);
    expect(readdirSync(desk.path('runs')).sort()).to.deep.equal(['train', 'train-2', 'train-3']);
  });

  it('is free again after a run that learnt nothing', async () => {
    desk.file('header.csv', 'a,b\n');
    desk.file('mixed.csv', 'a,b\n1,x\n2,5\n3,x\n');
    const nothing = [
      ['rows.csv --target c', /rows\.csv has no column "c"; its header has "a", "b"\n$/],
      ['mixed.csv --target b', /mixed\.csv, line 2, column "b": "x" is not a number/],
      ['header.csv --target b', /the data ended after 0 records/],
    ] as const;
    for (const [args, says] of nothing) {
      await refused(`train ${args} --out free -q`, says);
      expect(existsSync(desk.path('free'))).to.equal(false);
    }
    expect((await norewind('train rows.csv --target b --categorical b --out free -q')).code).to.equal(0);
    // Files from before stay.
    mkdirSync(desk.path('mine'));
    await refused('train rows.csv --target c --out mine -q', /no column/);
    expect(readdirSync(desk.path('mine'))).to.deep.equal([]);
  });

  it('can be resumed from however early the run was killed', async () => {
    const { child, result } = feed(desk, 'train - --units 2 --out early -q'.split(' '));
    await until(() => existsSync(desk.path('early/checkpoint.safetensors')));
    child.kill('SIGKILL');
    await result;
    expect((await norewind('train text.txt --resume early -q')).code).to.equal(0);
  });
});
