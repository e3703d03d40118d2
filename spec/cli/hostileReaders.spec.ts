import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import fc from 'fast-check';
import { exitCodeOf, sentenceOf } from '../../cli/errors.ts';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  type StreamCheckpoint,
} from '../../cli/stream/checkpoint/checkpoint.ts';
import { readData } from '../../cli/stream/input/readData.ts';
import {
  DataError,
  NonFiniteError,
  NorewindError,
  readNpy,
  readSafetensors,
  tensor,
  writeNpy,
  writeSafetensors,
} from '../../lib/index.ts';
import type { StreamConfig } from '../../trainers/streams/given/config.ts';
import { Problem } from '../../trainers/streams/reading/problem.ts';
import type { Session } from '../../trainers/streams/sessions/session.ts';
import { openSession } from '../../trainers/streams/snapshot.ts';
import { mutationsOf } from '../lib/formats/mutations.ts';
import { size } from '../support/size.ts';
import { binary, csv, junk, ndjson, withJunk } from './hostile.ts';
import { bytesOf, sourceOf } from './learning.ts';
import { bytesAfter, characters, checkpointAfter, rows, tiny } from './sessions.ts';

/** The most memory held at any moment beyond the start: a megabyte-long record, many times over. */
const mostBytes = 2 ** 26;

/** The share of the inputs that are tried. */
const share = (count: number) => count / size(20, 1);

