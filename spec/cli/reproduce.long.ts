import { expect } from 'chai';
import { createDesk, type Desk } from './command.ts';

describe('cli: norewind reproduce, from runs to the table', () => {
  let desk: Desk;
  before(() => {
    desk = createDesk();
  });
  after(() => desk.dispose());

  it('is stopped, finishes what is left by the same command, and has equal figures again', async () => {
    const line = 'reproduce influence-balancing --scale 0.005 --seeds 1..2 --jobs 2'.split(' ');
    const stopped = await desk.spawn(line, 'runs, 2 at a time', (pool) => {
      setTimeout(() => pool.kill('SIGTERM'), 1500);
    });
    expect(stopped.stderr).to.match(
      /continue with norewind reproduce influence-balancing --scale 0\.005 --seeds 1\.\.2$/m,
    );
    const first = await desk.norewind(line);
    expect(first.code, first.stderr).to.equal(0);
    expect(first.stdout.match(/ 2 of 2 /g)).to.have.length(7);
    const again = await desk.norewind([...line, '-q']);
    expect(again.stdout).to.equal(first.stdout);
  });
});
