import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FailedError } from '../../../cli/errors.ts';
import type { StreamRecord } from '../../../cli/stream/run/record.ts';
import { crc32c } from '../../../cli/tensorboard/crc32c.ts';
import { encodeEvent } from '../../../cli/tensorboard/event.ts';
import { createEventFile, eventFilesOf } from '../../../cli/tensorboard/eventFile.ts';
import { scalarsOfStream } from '../../../cli/tensorboard/eventListener.ts';
import { frameRecord } from '../../../cli/tensorboard/record.ts';
import { inject } from '../../support/faults.ts';
import { createDesk, type Desk } from '../command.ts';

/** CRC-32C bit by bit, by its definition: the polynomial 0x1EDC6F41, input and output reflected. */
function slowCrc(bytes: Uint8Array): number {
  const reflect = (value: number, width: number) =>
    Array.from({ length: width }, (_, i) => ((value >>> i) & 1) * 2 ** (width - 1 - i)).reduce(
      (sum, bit) => sum + bit,
      0,
    );
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest = (rest ^ (reflect(byte, 8) << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit++) rest = (rest & 0x80000000 ? (rest << 1) ^ 0x1edc6f41 : rest << 1) >>> 0;
  }
  return (reflect(rest, 32) ^ 0xffffffff) >>> 0;
}

