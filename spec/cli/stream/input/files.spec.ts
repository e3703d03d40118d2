import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { FailedError } from '../../../../cli/errors.ts';
import { openSources } from '../../../../cli/stream/input/openSources.ts';
import { after as afterPosition, turned } from '../../../../cli/stream/input/rest.ts';
import { openMetrics } from '../../../../cli/training/metricsFile.ts';
import { DataError, UsageError } from '../../../../lib/index.ts';
import {
  beginning,
  behind,
  type Position,
  requirePosition,
} from '../../../../trainers/streams/reading/position.ts';
import { Problem } from '../../../../trainers/streams/reading/problem.ts';
import type { Source } from '../../../../trainers/streams/reading/source.ts';

let folder: string;
const path = (name: string) => join(folder, name);

before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind files ')));
});

after(() => rmSync(folder, { recursive: true, force: true }));

describe('cli/stream: sources', () => {
  const sourcesOf = (data: readonly string[]) => [...(openSources(data).sources as Iterable<Source>)];
  const textOf = async (name: string) => {
    const chunks: Uint8Array[] = [];
    for (const source of sourcesOf([path(name)])) for await (const chunk of source.open()) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };

  before(() => {
    mkdirSync(path('logs'));
    for (const name of ['b.txt', 'a.txt', 'c10.txt', 'a.txt.old', '.a.txt', 'a+.txt'])
      writeFileSync(path(`logs/${name}`), name);
    writeFileSync(path('z.txt.gz'), gzipSync('packed'));
    writeFileSync(path('Z.GZ'), gzipSync('PACKED'));
    writeFileSync(path('x.gz.txt'), 'plain');
    writeFileSync(path('plain.gz'), 'plain');
    writeFileSync(path('packed.csv'), Buffer.concat([gzipSync('packed'), gzipSync(' twice')]));
    writeFileSync(path('short.csv'), Uint8Array.of(0x1f, 0x8b));
    writeFileSync(path('empty.gz'), '');
    writeFileSync(path('cut.gz'), gzipSync('packed').subarray(0, 15));
    writeFileSync(path('what?.txt'), 'asked');
  });

  it('are files, decompressed by what is in them, and files by a pattern in order', async () => {
    expect(await textOf('z.txt.gz')).to.equal('packed');
    expect(await textOf('Z.GZ')).to.equal('PACKED');
    expect(await textOf('x.gz.txt')).to.equal('plain');
    expect(await textOf('packed.csv')).to.equal('packed twice');
    // A file with that name that is not compressed, as after a download that decompressed it, is read as it is.
    expect(await textOf('plain.gz')).to.equal('plain');
    expect(await textOf('empty.gz')).to.equal('');
    expect(Buffer.from(await textOf('short.csv'))).to.have.length(Buffer.from('\x1f\ufffd').length);
    const names = (pattern: string) =>
      sourcesOf([path(pattern)]).map(({ name }) => name.slice(path('logs/').length));
    expect(names('logs/*.txt')).to.deep.equal(['a.txt', 'a+.txt', 'b.txt', 'c10.txt']);
    expect(names('logs/?.txt')).to.deep.equal(['a.txt', 'b.txt']);
    expect(names('logs/c*')).to.deep.equal(['c10.txt']);
    expect(names('logs/a+.*')).to.deep.equal(['a+.txt']);
    // A file that is there is meant, whatever its name.
    expect(await textOf('what?.txt')).to.equal('asked');
    expect(sourcesOf([path('logs/b.txt'), path('logs/a.txt')]).map(({ name }) => name)).to.deep.equal([
      path('logs/b.txt'),
      path('logs/a.txt'),
    ]);
    expect(sourcesOf(['-']).map(({ name }) => name)).to.deep.equal(['standard input']);
  });

  it('are taken in the order of their numbers', () => {
    const names = ['n-1', 'n-02', 'n-2', 'n-10', 'n-20240131', 'n-20240201'];
    mkdirSync(path('numbered'));
    for (const name of [...names].sort()) writeFileSync(path(`numbered/${name}`), '');
    expect(sourcesOf([path('numbered/n-*')]).map(({ name }) => basename(name))).to.deep.equal(names);
  });

  it('are refused before anything is read, with the reason', () => {
    const refuse = (data: readonly string[], says: string) =>
      expect(() => openSources(data)).to.throw(UsageError, says);
    refuse(
      ['-', path('z.txt.gz')],
      'standard input (-) is a stream of its own: give either - or files, not both',
    );
    refuse([path('none.txt')], `cannot read ${path('none.txt')}: there is no such file or folder`);
    refuse([path('logs')], `cannot read ${path('logs')}: it is a folder, not a file`);
    refuse([path('logs/q*')], `no file is called ${path('logs/q*')}`);
    refuse([path('none/*.txt')], `no file is called ${path('none/*.txt')}`);
    refuse(
      [path('logs/a.txt/b')],
      `cannot read ${path('logs/a.txt/b')}: a part of the path is a file, not a folder`,
    );
  });

  it('say when they cannot be read to their end', async () => {
    const read = async (name: string) => {
      try {
        await textOf(name);
      } catch (error) {
        expect(error).to.be.instanceOf(DataError);
        return (error as Error).message;
      }
      return undefined;
    };
    expect(await read('cut.gz')).to.equal(
      `${path('cut.gz')} is not a whole gzip file: unexpected end of file`,
    );
    const [source] = sourcesOf([path('logs/b.txt')]);
    rmSync(path('logs/b.txt'));
    const chunks = source.open();
    await chunks.next().then(
      () => expect.fail('it was read'),
      (error) =>
        expect(error.message).to.equal(`cannot read ${path('logs/b.txt')}: there is no such file or folder`),
    );
  });

  it('tell the share of their bytes that has been used, packed or not', async () => {
    writeFileSync(path('half.txt'), 'x'.repeat(50_000));
    writeFileSync(
      path('other.txt.gz'),
      gzipSync(Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * i) % 251))),
    );
    const { sources, used } = openSources([path('half.txt'), path('other.txt.gz')]);
    const shares = [used?.()];
    for (const source of sources) for await (const _ of source.open()) shares.push(used?.());
    shares.push(used?.());
    expect(shares[0]).to.equal(0);
    expect(shares).to.deep.equal([...shares].sort((a, b) => (a ?? 0) - (b ?? 0)));
    expect(new Set(shares).size).to.be.above(3);
    expect(shares.at(-1)).to.equal(1);
    expect(openSources(['-']).used?.()).to.equal(undefined);
  });

  it('can be closed, before and while they are read', async () => {
    writeFileSync(path('long.txt'), 'x'.repeat(2 ** 20));
    const { sources, close } = openSources([path('long.txt')]);
    close();
    const [source] = sources as Source[];
    const chunks = source.open();
    expect((await chunks.next()).done).to.equal(false);
    close();
    await chunks.next().then(
      ({ done }) => expect(done).to.equal(true),
      (error) => expect(error).to.be.instanceOf(DataError),
    );
  });
});