describe(`cli: ${share(10_000)} hostile inputs`, () => {
  let inputs = 0;
  const prototype = Object.getOwnPropertyNames(Object.prototype);
  const held = () => process.memoryUsage().arrayBuffers;

  /**
   * Tries every input. Each has to end in success or in one sentence, and hold no more memory than it needs.
   */
  async function tryAll<T>(
    count: number,
    arbitrary: fc.Arbitrary<T>,
    attempt: (input: T) => Promise<void> | void,
  ): Promise<void> {
    let refused = 0;
    const before = held();
    await fc.assert(
      fc.asyncProperty(arbitrary, async (input) => {
        inputs++;
        try {
          await attempt(input);
        } catch (error) {
          if (!(error instanceof NorewindError)) throw error;
          refused++;
          expect(error.message).to.match(/^[^\n]+$/);
          // Learning may leave the range of numbers; every other error is the fault of the input.
          expect(exitCodeOf(error), error.message).to.equal(error instanceof NonFiniteError ? 1 : 2);
          expect(sentenceOf(error)).to.equal(error.message);
        }
        expect(held() - before).to.be.below(mostBytes);
      }),
      { seed: 1, numRuns: count, endOnFailure: true },
    );
    expect(refused, 'refused').to.be.above(count / 50);
    expect(count - refused, 'taken').to.be.above(count / 50);
  }

  function requireFinite(session: Session<unknown>): void {
    const { figures, gradientNorm } = session.report();
    for (const { mean, recent } of Object.values(figures))
      expect([mean, recent].every(Number.isFinite)).to.equal(true);
    expect(gradientNorm).to.satisfy(Number.isFinite);
  }

  const data = [
    {
      name: 'CSV',
      count: share(3500),
      data: rows,
      input: fc.oneof(csv, csv, csv, binary, mutationsOf([bytesOf('a,k\n1,x\n"2",y\n')])),
    },
    {
      name: 'NDJSON',
      count: share(2500),
      data: { ...rows, kind: 'ndjson' } as const,
      input: fc.oneof(
        ndjson,
        ndjson,
        ndjson,
        binary,
        mutationsOf([bytesOf('{"a":1,"k":"x"}\n{"a":2e1,"k":null}\n')]),
      ),
    },
    {
      name: 'text',
      count: share(1500),
      data: { ...characters, symbols: 3, alphabet: 'äb\n' },
      input: fc.oneof(mutationsOf([bytesOf('äb\nbä\nää'), bytesOf('b')]), binary),
    },
  ];
  for (const { name, count, data: kind, input } of data)
    it(`${count} of ${name}: a problem says where it is, and what is taken leaves figures that are finite`, async () => {
      const config: StreamConfig = { ...tiny, data: kind };
      // One session learns from whatever comes.
      const session = openSession(config);
      await tryAll(count, input, async (bytes) => {
        let problem: Problem | undefined;
        for await (const batch of readData([sourceOf([bytes])], config))
          for (const entry of batch)
            if (entry instanceof Problem) problem ??= entry;
            else session.advance(entry);
        requireFinite(session);
        if (problem === undefined) return;
        expect(problem.sentence).to.match(/^data, line \d+(, (column|field) [^\n]+)?: [^\n]+$/);
        throw new DataError(problem.sentence);
      });
    });

  const configs = {
    text: { ...tiny, data: characters },
    csv: { ...tiny, data: rows },
    category: { ...tiny, data: { ...rows, target: 'k' } },
    late: { ...tiny, data: { ...rows, timestamp: 't', delay: 2, horizon: 2 } },
  } as const;
  const entriesOf = {
    text: [97, 98, 99, 97],
    csv: [
      [1, 'x'],
      [2, 'y'],
      [null, 'x'],
      [4, null],
    ],
    category: [
      [1, 'x'],
      [2, 'y'],
      [null, 'x'],
    ],
    late: [
      [1, 'x', 100, null],
      [2, 'y', 105, 5],
      [null, 'x', 110, 5],
      [4, null, 120, 10],
      [4, 'y', 130, 10],
      [3, 'y', 130, 0],
    ],
  } as const;

  it(`${share(1000)} checkpoints that are damaged`, async () => {
    const files = [bytesAfter(entriesOf.text, configs.text), bytesAfter(entriesOf.csv, configs.csv)];
    await tryAll(
      share(1000),
      fc.oneof(mutationsOf(files), fc.constantFrom(...files)),
      (bytes) => void decodeCheckpoint(bytes),
    );
  });

  it(`${share(500)} checkpoints that are whole and hold what no run wrote`, async () => {
    const parts = (['text', 'csv', 'category', 'late'] as const).map((kind) => {
      const { session, ...stream } = checkpointAfter(entriesOf[kind], configs[kind]);
      return { kind, learner: session.learner, stream: { ...stream, rest: session.rest } };
    });
    const input = fc
      .constantFrom(...parts)
      .chain((part) => fc.tuple(fc.constant(part), withJunk(part.stream)));
    await tryAll(share(500), input, ([{ kind, learner }, stream]) => {
      const { rest: own, ...others } = stream as StreamCheckpoint & { rest: unknown };
      const { config, session: saved } = decodeCheckpoint(
        encodeCheckpoint({ ...others, session: { learner, rest: own } }),
      );
      const session = openSession(config, saved);
      for (const entry of entriesOf[kind]) session.advance(entry);
      requireFinite(session);
    });
  });

  it(`${share(1000)} .npy files`, async () => {
    const files = [writeNpy(tensor([[1, 2, 3]])), writeNpy(tensor([4, 5], { dtype: 'float32' }))];
    await tryAll(share(1000), fc.oneof(mutationsOf(files), binary), (bytes) => void readNpy(bytes));
  });

  it(`${share(1000)} .safetensors files, with lengths that lie`, async () => {
    const file = writeSafetensors(
      { w: tensor([[1, 2, 3]]), b: tensor([1], { dtype: 'float32' }) },
      { a: 'b' },
    );
    const json = fc.tuple(
      withJunk({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] }, __metadata__: { a: 'b' } }),
      junk,
    );
    const lying = json.map(([header, length]) => {
      const text = bytesOf(JSON.stringify(header));
      const bytes = new Uint8Array(8 + text.length + 8);
      const told = Number.isSafeInteger(length) ? BigInt(length as number) : BigInt(text.length);
      new DataView(bytes.buffer).setBigInt64(0, told, true);
      bytes.set(text, 8);
      return bytes;
    });
    await tryAll(
      share(1000),
      fc.oneof(mutationsOf([file]), lying, fc.constant(file)),
      (bytes) => void readSafetensors(bytes),
    );
  });

  it(`were at least ${share(10_000)}, and left nothing behind`, () => {
    expect(inputs).to.be.at.least(share(10_000));
    expect(Object.getOwnPropertyNames(Object.prototype)).to.deep.equal(prototype);
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    expect(process.memoryUsage().heapUsed).to.be.below(2 ** 28);
  });
});
