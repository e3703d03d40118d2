import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { exitCodeOf } from '../../../../cli/errors.ts';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  type StreamCheckpoint,
} from '../../../../cli/stream/checkpoint/checkpoint.ts';
import {
  NorewindError,
  readSafetensors,
  readSafetensorsMetadata,
  writeSafetensors,
} from '../../../../lib/index.ts';
import { cells } from '../../../../nn/index.ts';
import type { Table, Tables } from '../../../../trainers/experts/index.ts';
import type { RowData, StreamConfig } from '../../../../trainers/streams/given/config.ts';
import { behind } from '../../../../trainers/streams/reading/position.ts';
import { openSession } from '../../../../trainers/streams/snapshot.ts';
import { size } from '../../../support/size.ts';
import { bytesAfter, characters, checkpointAfter, rows, tiny } from '../../sessions.ts';
import { changed, entryAt, mutantsOf, pathsOf } from './mutants.ts';

const codes = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));
const timed = (count: number) =>
  Array.from({ length: count }, (_, i) => [
    i % 5 === 3 ? null : 9 * Math.cos(i),
    'xyz'[i % 3],
    100 + i * i,
    i === 0 ? null : 2 * i - 1,
  ]);
const late: RowData = { ...rows, timestamp: 't', delay: 1, horizon: 1, predict: 'change' };
const text = 'abcabbacbabcabcabccbabcabcb';
const cases: Readonly<
  Record<string, { config: StreamConfig; before: readonly unknown[]; after: readonly unknown[] }>
> = {
  text: { config: { ...tiny, data: characters }, before: codes(text), after: codes('abcabd') },
  words: {
    config: { ...tiny, data: { kind: 'text', unit: 'word', symbols: 5 } },
    before: 'the cat and the dog and the cat sat'.split(' '),
    after: 'the cat flew'.split(' '),
  },
  numbers: { config: { ...tiny, recent: 40, data: late }, before: timed(20), after: timed(24).slice(20) },
  categories: {
    config: { ...tiny, data: { ...rows, target: 'k' } },
    before: timed(20).map(([a, k]) => [a, k]),
    after: [[1, 'x']],
  },
};

/** Values that a run may have written just as well: any of these may come instead, unnoticed. */
const plausible: readonly (readonly [path: RegExp, hows: readonly string[]])[] = [
  // Another setting, that was skipped more, that the records were others, that there are more lines of
  // metrics.
  [/^config\.optimizer\.(rate|alpha)$/, ['fractional', 'another']],
  [/^config\.recent$/, ['another']],
  [/^position\.skipped$/, ['another']],
  [/^position\.digest$/, ['another', 'negative']],
  [/^metricsLength$/, ['another']],
  // Other words and categories, or fewer of those that nothing else counts.
  [/^rest\.(entries|coder\.1)\.\d+$/, ['not a number', 'another', 'deleted', 'of another type']],
  [/^rest\.coder\.1$/, ['shorter']],
  // Other numbers than those that came, of a size that numbers have.
  [/^rest\.coder\.\d\.count$/, ['another']],
  [/^rest\.coder\.\d\.(mean|squares?)$/, ['fractional', 'another', 'negative', 'beyond what is exact']],
  [
    /^rest\.waiting\.\d\.(input|output|from|size|predictions|combined|question\..*)(\.\d+)*$/,
    ['fractional', 'another', 'negative', 'beyond what is exact'],
  ],
  [
    /^rest\.late\.\d$/,
    ['fractional', 'another', 'negative', 'beyond what is exact', 'of another type', 'not a number'],
  ],
  [/^rest\.time$/, ['fractional', 'another', 'negative']],
  // Other earlier times, fewer of them, or none, as in a run of an earlier version.
  [/^rest\.times(\.\d+)?$/, ['fractional', 'another', 'negative', 'deleted']],
  [
    /^rest\.models\.(average\.mean|changes\.square|residuals\..*|residual|history\..*|panel\..*|latest\..*)$/,
    ['fractional', 'another', 'negative', 'beyond what is exact'],
  ],
  // None where a number was below 0, and in runs of earlier versions.
  [/^rest\.models\.average\.zeros$/, ['another', 'deleted']],
  [/^rest\.models\.interval\.latest\.\d+$/, ['fractional', 'another', 'beyond what is exact']],
  [/^rest\.models\.history\.(values|season)/, ['deleted', 'shorter', 'not a number']],
  // Of more scores than are kept one by one.
  [/^rest\.evaluation\.scores\.\d+\.(mean|latest\.\d)$/, ['fractional', 'another', 'beyond what is exact']],
  [/^rest\.evaluation\.calibration\.(latest\.\d|bins\.\d+\.1)$/, ['fractional']],
  // How far back the search for drift looks.
  [
    /^rest\.evaluation\.adwin\.buckets(\.\d+(\.\d)?)?$/,
    ['deleted', 'shorter', 'fractional', 'another', 'negative'],
  ],
  [/^rest\.evaluation\.drift\.last$/, ['another']],
  // Other symbols, contexts and weights than those that a run had. Whole numbers take what is not one as 0.
  [
    /^tables\.(past\.symbols|experts\.(mixtures\..*|experts\.(counts|match)\..*))$/,
    ['fractional', 'another', 'negative', 'not a number', 'huge'],
  ],
  [/^rest\.experts\.experts\.match\.follows$/, ['another']],
  [/^rest\.past\.length$/, ['another']],
];

