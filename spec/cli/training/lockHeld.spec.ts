import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { expect } from 'chai';
import { LostFolderError } from '../../../cli/errors.ts';
import { thisProcess } from '../../../cli/training/holder.ts';
import { lockFolder } from '../../../cli/training/lock.ts';
import { lockedFolder } from './lockedFolder.ts';
import { replaced } from './replacing.ts';

const started = '2026-01-01T00:00:00.000Z';

describe('cli/training: the lock of a folder, held', () => {
  const place = lockedFolder();
  const { lock, hold, ownListeners } = place;
  const other = { ...thisProcess(), pid: process.ppid, started };

  it('is looked at by its holder, who stops when it is the one of another, gone or unreadable, once and for all', () => {
    const stop = 'this run stops and writes nothing more into it';
    const cases: readonly (readonly [spoil: () => void, says: string])[] = [
      [
        () => hold(other),
        `${place.path} is now in use by process ${other.pid} on ${hostname()}, which began ${started}: ${stop}`,
      ],
      [() => hold('{}'), `${place.path} is now in use by something else: ${stop}`],
      [
        () => rmSync(lock()),
        `cannot tell whether another process uses ${place.path}, for this one's lock is lost (cannot read ${lock()}: there is no such file or folder): ${stop}`,
      ],
      [
        () => {
          rmSync(lock());
          mkdirSync(lock());
        },
        `cannot tell whether another process uses ${place.path}, for this one's lock is lost (cannot read ${lock()}: it is a folder, not a file): ${stop}`,
      ],
    ];
    for (const [spoil, says] of cases)
      for (const look of ['check', 'glance'] as const) {
        const own = lockFolder(place.path);
        const content = readFileSync(lock());
        own.check();
        own.glance();
        expect(own.isOwn).to.equal(true);
        spoil();
        expect(() => own[look]())
          .to.throw(LostFolderError)
          .with.property('message', says);
        expect(own.isOwn).to.equal(false);
        rmSync(lock(), { recursive: true, force: true });
        writeFileSync(lock(), content);
        // Who knows what was written meanwhile.
        for (const again of [own.check, own.glance]) expect(again).to.throw(LostFolderError, says);
        expect(own.isOwn).to.equal(false);
        rmSync(lock());
      }
  });

  it('is still that of its holder when it was away for a moment, or has been copied and put back', () => {
    const own = lockFolder(place.path);
    const content = readFileSync(lock());
    // As a network does, or a process that took the lock for that of a dead one.
    let looks = 0;
    replaced('readFileSync', (real) => (path: string, options: 'utf8') => {
      if (String(path) === lock() && looks++ === 0)
        throw Object.assign(new Error('none'), { code: 'ESTALE' });
      return real(path, options);
    })(() => own.check());
    expect(looks).to.equal(2);
    rmSync(lock());
    writeFileSync(lock(), content);
    own.glance();
    own.release();
    expect(readdirSync(place.path)).to.deep.equal([]);
    expect(ownListeners()).to.deep.equal([]);
  });
});
