import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { randomWords } from '../support/randomWords.ts';
import { size } from '../support/size.ts';
import { createDesk, type Desk } from './command.ts';

/** Records of the run that is not interrupted, of its data, and of the run that is resumed. */
const [straight, all, old, kept] = size([600, 700, 250, 190], [5000, 6000, 2000, 1500]);

describe('cli: norewind train --resume', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
    const words = randomWords(1);
    const next = () => words.next().value;
    desk.file('text.txt', Array.from({ length: all }, (_, i) => 'abcd\n'[(i + (next() % 2)) % 5]).join(''));
  });

  after(() => desk.dispose());

  it('offers the generation before a damaged one, and resumes from it to the same metrics', async () => {
    const args = 'train text.txt --units 3 --every 70 --records';
    await desk.norewind(`${args} ${old} --checkpoint-records ${kept} --out old -q`.split(' '));
    await desk.norewind(`${args} ${straight} --out straight -q`.split(' '));
    const bytes = readFileSync(desk.path('old/checkpoint.safetensors'));
    bytes[bytes.length - 100] ^= 4;
    desk.file('old/checkpoint.safetensors', bytes);
    const refused = await desk.norewind('train text.txt --resume old -q'.split(' '));
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.match(
      new RegExp(
        `^norewind: old/checkpoint\\.safetensors cannot be used: its content does not fit its checksum; .*after ${kept} records.*--from-previous\n$`,
      ),
    );
    const predict = await desk.norewind('predict old text.txt'.split(' '));
    expect(predict.code).to.equal(2);
    expect(predict.stderr).to.match(
      new RegExp(`after ${kept} records, is whole: use that one, old/checkpoint\\.previous\\.safetensors\n$`),
    );
    expect(
      (await desk.norewind('predict old/checkpoint.previous.safetensors text.txt'.split(' '))).code,
    ).to.equal(0);
    const { code } = await desk.norewind(
      `train text.txt --resume old --from-previous --records ${straight} -q`.split(' '),
    );
    expect(code).to.equal(0);
    expect(desk.read('old/metrics.ndjson')).to.equal(desk.read('straight/metrics.ndjson'));
  });

  it('refuses other data, shorter data, and metrics that have lost lines', async () => {
    desk.file('other.txt', `z${desk.read('text.txt').slice(1)}`);
    desk.file('short.txt', desk.read('text.txt').slice(0, straight - 200));
    const shown = (count: number) => count.toLocaleString('en-US');
    const refusal = async (args: string, says: RegExp) => {
      const { code, stderr } = await desk.norewind(['train', ...args.split(' '), '-q']);
      expect(stderr)
        .to.match(says)
        .and.to.match(/^norewind: [^\n]+\n$/);
      expect(code).to.equal(2);
    };
    await refusal(
      'other.txt --resume straight',
      new RegExp(`not the data .* first ${shown(straight)} records differ`),
    );
    await refusal(
      'short.txt --resume straight',
      new RegExp(
        `end after ${shown(straight - 200)} records, and the checkpoint was made after ${shown(straight)}`,
      ),
    );
    await refusal('text.txt --resume straight --units 4', /leave out --units/);
    await refusal('text.txt --resume nowhere', /nowhere has no checkpoint/);
    desk.file('straight/metrics.ndjson', desk.read('straight/metrics.ndjson').slice(0, 900));
    await refusal('text.txt --resume straight', /has 900 bytes, and had \d+/);
  });

  it('resumes with times and late targets, with the same data and with data that begin where the earlier data ended', async () => {
    const lines = Array.from(
      { length: 90 },
      (_, i) => `2024-01-${String(1 + Math.floor(i / 3)).padStart(2, '0')}T0${i % 3}:00,${i % 4}\n`,
    );
    desk.file('all.csv', `t,y\n${lines.join('')}`);
    desk.file('one.csv', `t,y\n${lines.slice(0, 50).join('')}`);
    desk.file('two.csv', `t,y\n${lines.slice(50).join('')}`);
    const options = '--target y --timestamp t --delay 2 --units 2 --every 10 -q';
    const norewind = async (args: string) => {
      const { code, stderr } = await desk.norewind(args.split(' '));
      expect(code, stderr).to.equal(0);
    };
    await norewind(`train all.csv ${options} --out all`);
    await norewind(`train one.csv ${options} --out one`);
    await norewind('train two.csv --resume one --continued --records 70 -q');
    await norewind('train all.csv --resume one -q');
    expect(desk.read('one/metrics.ndjson')).to.equal(desk.read('all/metrics.ndjson'));
    const { stderr } = await desk.norewind('train one.csv --resume all --continued -q'.split(' '));
    expect(stderr).to.match(
      /one\.csv, line 2, column "t": "2024-01-01T00:00" is earlier than the row before/,
    );
  });
});
