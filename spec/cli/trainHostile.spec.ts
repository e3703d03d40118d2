import { expect } from 'chai';
import fc from 'fast-check';
import type { StreamRun } from '../../cli/stream/run/openRun.ts';
import { ConfigurationError, DataError } from '../../lib/index.ts';
import { checkConfig } from '../../trainers/streams/checkConfig.ts';
import type { RowData, StreamConfig, SymbolData } from '../../trainers/streams/given/config.ts';
import { beginning } from '../../trainers/streams/reading/position.ts';
import { openSession } from '../../trainers/streams/snapshot.ts';
import { size } from '../support/size.ts';
import { binary, csv, ndjson } from './hostile.ts';
import { bytesOf, follow, sourceOf } from './learning.ts';
import { characters, rows, tiny } from './sessions.ts';

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
  const config: StreamConfig = { ...tiny, data, ...change };
  checkConfig(config);
  const run: StreamRun = {
    folder: '',
    config,
    session: openSession(config),
    metrics: { length: 0, append() {}, sync() {}, close() {} },
    position: beginning,
    write: () => '',
    save() {},
    saved: () => 'nothing is saved',
  };
  let problems: readonly string[] = [];
  let error: unknown;
  const tell = (sentence: string) => {
    problems = [...problems, sentence];
  };
  try {
    await follow(run, sourceOf(chunks), { onError }, tell);
  } catch (thrown) {
    error = thrown;
  }
  return { run, problems, error };
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}

/** A sentence or nothing, and figures that are numbers; nothing else may come of any input. */
function requireSane({ run, problems, error }: Outcome, onError: 'stop' | 'skip'): void {
  if (error !== undefined) expect(error, String((error as Error).stack)).to.be.instanceOf(DataError);
  if (error !== undefined) expect((error as Error).message).to.match(/^data\b[^\n]*$/);
  if (error !== undefined)
    expect(/; nothing is saved$/.test((error as Error).message)).to.equal(run.position.records > 0);
  if (onError === 'stop') expect(problems).to.deep.equal([]);
  for (const problem of problems) expect(problem).to.match(/^data, (line \d+|.* line \d+)/);
  expect(run.position.skipped).to.equal(problems.length);
  const { figures, scored } = run.session.report();
  expect(scored).to.be.at.most(run.position.records);
  for (const { mean, recent } of Object.values(figures))
    expect([mean, recent].every(Number.isFinite)).to.equal(true);
}

const onError = fc.constantFrom('stop' as const, 'skip' as const);
const pieceSize = fc.integer({ min: 1, max: 60 });

describe('cli: hostile input to norewind train', () => {
  const cases = [
    {
      name: 'CSV',
      data: rows,
      input: fc.oneof({ arbitrary: csv, weight: 4 }, { arbitrary: binary, weight: 1 }),
    },
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
        fc.asyncProperty(input, onError, pieceSize, async (bytes, action, length) => {
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
        { seed: 1, numRuns: size(15, 100) },
      );
      expect(Math.min(sentences, figures)).to.be.above(size(0, 10));
    });

  const refused: readonly (readonly [input: string, says: RegExp])[] = [
    ['', /^data has no header/],
    ['b,k\n1,x\n', /^data has no column "a"; its header has "b", "k"/],
    ['a,k,a\n1,x,2\n', /^data has two columns "a"/],
    ['a,k\n1,x\nmany,x\n', /^data, line 3, column "a": "many" is not a number/],
    ['a,k\n1,x\n-Infinity,x\n', /^data, line 3, column "a": "-Infinity" is not a number/],
    [
      'a,k\n1,x\n1e308,x\n',
      /^data, line 3, column "a": 1e\+308|^data, line 3, column "a": "1e308" is too large; the limit is ±1e\+100/,
    ],
    ['a,k\n1,x,9\n', /^data, line 2: it has 3 fields, the header has 2/],
    ['a,k\r\n"1\n",x\r\n2,"y\r\n', /^data, line 4, field 2: the file ends within a quoted field/],
    [
      `a,k\n1,"${'x'.repeat(2 ** 21)}`,
      /^data, line 2: the record is longer than 1048576 characters; is a quote not closed\?/,
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
    expect((error as Error).message).to.match(/^data, line 1: it is longer than 1048576 characters/);
  });

  it('takes columns that are called like what every object has', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const data: RowData = { ...rows, columns: names, categorical: ['constructor'], target: '__proto__' };
    const csvRows = Array.from({ length: 30 }, (_, i) => `${i % 5},c${i % 2},${i}\n`);
    const json = Array.from(
      { length: 30 },
      (_, i) => `{"__proto__":${i % 5},"constructor":"c${i % 2}","toString":${i}}\n`,
    );
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
      expect(() => checkConfig({ ...tiny, data })).to.throw(ConfigurationError, says);
    refuse({ ...rows, horizon: 0 }, /the network would see its target a/);
    refuse({ ...rows, categorical: ['z'] }, /--categorical names z/);
    refuse({ ...rows, columns: ['a', 'a'] }, /more than once/);
    refuse({ ...rows, delimiter: '' }, /delimiter must be one character/);
    refuse({ ...characters, symbols: 1 }, /symbols must be a whole number from 2 to 4096/);
    refuse({ ...characters, alphabet: 'abca' }, /more than once/);
  });
});
