import { expect } from 'chai';
import fc from 'fast-check';
import { checkConfig } from '../../cli/stream/checkConfig.ts';
import type { RowData, StreamConfig, SymbolData } from '../../cli/stream/config.ts';
import { learnStream } from '../../cli/stream/learnStream.ts';
import type { StreamRun } from '../../cli/stream/openRun.ts';
import { beginning } from '../../cli/stream/position.ts';
import { openSession, readData } from '../../cli/stream/readData.ts';
import type { Source } from '../../cli/stream/source.ts';
import { ConfigurationError, DataError } from '../../lib/index.ts';

const rest = {
  cell: { name: 'gru', units: 2 },
  estimator: { name: 'tbptt', window: 1, stride: 1 },
  optimizer: { name: 'adam', rate: 0.01, alpha: 0 },
  dtype: 'float32',
  seed: 1,
  recent: 10,
  every: 1e6,
} as const satisfies Omit<StreamConfig, 'data'>;
const rows: RowData = {
  kind: 'csv',
  delimiter: ',',
  columns: ['a', 'k'],
  categorical: ['k'],
  target: 'a',
  horizon: 1,
  categories: 3,
};
const characters: SymbolData = { kind: 'text', unit: 'character', symbols: 4 };

interface Outcome {
  readonly run: StreamRun;
  readonly problems: readonly string[];
  readonly error: unknown;
}

