import { spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../../support/project.ts';
import { createDesk, type Desk, inPairs } from '../command.ts';
import { feed } from '../feed.ts';

const full = '/dev/full';
const births = join(root, 'cli', 'data', 'births.csv');
const rows = `train ${births} --target births --columns births --cell lru --units 3`;

describe('cli: standard output', () => {
  let desk: Desk;

  before(async () => {
    desk = createDesk();
    desk.file('text.txt', 'abcdefgh'.repeat(100));
    await inPairs(
      [`${rows} --records 1200 --out rows -q`, 'train text.txt --units 3 --out text -q'],
      (args) => desk.norewind(args.split(' ')),
    );
  });

  after(() => desk.dispose());

  for (const args of ['generate text --length 1e7', `predict rows ${births}`])
    it(`without a reader: norewind ${args.split(' ')[0]} ends with 141, silently`, async () => {
      const { code, stderr } = await desk.spawn(args.split(' '), '', (child) => child.stdout?.destroy());
      expect({ code, stderr }).to.deep.equal({ code: 141, stderr: '' });
    });

  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`${signal}: predict ends with ${expected}, also while it waits for data, silently`, async () => {
      const { child, result } = feed(desk, ['predict', 'rows', '-']);
      child.stdout?.once('data', () => child.kill(signal));
      child.stdin?.write('births\n1\n2\n');
      const { code, stdout, stderr } = await result;
      expect({ code, stderr }).to.deep.equal({ code: expected, stderr: '' });
      expect(stdout.trimEnd().split('\n')).to.have.length(2);
    });

    it(`${signal}: generate ends with ${expected}`, async () => {
      const { code, stderr } = await desk.spawn('generate text --length 1e7'.split(' '), '', (child) =>
        child.kill(signal),
      );
      expect({ code, stderr }).to.deep.equal({ code: expected, stderr: '' });
    });
  }

  const state = (name: string) => `the checkpoint in ${name}/checkpoint\\.safetensors is from after`;
  const refused: readonly (readonly [args: string, kept: string])[] = [
    [`predict rows ${births}`, ''],
    ['generate text', ''],
    [`${rows} --records 1200 -q --out last`, `; ${state('last')} 1,200 records`],
    [`${rows} -q --json --out json`, `; ${state('json')} [\\d,]+ records`],
    [
      'run anbn --units 3 --steps 20 -q --out run',
      '; the state after step 20 is in run/checkpoint\\.safetensors',
    ],
    [
      'run anbn --units 3 --steps 1e7 -q --json --out run-json',
      '; the state after step \\d+ is in run-json/\\S+',
    ],
    ['compare rows', '; the report is in compare\\.html, the lines of metrics in compare\\.csv'],
    ['demo --steps 20 --characters 60 -q --out demo', '; the states of the contestants are in demo'],
  ];

  for (const [args, kept] of refused)
    it(`a full disk behind it: norewind ${args.replace(births, 'births.csv')} says so, and what was saved`, function () {
      if (!existsSync(full)) this.skip();
      const { status, stderr } = spawnSync(
        process.execPath,
        [join(root, 'dist', 'cli', 'main.js'), ...args.split(' ')],
        {
          cwd: desk.folder,
          encoding: 'utf8',
          stdio: ['ignore', openSync(full, 'w'), 'pipe'],
        },
      );
      expect(stderr).to.match(
        new RegExp(`^norewind: cannot write to standard output: no space is left on the device${kept}\n$`),
      );
      expect(status).to.equal(1);
    });

  it('resumes after a full disk from the point it reported, to the same metrics', async function () {
    if (!existsSync(full)) this.skip();
    const [resumed, straight] = await inPairs(
      [`train ${births} --resume json --records 1200 -q`, `${rows} --records 1200 -q --out straight`],
      (args) => desk.norewind(args.split(' ')),
    );
    expect([resumed.code, straight.code]).to.deep.equal([0, 0]);
    expect(desk.read('json/metrics.ndjson')).to.equal(desk.read('straight/metrics.ndjson'));
  });
});
