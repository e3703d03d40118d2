import { expect } from 'chai';
import { readCsv } from '../../../../cli/stream/input/csv.ts';
import { type Line, linesOf, longestRecord } from '../../../../cli/stream/input/lines.ts';
import { readNdjson } from '../../../../cli/stream/input/ndjson.ts';
import { readRows } from '../../../../cli/stream/input/readData.ts';
import { DataError } from '../../../../lib/index.ts';
import type { RowData, SymbolData } from '../../../../trainers/streams/given/config.ts';
import { Problem, quoted } from '../../../../trainers/streams/reading/problem.ts';
import { columnsOf } from '../../../../trainers/streams/reading/rows.ts';
import { readSymbols, symbolsOf } from '../../../../trainers/streams/reading/symbolReader.ts';
import { textOf } from '../../../../trainers/streams/reading/text.ts';
import { createRowCoder, inputsOf } from '../../../../trainers/streams/targets/rowCoder.ts';
import { bytesOf, sourceOf } from '../../learning.ts';
import { rows } from '../../sessions.ts';

/** Everything that comes, problems as their sentences; and the error that it ends in. */
async function all(batches: AsyncIterable<readonly unknown[]>): Promise<unknown[]> {
  const entries: unknown[] = [];
  try {
    for await (const batch of batches)
      entries.push(...batch.map((entry) => (entry instanceof Problem ? entry.sentence : entry)));
  } catch (error) {
    expect(error).to.be.instanceOf(DataError);
    entries.push((error as Error).message);
  }
  return entries;
}

const chunksOf = (...texts: readonly string[]) => texts.map(bytesOf);
const rowsOf = (data: RowData, ...texts: readonly string[]) =>
  all(readRows([sourceOf(chunksOf(...texts))], data));
const ndjson: RowData = { ...rows, kind: 'ndjson' };

describe('cli/stream: lines', () => {
  const tooLong = (line: number) => new DataError(`line ${line} is too long`);
  const read = async (...texts: readonly string[]) =>
    (await all(linesOf(textOf(sourceOf(chunksOf(...texts))), tooLong))).map((line) =>
      typeof line === 'string' ? line : `${(line as Line).number} ${(line as Line).text}`,
    );

  it('are those that are not blank, with and without CR, with and without a last end', async () => {
    for (const text of ['a\nbc\n\nd', 'a\nbc\n\nd\n', 'a\r\nbc\r\n\r\nd\r\n', 'a\nbc\n \t\nd\n\n\n']) {
      expect(await read(text)).to.deep.equal(['1 a', '2 bc', '4 d']);
      expect(await read(...Array.from(text))).to.deep.equal(['1 a', '2 bc', '4 d']);
    }
    expect(await read('a\rb\n\r\n')).to.deep.equal(['1 a\rb']);
    expect(await read('', '\n', '')).to.deep.equal([]);
    expect(await read()).to.deep.equal([]);
  });

  it('may be as long as the longest record, and no longer', async () => {
    const longest = 'x'.repeat(longestRecord);
    expect(await read(longest, '\nb\n')).to.deep.equal([`1 ${longest}`, '2 b']);
    const says = 'line 2 is too long';
    expect(await read('a\n', longest, 'x')).to.deep.equal(['1 a', says]);
    expect(await read('a\n', `${longest}x\n`)).to.deep.equal(['1 a', says]);
    // Each line counts by itself.
    expect(await read(`${longest}\n${longest}\n`)).to.have.length(2);
  });
});

describe('cli/stream: NDJSON', () => {
  const fieldsOf = async (...texts: readonly string[]) =>
    (await all(readNdjson(sourceOf(chunksOf(...texts)), new Set()))).map((entry) =>
      typeof entry === 'string' ? entry : (entry as { where: string; get(column: string): unknown }),
    );

  it('returns own entries, null for others, and the place of each', async () => {
    const [first, second] = await fieldsOf('\ufeff{"a":1}\n\n  \r\n{"a":null,"b":[2]}');
    if (typeof first === 'string' || typeof second === 'string') throw new Error('no record');
    expect([first.where, second.where]).to.deep.equal(['data, line 1', 'data, line 4']);
    expect([first.get('a'), first.get('constructor'), second.get('a'), second.get('b')]).to.deep.equal([
      1,
      null,
      null,
      [2],
    ]);
  });

  it('continues after a line that is not an object', async () => {
    const object = 'it is not a JSON object, such as {"temperature": 12.5}';
    expect((await fieldsOf('{\n[]\nnull\n3\n"x"\n{}')).slice(0, 5)).to.deep.equal([
      'data, line 1: an object has to stand on one line, as jq -c . writes it',
      ...[2, 3, 4, 5].map((line) => `data, line ${line}: ${object}`),
    ]);
    expect(await fieldsOf('{\n[]\nnull\n3\n"x"\n{}')).to.have.length(6);
  });
});

