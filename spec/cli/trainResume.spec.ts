import { existsSync, readFileSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { decodeCheckpoint } from '../../cli/stream/checkpoint.ts';
import { DataError, NorewindError, readSafetensors } from '../../lib/index.ts';
import { createDesk, type Desk } from './command.ts';
import { feed, until } from './feed.ts';

/** Whole numbers below 2³² that look random, by Marsaglia's xorshift. */
function* randomWords(seed: number): Generator<number, never, undefined> {
  for (let word = seed; ; ) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    yield word >>> 0;
  }
}

describe('cli: norewind train goes on', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
    const words = randomWords(1);
    const next = () => words.next().value;
    desk.file('text.txt', Array.from({ length: 6000 }, (_, i) => 'abcd\n'[(i + (next() % 2)) % 5]).join(''));
    const rows = Array.from(
      { length: 3000 },
      (_, i) => `${next() % 9 === 0 ? '' : Math.sin(i / 5)},${'xyz'[next() % 3]},${next() % 50 ? 1 : 'x'}\n`,
    );
    desk.file('rows.csv', `a,b,c\n${rows.join('')}`);
  });

  after(() => desk.dispose());

  const kinds = [
    { name: 'text', kills: 11, args: 'text.txt --unit character --symbols 8 --units 3 --every 7' },
    {
      name: 'tbptt',
      kills: 2,
      args: 'text.txt --unit character --symbols 8 --units 3 --every 7 --estimator tbptt --window 5 --stride 3',
    },
    {
      name: 'rows',
      kills: 2,
      args: 'rows.csv --units 3 --every 7 --target a --columns a,b,c --categorical b --horizon 2 --on-error skip',
    },
  ];

  for (const { name, kills, args } of kinds)
    it(`${name}: killed at ${kills} random moments and resumed, it writes the same metrics and the same checkpoint`, async function () {
      this.timeout(180_000);
      const whole = await desk.norewind(`train ${args} --records 2500 --out ${name} -q`.split(' '));
      expect(whole.code).to.equal(0);
      const words = randomWords(5 + kills);
      const folder = `${name}-killed`;
      let killed = 0;
      let inside = 0;
      const often = '--checkpoint-records 1';
      while (killed < kills) {
        const goesOn = existsSync(desk.path(`${folder}/checkpoint.safetensors`));
        const run = goesOn
          ? `train ${args.split(' ')[0]} --resume ${folder} --records 2500 ${often} ${name === 'rows' ? '--on-error skip' : ''}`
          : `train ${args} --out ${folder} --force --records 2500 ${often}`;
        const written = () => statSync(desk.path(`${folder}/checkpoint.safetensors`), { throwIfNoEntry: false })?.mtimeMs;
        const before = written();
        const { child, result } = feed(desk, run.trim().split(/ +/));
        const moment = words.next().value;
        // Every other time while it learns, however long the machine takes to begin; otherwise at any moment, as in reading the checkpoint.
        if (killed % 2 === 0) await until(() => written() !== before || child.exitCode !== null);
        else await new Promise((resolve) => child.stderr?.once('data', resolve).once('close', resolve));
        await new Promise((resolve) => setTimeout(resolve, moment % 250));
        child.kill('SIGKILL');
        const { code, stderr } = await result;
        // 0 is a run that came to its end before it was killed: there is nothing to kill any more.
        expect(code, stderr).to.equal(null);
        // Until there is a second one, nothing has been learnt.
        if (existsSync(desk.path(`${folder}/checkpoint.previous.safetensors`))) killed++;
        if (existsSync(desk.path(`${folder}/checkpoint.safetensors.part`))) inside++;
      }
      const args2 = `train ${args.split(' ')[0]} --resume ${folder} --records 2500 -q ${name === 'rows' ? '--on-error skip' : ''}`;
      const last = await desk.norewind(args2.trim().split(/ +/));
      expect(last.code, last.stderr).to.equal(0);
      expect(desk.read(`${folder}/metrics.ndjson`)).to.equal(desk.read(`${name}/metrics.ndjson`));
      const checkpointOf = (path: string) => readFileSync(desk.path(`${path}/checkpoint.safetensors`)).toString('latin1');
      expect(checkpointOf(folder)).to.equal(checkpointOf(name));
      // So that the test does not pass because nothing ever was interrupted.
      if (kills > 10) expect(inside, 'kills while a checkpoint was being written').to.be.above(0);
    });

  it('refuses a checkpoint with a byte changed or missing anywhere, in one sentence', () => {
    const bytes = new Uint8Array(readFileSync(desk.path('text/checkpoint.safetensors')));
    expect(decodeCheckpoint(bytes).position.records).to.equal(2500);
    const words = randomWords(9);
    const header = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const places = [...Array(16).keys(), ...Array.from({ length: 120 }, () => words.next().value % (8 + header))];
    for (const at of [...places, ...Array.from({ length: 120 }, () => words.next().value % bytes.length), bytes.length - 1]) {
      const damaged = bytes.slice();
      damaged[at] ^= 1 << (words.next().value % 8);
      expect(() => decodeCheckpoint(damaged), `byte ${at}`).to.throw(DataError);
      expect(() => decodeCheckpoint(bytes.slice(0, at)), `${at} bytes`).to.throw(NorewindError);
    }
    expect(() => decodeCheckpoint(Uint8Array.of(...bytes, 0))).to.throw(DataError);
  });

  it('refuses a version that it does not know, and other kinds of files', () => {
    const text = readFileSync(desk.path('text/checkpoint.safetensors')).toString('latin1');
    const changed = (from: string, to: string) => Uint8Array.from(Buffer.from(text.replace(from, to), 'latin1'));
    expect(() => decodeCheckpoint(changed('"version":"3"', '"version":"2"'))).to.throw(
      DataError,
      /version 2 .* reads version 3: use/,
    );
    expect(() => decodeCheckpoint(changed('norewind.stream', 'norewind.strean'))).to.throw(DataError, /not a checkpoint/);
  });

  it('keeps parameters that every reader of safetensors finds', () => {
    const tensors = readSafetensors(readFileSync(desk.path('text/checkpoint.safetensors')));
    expect(tensors['parameters.readout.w'].shape).to.deep.equal([8, 3]);
  });

  it('offers the generation before a damaged one, and goes on from it to the same metrics', async () => {
    const args = 'train text.txt --units 3 --every 70 --records';
    await desk.norewind(`${args} 2000 --checkpoint-records 1500 --out old -q`.split(' '));
    await desk.norewind(`${args} 5000 --out straight -q`.split(' '));
    const bytes = readFileSync(desk.path('old/checkpoint.safetensors'));
    bytes[bytes.length - 100] ^= 4;
    desk.file('old/checkpoint.safetensors', bytes);
    const refused = await desk.norewind('train text.txt --resume old -q'.split(' '));
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.match(
      /^norewind: old\/checkpoint\.safetensors cannot be used: its content does not fit its checksum; .*after 1500 records.*--from-previous\n$/,
    );
    const { code } = await desk.norewind('train text.txt --resume old --from-previous --records 5000 -q'.split(' '));
    expect(code).to.equal(0);
    expect(desk.read('old/metrics.ndjson')).to.equal(desk.read('straight/metrics.ndjson'));
  });

  it('refuses other data, shorter data, and metrics that have lost lines', async () => {
    desk.file('other.txt', `z${desk.read('text.txt').slice(1)}`);
    desk.file('short.txt', desk.read('text.txt').slice(0, 3000));
    const refusal = async (args: string, says: RegExp) => {
      const { code, stderr } = await desk.norewind(['train', ...args.split(' '), '-q']);
      expect(stderr)
        .to.match(says)
        .and.to.match(/^norewind: [^\n]+\n$/);
      expect(code).to.equal(2);
    };
    await refusal('other.txt --resume straight', /not the data .* first 5000 records differ/);
    await refusal('short.txt --resume straight', /end after 3000 records, and the checkpoint was made after 5000/);
    await refusal('text.txt --resume straight --units 4', /leave out --units/);
    await refusal('text.txt --resume nowhere', /nowhere has no checkpoint/);
    desk.file('straight/metrics.ndjson', desk.read('straight/metrics.ndjson').slice(0, 900));
    await refusal('text.txt --resume straight', /has 900 bytes, and had \d+/);
  });
});
