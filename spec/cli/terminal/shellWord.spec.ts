import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { shellWord } from '../../../cli/terminal/shellWord.ts';

describe('a word for a shell', () => {
  it('is the text itself to a shell, and in quotes only where it has to be', function () {
    if (process.platform === 'win32') this.skip();
    const texts = ['runs/train-2', 'my runs/ü', "it's", '$HOME', '', 'a;b', '*', 'Läufe/größe'];
    const said = execFileSync('sh', ['-c', `printf '%s\\n' ${texts.map(shellWord).join(' ')}`], {
      encoding: 'utf8',
    });
    expect(said.split('\n').slice(0, -1)).to.deep.equal(texts);
    expect(shellWord('runs/train-2')).to.equal('runs/train-2');
    expect(shellWord('my runs')).to.equal("'my runs'");
  });
});
