import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { setAside } from '../../cli/training/replaced.ts';

describe('cli: a run that another one replaces', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'norewind-'));
    put('config.json', 'old config');
    put('events/one', 'old event');
    put('mine.txt', 'mine');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const names = ['config.json', 'metrics.ndjson', join('events', 'one'), 'config.json'];
  function put(name: string, content: string): void {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');

  it('comes back where it was when the other comes to nothing', () => {
    const replaced = setAside(folder, names);
    expect(names.map((name) => existsSync(join(folder, name)))).to.deep.equal([false, false, false, false]);
    put('config.json', 'new config');
    rmSync(join(folder, 'config.json'));
    replaced.restore();
    expect([read('config.json'), read('events/one'), read('mine.txt')]).to.deep.equal([
      'old config',
      'old event',
      'mine',
    ]);
    expect(readdirSync(folder).sort()).to.deep.equal(['config.json', 'events', 'mine.txt']);
  });

  it('is gone when the other has come to something, and nothing else is', () => {
    const replaced = setAside(folder, names);
    put('config.json', 'new config');
    replaced.drop();
    replaced.drop();
    expect(read('config.json')).to.equal('new config');
    expect(readdirSync(folder).sort()).to.deep.equal(['config.json', 'events', 'mine.txt']);
    expect(readdirSync(join(folder, 'events'))).to.deep.equal([]);
  });

  it('outlives a replacement that is killed, and the one after that', () => {
    setAside(folder, names);
    put('config.json', 'of the one that was killed');
    put('metrics.ndjson', 'its metrics');
    const again = setAside(folder, names);
    expect(names.map((name) => existsSync(join(folder, name)))).to.deep.equal([false, false, false, false]);
    again.restore();
    expect([read('config.json'), read('events/one')]).to.deep.equal(['old config', 'old event']);
    expect(existsSync(join(folder, 'metrics.ndjson'))).to.equal(false);
  });
});