describe('cli/stream: position', () => {
  const batches = (entries: readonly unknown[], size: number) =>
    (async function* () {
      for (let at = 0; at < entries.length; at += size) yield entries.slice(at, at + size);
    })();
  const rest = async (entries: readonly unknown[], size: number, goal: Position) => {
    const left: unknown[] = [];
    try {
      for await (const batch of afterPosition(batches(entries, size), goal).batches) left.push(...batch);
    } catch (error) {
      expect(error).to.be.instanceOf(DataError);
      return (error as Error).message;
    }
    return left;
  };
  const position = (entries: readonly unknown[]) => entries.reduce<Position>(behind, beginning);
  const bad = new Problem('bad');

  it('counts what was used and what was left out, and hashes what was used', () => {
    expect(position([1, bad, 2])).to.deep.equal({ records: 2, skipped: 1, digest: position([1, 2]).digest });
    // The published value of FNV-1a with 32 bits for "a" and "foobar".
    const bytes = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));
    expect(position(bytes('a')).digest).to.equal(0xe40c292c);
    expect(position(bytes('foobar')).digest).to.equal(0xbf9cf968);
    // A row is its JSON.
    expect(position([[1, 'a', null]]).digest).to.equal(position(bytes('[1,"a",null]')).digest);
  });

  it('leaves out exactly what was read, wherever the batches end', async () => {
    const entries = [1, bad, 2, [3, 'x'], 4, 5];
    for (let read = 0; read <= entries.length; read++)
      for (const size of [1, 2, 4, 9])
        expect(await rest(entries, size, position(entries.slice(0, read)))).to.deep.equal(
          entries.slice(read),
        );
  });

  it('refuses other data and data that end before', async () => {
    const hint =
      'give the same data from their beginning, or --continued for data that begin where the earlier ones ended';
    const goal = position([1, 2, 3]);
    for (const other of [
      [1, 2, 4],
      [2, 1, 3, 5],
      [1, bad, 2, 3],
    ])
      for (const size of [1, 2, 9])
        expect(await rest(other, size, goal)).to.equal(
          `these are not the data that the checkpoint was made from: their first 3 records differ; ${hint}`,
        );
    expect(await rest([1, 2], 2, goal)).to.equal(
      `these data end after 2 records, and the checkpoint was made after 3: ${hint}`,
    );
    const inSecond = [4, 5, 6].reduce<Position>(behind, turned(goal));
    expect(await rest([4, 5], 2, inSecond)).to.equal(
      `these data end after 2 records, and the checkpoint was made after 3 records of this file: ${hint}`,
    );
    expect(await rest([], 2, beginning)).to.deep.equal([]);
    // From there the pause of the first row of the new file is counted, when it is read again.
    expect(turned(goal, 86_400).before).to.deep.equal({ records: 3, skipped: 0, time: 86_400 });
    expect(() => requirePosition(turned(goal, 86_400))).not.to.throw();
    expect(() => requirePosition(turned(goal, Number.NaN))).to.throw(DataError, 'the time of the row before');
  });
});

