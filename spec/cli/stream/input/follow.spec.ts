import {
  appendFileSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { followFile } from '../../../../cli/stream/input/follow.ts';
import { DataError, UsageError } from '../../../../lib/index.ts';

describe('cli/stream: a file that is followed', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind follow ')));
    path = join(folder, 'log');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  interface Followed {
    /** The text of each source. */
    readonly texts: readonly string[];
    /** The sizes of the chunks. */
    readonly sizes: readonly number[];
    readonly sentences: readonly string[];
    readonly turns: number;
  }

  /** Follows the file, and takes a step each time that all has been read; closes it after the last one. */
  async function follow(
    steps: readonly (() => void)[],
    onTurn: (close: () => void) => void = () => {},
  ): Promise<Followed> {
    const left = [...steps, () => input.close()];
    const sentences: string[] = [];
    let turns = 0;
    const input = followFile([path], {
      onEnd: () => left.shift()?.(),
      onTurn() {
        turns++;
        onTurn(input.close);
      },
      tell: (sentence) => sentences.push(sentence.replaceAll(path, 'log')),
    });
    const texts: string[] = [];
    const sizes: number[] = [];
    for await (const { name, open } of input.sources) {
      expect(name).to.equal(path);
      const parts: Uint8Array[] = [];
      for await (const chunk of open()) parts.push(chunk);
      sizes.push(...parts.map(({ length }) => length));
      texts.push(Buffer.concat(parts).toString());
    }
    return { texts, sizes, sentences, turns };
  }

  it('is read on when it grows, is renamed and made again, cut back, or gone for a while', async () => {
    writeFileSync(path, 'one\n');
    const { texts, sentences, turns } = await follow([
      () => appendFileSync(path, 'two'),
      () => appendFileSync(path, '\n'),
      () => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, 'three\n');
      },
      // The writer has not noticed yet.
      () => appendFileSync(`${path}.1`, 'late\n'),
      () => writeFileSync(path, 'x\n'),
      () => rmSync(path),
      () => writeFileSync(path, 'back\n'),
      () => {},
    ]);
    expect(texts).to.deep.equal(['one\ntwo\nlate\n', 'three\n', 'x\n', 'back\n']);
    expect(turns).to.equal(3);
    expect(sentences).to.deep.equal([
      'log was replaced: the new file is read from its beginning',
      'log was cut back from 6 to 2 bytes: it is read again from its beginning',
      'log is gone: waiting for a new one',
      'log was replaced: the new file is read from its beginning',
    ]);
  });

  it('is read in parts of a bounded size, each byte once', async () => {
    const text = Array.from({ length: 30_000 }, (_, i) => `${i}\n`).join('');
    writeFileSync(path, text);
    const { texts, sizes } = await follow([() => appendFileSync(path, 'end\n')]);
    expect(texts).to.deep.equal([`${text}end\n`]);
    expect(sizes).to.deep.equal([65_536, 65_536, text.length - 2 * 65_536, 4]);
  });

  it('may be empty, and is not taken for another one while it stays so', async () => {
    writeFileSync(path, '');
    expect(await follow([() => {}, () => {}, () => appendFileSync(path, 'a')])).to.deep.equal({
      texts: ['a'],
      sizes: [1],
      sentences: [],
      turns: 0,
    });
  });

  it('is told to be gone once, however long, and again when it is gone again', async () => {
    writeFileSync(path, 'a');
    const gone = 'log is gone: waiting for a new one';
    const again = () => renameSync(`${path}.1`, path);
    const away = () => renameSync(path, `${path}.1`);
    const { texts, sentences } = await follow([away, () => {}, again, () => appendFileSync(path, 'b'), away]);
    expect(texts).to.deep.equal(['ab']);
    expect(sentences).to.deep.equal([gone, gone]);
  });

  it('is read when it was replaced, though it is gone by then', async () => {
    writeFileSync(path, 'a');
    const replace = () => {
      writeFileSync(`${path}.new`, 'b');
      renameSync(`${path}.new`, path);
    };
    const { texts, turns } = await follow([replace, () => {}], () => rmSync(path, { force: true }));
    expect([texts, turns]).to.deep.equal([['a', 'b'], 1]);
  });

  it('ends in the error of its listener at the end of the data', async () => {
    writeFileSync(path, 'a');
    const failed = await follow([
      () => {
        throw new DataError('enough');
      },
    ]).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(DataError).with.property('message', 'enough');
  });

  it('says when it cannot be read', async () => {
    writeFileSync(path, 'a');
    const input = followFile([path], { onEnd() {}, onTurn() {}, tell() {} });
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file');
    const failed = await (async () => {
      for await (const { open } of input.sources) for await (const _ of open());
    })().catch((error: unknown) => error);
    expect(failed)
      .to.be.instanceOf(DataError)
      .with.property('message', `cannot read ${path}: a part of the path is a file, not a folder`);
  });

  it('is one plain file', () => {
    writeFileSync(path, 'a');
    writeFileSync(`${path}.gz`, '');
    const refuse = (data: readonly string[], says: string) =>
      expect(() => followFile(data, { onEnd() {}, onTurn() {}, tell() {} })).to.throw(UsageError, says);
    refuse(['-'], 'standard input is followed as it is: leave out --follow');
    refuse([path, '-'], 'standard input is followed as it is: leave out --follow');
    refuse([path, path], '--follow goes with one file, the one that grows');
    refuse([join(folder, 'lo?*')], '--follow goes with one file, the one that grows');
    refuse(
      [`${path}.gz`],
      `${path}.gz cannot be followed: a gzip file is whole or nothing; leave out --follow`,
    );
    if (process.platform !== 'win32')
      refuse(['/dev/null'], '/dev/null is not a plain file: leave out --follow');
    truncateSync(path);
    expect(() => followFile([path], { onEnd() {}, onTurn() {}, tell() {} })).not.to.throw();
  });
});
