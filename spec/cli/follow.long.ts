import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { expect } from 'chai';
import { followFile } from '../../cli/stream/input/follow.ts';
import { DataError } from '../../lib/index.ts';
import type { Sources } from '../../trainers/streams/reading/source.ts';
import { createDesk, type Desk } from './command.ts';
import { feed, until } from './feed.ts';

/** Longer than the time from one look at the path to the next. */
const aLook = () => new Promise((resolve) => setTimeout(resolve, 300));

/**
 * Returns the texts of the sources once they end. Does something after each chunk, knowing the text of its
 * source up to there.
 */
async function textsOf(
  sources: Sources,
  path: string,
  act: (text: string) => Promise<void> | void = () => {},
  texts: string[] = [],
): Promise<string[]> {
  for await (const { name, open } of sources) {
    expect(name).to.equal(path);
    const at = texts.push('') - 1;
    for await (const chunk of open()) {
      texts[at] += new TextDecoder().decode(chunk);
      await act(texts[at]);
    }
  }
  return texts;
}

describe('cli: norewind train --follow', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
  });

  after(() => desk.dispose());

  it('says what is lost when a file is cut back before it has been read, and reads what replaces it then', async () => {
    const path = desk.file('cut', 'x'.repeat(100_000));
    const sentences: string[] = [];
    const input = followFile([path], {
      onEnd: () => texts.at(-1) === 'new\n' && input.close(),
      onTurn() {},
      tell: (sentence) => sentences.push(sentence.replaceAll(path, 'cut')),
    });
    const texts: string[] = [];
    await textsOf(
      input.sources,
      path,
      async () => {
        if (sentences.length > 0) return;
        writeFileSync(path, '');
        await aLook();
        // It has grown beyond what was read of it.
        writeFileSync(path, 'y'.repeat(80_000));
        renameSync(path, `${path}.1`);
        writeFileSync(path, 'never read');
        await aLook();
        writeFileSync(path, 'new\n');
        await aLook();
      },
      texts,
    );
    expect(texts).to.deep.equal(['x'.repeat(2 ** 16), 'y'.repeat(80_000), 'new\n']);
    expect(sentences).to.deep.equal([
      'cut was cut back from 100000 to 80000 bytes: it is read again from its beginning; what had not been read before is lost',
      'cut was replaced: the new file is read from its beginning',
      'cut was cut back from 10 to 4 bytes: it is read again from its beginning; what had not been read before is lost',
    ]);
  });

  it('waits for a file that is not there yet, and refuses what comes in its place', async () => {
    const path = desk.path('later');
    const sentences: string[] = [];
    const inputOf = () =>
      followFile([path], {
        onEnd: () => input.close(),
        onTurn() {},
        tell: (sentence) => sentences.push(sentence.replaceAll(path, 'later')),
      });
    let input = inputOf();
    const texts = textsOf(input.sources, path);
    await aLook();
    await aLook();
    writeFileSync(path, 'here\n');
    expect(await texts).to.deep.equal(['here\n']);
    expect(sentences).to.deep.equal(['later is not there: waiting for it']);
    rmSync(path);
    input = inputOf();
    const refused = textsOf(input.sources, path).catch((error) => error);
    await aLook();
    mkdirSync(path);
    expect(await refused)
      .to.be.instanceOf(DataError)
      .with.property('message', `${path} is not a plain file: it cannot be followed`);
    // A reader that stops waiting has no file.
    rmdirSync(path);
    input = inputOf();
    const none = textsOf(input.sources, path);
    await aLook();
    input.close();
    expect(await none).to.deep.equal([]);
  });

  it('leaves no file open, wherever the reading ends', async function () {
    if (!existsSync('/proc/self/fd')) this.skip();
    const open = () => readdirSync('/proc/self/fd').length;
    const path = desk.file('open', 'x'.repeat(100_000));
    const before = open();
    for (const isClosed of [true, false]) {
      const input = followFile([path], { onEnd() {}, onTurn() {}, tell() {} });
      for await (const source of input.sources) {
        await source.open().next();
        renameSync(path, `${path}.1`);
        writeFileSync(path, 'x'.repeat(100_000));
        await aLook();
        expect(open()).to.equal(before + 2);
        if (!isClosed) break;
        input.close();
        expect(open()).to.equal(before);
      }
      expect(open()).to.equal(before);
    }
  });

  it('learns from whole lines as they come, and resumes after a kill and across a new file without a difference', async function () {
    this.timeout(180_000);
    // With times: the pause before the first row of a file counts from the last row of the file before.
    const rows = Array.from({ length: 60 }, (_, i) => `${1e6 + i * i},${Math.sin(i)}\n`);
    const lines = (from: number, to: number) => rows.slice(from, to).join('');
    const learnt = () => desk.read('live/metrics.ndjson').split('\n').length - 1;
    desk.file('all.csv', `t,x\n${rows.join('')}`);
    expect(
      (
        await desk.norewind(
          'train all.csv --target x --timestamp t --units 2 --every 1 --out all -q'.split(' '),
        )
      ).code,
    ).to.equal(0);
    const args = 'train live.csv --follow --checkpoint-records 10';
    const first = feed(
      desk,
      `${args} --target x --timestamp t --units 2 --every 1 --resume-or-begin live`.split(' '),
    );
    await until(() => existsSync(desk.path('live/checkpoint.safetensors')));
    desk.file('live.csv', `t,x\n${lines(0, 20)}${rows[20].slice(0, 4)}`);
    await until(() => existsSync(desk.path('live/metrics.ndjson')) && learnt() === 20);
    appendFileSync(desk.path('live.csv'), rows[20].slice(4) + lines(21, 40));
    await until(() => learnt() === 40);
    renameSync(desk.path('live.csv'), desk.path('live.csv.1'));
    desk.file('live.csv', `t,x\n${lines(40, 55)}`);
    await until(() => learnt() === 55);
    first.child.kill('SIGKILL');
    expect((await first.result).stderr).to.contain(
      '\nlive.csv was replaced: the new file is read from its beginning\n',
    );
    appendFileSync(desk.path('live.csv'), lines(55, 60));
    const second = feed(desk, `${args} --resume live -q`.split(' '));
    await until(() => learnt() === 60);
    second.child.kill('SIGTERM');
    const { code, stderr } = await second.result;
    expect([code, stderr]).to.deep.equal([
      143,
      'norewind: stopped by SIGTERM; the checkpoint in live/checkpoint.safetensors is from after 60 records; continue with --resume live\n',
    ]);
    expect(desk.read('live/metrics.ndjson')).to.equal(desk.read('all/metrics.ndjson'));
    // A file that was replaced meanwhile is read to its end first.
    const later = Array.from({ length: 12 }, (_, i) => `${2e6 + i * i},${Math.cos(i)}\n`);
    const laterLines = (from: number, to: number) => later.slice(from, to).join('');
    appendFileSync(desk.path('live.csv'), laterLines(0, 5));
    renameSync(desk.path('live.csv'), desk.path('live.csv.2'));
    desk.file('live.csv', `t,x\n${laterLines(5, 10)}`);
    expect((await desk.norewind('train live.csv.2 --resume live -q'.split(' '))).code).to.equal(0);
    expect(learnt()).to.equal(65);
    const third = feed(desk, `${args} --resume live --continued -q`.split(' '));
    await until(() => learnt() === 70);
    third.child.kill('SIGKILL');
    await third.result;
    appendFileSync(desk.path('live.csv'), laterLines(10, 12));
    const fourth = feed(desk, `${args} --resume live -q`.split(' '));
    await until(() => learnt() === 72);
    fourth.child.kill('SIGINT');
    expect((await fourth.result).code).to.equal(130);
    // A file other than that of the checkpoint is refused at once, without waiting.
    desk.file('live.csv', 't,x\n3000000,1\n3000001,2\n');
    const refused = await desk.norewind(`${args} --resume live -q`.split(' '));
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.match(
      /^norewind: these data end after 2 records, and the checkpoint was made after 7 records of this file: .*--continued/,
    );
  });
});
