import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FailedError } from '../../../cli/errors.ts';
import { claimFolder, fileNames, openFolder } from '../../../cli/training/folder.ts';
import { lockName } from '../../../cli/training/lock.ts';
import { UsageError } from '../../../lib/index.ts';
import { inject } from '../../support/faults.ts';

describe('cli/training: the folder of a run, claimed', () => {
  let top: string;
  let earlier: readonly unknown[];
  const path = (name: string) => join(top, name);
  const refuse = (work: () => unknown, says: string) => expect(work).to.throw(UsageError, says);
  const busy = (name: string) =>
    `${path(name)} exists already and is not empty: give another folder with --out, or --force to replace`;

  beforeEach(() => {
    top = realpathSync(mkdtempSync(join(tmpdir(), 'norewind folder ')));
    earlier = process.listeners('exit');
  });

  afterEach(() => {
    for (const listener of process.listeners('exit'))
      if (!earlier.includes(listener)) process.removeListener('exit', listener);
    rmSync(top, { recursive: true, force: true });
  });

  it('is the given one, made with those above it, or the first that is free', () => {
    const given = claimFolder(path('a/b/c'), 'train', false);
    expect([given.path, readdirSync(path('a/b/c'))]).to.deep.equal([path('a/b/c'), [lockName]]);
    const here = process.cwd();
    process.chdir(top);
    try {
      const paths = Array.from({ length: 3 }, () => claimFolder(undefined, 'train', false).path);
      expect(paths).to.deep.equal(['train', 'train-2', 'train-3'].map((name) => join('runs', name)));
      expect(claimFolder(undefined, 'run', false).path).to.equal(join('runs', 'run'));
      for (const each of paths) expect(readdirSync(each)).to.deep.equal([lockName]);
    } finally {
      process.chdir(here);
    }
  });

  it('may be there already when it is empty, and holds nothing of a run when it is forced', () => {
    mkdirSync(path('empty'));
    expect(claimFolder(path('empty'), 'train', false).path).to.equal(path('empty'));
    mkdirSync(path('old'));
    for (const name of [...Object.values(fileNames), 'mine']) writeFileSync(path(`old/${name}`), name);
    refuse(() => claimFolder(path('old'), 'train', false), busy('old'));
    expect(readdirSync(path('old')).sort()).to.deep.equal([...Object.values(fileNames), 'mine'].sort());
    const claimed = claimFolder(path('old'), 'train', true);
    for (const name of Object.values(fileNames)) expect(existsSync(path(`old/${name}`))).to.equal(false);
    claimed.write(fileNames.config, 'of the new run');
    claimed.discard();
    for (const name of [...Object.values(fileNames), 'mine'])
      expect(readFileSync(path(`old/${name}`), 'utf8')).to.equal(name);
    claimFolder(path('old'), 'train', true).settle();
    expect(readdirSync(path('old')).sort()).to.deep.equal(['mine', lockName]);
    refuse(() => claimFolder(path('old'), 'train', false), busy('old'));
  });

  it('is a folder, and one that can be used', () => {
    writeFileSync(path('file'), '');
    refuse(
      () => claimFolder(path('file'), 'train', true),
      `${path('file')} is a file: give a folder with --out`,
    );
    refuse(
      () => claimFolder(path('file/below'), 'train', true),
      `cannot make the folder ${path('file/below')}: a part of the path is a file, not a folder`,
    );
    symlinkSync(path('loop'), path('loop'));
    refuse(() => claimFolder(path('loop/below'), 'train', false), 'its symbolic links lead in a circle');
    expect(readFileSync(path('file'), 'utf8')).to.equal('');
  });

  it('is left as it was by a run that came to nothing', () => {
    const made = claimFolder(path('made'), 'train', false);
    made.write(fileNames.config, '{}');
    made.discard();
    expect(existsSync(path('made'))).to.equal(false);
    const used = claimFolder(path('used'), 'train', false);
    writeFileSync(path('used/mine'), '');
    used.write(fileNames.checkpoint, '{}');
    used.discard();
    expect(readdirSync(path('used'))).to.deep.equal(['mine']);
    mkdirSync(path('there'));
    claimFolder(path('there'), 'train', false).discard();
    expect(readdirSync(path('there'))).to.deep.equal([]);
    const here = process.cwd();
    process.chdir(top);
    try {
      claimFolder(undefined, 'train', false).discard();
      expect(existsSync(path('runs'))).to.equal(false);
      mkdirSync(path('runs'));
      claimFolder(undefined, 'train', false).discard();
      claimFolder('runs/a/b/c', 'train', false).discard();
      expect(readdirSync(path('runs'))).to.deep.equal([]);
      // Files that others have put into the folders above stay.
      const within = claimFolder('runs/a/b/c', 'train', false);
      writeFileSync(path('runs/a/mine'), '');
      within.discard();
      expect(readdirSync(path('runs/a'))).to.deep.equal(['mine']);
    } finally {
      process.chdir(here);
    }
  });

  it('has files that are written as a whole or not at all', () => {
    const { write } = openFolder(path('run/within'));
    expect(write('a.txt', 'one')).to.equal(path('run/within/a.txt'));
    write('a.txt', Uint8Array.of(50));
    expect(readFileSync(path('run/within/a.txt'), 'utf8')).to.equal('2');
    expect(readdirSync(path('run/within'))).to.deep.equal(['a.txt']);
    for (const at of [1, 2]) {
      const injection = inject(path('run/within'), { at, effect: 'ENOSPC', half: true, lasts: false });
      try {
        expect(() => write('a.txt', 'three')).to.throw(
          FailedError,
          `cannot write ${path('run/within/a.txt')}: no space is left on the device`,
        );
      } finally {
        injection.restore();
      }
      expect(readFileSync(path('run/within/a.txt'), 'utf8')).to.equal('2');
    }
    expect(openFolder(path('run/within')).path).to.equal(path('run/within'));
  });
});
