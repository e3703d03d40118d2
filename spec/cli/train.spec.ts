import { existsSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { markov } from '../../trainers/index.ts';
import { size } from '../support/size.ts';
import { createDesk, type Desk } from './command.ts';
import { feed, until } from './feed.ts';

const text = 'Ein Bär – ein 🐻 – ging durch den Wald.\n'.repeat(9);
const small = '--units 3 --every 50 -q'.split(' ');

describe('cli: norewind train', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
    desk.file('tale.txt', text);
    desk.file('tale.txt.gz', gzipSync(text));
  });

  after(() => desk.dispose());

  const train = (args: string) => desk.norewind(['train', ...args.split(' '), ...small]);
  const recordsOf = (name: string) =>
    desk
      .read(`${name}/metrics.ndjson`)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('reads bytes, leaves configuration, metrics and a checkpoint, and tells what it compares with', async () => {
    const { code, stdout } = await train('tale.txt --out bytes');
    expect(code).to.equal(0);
    expect(stdout).to.match(/combination +[\d.]+\n +network +[\d.]+\n +order 0/);
    expect(stdout).to.match(/\n\nThe network adds (nothing here|[\d.]+ bits: .*)\n\n/);
    expect(readdirSync(desk.path('bytes')).sort()).to.deep.equal([
      'checkpoint.previous.safetensors',
      'checkpoint.safetensors',
      'config.json',
      'metrics.ndjson',
      'report.html',
    ]);
    const records = recordsOf('bytes');
    const bytes = new TextEncoder().encode(text);
    expect(records.map((record) => record.step)).to.deep.equal([
      50,
      100,
      150,
      200,
      250,
      300,
      350,
      400,
      bytes.length,
    ]);
    expect(records.at(-1).scored).to.equal(bytes.length - 1);
    // The combination is hardly worse than any expert, and better than counts without back-off.
    const { mean, baselines } = records.at(-1);
    for (const [name, own] of Object.entries<{ readonly mean: number }>(baselines))
      expect(mean, name).to.be.below(own.mean + Math.log2(40 * bytes.length) / bytes.length);
    for (const order of [0, 1, 2]) {
      const model = markov({ symbols: 256, order });
      const bits = [...bytes].map((byte) => model.observe(byte)).slice(1);
      expect(mean).to.be.below(bits.reduce((sum, each) => sum + each, 0) / bits.length);
    }
  });

  it('learns the same from standard input cut anywhere, from gzip, and from several files', async () => {
    const bytes = new TextEncoder().encode(text);
    const cuts = Array.from(bytes, (byte) => Uint8Array.of(byte));
    for (const unit of ['byte', 'character']) {
      await train(`tale.txt --unit ${unit} --out whole-${unit}`);
      if (size(unit === 'character', false)) continue;
      const cut = await feed(desk, ['train', '-', '--unit', unit, '--out', `cut-${unit}`, ...small], cuts)
        .result;
      expect(cut.code).to.equal(0);
      expect((await train(`tale.txt.gz --unit ${unit} --out packed-${unit}`)).code).to.equal(0);
      for (const name of ['cut', 'packed'])
        expect(desk.read(`${name}-${unit}/metrics.ndjson`)).to.equal(
          desk.read(`whole-${unit}/metrics.ndjson`),
        );
    }
    expect(recordsOf('whole-character').at(-1).step).to.equal(Array.from(text).length);
    desk.file('part-1.txt', bytes.subarray(0, 100));
    desk.file('part-2.txt', bytes.subarray(100));
    expect((await train('part-?.txt --out parts')).code).to.equal(0);
    expect(desk.read('parts/metrics.ndjson')).to.equal(desk.read('whole-byte/metrics.ndjson'));
  });

  it('reads the same numbers from CSV with quotes, a byte-order mark and CRLF, and from NDJSON', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => ({
      temp: i % 11 === 3 ? null : Math.round(100 * Math.sin(i / 4)) / 100,
      sky: i % 3 === 0 ? 'rain, "hail"' : 'sun',
    }));
    const quote = (value: string) => `"${value.replaceAll('"', '""')}"`;
    const csv = rows.map(
      ({ temp, sky }, i) => `${i},${i % 2 ? quote(String(temp ?? '')) : (temp ?? '')},${quote(sky)}\r\n`,
    );
    desk.file('rows.csv', `\ufeffday,temp,"sky"\r\n${csv.join('')}`);
    desk.file('rows.ndjson', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const options = '--target temp --columns temp,sky --categorical sky --horizon 2';
    expect((await train(`rows.csv ${options} --out csv`)).code).to.equal(0);
    expect((await train(`rows.ndjson ${options} --out ndjson`)).code).to.equal(0);
    expect(desk.read('csv/metrics.ndjson')).to.equal(desk.read('ndjson/metrics.ndjson'));
    const known = rows.flatMap(({ temp }, i) => (i >= 2 && temp !== null ? [{ temp, i }] : []));
    const last = recordsOf('csv').at(-1);
    expect(last.scored).to.equal(known.length);
    const latest = (i: number) => rows.slice(0, i + 1).findLast(({ temp }) => temp !== null)?.temp as number;
    const errors = known.map(({ temp, i }) => (temp - latest(i - 2)) ** 2);
    expect(last.baselines.persistence.mean).to.be.closeTo(
      errors.reduce((a, b) => a + b) / errors.length,
      1e-12,
    );
  });

  it('names columns that no record has, quiet or not: in NDJSON they may be misspelt', async () => {
    desk.file(
      'rows.ndjson',
      Array.from({ length: 60 }, (_, i) => JSON.stringify({ x: i % 5, extra: i % 3 })).join('\n'),
    );
    const once = await train('rows.ndjson --target x --columns x,exrta --out misspelt');
    expect([once.code, once.stderr]).to.deep.equal([
      0,
      'norewind: column "exrta" has had no value in 50 records\n',
    ]);
    expect((await train('rows.ndjson --target x --columns x,extra --out spelt')).stderr).to.equal('');
    const none = await train('rows.ndjson --target xx --columns x --out none');
    expect(none.code).to.equal(2);
    expect(none.stderr).to.match(/there was nothing to predict; column "xx" has had no value\n$/);
    expect(existsSync(desk.path('none'))).to.equal(false);
  });

  it('learns what is there to learn: better than persistence on a wave, and than order 0 on a pattern', async () => {
    desk.file('wave.csv', `x\n${Array.from({ length: 4000 }, (_, i) => Math.sin(i / 2)).join('\n')}\n`);
    desk.file('pattern.txt', 'abcdefgh'.repeat(500));
    await desk.norewind(
      'train wave.csv --target x --units 8 --rate 0.01 --estimator rtrl --out wave -q'.split(' '),
    );
    await desk.norewind('train pattern.txt --units 8 --rate 0.01 --out pattern -q'.split(' '));
    const [wave, pattern] = [recordsOf('wave').at(-1), recordsOf('pattern').at(-1)];
    expect(wave.recent).to.be.below(wave.baselines.persistence.recent / 2);
    expect(pattern.recent).to.be.below(0.5);
    expect(pattern.baselines['order 0'].recent).to.be.above(2.9);
  });

  it('saves at SIGUSR1 and continues; SIGINT and SIGTERM save and end with 130 and 143, also while it waits', async () => {
    for (const [signal, code] of [...size([], [['SIGINT', 130] as const]), ['SIGTERM', 143] as const]) {
      const args = ['train', '-', '--out', signal, ...small];
      const { child, result } = feed(desk, args);
      child.stdin?.write(text.slice(0, 100));
      await until(
        () =>
          existsSync(desk.path(`${signal}/metrics.ndjson`)) && desk.read(`${signal}/metrics.ndjson`) !== '',
      );
      expect(existsSync(desk.path(`${signal}/checkpoint.previous.safetensors`))).to.equal(false);
      child.kill('SIGUSR1');
      await until(() => existsSync(desk.path(`${signal}/checkpoint.previous.safetensors`)));
      expect(child.exitCode).to.equal(null);
      child.kill(signal);
      const ended = await result;
      expect(ended.code).to.equal(code);
      expect(ended.stderr).to.match(new RegExp(`^norewind: stopped by ${signal}; .*--resume ${signal}\n$`));
      const resumed = await feed(desk, ['train', '-', '--resume', signal, '-q'], [text]).result;
      expect(resumed.code).to.equal(0);
      expect(desk.read(`${signal}/metrics.ndjson`)).to.equal(desk.read('bytes/metrics.ndjson'));
    }
  });

  it('resumes with data that begin where the earlier data ended', async () => {
    await train('part-1.txt --out go-on');
    const { code } = await desk.norewind('train part-2.txt --resume go-on --continued -q'.split(' '));
    expect(code).to.equal(0);
    expect(desk.read('go-on/metrics.ndjson')).to.equal(desk.read('bytes/metrics.ndjson'));
  });

  it('predicts as it would have scored, with learning and without, and leaves the model alone', async () => {
    await train('part-1.txt --out model');
    const before = desk.read('model/checkpoint.safetensors');
    const predict = async (args: string) => {
      const { code, stdout } = await desk.norewind(['predict', ...args.split(' ')]);
      expect(code).to.equal(0);
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    };
    const learning = await predict('model part-2.txt --learn');
    const still = await predict('model part-2.txt');
    expect(desk.read('model/checkpoint.safetensors')).to.equal(before);
    expect(learning).to.have.length(new TextEncoder().encode(text).length - 100);
    expect(learning[0]).to.deep.equal(still[0]);
    expect(learning.at(-1).bits).to.be.below(still.at(-1).bits);
    // The scores of `train` are the same, step by step.
    const last = recordsOf('bytes').at(-1);
    const early = recordsOf('model').at(-1);
    const total = learning.reduce((sum, { bits }) => sum + bits, 0);
    expect(total).to.be.closeTo(last.mean * last.scored - early.mean * early.scored, 1e-3);
    const rows = await predict('csv rows.csv --learn');
    expect(rows).to.have.length(120);
    for (const { prediction } of rows) expect(prediction).to.satisfy(Number.isFinite);
  });

  it('generates the same text from the same seed, in the units of the model', async () => {
    const generate = (args: string) => desk.norewind(['generate', ...args.split(' ')]);
    const [first, again, other] = await Promise.all([
      generate('whole-character --length 40 --seed 2 --prime Wald'),
      generate('whole-character --length 40 --seed 2 --prime Wald'),
      generate('whole-character --length 40 --seed 3 --prime Wald'),
    ]);
    expect(Array.from(first.stdout)).to.have.length(40);
    expect(again.stdout).to.equal(first.stdout);
    expect(other.stdout).not.to.equal(first.stdout);
    expect((await generate('csv')).stderr).to.match(
      /^norewind: csv is a model of rows: use norewind predict\n$/,
    );
    // The learnt pattern continues.
    const { stdout } = await generate('pattern --length 16 --temperature 0 --prime abcd');
    expect(stdout).to.equal('efghabcdefghabcd');
  });

  it('learns, predicts and generates words', async () => {
    const line = 'One fish swims (deep), below us.\n';
    desk.file('tale.txt', line.repeat(150));
    const train = 'train tale.txt --unit word --symbols 16 --units 8 --rate 0.01 --out tale -q';
    expect((await desk.norewind(train.split(' '))).code).to.equal(0);
    desk.file('next.txt', 'One fish flies ');
    const predicted = await desk.norewind('predict tale next.txt'.split(' '));
    const lines = predicted.stdout
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each));
    expect(lines.map(({ prediction, actual }) => [prediction, actual])).to.deep.equal([
      ['One', 'One'],
      ['fish', 'fish'],
      ['swims', 'flies'],
    ]);
    const generated = await desk.norewind('generate tale --temperature 0 --length 22'.split(' '));
    expect(generated.stdout).to.equal(line.repeat(2));
  });
});
