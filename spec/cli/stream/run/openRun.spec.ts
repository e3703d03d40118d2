import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { generations, readGeneration } from '../../../../cli/stream/checkpoint/generations.ts';
import { openRun, type StreamRun } from '../../../../cli/stream/run/openRun.ts';
import { beginning, behind } from '../../../../trainers/streams/reading/position.ts';
import { inject } from '../../../support/faults.ts';
import { characters, tiny } from '../../sessions.ts';

const never = Number.POSITIVE_INFINITY;

describe('cli/stream: a run in a folder', () => {
  let folder: string;
  const config = { ...tiny, data: characters };

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind run ')));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function take(run: StreamRun, letter: string): void {
    const code = letter.charCodeAt(0);
    run.session.advance(code);
    run.position = behind(run.position, code);
  }

  it('writes a checkpoint where there is something new, and says where the last one is', () => {
    const run = openRun(folder, config);
    expect([run.position, run.saved(), existsSync(join(folder, generations.newest))]).to.deep.equal([
      beginning,
      'no checkpoint had been made',
      false,
    ]);
    const says = (records: number) =>
      `the checkpoint in ${join(folder, generations.newest)} is from after ${records} record${records === 1 ? '' : 's'}`;
    run.save();
    expect([run.saved(), readGeneration(folder, 'newest').position]).to.deep.equal([says(0), beginning]);
    run.save();
    expect(existsSync(join(folder, generations.previous))).to.equal(false);
    take(run, 'a');
    expect(run.saved()).to.equal(says(0));
    run.metrics.append({ line: 1 });
    run.save();
    expect(run.saved()).to.equal(says(1));
    expect(readGeneration(folder, 'previous').position.records).to.equal(0);
    expect(readGeneration(folder, 'newest')).to.deep.include({
      position: run.position,
      metricsLength: 11,
      config,
    });
    run.metrics.close();
  });

  it('brings the lines that a checkpoint counts to the disk before it', () => {
    const injection = inject(folder, { at: never, effect: 'EIO', half: false, lasts: false });
    try {
      const run = openRun(folder, config);
      run.metrics.append({ line: 1 });
      const before = injection.calls.length;
      run.save();
      expect(injection.calls.slice(before, before + 3)).to.deep.equal([
        'fsyncSync',
        'openSync',
        'writeFileSync',
      ]);
      run.metrics.close();
    } finally {
      injection.restore();
    }
  });

  it('resumes from its checkpoint: the learner, the position, and the lines up to there', () => {
    const run = openRun(folder, config);
    for (const letter of 'abca') take(run, letter);
    run.metrics.append({ line: 1 });
    run.save();
    run.metrics.append({ line: 2 });
    run.metrics.close();
    const again = openRun(folder, config, readGeneration(folder, 'newest'));
    expect([again.position, again.saved()]).to.deep.equal([run.position, run.saved()]);
    const lines = () => readFileSync(join(folder, 'metrics.ndjson'), 'utf8');
    expect(lines(), 'until it has learnt').to.equal('{"line":1}\n{"line":2}\n');
    const injection = inject(folder, { at: never, effect: 'EIO', half: false, lasts: false });
    again.save();
    injection.restore();
    expect(injection.calls).to.deep.equal([]);
    for (const letter of 'bc') {
      take(run, letter);
      take(again, letter);
    }
    expect(again.session.report()).to.deep.equal(run.session.report());
    again.metrics.append({ line: 3 });
    expect(lines()).to.equal('{"line":1}\n{"line":3}\n');
    again.metrics.close();
  });
});