describe('cli/stream: CSV', () => {
  const read = (text: string, delimiter = ',', columns = ['a', 'k']) =>
    all(
      readCsv(sourceOf(chunksOf(...(text.length > 99 ? [text] : Array.from(text)))), { delimiter, columns }),
    );
  const told = async (text: string, delimiter?: string) =>
    (await read(text, delimiter)).map((entry) => {
      if (typeof entry === 'string') return entry;
      const { where, get } = entry as { where: string; get(column: string): unknown };
      return [where, get('a'), get('k'), get('z')];
    });

  it('finds columns by their names, in any order, with spaces, quotes, a mark, CRLF and empty lines', async () => {
    expect(await told('\ufeffk,"x", a \r\n1,"2,\n2",3\r\n\r\n"a ""b""",,6')).to.deep.equal([
      ['data, line 2', '3', '1', undefined],
      ['data, line 5', '6', 'a "b"', undefined],
    ]);
    expect(await told('a;k\n1,5;2\n', ';')).to.deep.equal([['data, line 2', '1,5', '2', undefined]]);
    expect(await told('a,k\n," "\n"",\n')).to.deep.equal([
      ['data, line 2', null, null, undefined],
      ['data, line 3', null, null, undefined],
    ]);
    expect(await told('"a","k"\r\n"1\r\n2\n3","x"\r\n\n"4",""""\r\n5,"""6"""')).to.deep.equal([
      ['data, line 2', '1\r\n2\n3', 'x', undefined],
      ['data, line 6', '4', '"', undefined],
      ['data, line 7', '5', '"6"', undefined],
    ]);
  });

  it('leaves out comments, before the header and behind it, however long, and no others', async () => {
    const commented = '# made by x, "unclosed\r\n#\n\na,k\n#1,2\n1,#2\n # 3,4\n# the end';
    const options = { delimiter: ',', comment: '#', columns: ['a', 'k'] };
    const entries = await all(readCsv(sourceOf(chunksOf(...Array.from(commented))), options));
    expect(entries.map((entry) => (entry as { get(column: string): unknown }).get('a'))).to.deep.equal([
      '1',
      '# 3',
    ]);
    expect((entries[1] as { where: string }).where).to.equal('data, line 7');
    expect(await told('# made by x\na,k\n1,2\n')).to.deep.equal([
      `data has no column "a"; its header has "# made by x": if lines that begin with # are comments, add --comment '#'`,
    ]);
  });

  it('says what is wrong with a header', async () => {
    expect(await read('')).to.deep.equal(['data has no header: its first row has to name the columns']);
    for (const text of ['a,b\r1,2\r3,4\r', '"a\n",b\r1,2\r', `a,b\r${'1,2\r'.repeat(2 ** 18)}`])
      expect(await read(text)).to.deep.equal([
        "data, line 1: lines end with CR alone: make it LF, as tr '\\r' '\\n' does",
      ]);
    for (const text of ['a,k,"b\rc"\n', 'a,k\r\r\n']) expect(await read(text)).to.deep.equal([]);
    expect(await read('b,k\n1,2\n')).to.deep.equal(['data has no column "a"; its header has "b", "k"']);
    expect(await read('tmep,k\n1,2\n', ',', ['temp'])).to.deep.equal([
      'data has no column "temp"; its header has "tmep", "k"; did you mean tmep?',
    ]);
    expect(await read('a;k\n1;2\n')).to.deep.equal([
      `data has no column "a"; its header has "a;k": add --delimiter ';' if that stands between the fields`,
    ]);
    expect(await read('a\tk\n')).to.deep.equal([
      'data has no column "a"; its header has "a\\tk": add --delimiter tab if that stands between the fields',
    ]);
    expect(await read('a,k\n1,2\n', ';')).to.deep.equal([
      `data has no column "a"; its header has "a,k": add --delimiter ',' if that stands between the fields`,
    ]);
    expect(await read('1,-2\n3,4\n')).to.deep.equal([
      'data has no column "a"; its header has "1", "-2": its first row has to name the columns',
    ]);
    expect(await read('a,k, a \n1,2,3\n')).to.deep.equal([
      'data has two columns "a": give one of them another name',
    ]);
    const many = Array.from({ length: 30 }, (_, i) => `c${i}`);
    expect(await read(many.join())).to.deep.equal([
      `data has no column "a"; its header has ${many
        .slice(0, 20)
        .map((name) => `"${name}"`)
        .join(', ')}, and 10 more`,
    ]);
    expect(await read('a,"k\n')).to.deep.equal([
      'data, line 1, field 2: the file ends within a quoted field',
    ]);
  });

  it('says that a header comes once more, as in files that were joined, unless it may be a value', async () => {
    expect(await told('a,k\n1,x\na, k\n2,y\n')).to.deep.equal([
      ['data, line 2', '1', 'x', undefined],
      'data, line 3: it is the header once more, as where files were joined',
      ['data, line 4', '2', 'y', undefined],
    ]);
    const words = await all(readCsv(sourceOf(chunksOf('a\na\n')), { delimiter: ',', columns: ['a'] }));
    expect((words[0] as { get(column: string): unknown }).get('a')).to.equal('a');
  });

  it('passes over the note of spreadsheets on their delimiter', async () => {
    expect(await told('\ufeffsep=;\r\na;k\r\n1;2\r\n', ';')).to.deep.equal([
      ['data, line 3', '1', '2', undefined],
    ]);
    expect(await read('sep=;\na;k\n1;2\n')).to.deep.equal([
      "data says sep=; in its first row: add --delimiter ';'",
    ]);
    expect(await read('sep=\t\na\tk\n')).to.deep.equal([
      'data says sep=\t in its first row: add --delimiter tab',
    ]);
    expect(await read('a.csv\0\0,1\n')).to.deep.equal([
      'data is not text: its first row has zero bytes, as a tar archive has; unpack it',
    ]);
  });

  it('reads a column as missing that need not be there', async () => {
    const options = { delimiter: ',', columns: ['a', 'k'], dispensable: 'k' };
    const [row] = await all(readCsv(sourceOf(chunksOf('a\n1\n')), options));
    const { get } = row as { get(column: string): unknown };
    expect([get('a'), get('k') ?? null]).to.deep.equal(['1', null]);
  });

  it('continues after a row of another length and after a misplaced quote', async () => {
    expect(await told('a,k\n1\n1,2,3\n1,b"c\n"a",2\n')).to.deep.equal([
      'data, line 2: it has 1 fields, the header has 2',
      'data, line 3: it has 3 fields, the header has 2',
      'data, line 4, field 2: a quote stands within a field that does not begin with one',
      ['data, line 5', 'a', '2', undefined],
    ]);
  });

  it('ends at a quoted field with characters after its quote, since the rest could belong to it', async () => {
    expect(await told('a,k\n1,2\n"a"b,2\n5,6\n')).to.deep.equal([
      ['data, line 2', '1', '2', undefined],
      'data, line 3, field 1: a quoted field has characters after its closing quote; a quote within one is written twice',
    ]);
    expect(await told('a,k\n"1\n2" ,3\n5,6\n')).to.deep.equal([
      'data, line 2, field 1: a quoted field has characters after its closing quote; a quote within one is written twice',
    ]);
    expect(await told('a,k"\n1,2\n')).to.deep.equal([
      'data, line 1, field 2: a quote stands within a field that does not begin with one',
    ]);
  });

  it('ends at a quote that is not closed, however long', async () => {
    expect(await told('a,k\n1,2\n3,"x\ny')).to.deep.equal([
      ['data, line 2', '1', '2', undefined],
      'data, line 3, field 2: the file ends within a quoted field',
    ]);
    const says = 'data, line 3: the record is longer than 1048576 characters; is a quote not closed?';
    const ends = ['"x\n', '"', ',', 'x', 'x"'].map((part) => part + part.slice(-1).repeat(2 ** 21));
    for (const end of ends) expect((await told(`a,k\n1,2\n${end}`)).slice(1)).to.deep.equal([says]);
    const longest = `${'x'.repeat(longestRecord - 2)},1`;
    expect(await told(`a,k\n1,2\n${longest}\n${longest}1\n5,6\n`)).to.deep.equal([
      ['data, line 2', '1', '2', undefined],
      ['data, line 3', 'x'.repeat(longestRecord - 2), '1', undefined],
      says.replace('3', '4'),
    ]);
  });
});

