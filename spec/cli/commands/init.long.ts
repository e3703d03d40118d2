import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../../support/project.ts';
import { createDesk } from '../command.ts';

describe('cli: init', () => {
  it('writes a cell that satisfies every law', async () => {
    const desk = createDesk();
    try {
      await desk.norewind(['init', 'study']);
      mkdirSync(desk.path(join('study', 'node_modules')));
      symlinkSync(root, desk.path(join('study', 'node_modules', 'norewind')), 'junction');
      const { code, stdout } = await desk.norewind(['check', join('study', 'cell.ts')]);
      expect(code).to.equal(0);
      expect(stdout).to.match(/(\d+) of \1 laws hold\n$/);
    } finally {
      desk.dispose();
    }
  });
});
