import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FailedError } from '../../cli/errors.ts';
import { generations, readCheckpointFile, readGeneration } from '../../cli/stream/checkpoint/generations.ts';
import { openRun } from '../../cli/stream/run/openRun.ts';
import type { StreamConfig } from '../../trainers/streams/given/config.ts';
import { type Fault, inject } from '../support/faults.ts';
import { size } from '../support/size.ts';
import { bytesOf, follow, sourceOf } from './learning.ts';
import { characters, tiny } from './sessions.ts';

const config: StreamConfig = { ...tiny, data: characters, every: 3 };
const source = sourceOf([bytesOf('abcabcaabbccabcbacab')]);
const reasons = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EIO: 'EIO: made by a test, \\w+',
} as const;
/** How many of the calls open the run, before anything is learnt; the metrics are cut with the first line. */
const opening = 1;

describe('cli: norewind train meets a disk that refuses', () => {
  let top: string;

  before(() => {
    top = realpathSync(mkdtempSync(join(tmpdir(), 'norewind faults ')));
  });

  after(() => rmSync(top, { recursive: true, force: true }));

  const wholeIn = (folder: string, name: string) => readFileSync(join(folder, name)).toString('latin1');

  /** Learns in a folder from the last checkpoint in it, or from the beginning. */
  async function learn(folder: string): Promise<void> {
    const isBegun = existsSync(join(folder, generations.newest));
    await follow(openRun(folder, config, isBegun ? readGeneration(folder, 'newest') : undefined), source, {
      checkpointRecords: 4,
    });
  }

  interface Meeting {
    readonly folder: string;
    readonly calls: readonly string[];
    readonly error: unknown;
  }

  async function meet(fault: Fault): Promise<Meeting> {
    const folder = mkdtempSync(join(top, 'run-'));
    const injection = inject(folder, fault);
    let error: unknown;
    try {
      await learn(folder);
    } catch (thrown) {
      error = thrown;
    } finally {
      injection.restore();
    }
    return { folder, calls: injection.calls, error };
  }

  for (const lasts of [true, false])
    it(`at every ${size('ninth ', '')}change of a file${lasts ? ', for good' : ', once'}: says so, keeps both generations, and resumes later to the same result`, async () => {
      const whole = await meet({ at: Number.POSITIVE_INFINITY, effect: 'EIO', half: false, lasts: false });
      expect(whole.error).to.equal(undefined);
      expect(whole.calls).to.have.length.above(50);
      for (const [i, call] of whole.calls.entries()) {
        if (i % size(9, 1) > 0) continue;
        const codes = Object.keys(reasons) as (keyof typeof reasons)[];
        const code = codes[i % codes.length];
        const { folder, error } = await meet({ at: i + 1, effect: code, half: i % 2 === 0, lasts });
        const moment = `${call}, call ${i + 1}, ${code}`;
        // Where the folder has no hard links, a copy is made.
        if (error === undefined) expect(['linkSync'], moment).to.include(call);
        else {
          expect(error, `${moment}: ${(error as Error).stack}`).to.be.instanceOf(FailedError);
          const says = new RegExp(
            `^cannot write [^\\n]+: ${reasons[code]}(?<kept>; .* is from after (?<records>\\d+) records?|; no .*made)?$`,
          );
          const { kept, records } = says.exec((error as Error).message)?.groups ?? {};
          expect((error as Error).message, moment).to.match(says);
          // Once learning has begun, it names the checkpoint from which to resume.
          expect(kept !== undefined, moment).to.equal(i >= opening);
          if (records !== undefined)
            expect(readGeneration(folder, 'newest').position.records, moment).to.equal(Number(records));
        }
        if (!lasts)
          expect(
            readdirSync(folder).filter((name) => name.endsWith('.part')),
            moment,
          ).to.deep.equal([]);
        for (const name of Object.values(generations))
          if (existsSync(join(folder, name)))
            expect(() => readCheckpointFile(join(folder, name)), moment).not.to.throw();
        await learn(folder);
        for (const name of ['metrics.ndjson', generations.newest])
          expect(wholeIn(folder, name), moment).to.equal(wholeIn(whole.folder, name));
      }
    });

  it('completes a write that took only half', async () => {
    const whole = await meet({ at: Number.POSITIVE_INFINITY, effect: 'short', half: false, lasts: false });
    const { folder, error } = await meet({ at: 1, effect: 'short', half: false, lasts: true });
    expect(error).to.equal(undefined);
    for (const name of ['metrics.ndjson', generations.newest])
      expect(wholeIn(folder, name)).to.equal(wholeIn(whole.folder, name));
  });
});
