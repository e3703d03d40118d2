import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FailedError, UsageError } from '../../../cli/errors.ts';
import { lockFolder, lockName } from '../../../cli/training/lock.ts';
import { inject } from '../../support/faults.ts';

const isLinux = process.platform === 'linux';
const started = '2026-01-01T00:00:00.000Z';

/** When a process began, as /proc has it: the 22nd field of stat. */
function birthOf(pid: number): string | undefined {
  if (!isLinux) return undefined;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3]}`;
}

type Files = typeof fs;

/** Runs something with one of the calls of node:fs made otherwise. */
function replaced<Name extends 'linkSync' | 'readFileSync' | 'renameSync'>(name: Name, make: (real: Files[Name]) => unknown) {
  return (work: () => void): void => {
    const real = fs[name];
    Object.assign(fs, { [name]: make(real) });
    syncBuiltinESMExports();
    try {
      work();
    } finally {
      Object.assign(fs, { [name]: real });
      syncBuiltinESMExports();
    }
  };
}

describe('cli/training: the lock of a folder', () => {
  let folder: string;
  let earlier: readonly unknown[];
  const lock = () => join(folder, lockName);
  const held = () => JSON.parse(readFileSync(lock(), 'utf8'));
  const hold = (holder: object | string) => writeFileSync(lock(), typeof holder === 'string' ? holder : JSON.stringify(holder));
  /** A process that lives, and is not this one. */
  const other = { pid: process.ppid, host: hostname(), started, birth: birthOf(process.ppid) };
  const ownListeners = () => process.listeners('exit').filter((listener) => !earlier.includes(listener));

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind lock ')));
    earlier = process.listeners('exit');
  });

  afterEach(() => {
    for (const listener of ownListeners()) process.removeListener('exit', listener);
    rmSync(folder, { recursive: true, force: true });
  });

  it('names the process that has it, and goes when that ends', () => {
    lockFolder(folder);
    expect(readdirSync(folder)).to.deep.equal([lockName]);
    const { started: begun, ...holder } = held();
    expect(holder).to.deep.equal({ pid: process.pid, host: hostname(), ...(isLinux ? { birth: birthOf(process.pid) } : {}) });
    expect(Date.now() - Date.parse(begun) - 1000 * process.uptime()).to.be.within(-2000, 2000);
    for (const end of ownListeners()) end(0);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('stays when it is the one of another process by then', () => {
    lockFolder(folder);
    hold(other);
    for (const end of ownListeners()) end(0);
    expect(held()).to.deep.equal(other);
  });

  /** That the folder is in use, in exactly these words. */
  function refuse(where = '') {
    expect(() => lockFolder(folder))
      .to.throw(UsageError)
      .with.property('message', `${folder} is in use by process ${held().pid}, which began ${started}${where}`);
  }

  it('is not given to a second process while the first one lives', () => {
    hold(other);
    refuse();
    const elsewhere = ` on elsewhere; if that one is gone, remove ${lock()}`;
    hold({ ...other, host: 'elsewhere' });
    refuse(elsewhere);
    // Nobody knows the processes of another machine, not even those with the number of this one.
    hold({ ...other, pid: process.pid, host: 'elsewhere' });
    refuse(elsewhere);
    expect(readdirSync(folder)).to.deep.equal([lockName]);
    expect(ownListeners()).to.deep.equal([]);
  });

  it('is not given away where no more is known of a process than that it is there', () => {
    hold(other);
    const { kill } = process;
    process.kill = () => {
      throw Object.assign(new Error('of another user'), { code: 'EPERM' });
    };
    try {
      refuse();
    } finally {
      process.kill = kill;
    }
  });

  it('goes by the number of a process where its birth cannot be had', () => {
    replaced('readFileSync', (real) => (path: string, options: 'utf8') => {
      if (String(path).startsWith('/proc')) throw Object.assign(new Error('none'), { code: 'ENOENT' });
      return real(path, options);
    })(() => {
      for (const birth of [undefined, 'a boot 1']) {
        hold({ ...other, birth });
        refuse();
      }
      hold({ ...other, pid: 2 ** 22 + 1, birth: undefined });
      lockFolder(folder);
      expect(held()).not.to.have.property('birth');
    });
  });

  it('is taken over from a process that is dead, whatever it has left', () => {
    const dead: (object | string)[] = [
      { ...other, pid: 2 ** 22 + 1 },
      { ...other, pid: 2 ** 22 + 1, birth: undefined },
      // This process has another lock, or none: a container that was restarted gives the same numbers again.
      { ...other, pid: process.pid },
      { ...other, pid: process.pid, birth: birthOf(process.pid) },
      '',
      '{"pid":12',
      '3',
      'null',
      JSON.stringify({ ...other, pid: 'x' }),
    ];
    if (isLinux) dead.push({ ...other, birth: `${birthOf(process.ppid)}0` }, { ...other, birth: undefined });
    for (const holder of dead) {
      hold(holder);
      lockFolder(folder);
      expect(held().pid, JSON.stringify(holder)).to.equal(process.pid);
      expect(readdirSync(folder)).to.deep.equal([lockName]);
    }
  });

  it('goes back to a process that was quicker to take it over', () => {
    hold({ ...other, pid: 2 ** 22 + 1 });
    let renamed = 0;
    replaced('renameSync', (real) => (from: string, to: string) => {
      if (renamed++ === 0) hold(other);
      real(from, to);
    })(() => refuse());
    expect(renamed).to.equal(1);
    expect(held()).to.deep.equal(other);
    expect(readdirSync(folder)).to.deep.equal([lockName]);
  });

  it('is taken when another process has just removed the one of a dead process', () => {
    hold({ ...other, pid: 2 ** 22 + 1 });
    replaced('renameSync', (real) => (from: string, to: string) => {
      rmSync(lock());
      real(from, to);
    })(() => lockFolder(folder));
    expect(held().pid).to.equal(process.pid);
  });

  it('is written whole where a file can have no second name', () => {
    for (const code of ['EPERM', 'ENOTSUP', 'ENOSYS']) {
      const within = replaced('linkSync', () => () => {
        throw Object.assign(new Error('no links'), { code });
      });
      within(() => lockFolder(folder));
      expect(held().pid).to.equal(process.pid);
      expect(readdirSync(folder)).to.deep.equal([lockName]);
      hold(other);
      within(() => refuse());
      expect(held()).to.deep.equal(other);
      rmSync(lock());
    }
    const injection = inject(folder, { at: 2, effect: 'EPERM', half: false, lasts: true });
    try {
      expect(() => lockFolder(folder)).to.throw(FailedError, `cannot write into ${folder}: permission denied`);
    } finally {
      injection.restore();
    }
  });

  it('leaves nothing where the folder cannot be written', () => {
    for (const [at, effect, says] of [
      [1, 'ENOSPC', 'no space is left on the device'],
      [2, 'EROFS', 'the file system is read-only'],
    ] as const) {
      const injection = inject(folder, { at, effect, half: true, lasts: false });
      try {
        expect(() => lockFolder(folder)).to.throw(FailedError, `cannot write into ${folder}: ${says}`);
      } finally {
        injection.restore();
      }
      expect(existsSync(lock())).to.equal(false);
      expect(readdirSync(folder)).to.deep.equal([]);
    }
    // Of a lock that is held by a dead process and cannot be moved.
    hold('');
    const injection = inject(folder, { at: 3, effect: 'EACCES', half: false, lasts: false });
    try {
      expect(() => lockFolder(folder)).to.throw(FailedError, `cannot write into ${folder}: permission denied`);
    } finally {
      injection.restore();
    }
    const none = join(folder, 'none');
    expect(() => lockFolder(none)).to.throw(FailedError, `cannot write into ${none}: there is no such file or folder`);
    expect(ownListeners()).to.deep.equal([]);
  });
});