describe('cli/stream: metrics file', () => {
  const content = (name: string) => readFileSync(path(name), 'utf8');

  it('is cut back to a length and written on, and stays as it is when nothing is written', () => {
    writeFileSync(path('m'), 'left by another run');
    openMetrics(path('m'), 0).close();
    const first = openMetrics(path('m'), 0);
    expect([first.length, content('m')]).to.deep.equal([0, 'left by another run']);
    first.append({ a: 'ä' });
    first.sync();
    expect([first.length, content('m')]).to.deep.equal([11, '{"a":"ä"}\n']);
    first.append({ b: 1 });
    first.close();
    openMetrics(path('m'), 11).close();
    expect(content('m')).to.equal('{"a":"ä"}\n{"b":1}\n');
    const synced = openMetrics(path('m'), 11);
    synced.sync();
    synced.close();
    const second = openMetrics(path('m'), 11);
    expect([second.length, content('m')]).to.deep.equal([11, '{"a":"ä"}\n']);
    second.append({ c: 2 });
    second.close();
    expect([second.length, content('m')]).to.deep.equal([19, '{"a":"ä"}\n{"c":2}\n']);
    openMetrics(path('m'), 19).close();
    expect(content('m')).to.equal('{"a":"ä"}\n{"c":2}\n');
  });

  it('is refused when it is shorter, is gone, or cannot be written', () => {
    writeFileSync(path('short'), '12345');
    expect(() => openMetrics(path('short'), 6)).to.throw(
      DataError,
      `${path('short')} has 5 bytes, and had 6 when the checkpoint was made: lines of it are lost; bring them back from a backup, or begin a run in another folder`,
    );
    expect(content('short')).to.equal('12345');
    expect(() => openMetrics(path('gone'), 6)).to.throw(
      DataError,
      `${path('gone')} is gone, and had 6 bytes when the checkpoint was made`,
    );
    expect(() => openMetrics(folder, 0)).to.throw(
      FailedError,
      `cannot write ${folder}: it is a folder, not a file`,
    );
    const closed = openMetrics(path('closed'), 0);
    closed.close();
    for (const act of [closed.sync, closed.close, () => closed.append({})])
      expect(act).to.throw(FailedError, `cannot write ${path('closed')}: EBADF`);
  });
});
