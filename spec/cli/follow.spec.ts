import { appendFileSync, existsSync, renameSync } from 'node:fs';
import { expect } from 'chai';
import { createDesk, type Desk } from './command.ts';
import { feed, until } from './feed.ts';

describe('cli: norewind train --follow', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
  });

  after(() => desk.dispose());

  it('learns from whole lines as they come, and goes on after a kill and over a new file as if nothing had happened', async function () {
    this.timeout(180_000);
    const rows = Array.from({ length: 60 }, (_, i) => `${Math.sin(i)}\n`);
    const lines = (from: number, to: number) => rows.slice(from, to).join('');
    const learnt = () => desk.read('live/metrics.ndjson').split('\n').length - 1;
    desk.file('all.csv', `x\n${rows.join('')}`);
    expect((await desk.norewind('train all.csv --target x --units 2 --every 1 --out all -q'.split(' '))).code).to.equal(0);
    desk.file('live.csv', `x\n${lines(0, 20)}${rows[20].slice(0, 4)}`);
    const args = 'train live.csv --follow --checkpoint-records 10';
    const first = feed(desk, `${args} --target x --units 2 --every 1 --out live`.split(' '));
    await until(() => existsSync(desk.path('live/metrics.ndjson')) && learnt() === 20);
    appendFileSync(desk.path('live.csv'), rows[20].slice(4) + lines(21, 40));
    await until(() => learnt() === 40);
    renameSync(desk.path('live.csv'), desk.path('live.csv.1'));
    desk.file('live.csv', `x\n${lines(40, 55)}`);
    await until(() => learnt() === 55);
    first.child.kill('SIGKILL');
    expect((await first.result).stderr).to.contain('\nlive.csv was replaced: the new file is read from its beginning\n');
    appendFileSync(desk.path('live.csv'), lines(55, 60));
    const second = feed(desk, `${args} --resume live -q`.split(' '));
    await until(() => learnt() === 60);
    second.child.kill('SIGTERM');
    const { code, stderr } = await second.result;
    expect([code, stderr]).to.deep.equal([
      143,
      'norewind: stopped by SIGTERM; the checkpoint in live/checkpoint.safetensors is from after 60 records; go on with --resume live\n',
    ]);
    expect(desk.read('live/metrics.ndjson')).to.equal(desk.read('all/metrics.ndjson'));
    // What was replaced meanwhile is read to its end first.
    appendFileSync(desk.path('live.csv'), `${rows.slice(0, 5).join('')}`);
    renameSync(desk.path('live.csv'), desk.path('live.csv.2'));
    desk.file('live.csv', `x\n${lines(5, 10)}`);
    expect((await desk.norewind('train live.csv.2 --resume live -q'.split(' '))).code).to.equal(0);
    expect(learnt()).to.equal(65);
    const third = feed(desk, `${args} --resume live --continued -q`.split(' '));
    await until(() => learnt() === 70);
    third.child.kill('SIGKILL');
    await third.result;
    appendFileSync(desk.path('live.csv'), lines(10, 12));
    const fourth = feed(desk, `${args} --resume live -q`.split(' '));
    await until(() => learnt() === 72);
    fourth.child.kill('SIGINT');
    expect((await fourth.result).code).to.equal(130);
    // A file that is not the one of the checkpoint any more does not keep anybody waiting.
    desk.file('live.csv', `x\n${lines(40, 42)}`);
    const refused = await desk.norewind(`${args} --resume live -q`.split(' '));
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.match(
      /^norewind: these data end after 2 records, and the checkpoint was made after 7: .*--continued/,
    );
  });
});