describe('cli/stream: a checkpoint whose checksum is right, and one of whose entries is not', () => {
  for (const [name, { config, before, after }] of Object.entries(cases))
    it(`of ${name}: is refused with exit code 2 in one sentence, or resumes to the same, or may have been written`, function () {
      this.timeout(200_000);
      const { session, ...stream } = checkpointAfter(before, config);
      const whole = JSON.parse(JSON.stringify({ ...stream, metricsLength: 7, rest: session.rest }));
      whole.tables = session.tables;
      const outcome = (parts: unknown): string => {
        const { rest, tables, ...others } = parts as StreamCheckpoint & { rest: unknown; tables: Tables };
        const bytes = encodeCheckpoint({ ...others, session: { learner: session.learner, rest, tables } });
        const { config: own, session: saved, position, metricsLength } = decodeCheckpoint(bytes);
        const resumed = openSession(own, saved);
        for (const entry of after) resumed.advance(entry);
        const report = resumed.report();
        for (const { mean, recent } of Object.values(report.figures))
          expect([mean, recent].every(Number.isFinite)).to.equal(true);
        const { learner, rest: then, tables: last = {} } = resumed.save();
        return JSON.stringify([
          report,
          then,
          position,
          metricsLength,
          Buffer.from(learner).toString('base64'),
          Object.entries(last).map(([key, table]) => [key, [...table]]),
        ]);
      };
      const expected = outcome(whole);
      let [refused, same, possible, drawn] = [0, 0, 0, 0];
      const unnoticed: string[] = [];
      const { tables, ...written } = whole;
      const all: (readonly [readonly string[], string, unknown])[] = [
        ...pathsOf(written).flatMap((path) =>
          mutantsOf(entryAt(whole, path)).map(([how, mutant]) => [path, how, mutant] as const),
        ),
        ...Object.keys(tables ?? {}).flatMap((key) =>
          tableMutants(tables[key]).map(([how, mutant]) => [['tables', key], how, mutant] as const),
        ),
      ];
      for (const [path, how, mutant] of all) {
        {
          if (drawn++ % size(59, 1) > 0) continue;
          const what = `${path.join('.')} is ${how}: ${JSON.stringify(mutant)?.slice(0, 60)}`;
          let came: string;
          try {
            came = outcome(changed(whole, path, mutant));
          } catch (error) {
            if (!(error instanceof NorewindError)) throw new Error(what, { cause: error });
            expect(exitCodeOf(error), `${what}: ${error.message}`).to.equal(2);
            expect(error.message, what).to.match(/^[^\n]{1,400}$/);
            refused++;
            continue;
          }
          if (came === expected) same++;
          else {
            const isPlausible = plausible.some(
              ([ways, hows]) => ways.test(path.join('.')) && hows.includes(how),
            );
            if (!isPlausible) unnoticed.push(what);
            possible++;
          }
        }
      }
      expect(unnoticed).to.deep.equal([]);
      // Nearly all of them are noticed.
      expect(refused).to.be.above(size(4, 12) * (same + possible));
    });

  it('is taken whenever a run wrote it: after each of its first records, and across leaps, gaps and constants', () => {
    const wild = Array.from({ length: 45 }, (_, i) => [
      i % 9 === 4 ? null : i % 13 === 7 ? -1e99 : i > 30 ? 5 : i / 7,
      'abcdef'[(i * i) % 6],
    ]);
    const apart: RowData = { ...rows, columns: ['k'], horizon: 0 };
    const others: readonly (readonly [Partial<StreamConfig>, readonly unknown[]])[] = [
      [{ data: rows, recent: 4 }, wild],
      [{ data: { ...rows, predict: 'change' }, dtype: 'float64', recent: 4 }, wild],
      [{ data: { ...rows, target: 'k', delay: 3, horizon: 2 }, recent: 4 }, wild],
      [{ data: apart }, wild.map(([a, k]) => [k, a])],
      [{ data: { ...apart, delay: 2 } }, wild.map(([a, k]) => [k, a])],
      [{ data: { kind: 'text', unit: 'character', symbols: 3, alphabet: 'abc' } }, codes(text)],
      [{ data: { kind: 'text', unit: 'byte', symbols: 256 }, recent: 2 }, codes(text)],
      ...Object.values(cases).map(({ config, before, after }) => [config, [...before, ...after]] as const),
    ];
    for (const [change, entries] of others.filter((_, i) => size(i % 5 === 0, true))) {
      const config: StreamConfig = { ...tiny, data: characters, ...change };
      let session = openSession(config);
      let { position } = checkpointAfter([], config);
      for (const [i, entry] of entries.entries()) {
        const bytes = encodeCheckpoint({ config, position, metricsLength: 0, session: session.save() });
        if (i < 8 || i % 8 === 0) session = openSession(config, decodeCheckpoint(bytes).session);
        session.advance(entry);
        position = behind(position, entry);
      }
    }
  });

  it('is refused with a metadata entry missing, or another in its place', () => {
    const bytes = bytesAfter(codes('abcabba'), { ...tiny, data: characters });
    const metadata = readSafetensorsMetadata(bytes);
    const tensors = readSafetensors(bytes);
    for (const key of Object.keys(metadata))
      for (const value of [undefined, '', 'null', '3', '[]', '{}', '{"a":1}', '"x"', metadata.format]) {
        const { [key]: _, ...others } = metadata;
        if (value === metadata[key]) continue;
        const broken = writeSafetensors(tensors, value === undefined ? others : { ...others, [key]: value });
        const resealed = key === 'checksum' ? broken : sealed(broken);
        let error: unknown;
        try {
          const { config, session } = decodeCheckpoint(resealed);
          openSession(config, session);
        } catch (thrown) {
          error = thrown;
        }
        expect(error, `${key}: ${value}`).to.be.instanceOf(NorewindError);
        expect(exitCodeOf(error), `${key}: ${value}`).to.equal(2);
      }
  });

  it('is refused before memory is taken for a network that it has not', () => {
    const { session, ...stream } = checkpointAfter(codes('abcabba'), { ...tiny, data: characters });
    const before = process.memoryUsage().arrayBuffers;
    for (const units of [3, 64, 4096])
      for (const cell of Object.keys(cells)) {
        const config = { ...stream.config, cell: { name: cell, units } };
        const saved = decodeCheckpoint(encodeCheckpoint({ ...stream, config, session })).session;
        expect(() => openSession(config, saved), `${cell} ${units}`).to.throw(NorewindError, /^[^\n]+$/);
      }
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(2 ** 26);
  });
});