describe('cli/stream: rows', () => {
  it('have the inputs and then the target, each column once', () => {
    expect(columnsOf(rows)).to.deep.equal(['a', 'k']);
    expect(columnsOf({ ...rows, target: 'b' })).to.deep.equal(['a', 'k', 'b']);
  });

  it('hold numbers as they are written in either format', async () => {
    const texts = ['1', '-2.5', '+.5', '12.25', '.125', '7.', ' 1e3 ', '1E-3', '1e100', '9007199254740992'];
    const numbers = [1, -2.5, 0.5, 12.25, 0.125, 7, 1000, 0.001, 1e100, 2 ** 53];
    expect(await rowsOf(rows, `a,k\n${texts.map((text) => `${text},x\n`).join('')}`)).to.deep.equal(
      numbers.map((a) => [a, 'x']),
    );
    const lines = [...texts, ...numbers].map((a) => `${JSON.stringify({ a, k: 'x' })}\n`);
    expect(await rowsOf(ndjson, ...lines)).to.deep.equal([...numbers, ...numbers].map((a) => [a, 'x']));
  });

  it('hold no other numbers', async () => {
    const none = (a: string) =>
      `data, line 2, column "a": ${a} is not a number; if the column holds categories, name it with --categorical`;
    for (const text of [
      'x',
      '1x',
      'x1',
      '1 2',
      '0x10',
      '1e',
      'e5',
      '1.2.3',
      '5%%',
      '$5x',
      '1.5e3.2',
      '1,2,3',
    ])
      expect(await rowsOf({ ...rows, delimiter: ';' }, `a;k\n${text};x\n`)).to.deep.equal([
        none(`"${text}"`),
      ]);
    const large = (a: string) => `data, line 2, column "a": ${a} is too large; the limit is ±1e+100`;
    expect(await rowsOf(rows, 'a,k\n-1.1e100,x\n')).to.deep.equal([large('"-1.1e100"')]);
    expect(await rowsOf(ndjson, '\n{"a":1e999}')).to.deep.equal([large('Infinity')]);
    for (const [a, says] of [
      ['true', 'true'],
      ['[1]', 'a list'],
      ['{"b":1}', 'an object'],
    ])
      expect(await rowsOf(ndjson, `\n{"a":${a}}`)).to.deep.equal([none(says)]);
  });

  it('hold categories as texts', async () => {
    const line = (k: string) => rowsOf(ndjson, `{"a":1,"k":${k}}`);
    for (const [k, category] of [
      ['" b "', 'b'],
      ['3', '3'],
      ['true', 'true'],
      ['null', null],
      ['""', ''],
      ['"NA"', 'NA'],
      ['9007199254740993', '9007199254740993'],
      ['-9007199254740992', '-9007199254740992'],
      [`"${'y'.repeat(256)}"`, 'y'.repeat(256)],
    ] as const)
      expect(await line(k)).to.deep.equal([[1, category]]);
    const where = 'data, line 1, column "k":';
    expect(await line('[]')).to.deep.equal([
      `${where} a list is not a category; use texts, numbers or truth values`,
    ]);
    expect(await line('{}')).to.deep.equal([
      `${where} an object is not a category; use texts, numbers or truth values`,
    ]);
    expect(await line(`"${'y'.repeat(257)}"`)).to.deep.equal([
      `${where} "${'y'.repeat(40)}…" is too long for a category`,
    ]);
    const broken = [Uint8Array.of(...bytesOf('a,k\n1,'), 0xff, 0x0a)];
    expect(await all(readRows([sourceOf(broken)], rows))).to.deep.equal([
      'data, line 2, column "k": "\ufffd" is not text in UTF-8; convert the data, as iconv -f LATIN1 -t UTF-8 does',
    ]);
  });

  it('come from one source after the other', async () => {
    const sources = ['a,k\n1,x\n', 'k,a\ny,2\n'].map((text) => sourceOf(chunksOf(text)));
    expect(await all(readRows(sources, rows))).to.deep.equal([
      [1, 'x'],
      [2, 'y'],
    ]);
  });

  it('become numbers: scaled with a flag, and one-hot', () => {
    const coder = createRowCoder(rows);
    expect([inputsOf(rows), coder.inputs]).to.deep.equal([5, 5]);
    for (const row of [
      [1, 'x'],
      [3, 'y'],
      [null, null],
      [null, 'z'],
    ])
      coder.learn(row);
    expect(coder.encode([4, 'y'])).to.deep.equal([2, 0, 0, 1, 0]);
    expect(coder.encode([null, 'w'])).to.deep.equal([0, 1, 0, 0, 1]);
    expect(coder.encode([2, null])).to.deep.equal([0, 0, 0, 0, 0]);
    expect([coder.targetOf([7, 'x']), coder.numbers?.mean, coder.categories]).to.deep.equal([
      7,
      2,
      undefined,
    ]);
    expect(createRowCoder(rows, coder.save()).encode([4, 'y'])).to.deep.equal([2, 0, 0, 1, 0]);
    const other = createRowCoder({ ...rows, target: 'k' }, coder.save());
    expect([other.targetOf([7, 'x']), other.numbers, other.categories?.save()]).to.deep.equal([
      'x',
      undefined,
      ['x', 'y'],
    ]);
    // A target that is no input is learnt, and not seen.
    const apart = createRowCoder({ ...rows, target: 'b' });
    apart.learn([1, 'x', 5]);
    expect([
      apart.encode([1, 'x', 5]).length,
      apart.numbers?.mean,
      apart.targetOf([1, 'x', 6]),
    ]).to.deep.equal([5, 5, 6]);
  });
});

