import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import {
  type Holder,
  jobOf,
  judge,
  parseHolder,
  thisProcess,
  type Verdict,
} from '../../../cli/training/holder.ts';

const isLinux = process.platform === 'linux';
/** No process has it: Linux gives out numbers up to 2^22. */
const none = 2 ** 22 + 1;

describe('cli/training: the holder of a lock', () => {
  const own = thisProcess();

  it('is this process, by all that tells it from others', () => {
    expect(own).to.include({ pid: process.pid });
    if (isLinux) {
      expect(own.boot).to.match(/^[\da-f-]{36}$/);
      expect(own.space).to.match(/^pid:\[\d+\] (time:\[\d+\]|undefined)$/);
      expect(own.birth).to.match(/^\d+$/);
    }
  });

  it('knows its job of Slurm, and how often that was begun again', () => {
    expect(jobOf({})).to.deep.equal({});
    expect(jobOf({ SLURM_JOB_ID: '7', SLURM_CLUSTER_NAME: 'eco' })).to.deep.equal({
      job: 'eco 7',
      restarts: 0,
    });
    expect(jobOf({ SLURM_JOB_ID: '7', SLURM_RESTART_COUNT: '2' })).to.deep.equal({ job: ' 7', restarts: 2 });
    const holder = { ...own, job: 'eco 7', restarts: 1 };
    expect(parseHolder(JSON.stringify(holder))).to.deep.equal(JSON.parse(JSON.stringify(holder)));
  });

  /** Facts as they are on Linux, whatever this system is: those of another process are given with it. */
  const here: Holder = { ...own, machine: 'a'.repeat(32), boot: 'this start', space: 'pid:[1] time:[1]' };
  const table: readonly (readonly [
    what: string,
    lock: Partial<Holder>,
    own: Partial<Holder>,
    verdict: Verdict,
  ])[] = [
    ['a number that no process has', { pid: none }, {}, 'dead'],
    ['its own number, which an earlier process had', { pid: own.pid, birth: '1' }, {}, 'dead'],
    ['another machine', { pid: none, host: 'elsewhere' }, {}, 'unknown'],
    ['another machine, by its own number', { pid: own.pid, host: 'elsewhere' }, {}, 'unknown'],
    [
      'another machine, where its own job ran before it was begun again',
      { host: 'elsewhere', job: 'eco 7', restarts: 0 },
      { job: 'eco 7', restarts: 1 },
      'dead',
    ],
    [
      'another machine, where its own job was begun again later',
      { host: 'elsewhere', job: 'eco 7', restarts: 2 },
      { job: 'eco 7', restarts: 1 },
      'unknown',
    ],
    [
      'another machine, where another job ran',
      { host: 'elsewhere', job: 'eco 8', restarts: 0 },
      { job: 'eco 7', restarts: 1 },
      'unknown',
    ],
    [
      'another container, by a number that no process has here',
      { pid: none, space: 'pid:[2] time:[1]' },
      {},
      'unknown',
    ],
    [
      'another container, by its own number and birth',
      { pid: own.pid, birth: own.birth, space: 'pid:[2] time:[1]' },
      {},
      'unknown',
    ],
    ['another time namespace', { pid: none, space: 'pid:[1] time:[2]' }, {}, 'unknown'],
    ['a namespace that is not known', { pid: none, space: undefined }, {}, 'unknown'],
    ['its own namespace not being known', { pid: none }, { space: undefined }, 'unknown'],
    ['an earlier start of the same machine', { pid: own.pid, boot: 'an earlier start' }, {}, 'dead'],
    [
      'another container of that time',
      { pid: none, boot: 'an earlier start', space: 'pid:[2] time:[1]' },
      {},
      'dead',
    ],
    [
      'another machine of the same name',
      { pid: none, boot: 'another', machine: 'b'.repeat(32) },
      {},
      'unknown',
    ],
    [
      'machines without an identity',
      { pid: none, boot: 'another', machine: undefined },
      { machine: undefined },
      'unknown',
    ],
    ['a lock without an identity', { pid: none, boot: 'another', machine: undefined }, {}, 'unknown'],
    ['a lock without a start', { pid: none, boot: undefined }, {}, 'unknown'],
    ['its own start not being known', { pid: none }, { boot: undefined }, 'unknown'],
    [
      'macOS and Windows, a number that no process has',
      { pid: none, boot: undefined, space: undefined },
      bare(),
      'dead',
    ],
    [
      'macOS and Windows, a number that one has',
      { pid: process.ppid, boot: undefined, space: undefined },
      bare(),
      'unknown',
    ],
    ['a /proc of another namespace', { pid: process.ppid }, { birth: undefined }, 'unknown'],
    ['a number that is none of the system', { pid: 2 ** 53 }, { birth: undefined }, 'unknown'],
  ];
  function bare(): Partial<Holder> {
    return { boot: undefined, space: undefined, birth: undefined, machine: undefined };
  }

  for (const [what, lock, mine, verdict] of table)
    it(`${verdict}: ${what}`, () => {
      expect(judge({ ...here, ...lock }, { ...here, ...mine })).to.equal(verdict);
    });

  it('is told from a later process with its number by its birth', async function () {
    if (!isLinux) return this.skip();
    const child = spawn('sleep', ['60']);
    const pid = child.pid as number;
    // Its own lock identifies it: the process id and the time of its birth.
    const stat = async () => (await import('node:fs')).readFileSync(`/proc/${pid}/stat`, 'utf8');
    const birth = (await stat()).replace(/^.*\)\s+/s, '').split(' ')[19];
    expect(judge({ ...own, pid, birth }, own)).to.equal('alive');
    expect(judge({ ...own, pid, birth: `${birth}0` }, own)).to.equal('dead');
    expect(judge({ ...own, pid, birth: undefined }, own)).to.equal('unknown');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(judge({ ...own, pid, birth }, own)).to.equal('dead');
  });

  it('is read from a lock only where it names one', () => {
    expect(parseHolder(JSON.stringify({ ...own, id: 'x' }))).to.deep.equal(own);
    const lock = { pid: 1, host: 'a', started: 'b' };
    for (const broken of [
      '',
      '{',
      'null',
      '3',
      '[]',
      '"x"',
      '{}',
      ...['pid', 'host', 'started'].map(without),
    ])
      expect(parseHolder(broken), broken).to.equal(undefined);
    for (const pid of [0, -1, 1.5, '1', null, 1e300])
      expect(parseHolder(JSON.stringify({ ...lock, pid }))).to.equal(undefined);
    function without(name: string): string {
      return JSON.stringify({ ...lock, [name]: undefined });
    }
  });
});