/** The records of a TFRecord file. @throws if a length or checksum is wrong. */
function recordsIn(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  const unmask = (masked: number) => {
    const rotated = (masked - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(unmask(bytes.readUInt32LE(at + 8))).to.equal(slowCrc(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(data).to.have.length(length);
    expect(unmask(bytes.readUInt32LE(at + 12 + length))).to.equal(slowCrc(data));
    records.push(data);
    at += 16 + length;
  }
  return records;
}

type Fields = Map<number, (bigint | Buffer)[]>;

/** The fields of a protobuf message by number: whole numbers, or bytes. */
function fieldsOf(message: Buffer): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = Number(varint());
    const read = { 0: varint, 1: () => take(8), 2: () => take(Number(varint())), 5: () => take(4) }[tag & 7];
    if (read === undefined) throw new Error(`wire type ${tag & 7}`);
    fields.set(tag >>> 3, [...(fields.get(tag >>> 3) ?? []), read()]);
  }
  return fields;
}

interface ReadEvent {
  readonly time: number;
  readonly step: number;
  readonly version?: string;
  readonly status?: number;
  readonly scalars: Readonly<Record<string, number>>;
}

/** Field numbers from event.proto and summary.proto. */
function eventOf(message: Buffer): ReadEvent {
  const fields = fieldsOf(message);
  const part = (number: number) => fields.get(number)?.[0] as Buffer | undefined;
  const session = part(7);
  const values = part(5) === undefined ? [] : (fieldsOf(part(5) as Buffer).get(1) as Buffer[]);
  return {
    time: part(1)?.readDoubleLE() ?? 0,
    step: Number(fields.get(2)?.[0] ?? 0),
    ...(part(3) === undefined ? {} : { version: String(part(3)) }),
    ...(session === undefined ? {} : { status: Number(fieldsOf(session).get(1)?.[0]) }),
    scalars: Object.fromEntries(
      values.map((value) => {
        const own = fieldsOf(value);
        const [[tag], [number]] = [own.get(1) ?? [], own.get(2) ?? []];
        return [String(tag), (number as Buffer).readFloatLE()];
      }),
    ),
  };
}

describe('cli: event files of TensorBoard', () => {
  let folder: string;

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind events ')));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const record = (step: number): StreamRecord => ({
    step,
    skipped: 3,
    scored: step - 1,
    unit: 'bits',
    mean: 1.5,
    recent: 0.25,
    gradientNorm: 8,
    drift: { count: 0, last: null },
    baselines: { other: { mean: 2.5, recent: 4 } },
  });

  it('have the checksums of RFC 3720, and those of their definition', () => {
    const bytes = (values: Iterable<number>) => Uint8Array.from(values);
    expect(crc32c(new TextEncoder().encode('123456789'))).to.equal(0xe3069283);
    expect(crc32c(bytes(Array(32).fill(0)))).to.equal(0x8a9136aa);
    expect(crc32c(bytes(Array(32).fill(255)))).to.equal(0x62a8ab43);
    expect(crc32c(bytes(Array(32).keys()))).to.equal(0x46dd794e);
    for (const length of [0, 1, 7, 300]) {
      const some = Uint8Array.from({ length }, (_, i) => i * 37);
      expect(crc32c(some)).to.equal(slowCrc(some));
    }
  });

  it('encode events of any size and step', () => {
    for (const step of [0, 1, 127, 128, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER]) {
      const scalars = {
        'recent/Bär': 0.5,
        [`long ${'x'.repeat(300)}`]: Number.NEGATIVE_INFINITY,
        nan: Number.NaN,
      };
      const framed = frameRecord(encodeEvent(12.5, step, { kind: 'scalars', scalars }));
      const events = recordsIn(Buffer.from(framed)).map(eventOf);
      expect(events).to.deep.equal([{ time: 12.5, step, scalars }]);
    }
  });

  it('are created at the first write: version, start, and the figures of each line', () => {
    const run = join(folder, 'one');
    const idle = createEventFile(run, 1);
    idle.close();
    expect(existsSync(run)).to.equal(false);
    const file = createEventFile(run, 41);
    const begun = Date.now() / 1000;
    for (const records of [50, 100]) file.append(records, scalarsOfStream(record(records)));
    file.close();
    const names = readdirSync(join(run, 'tensorboard'));
    expect(names).to.have.length(1);
    expect(Number(/^events\.out\.tfevents\.(\d{10})\.norewind$/.exec(names[0])?.[1])).to.be.closeTo(begun, 2);
    const events = recordsIn(readFileSync(join(run, 'tensorboard', names[0]))).map(eventOf);
    for (const { time } of events) expect(time).to.be.closeTo(begun, 2);
    const scalars = {
      'recent/network': 0.25,
      'recent/other': 4,
      'mean/network': 1.5,
      'mean/other': 2.5,
      'learning/gradient norm': 8,
      'data/skipped records': 3,
    };
    expect(events.map(({ time: _, ...event }) => event)).to.deep.equal([
      { step: 0, version: 'brain.Event:2', scalars: {} },
      { step: 41, status: 1, scalars: {} },
      { step: 50, scalars },
      { step: 100, scalars },
    ]);
  });

  it('are read in the order of the sessions, even if the clock was set back, and not mixed with other files', () => {
    const run = join(folder, 'two');
    const names = () => readdirSync(join(run, 'tensorboard')).sort();
    mkdirSync(join(run, 'tensorboard'), { recursive: true });
    const late = 'events.out.tfevents.9000000000.norewind';
    const others = [
      'events.out.tfevents.9100000000.other',
      'events.out.tfevents.9300000000.norewind.gz',
      'xevents.out.tfevents.9200000000.norewind',
      'events.out.tfevents.1.norewind',
    ];
    for (const name of [late, ...others]) writeFileSync(join(run, 'tensorboard', name), '');
    for (const expected of ['9000000001', '9000000002']) {
      const file = createEventFile(run, 1);
      file.append(1, scalarsOfStream(record(1)));
      file.close();
      expect(names()).to.include(`events.out.tfevents.${expected}.norewind`);
    }
    expect(eventFilesOf(run).sort()).to.deep.equal(
      [0, 1, 2].map((last) => join('tensorboard', `events.out.tfevents.900000000${last}.norewind`)),
    );
    expect(eventFilesOf(join(folder, 'none'))).to.deep.equal([]);
  });

  it('report that they cannot be written', () => {
    const run = join(folder, 'three');
    mkdirSync(join(run, 'tensorboard'), { recursive: true });
    for (const [at, effect] of [
      [1, 'EACCES'],
      [2, 'ENOSPC'],
    ] as const) {
      const injection = inject(folder, { at, effect, half: false, lasts: false });
      try {
        expect(() => createEventFile(run, 1).append(1, scalarsOfStream(record(1)))).to.throw(
          FailedError,
          /^cannot write .*tfevents\.\d{10}\.norewind: /,
        );
      } finally {
        injection.restore();
      }
    }
    const injection = inject(folder, { at: 2, effect: 'short', half: false, lasts: true });
    const file = createEventFile(join(folder, 'four'), 1);
    try {
      file.append(1, scalarsOfStream(record(1)));
      file.close();
    } finally {
      injection.restore();
    }
    expect(injection.calls.at(-1)).to.equal('closeSync');
    const [name] = readdirSync(join(folder, 'four', 'tensorboard'));
    expect(recordsIn(readFileSync(join(folder, 'four', 'tensorboard', name)))).to.have.length(3);
  });
});

