import { appendFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { followFile } from '../../cli/stream/follow.ts';
import { createDesk, type Desk } from './command.ts';
import { feed, until } from './feed.ts';

describe('cli: norewind train --follow', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
  });

  after(() => desk.dispose());

  it('reads on when the file grows, is renamed and made again, cut back, or gone for a while', async () => {
    const path = desk.file('log', 'one\n');
    const steps = [
      () => appendFileSync(path, 'two'),
      () => appendFileSync(path, '\n'),
      () => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, 'three\n');
      },
      // Whoever writes has not noticed yet.
      () => appendFileSync(`${path}.1`, 'late\n'),
      () => writeFileSync(path, 'x\n'),
      () => rmSync(path),
      () => writeFileSync(path, 'back\n'),
      () => {},
      () => input.close(),
    ];
    const sentences: string[] = [];
    let turns = 0;
    const input = followFile([path], {
      onEnd: () => steps.shift()?.(),
      onTurn: () => turns++,
      tell: (sentence) => sentences.push(sentence.replaceAll(path, 'log')),
    });
    const texts: string[] = [];
    for await (const { name, open } of input.sources) {
      expect(name).to.equal(path);
      let text = '';
      for await (const chunk of open()) text += new TextDecoder().decode(chunk);
      texts.push(text);
    }
    expect(texts).to.deep.equal(['one\ntwo\nlate\n', 'three\n', 'x\n', 'back\n']);
    expect(turns).to.equal(3);
    expect(sentences).to.deep.equal([
      'log was replaced: the new file is read from its beginning',
      'log was cut back from 6 to 2 bytes: it is read again from its beginning',
      'log is gone: waiting for a new one',
      'log was replaced: the new file is read from its beginning',
    ]);
  });

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
