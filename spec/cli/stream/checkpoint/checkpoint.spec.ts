import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FailedError } from '../../../../cli/errors.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../../../cli/stream/checkpoint/checkpoint.ts';
import {
  generations,
  readCheckpointFile,
  readGeneration,
  writeGeneration,
} from '../../../../cli/stream/checkpoint/generations.ts';
import {
  DataError,
  readSafetensors,
  readSafetensorsMetadata,
  UsageError,
  writeSafetensors,
} from '../../../../lib/index.ts';
import { type Fault, inject } from '../../../support/faults.ts';
import { bytesAfter, characters, checkpointAfter, rows, tiny } from '../../sessions.ts';
import { regionsOf } from './regions.ts';

const config = { ...tiny, data: characters };
const letters = Array.from('abcabba', (letter) => letter.charCodeAt(0));

describe('cli/stream: checkpoint', () => {
  it('is read back as it was written, for every kind of data', () => {
    const csv = { ...tiny, data: { ...rows, horizon: 2 } };
    const after = [
      checkpointAfter(letters, config),
      checkpointAfter(
        [
          [1, 'x'],
          [2, 'y'],
          [null, 'x'],
          [4, null],
        ],
        csv,
      ),
      checkpointAfter(
        [
          [1, 'x'],
          [2, 'y'],
          [3, 'x'],
        ],
        { ...csv, data: { ...rows, target: 'k' } },
      ),
    ];
    for (const checkpoint of after) {
      const bytes = encodeCheckpoint({ ...checkpoint, metricsLength: 7 });
      const before = bytes.slice();
      const { session, ...stream } = decodeCheckpoint(bytes);
      expect(bytes).to.deep.equal(before);
      expect(stream).to.deep.equal({
        config: checkpoint.config,
        position: checkpoint.position,
        metricsLength: 7,
      });
      expect(session.rest).to.deep.equal(checkpoint.session.rest);
      expect([...session.learner]).to.deep.equal([...checkpoint.session.learner]);
    }
  });

  it('has parameters that every reader of safetensors finds', () => {
    expect(readSafetensors(bytesAfter(letters, config))['parameters.readout.w'].shape).to.deep.equal([4, 2]);
  });

  it('is refused in another version, as another kind of file, and without its checksum', () => {
    const bytes = bytesAfter(letters, config);
    const metadata = readSafetensorsMetadata(bytes);
    const changed = (part: Record<string, string>) =>
      writeSafetensors(readSafetensors(bytes), { ...metadata, ...part });
    const refuse = (part: Record<string, string>, says: RegExp) =>
      expect(() => decodeCheckpoint(changed(part))).to.throw(DataError, says);
    refuse(
      { version: '8' },
      /^it has version 8 of the format, and this norewind reads version 7: use the norewind that wrote it, or begin again$/,
    );
    refuse({ format: 'norewind.strean' }, /^it is not a checkpoint of `norewind train`$/);
    refuse(
      { format: 'norewind.learner' },
      /^it is the checkpoint of `norewind run`, and not of `norewind train`$/,
    );
    for (const checksum of ['', 'x'.repeat(64), `${metadata.checksum}0`, ` ${metadata.checksum}`])
      refuse({ checksum }, /^its checksum is missing$/);
    const { format, version } = metadata;
    const bare = writeSafetensors(readSafetensors(bytes), { format, version });
    expect(() => decodeCheckpoint(bare)).to.throw(DataError, /^its checksum is missing$/);
    refuse({ checksum: '0'.repeat(64) }, /^its content does not fit its checksum$/);
  });

  it('is refused, though whole, when its settings are none', () => {
    const checkpoint = checkpointAfter(letters, config);
    const broken = { ...checkpoint, config: { ...config, recent: -1 } };
    expect(() => decodeCheckpoint(encodeCheckpoint(broken))).to.throw(
      DataError,
      /^it cannot be read: recent must be a whole number/,
    );
  });
});

