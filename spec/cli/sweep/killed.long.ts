import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../../support/project.ts';
import { randomWords } from '../../support/randomWords.ts';
import { createDesk, type Desk } from '../command.ts';

const main = join(root, 'dist', 'cli', 'main.js');
const grid =
  'sweep anbn --estimator uoro,rtrl,tbptt --rate 0.001,0.003,0.01,0.03 --units 3 --steps 400 --seeds 1..5 --jobs 2 --checkpoint-steps 50';
const kills = 20;

describe('cli: norewind sweep is killed', function () {
  this.timeout(600_000);
  let desk: Desk;

  before(() => {
    desk = createDesk();
  });

  after(() => desk.dispose());

  /** The processes that a process began. */
  const childrenOf = (pid: number | undefined) => {
    try {
      return execFileSync('pgrep', ['-P', String(pid)])
        .toString()
        .trim()
        .split('\n')
        .map(Number);
    } catch {
      return [];
    }
  };

  it(`${kills} times, pool and children, while it runs 60 runs: the table is the same byte for byte`, async () => {
    const words = randomWords(13);
    const next = (below: number) => words.next().value % below;
    let killed = 0;
    let pools = 0;
    for (let isOver = false; !isOver; ) {
      const pool = spawn(process.execPath, [main, ...`${grid} --out killed -q`.split(' ')], {
        cwd: desk.folder,
        stdio: 'ignore',
      });
      pools++;
      let code: number | null | undefined;
      const end = new Promise<void>((resolve) => {
        pool.once('exit', (own) => {
          code = own;
          resolve();
        });
      });
      while (killed < kills && code === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 200 + next(1200)));
        const children = childrenOf(pool.pid);
        if (code !== undefined || children.length === 0) continue;
        killed++;
        if (next(3) > 0) {
          try {
            process.kill(children[next(children.length)], 'SIGKILL');
          } catch {
            // It has ended since.
            killed--;
          }
        } else {
          pool.kill('SIGKILL');
          break;
        }
      }
      await end;
      isOver = code === 0;
      if (!isOver) expect(code).to.equal(null);
    }
    expect([killed, pools > 3]).to.deep.equal([kills, true]);
    const whole = await desk.spawn(`${grid} --out whole -q`.split(' '));
    expect(whole.code, whole.stderr).to.equal(0);
    for (const folder of ['killed', 'whole'])
      expect((await desk.norewind(`collect ${folder} --no-times`.split(' '))).code).to.equal(0);
    const table = desk.read('killed/results.csv');
    expect(table).to.equal(desk.read('whole/results.csv'));
    expect(table.trimEnd().split('\n')).to.have.length(61);
    expect(table.match(/,done,400,/g)).to.have.length(60);
  });

  it('has the same table by xargs', async () => {
    const few = 'sweep brackets --estimator uoro,tbptt --units 2 --steps 60 --seeds 1..2';
    await desk.norewind(`${few} --out pooled -q`.split(' '));
    const { stdout } = await desk.norewind(`${few} --plan --out by-xargs`.split(' '));
    const [, command] = /With xargs: +(.+)\n/.exec(stdout) ?? [];
    const own = command.replace(' norewind ', ` ${process.execPath} ${main} `).replace('-P 4', '-P 2');
    execFileSync('sh', ['-c', own], { cwd: desk.folder, stdio: 'ignore' });
    for (const folder of ['pooled', 'by-xargs'])
      await desk.norewind(`collect ${folder} --no-times`.split(' '));
    expect(desk.read('by-xargs/results.csv')).to.equal(desk.read('pooled/results.csv'));
  });
});
