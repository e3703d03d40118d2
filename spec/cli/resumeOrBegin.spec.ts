import { readFileSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { decodeCheckpoint, encodeCheckpoint } from '../../cli/stream/checkpoint/checkpoint.ts';
import type { RowData } from '../../trainers/streams/given/config.ts';
import { createDesk, type Desk } from './command.ts';

describe('cli: norewind train --resume-or-begin', function () {
  this.timeout(120_000);

  let desk: Desk;

  before(() => {
    desk = createDesk();
    desk.file('text.txt', 'abcde\n'.repeat(40));
  });

  after(() => desk.dispose());

  const train = (args: string) => desk.norewind(`train text.txt --units 3 --every 50 -q ${args}`.split(' '));

  it('begins a run or resumes it, to the metrics of an uninterrupted run', async () => {
    expect((await train('--records 130 --resume-or-begin run')).stdout).to.match(/^130 records/);
    expect((await train('--resume-or-begin run')).stdout).to.match(/^240 records/);
    expect((await train('--out straight')).code).to.equal(0);
    expect(desk.read('run/metrics.ndjson')).to.equal(desk.read('straight/metrics.ndjson'));
  });

  it('takes --continued at the first start and at every other', async () => {
    for (const records of [240, 480, 720]) {
      const { stdout } = await train('--resume-or-begin endless --continued');
      expect(Number(stdout.match(/^[\d,]+/)?.[0].replace(',', ''))).to.equal(records);
    }
  });

  it('begins again where a run was killed before its first checkpoint, and nowhere else', async () => {
    await train('--resume-or-begin killed');
    for (const name of ['checkpoint', 'checkpoint.previous'])
      rmSync(desk.path(`killed/${name}.safetensors`), { force: true });
    const other = await train('--seed 2 --resume-or-begin killed');
    expect([other.code, other.stderr]).to.deep.equal([
      2,
      'norewind: killed exists already and is not empty: give another folder with --out, or --force to replace the run in it\n',
    ]);
    expect((await train('--resume-or-begin killed')).stdout).to.match(/^240 records/);
  });

  it('resumes a run of an earlier version, which had no calendar to choose', async () => {
    const days = Array.from({ length: 60 }, (_, i) => new Date(Date.UTC(2024, 0, i + 1)).toISOString());
    desk.file('days.csv', `day,y\n${days.map((time, i) => `${time},${i % 7}\n`).join('')}`);
    const learn = (args: string) =>
      desk.norewind(`train days.csv --target y --units 3 -q ${args}`.split(' '));
    await learn('--records 40 --calendar angles --out earlier');
    const file = 'earlier/checkpoint.safetensors';
    const own = decodeCheckpoint(readFileSync(desk.path(file)));
    const { calendar, ...data } = own.config.data as RowData;
    expect(calendar).to.equal('angles');
    desk.file(file, encodeCheckpoint({ ...own, config: { ...own.config, data } }));
    expect((await learn('--calendar weekdays --resume-or-begin earlier')).stderr).to.match(
      /was begun with another data/,
    );
    expect((await learn('--resume-or-begin earlier')).stdout).to.match(/^60 records/);
    // An option that is given in place of its default changes nothing.
    await learn('--records 40 --resume-or-begin named');
    expect((await learn('--calendar weekdays --resume-or-begin named')).stdout).to.match(/^60 records/);
  });

  it('refuses other options than those that the run was begun with, and options that contradict it', async () => {
    await train('--records 100 --resume-or-begin own');
    const before = desk.read('own/metrics.ndjson');
    for (const [args, says] of [
      [
        '--seed 5',
        /^norewind: the run in own was begun with another seed, 1: give the same options, or another folder\n$/,
      ],
      ['--cell gru', /begun with another cell, \{"name":"lstm",[^}]*"units":3\}/],
      ['--out x', /cannot be used with option '--out <folder>'\n$/],
      ['--resume own', /cannot be used with option '--resume <folder>'\n$/],
    ] as const) {
      const { code, stderr } = await train(`${args} --resume-or-begin own`);
      expect(stderr).to.match(says);
      expect(code).to.equal(2);
    }
    expect(desk.read('own/metrics.ndjson')).to.equal(before);
  });
});
