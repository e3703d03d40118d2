import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { inject } from '../../support/faults.ts';
import { compileFiles, root, userOptions } from '../../support/project.ts';
import { createDesk, type Desk } from '../command.ts';

describe('cli: init', () => {
  let desk: Desk;
  const said = (name: string) => JSON.parse(desk.read(join(name, 'package.json')));

  before(() => {
    desk = createDesk();
  });

  after(() => desk.dispose());

  it('writes a study whose types fit', async () => {
    const { code, stdout, stderr } = await desk.norewind(['init', 'My Study!']);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.contain('cd My Study!\n  npm install\n');
    const folder = desk.path('My Study!');
    expect(readdirSync(folder).sort()).to.deep.equal([
      '.gitignore',
      'README.md',
      'cell.ts',
      'package.json',
      'study.ts',
      'tsconfig.json',
    ]);
    const { name, dependencies } = said('My Study!');
    expect(name).to.equal('my-study');
    const found = join(folder, dependencies.norewind.replace('file:', ''), 'package.json');
    expect(JSON.parse(readFileSync(found, 'utf8')).name).to.equal('norewind');
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules', 'norewind'), 'junction');
    const files = ['cell.ts', 'study.ts'].map((file) => join(folder, file));
    const options = { ...userOptions, lib: ['es2023', 'dom'], types: [], noEmit: true };
    expect(compileFiles(files, options, folder)).to.deep.equal([]);
  });

  it('takes where npm finds norewind', async () => {
    await desk.norewind(['init', 'other', '--norewind', '^1.0.0']);
    expect(said('other').dependencies).to.deep.equal({ norewind: '^1.0.0' });
  });

  it('refuses a folder with files, and one that cannot be written, in a sentence', async () => {
    writeFileSync(desk.path('file'), '');
    for (const [folder, sentence] of [
      ['.', '. has files: give a folder that is empty or does not exist'],
      ['file', 'cannot write file: a part of the path'],
      [join('file', 'below'), 'cannot make the folder file/below'],
    ]) {
      const { code, stderr } = await desk.norewind(['init', folder]);
      expect(code).to.equal(2);
      expect(stderr).to.contain(sentence);
    }
  });

  it('ends with the exit code of work that failed where the disk is full, as every command does', async () => {
    for (const [at, sentence] of [
      [1, 'cannot make the folder full: no space is left on the device'],
      [2, 'cannot write full: no space is left on the device'],
    ] as const) {
      const { calls, restore } = inject(desk.folder, { at, effect: 'ENOSPC', half: false, lasts: false });
      const { code, stderr } = await desk.norewind(['init', 'full']).finally(restore);
      expect([code, stderr, calls.length]).to.deep.equal([1, `norewind: ${sentence}\n`, at]);
    }
  });
});