/** Faults of a tensor. */
function tableMutants(table: Table): (readonly [how: string, mutant: Table])[] {
  const Kind = table.constructor as new (numbers: readonly number[]) => Table;
  const numbers = [...table];
  const ends = [0, numbers.length >> 1, numbers.length - 1].filter((at) => at >= 0 && at < numbers.length);
  const changes: readonly (readonly [string, (value: number) => number])[] = [
    ['huge', () => 1e300],
    ['not a number', () => Number.NaN],
    ['negative', (value) => -value - 1],
    ['another', (value) => value + 1],
    ['another', () => 2 ** 30],
    ['fractional', (value) => value + 1e-3],
  ];
  return [
    ['of another type', new (table instanceof Int32Array ? Float64Array : Int32Array)(numbers.length)],
    ['longer', new Kind([...numbers, 0])],
    ['shorter', new Kind(numbers.slice(0, -1))],
    ['shorter', new Kind([])],
    ...ends.flatMap((at) =>
      changes.map(([how, change]) => [how, new Kind(numbers.with(at, change(numbers[at])))] as const),
    ),
  ];
}

/** With a checksum that fits. */
function sealed(bytes: Uint8Array): Uint8Array {
  const { checksum = '', ...metadata } = readSafetensorsMetadata(bytes);
  const tensors = readSafetensors(bytes);
  if (!/^[0-9a-f]{64}$/.test(checksum)) return bytes;
  const blank = writeSafetensors(tensors, { ...metadata, checksum: '0'.repeat(64) });
  return writeSafetensors(tensors, {
    ...metadata,
    checksum: createHash('sha256').update(blank).digest('hex'),
  });
}
