import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FailedError } from '../../../cli/errors.ts';
import { thisProcess } from '../../../cli/training/holder.ts';
import { lockFolder, lockName } from '../../../cli/training/lock.ts';
import { UsageError } from '../../../lib/index.ts';
import { inject } from '../../support/faults.ts';
import { lockedFolder } from './lockedFolder.ts';
import { replaced } from './replacing.ts';

const isLinux = process.platform === 'linux';
const started = '2026-01-01T00:00:00.000Z';

/** When a process began, as /proc has it: the 22nd field of stat. */
function birthOf(pid: number): string | undefined {
  if (!isLinux) return undefined;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
}

describe('cli/training: the lock of a folder', () => {
  const place = lockedFolder();
  const { lock, hold, ownListeners } = place;
  const held = () => JSON.parse(readFileSync(lock(), 'utf8'));
  /** A process that lives, and is not this one. */
  const other = { ...thisProcess(), pid: process.ppid, started, birth: birthOf(process.ppid) };
  const gone = { ...other, pid: 2 ** 22 + 1 };

  it('names the process that has it, and goes when that ends', () => {
    lockFolder(place.path);
    expect(readdirSync(place.path)).to.deep.equal([lockName]);
    const { started: begun, id, ...holder } = held();
    expect(id).to.match(/^[\da-f-]{36}$/);
    const { started: _, ...own } = thisProcess();
    expect(holder).to.deep.equal(JSON.parse(JSON.stringify(own)));
    expect(own).to.deep.include({ pid: process.pid, host: hostname(), birth: birthOf(process.pid) });
    if (isLinux) for (const fact of [own.boot, own.space]) expect(fact).to.be.a('string');
    expect(Date.now() - Date.parse(begun) - 1000 * process.uptime()).to.be.within(-2000, 2000);
    for (const end of ownListeners()) end(0);
    expect(readdirSync(place.path)).to.deep.equal([]);
  });

  it('stays when it is the one of another process by then', () => {
    lockFolder(place.path);
    hold(other);
    for (const end of ownListeners()) end(0);
    expect(held()).to.deep.equal(other);
  });

  /** Runs something where processes cannot be seen, but for their numbers. */
  const hidden = replaced('readFileSync', (real) => (path: string, options: 'utf8') => {
    if (/^\/proc\/(self|\d+)\//.test(String(path)))
      throw Object.assign(new Error('none'), { code: 'ENOENT' });
    return real(path, options);
  });
  const unseen = () =>
    ` on ${hostname()}, where it cannot be seen from here; if that one is gone, remove ${lock()}`;

  /** That the folder is in use, in exactly these words. */
  function refuse(where = '') {
    expect(() => lockFolder(place.path))
      .to.throw(UsageError)
      .with.property(
        'message',
        `${place.path} is in use by process ${held().pid}, which began ${started}${where}`,
      );
  }

  it('is not given to a second process while the first one lives', () => {
    hold(other);
    refuse();
    const elsewhere = ` on elsewhere; if that one is gone, remove ${lock()}`;
    hold({ ...other, host: 'elsewhere' });
    refuse(elsewhere);
    // Processes of another machine are unknown, even those with the number of this one.
    hold({ ...other, pid: process.pid, host: 'elsewhere' });
    refuse(elsewhere);
    expect(readdirSync(place.path)).to.deep.equal([lockName]);
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
      // Some systems hide the processes of other users.
      hidden(() => refuse(unseen()));
    } finally {
      process.kill = kill;
    }
  });

  it('goes by the number of a process where its birth cannot be had', () => {
    hidden(() => {
      for (const birth of [undefined, '1']) {
        hold({ ...other, birth });
        refuse(unseen());
      }
      hold(gone);
      lockFolder(place.path);
      expect(held()).not.to.have.property('birth');
    });
  });

  it('goes by the number alone where nothing else can be had of either, as on macOS and Windows', () => {
    const bare = { pid: process.ppid, host: hostname(), started };
    const read = replaced('readFileSync', (real) => (path: string, options: 'utf8') => {
      if (/^\/(proc|etc)/.test(String(path))) throw Object.assign(new Error('none'), { code: 'ENOENT' });
      return real(path, options);
    });
    const link = replaced('readlinkSync', () => () => {
      throw Object.assign(new Error('none'), { code: 'ENOENT' });
    });
    read(() =>
      link(() => {
        hold(bare);
        refuse(unseen());
        hold({ ...bare, host: 'elsewhere' });
        refuse(` on elsewhere; if that one is gone, remove ${lock()}`);
        // Of a system that has all of it, none of which can be compared here.
        hold({ ...gone, boot: 'a boot', space: 'a space' });
        refuse(unseen());
        for (const dead of [gone.pid, process.pid]) {
          hold({ ...bare, pid: dead });
          lockFolder(place.path);
          expect(Object.keys(held()).sort()).to.deep.equal(['host', 'id', 'pid', 'started']);
        }
      }),
    );
  });

  it('is not given away when it does not say whose it is, cannot be read, or is no file', () => {
    for (const content of [
      '',
      '{"pid":12',
      '3',
      'null',
      '[]',
      '{"pid":"x","host":"a","started":"b"}',
      '{"pid":12}',
      '\u001b',
    ]) {
      hold(content);
      expect(() => lockFolder(place.path))
        .to.throw(UsageError)
        .with.property(
          'message',
          `${place.path} may be in use: ${lock()} does not say by what; if nothing uses the folder, remove that file`,
        );
      expect(readFileSync(lock(), 'utf8')).to.equal(content);
    }
    const refuseAs = (reason: string) =>
      expect(() => lockFolder(place.path))
        .to.throw(UsageError)
        .with.property(
          'message',
          `${place.path} may be in use: cannot read ${lock()}: ${reason}; if nothing uses the folder, remove ${lock()}`,
        );
    const unreadable = replaced('readFileSync', (real) => (path: string, options: 'utf8') => {
      if (String(path) === lock()) throw Object.assign(new Error('none'), { code: 'EACCES' });
      return real(path, options);
    });
    unreadable(() => refuseAs('permission denied'));
    rmSync(lock());
    mkdirSync(lock());
    refuseAs('it is a folder, not a file');
    rmSync(lock(), { recursive: true });
    if (spawnSync('mkfifo', [lock()]).status === 0)
      refuseAs('it is a pipe, a socket or a device, not a plain file');
    expect(readdirSync(place.path).filter((name) => name !== lockName)).to.deep.equal([]);
  });

  it('is taken over from a process that is dead', () => {
    const dead: object[] = [
      gone,
      { ...gone, birth: undefined },
      // This process has another lock, or none: a restarted container reuses the same numbers.
      { ...other, pid: process.pid },
      { ...other, pid: process.pid, birth: birthOf(process.pid) },
    ];
    if (isLinux) dead.push({ ...other, birth: `${birthOf(process.ppid)}0` });
    for (const holder of dead) {
      hold(holder);
      lockFolder(place.path);
      expect(held().pid, JSON.stringify(holder)).to.equal(process.pid);
      expect(readdirSync(place.path)).to.deep.equal([lockName]);
    }
  });

  it('goes back to a process that was quicker to take it over', () => {
    hold(gone);
    let renamed = 0;
    replaced('renameSync', (real) => (from: string, to: string) => {
      if (renamed++ === 0) hold(other);
      real(from, to);
    })(() => refuse());
    expect(renamed).to.equal(1);
    expect(held()).to.deep.equal(other);
    expect(readdirSync(place.path)).to.deep.equal([lockName]);
  });

  it('is taken when another process has just removed the one of a dead process', () => {
    hold(gone);
    replaced('renameSync', (real) => (from: string, to: string) => {
      rmSync(lock());
      real(from, to);
    })(() => lockFolder(place.path));
    expect(held().pid).to.equal(process.pid);
  });

  it('is written whole where a file can have no second name', () => {
    for (const code of ['EPERM', 'ENOTSUP', 'ENOSYS']) {
      const within = replaced('linkSync', () => () => {
        throw Object.assign(new Error('no links'), { code });
      });
      within(() => lockFolder(place.path));
      expect(held().pid).to.equal(process.pid);
      expect(readdirSync(place.path)).to.deep.equal([lockName]);
      hold(other);
      within(() => refuse());
      expect(held()).to.deep.equal(other);
      rmSync(lock());
    }
    const injection = inject(place.path, { at: 2, effect: 'EPERM', half: false, lasts: true });
    try {
      expect(() => lockFolder(place.path)).to.throw(
        FailedError,
        `cannot write into ${place.path}: permission denied`,
      );
    } finally {
      injection.restore();
    }
  });

  it('is had when the answer of a network that made it was lost', () => {
    replaced('linkSync', (real) => (from: string, to: string) => {
      real(from, to);
      throw Object.assign(new Error('it is there'), { code: 'EEXIST' });
    })(() => lockFolder(place.path));
    expect([held().pid, readdirSync(place.path)]).to.deep.equal([process.pid, [lockName]]);
  });

  it('is silent at the end of a process where nothing can be removed any more', () => {
    lockFolder(place.path);
    const injection = inject(place.path, { at: 1, effect: 'EROFS', half: false, lasts: true });
    try {
      for (const end of ownListeners()) end(0);
    } finally {
      injection.restore();
    }
    expect(injection.calls).to.deep.equal(['rmSync']);
    expect(held().pid).to.equal(process.pid);
  });

  it('leaves nothing where the folder cannot be written', () => {
    for (const [at, effect, says] of [
      [1, 'ENOSPC', 'no space is left on the device'],
      [2, 'EROFS', 'the file system is read-only'],
    ] as const) {
      const injection = inject(place.path, { at, effect, half: true, lasts: false });
      try {
        expect(() => lockFolder(place.path)).to.throw(
          FailedError,
          `cannot write into ${place.path}: ${says}`,
        );
      } finally {
        injection.restore();
      }
      expect(existsSync(lock())).to.equal(false);
      expect(readdirSync(place.path)).to.deep.equal([]);
    }
    // Of a lock that is held by a dead process and cannot be moved.
    hold(gone);
    const injection = inject(place.path, { at: 3, effect: 'EACCES', half: false, lasts: false });
    try {
      expect(() => lockFolder(place.path)).to.throw(
        FailedError,
        `cannot write into ${place.path}: permission denied`,
      );
    } finally {
      injection.restore();
    }
    const none = join(place.path, 'none');
    expect(() => lockFolder(none)).to.throw(
      FailedError,
      `cannot write into ${none}: there is no such file or folder`,
    );
    expect(ownListeners()).to.deep.equal([]);
  });
});