/** Learns from these chunks as `norewind train` does, without a folder. */
async function learn(
  data: RowData | SymbolData,
  chunks: readonly Uint8Array[],
  onError: 'stop' | 'skip',
  change: Partial<StreamConfig> = {},
): Promise<Outcome> {
  const config: StreamConfig = { ...rest, data, ...change };
  checkConfig(config);
  const run: StreamRun = {
    config,
    session: openSession(config),
    metrics: { length: 0, append() {}, sync() {}, close() {} },
    position: beginning,
    save() {},
    saved: () => 'nothing is saved',
  };
  const source: Source = {
    name: 'data',
    async *open() {
      yield* chunks;
    },
  };
  const problems: string[] = [];
  const following = {
    onError,
    records: Number.POSITIVE_INFINITY,
    checkpointRecords: Number.POSITIVE_INFINITY,
    checkpointSeconds: Number.POSITIVE_INFINITY,
  };
  const listener = { onRecord() {}, onProgress() {}, onProblem: ({ sentence }: { sentence: string }) => problems.push(sentence) };
  let error: unknown;
  try {
    await learnStream(run, readData([source], config), following, { signal: undefined, wake() {} }, listener);
  } catch (thrown) {
    error = thrown;
  }
  return { run, problems, error };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

/** A sentence or nothing, and figures that are numbers; nothing else may come of any input. */
function requireSane({ run, problems, error }: Outcome, onError: 'stop' | 'skip'): void {
  if (error !== undefined) expect(error, String((error as Error).stack)).to.be.instanceOf(DataError);
  if (error !== undefined) expect((error as Error).message).to.match(/^data\b[^\n]*$/);
  if (error !== undefined) expect(/; nothing is saved$/.test((error as Error).message)).to.equal(run.position !== beginning);
  if (onError === 'stop') expect(problems).to.deep.equal([]);
  for (const problem of problems) expect(problem).to.match(/^data, (line \d+|.* line \d+)/);
  expect(run.position.skipped).to.equal(problems.length);
  const { figures, scored } = run.session.report();
  expect(scored).to.be.at.most(run.position.records);
  for (const { mean, recent } of Object.values(figures)) expect([mean, recent].every(Number.isFinite)).to.equal(true);
}

const cells = [
  '1',
  '-2.5',
  '1e3',
  '',
  'NA',
  ' 7 ',
  'NaN',
  'Infinity',
  '1e308',
  '-1e400',
  '1e-320',
  '0x10',
  'x',
  '"q"',
  '"a""b"',
  '"',
  'a"b',
].concat(['__proto__', 'constructor', '1,2', '"1\n2"', '\u0000', '\ufffd', 'é🐻', 'y'.repeat(300), '9'.repeat(400), '\r', "'"]);
const cell = fc.constantFrom(...cells);
const line = fc.array(cell, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(','));
const header = fc.constantFrom(
  'a,k',
  'a,k',
  'a,k',
  'k,a',
  'k,a',
  '\ufeffa,k',
  '"a","k"',
  'a,k,__proto__',
  'a,a,k',
  'b,k',
  '',
  'a;k',
);
const end = fc.constantFrom('\n', '\r\n');
const csv = fc
  .tuple(header, fc.array(fc.oneof(line, fc.constantFrom('1,1', '2,2', '3,3', '4,4')), { maxLength: 12 }), end)
  .map(([first, lines, newline]) => bytesOf([first, ...lines].join(newline)));
const value = fc.oneof(
  fc.constantFrom<unknown>(1, -2.5, 1e308, -1e101, null, true, 'x', '3', '', [], {}, [[[]]], { a: 1 }, 'y'.repeat(300), '\ud800'),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const object = fc
  .tuple(
    value,
    value,
    fc.constantFrom(
      '{"a":%a,"k":%k}',
      '{"k":%k}',
      '{"a":%a,"__proto__":%k}',
      '[%a]',
      '{"a":NaN}',
      '{"a":1e999,"k":%k}',
      '%a',
      '{',
      '',
    ),
  )
  .map(([a, k, pattern]) => pattern.replace('%a', () => JSON.stringify(a)).replace('%k', () => JSON.stringify(k)));
const deep = '[{"a":'.repeat(20_000);
const sound = fc.integer({ min: -9, max: 9 }).map((a) => `{"a":${a},"k":"x${a % 2}"}`);
const ndjson = fc
  .array(
    fc.oneof({ arbitrary: object, weight: 4 }, { arbitrary: sound, weight: 9 }, { arbitrary: fc.constant(deep), weight: 1 }),
    { maxLength: 12 },
  )
  .map((lines) => bytesOf(lines.join('\n')));
const binary = fc.uint8Array({ maxLength: 200 });
const onError = fc.constantFrom('stop' as const, 'skip' as const);
const size = fc.integer({ min: 1, max: 60 });

describe('cli: hostile input to norewind train', () => {
  const cases = [
    { name: 'CSV', data: rows, input: fc.oneof({ arbitrary: csv, weight: 4 }, { arbitrary: binary, weight: 1 }) },
    {
      name: 'NDJSON',
      data: { ...rows, kind: 'ndjson' as const },
      input: fc.oneof({ arbitrary: ndjson, weight: 4 }, { arbitrary: binary, weight: 1 }),
    },
    { name: 'text', data: characters, input: fc.oneof(binary, fc.string({ unit: 'binary' }).map(bytesOf)) },
  ];

  for (const { name, data, input } of cases)
    it(`${name}: ends in figures that are finite or in a sentence, wherever the input is cut`, async () => {
      let sentences = 0;
      let figures = 0;
      await fc.assert(
        fc.asyncProperty(input, onError, size, async (bytes, action, length) => {
          const whole = await learn(data, [bytes], action);
          requireSane(whole, action);
          // Bytes in other chunks are the same input.
          const parts = await learn(data, cut(bytes, length), action);
          requireSane(parts, action);
          expect(parts.run.position).to.deep.equal(whole.run.position);
          expect(parts.problems).to.deep.equal(whole.problems);
          expect(String(parts.error)).to.equal(String(whole.error));
          if (whole.error !== undefined || whole.problems.length > 0) sentences++;
          if (whole.run.session.report().scored > 0) figures++;
        }),
        { seed: 1, numRuns: 100 },
      );
      expect(Math.min(sentences, figures)).to.be.above(10);
    });

  const refused: readonly (readonly [input: string, says: RegExp])[] = [
    ['', /^data has no header/],
    ['b,k\n1,x\n', /^data has no column "a"; its header has "b", "k"/],
    ['a,k,a\n1,x,2\n', /^data has two columns "a"/],
    ['a,k\n1,x\nNaN,x\n', /^data, line 3, column "a": "NaN" is not a number/],
    ['a,k\n1,x\n-Infinity,x\n', /^data, line 3, column "a": "-Infinity" is not a number/],
    [
      'a,k\n1,x\n1e308,x\n',
      /^data, line 3, column "a": 1e\+308|^data, line 3, column "a": "1e308" is too large; the limit is ±1e\+100/,
    ],
    ['a,k\n1,x,9\n', /^data, line 2: it has 3 fields, the header has 2/],
    ['a,k\r\n"1\n",x\r\n2,"y\r\n', /^data, line 5, field 2: the file ends within a quoted field/],
    [
      `a,k\n1,"${'x'.repeat(2 ** 21)}`,
      /^data, line 2, field 2: the record is longer than 1048576 bytes; is a quote not closed\?/,
    ],
    [`a,k\n1,${'y'.repeat(300)}\n`, /^data, line 2, column "k": "y+…" is too long for a category/],
  ];

  for (const [input, says] of refused)
    it(`CSV ${JSON.stringify(input.slice(0, 30))} says where and what`, async () => {
      const { error } = await learn(rows, [bytesOf(input)], 'stop');
      expect(error).to.be.instanceOf(DataError);
      expect((error as Error).message).to.match(says);
    });

  it('does not keep a line of NDJSON that never ends', async () => {
    const chunks = Array.from({ length: 40 }, () => new Uint8Array(2 ** 16).fill(0x20));
    const { error } = await learn({ ...rows, kind: 'ndjson' }, chunks, 'skip');
    expect((error as Error).message).to.match(/^data, line 1: it is longer than 1048576 bytes/);
  });

  it('gives a row of CSV as soon as its line is there, and counts the lines that are', async () => {
    const parts = ['a,k\n', '1,x\n', '2,"y"\r\n', '3,"', '\n"\n', '4\n'];
    const waits: number[] = [];
    const source: Source = {
      name: 'data',
      async *open() {
        for (const part of parts) {
          yield bytesOf(part);
          waits.push(given.length);
        }
      },
    };
    const given: unknown[] = [];
    for await (const batch of readData([source], { ...rest, data: rows })) given.push(...batch);
    expect(waits).to.deep.equal([0, 1, 2, 2, 3, 4]);
    expect(given.slice(0, 3)).to.deep.equal([
      [1, 'x'],
      [2, 'y'],
      [3, null],
    ]);
    expect(given[3]).to.deep.include({ sentence: 'data, line 6: it has 1 fields, the header has 2' });
  });

  it('takes columns that are called like what every object has', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const data: RowData = { ...rows, columns: names, categorical: ['constructor'], target: '__proto__' };
    const csvRows = Array.from({ length: 30 }, (_, i) => `${i % 5},c${i % 2},${i}\n`);
    const json = Array.from({ length: 30 }, (_, i) => `{"__proto__":${i % 5},"constructor":"c${i % 2}","toString":${i}}\n`);
    const one = await learn(data, [bytesOf(`${names.join()}\n${csvRows.join('')}`)], 'stop');
    const two = await learn({ ...data, kind: 'ndjson' }, [bytesOf(json.join(''))], 'stop');
    expect([one.error, two.error]).to.deep.equal([undefined, undefined]);
    expect(one.run.session.report()).to.deep.equal(two.run.session.report());
    // A field that is not there is missing, and not what the prototype has.
    const none = await learn({ ...data, kind: 'ndjson' }, [bytesOf('{}\n{}\n')], 'stop');
    expect(none.error).to.equal(undefined);
    expect(none.run.session.report().scored).to.equal(0);
  });

  it('stays finite on constants, leaps of scale and values at the limit, in both dtypes', async () => {
    const values = [5, 5, 5, 1e100, -1e100, 1e-300, 0, 1e-300, 5, 1e50, 3, 3, 3];
    const input = bytesOf(`a,k\n${values.map((each) => `${each},x\n`).join('')}`);
    for (const dtype of ['float32', 'float64'] as const)
      for (const horizon of [1, 3]) {
        const outcome = await learn({ ...rows, horizon }, [input], 'stop', { dtype });
        expect(outcome.error).to.equal(undefined);
        requireSane(outcome, 'stop');
        expect(outcome.run.session.report().scored).to.equal(values.length - horizon);
      }
  });

  it('refuses settings that do not fit', () => {
    const refuse = (data: RowData | SymbolData, says: RegExp) =>
      expect(() => checkConfig({ ...rest, data })).to.throw(ConfigurationError, says);
    refuse({ ...rows, horizon: 0 }, /the network would see its target a/);
    refuse({ ...rows, categorical: ['z'] }, /--categorical names z/);
    refuse({ ...rows, columns: ['a', 'a'] }, /more than once/);
    refuse({ ...rows, delimiter: '' }, /delimiter must be one character/);
    refuse({ ...characters, symbols: 1 }, /symbols must be a whole number from 2 to 4096/);
    refuse({ ...characters, alphabet: 'abca' }, /more than once/);
  });
});