describe('cli: norewind train --tensorboard', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
    desk.file('text.txt', 'to and fro, '.repeat(60));
  });

  after(() => desk.dispose());

  const filesOf = (run: string) => readdirSync(desk.path(`${run}/tensorboard`)).sort();
  const eventsOf = (run: string) =>
    filesOf(run).map((name) => recordsIn(readFileSync(desk.path(`${run}/tensorboard/${name}`))).map(eventOf));
  const train = async (args: string) => {
    const { code, stderr } = await desk.norewind(`train text.txt ${args} --tensorboard -q`.split(' '));
    expect([code, stderr]).to.deep.equal([0, '']);
  };

  it('writes every line of the metrics, at its record', async () => {
    await train('--units 3 --every 100 --out whole');
    const [[version, start, ...rest], ...others] = eventsOf('whole');
    expect(others).to.deep.equal([]);
    expect(filesOf('whole')[0]).to.contain('tfevents');
    expect(version.version).to.equal('brain.Event:2');
    expect([start.step, start.status]).to.deep.equal([1, 1]);
    const lines = desk.read('whole/metrics.ndjson').trimEnd().split('\n');
    expect(rest).to.have.length(lines.length);
    for (const [i, line] of lines.entries()) {
      const { step: at, mean, recent, gradientNorm, baselines } = JSON.parse(line);
      const { step, scalars } = rest[i];
      expect(step).to.equal(at);
      expect(scalars['mean/combination']).to.equal(Math.fround(mean));
      expect(scalars['recent/combination']).to.equal(Math.fround(recent));
      for (const name of ['network', 'order 2'])
        expect(scalars[`recent/${name}`]).to.equal(Math.fround(baselines[name].recent));
      expect(scalars['learning/gradient norm']).to.equal(Math.fround(gradientNorm));
    }
    for (const { time } of rest) expect(time).to.be.above(1.7e9);
  });

  it('resumes in a new file, whose start voids repeated steps; a new run leaves no old files', async () => {
    await train('--units 3 --every 100 --records 250 --out parts');
    await desk.norewind('train text.txt --resume parts --tensorboard -q'.split(' '));
    const sessions = eventsOf('parts');
    expect(sessions).to.have.length(2);
    // As TensorBoard reads them: earlier events from the step of a START on are void.
    let kept: ReadEvent[] = [];
    for (const event of sessions.flat()) {
      if (event.status === 1) kept = kept.filter(({ step }) => step < event.step);
      else if (event.version === undefined) kept.push(event);
    }
    const [, , ...whole] = eventsOf('whole')[0];
    const timeless = (events: readonly ReadEvent[]) => events.map(({ step, scalars }) => ({ step, scalars }));
    expect(sessions[0].at(-1)?.step).to.equal(250);
    expect(timeless(kept)).to.deep.equal(timeless(whole));
    expect(desk.read('parts/metrics.ndjson')).to.equal(desk.read('whole/metrics.ndjson'));
    await train('--units 3 --every 100 --out parts --force');
    expect(filesOf('parts')).to.have.length(1);
  });
});