describe('cli/stream: generations', () => {
  let folder: string;
  let older: Uint8Array;
  let newer: Uint8Array;
  const recordsIn = (name: keyof typeof generations) => readGeneration(folder, name).position.records;
  const damage = (name: keyof typeof generations, bytes: Uint8Array, at: number) => {
    const damaged = bytes.slice();
    damaged[at] ^= 1;
    writeFileSync(join(folder, generations[name]), damaged);
  };

  before(() => {
    [older, newer] = [letters.slice(0, 4), letters].map((part) => bytesAfter(part, config));
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind generations ')));
  });

  beforeEach(() => {
    for (const bytes of [older, newer]) writeGeneration(folder, bytes);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps the newest two', () => {
    expect([recordsIn('newest'), recordsIn('previous')]).to.deep.equal([letters.length, 4]);
    writeGeneration(folder, older);
    expect([recordsIn('newest'), recordsIn('previous')]).to.deep.equal([4, letters.length]);
  });

  const whole = { at: Number.POSITIVE_INFINITY, effect: 'EIO', half: false, lasts: false };

  function withFault(fault: Fault): readonly string[] {
    const injection = inject(folder, fault);
    try {
      writeGeneration(folder, older);
    } finally {
      injection.restore();
    }
    return injection.calls;
  }

  it('is on the disk under another name before it gets its own', () => {
    expect(withFault(whole)).to.deep.equal([
      'openSync',
      'writeFileSync',
      'fsyncSync',
      'closeSync',
      'rmSync',
      'linkSync',
      'renameSync',
      'renameSync',
    ]);
  });

  it('copies the one before where there are no hard links', () => {
    expect(withFault({ ...whole, at: 6 })).to.include('writeFileSync');
    expect([recordsIn('newest'), recordsIn('previous')]).to.deep.equal([4, letters.length]);
  });

  it('stays as it is when the disk refuses', () => {
    const says = `cannot write ${join(folder, generations.newest)}: no space is left on the device`;
    expect(() => withFault({ at: 2, effect: 'ENOSPC', half: true, lasts: false })).to.throw(
      FailedError,
      says,
    );
    expect([recordsIn('newest'), recordsIn('previous')]).to.deep.equal([letters.length, 4]);
    // A part of it left behind would fill the disk further.
    expect(readdirSync(folder).sort()).to.deep.equal(Object.values(generations).sort());
    // The first error is told, also when nothing can be removed.
    expect(() => withFault({ at: 2, effect: 'ENOSPC', half: true, lasts: true })).to.throw(FailedError, says);
  });

  const offer =
    /checkpoint\.safetensors cannot be used: [^\n]+; the generation before it, made after 4 records, is whole: .* --from-previous$/;

  it('offers the older one wherever the newest is damaged, and tells when that is damaged too', () => {
    for (const [region, [begin, end]] of regionsOf(newer)) {
      damage('newest', newer, (begin + end) >> 1);
      expect(() => readGeneration(folder, 'newest'), region).to.throw(DataError, offer);
      expect(recordsIn('previous')).to.equal(4);
    }
    for (const [region, [begin, end]] of regionsOf(older)) {
      damage('previous', older, (begin + end) >> 1);
      expect(() => readGeneration(folder, 'newest'), region).to.throw(
        DataError,
        /; there is no whole generation before it$/,
      );
      const alone = /checkpoint\.previous\.safetensors cannot be used: (?!.*generation)[^\n]+$/;
      expect(() => readGeneration(folder, 'previous'), region).to.throw(DataError, alone);
    }
  });

  it('says what is wrong with a file, and not who found it', () => {
    writeFileSync(join(folder, generations.newest), newer.subarray(0, 5));
    const path = join(folder, generations.newest);
    expect(() => readCheckpointFile(path)).to.throw(
      DataError,
      `${path} cannot be used: safetensors: the file has 5 bytes`,
    );
    expect(() => readCheckpointFile(join(folder, 'none'))).to.throw(
      UsageError,
      `cannot read ${join(folder, 'none')}: there is no such file or folder`,
    );
  });
});