describe('cli/stream: symbols', () => {
  const read = (data: SymbolData, ...chunks: readonly Uint8Array[]) =>
    all(readSymbols([sourceOf(chunks)], data));
  const characters: SymbolData = { kind: 'text', unit: 'character', symbols: 9 };

  it('are bytes as they come', async () => {
    expect(
      await read({ ...characters, unit: 'byte' }, Uint8Array.of(0, 255), Uint8Array.of(10)),
    ).to.deep.equal([0, 255, 10]);
  });

  it('are characters, however they are cut', async () => {
    const bytes = bytesOf('aé🐻\n');
    const codes = [97, 233, 0x1f43b, 10];
    expect(await read(characters, bytes)).to.deep.equal(codes);
    expect(await read(characters, ...Array.from(bytes, (byte) => Uint8Array.of(byte)))).to.deep.equal(codes);
  });

  it('are the same of a text that is there as a whole', async () => {
    for (const [unit, symbols] of [
      ['byte', [97, 0xc3, 0xa9, 32, 98]],
      ['character', [97, 233, 32, 98]],
      ['word', ['aé', 'b']],
    ] as const) {
      expect(symbolsOf('aé b', { ...characters, unit })).to.deep.equal(symbols);
      expect(await read({ ...characters, unit }, bytesOf('aé b'))).to.deep.equal(symbols);
    }
  });

  it('say where they are when they cannot be used', async () => {
    const says = (line: number, column: number) =>
      `data, line ${line}, column ${column}: this is not text in UTF-8; use --unit byte for other data, or convert it, as iconv -f LATIN1 -t UTF-8 does`;
    expect(await read(characters, Uint8Array.of(97, 10, 98, 0xff, 99))).to.deep.equal([
      97,
      10,
      98,
      says(2, 2),
      99,
    ]);
    expect(await read(characters, Uint8Array.of(97, 0xc3))).to.deep.equal([97, says(1, 2)]);
    const closed = { ...characters, alphabet: 'ab\n' };
    expect(await read(closed, bytesOf('ab\nba"c'))).to.deep.equal([
      97,
      98,
      10,
      98,
      97,
      'data, line 2, column 3: the character "\\"" is not in the alphabet',
      'data, line 2, column 4: the character "c" is not in the alphabet',
    ]);
  });

  it('are quoted, and shortened where they are many', () => {
    expect(quoted('a"b')).to.equal('"a\\"b"');
    expect(quoted('x'.repeat(40))).to.equal(`"${'x'.repeat(40)}"`);
    expect(quoted('🐻'.repeat(41))).to.equal(`"${'🐻'.repeat(40)}…"`);
    expect(quoted('y'.repeat(500))).to.have.length(43);
  });
});
