import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { ResourceError } from '../../../lib/index.ts';
import { Machine } from '../../../lib/kernels/wasm/index.ts';
import { createDesk } from '../../cli/command.ts';
import { root } from '../../support/project.ts';

/** Takes one step with a plan and one without, and says what came of it. */
const program = `
  import { createLearner, crossEntropy, linear, model, rnn, sgd, uoro } from '${join(root, 'dist', 'trainers', 'norewind.js')}';
  for (const eager of [false, true]) {
    const cell = model({ cell: rnn({ inputs: 4, units: 3 }), readout: linear({ outputs: 4 }) });
    const learner = createLearner({ model: cell, loss: crossEntropy, estimator: uoro(), optimizer: sgd({ rate: 0.1 }), eager });
    try {
      console.log('loss ' + learner.step(1, 2).loss.toFixed(5));
    } catch (error) {
      console.log(String(error));
    }
    console.log(learner.steps + ' steps');
  }`;

/**
 * The output of a command with this many gibibytes of address space, on the compiled library, so that
 * nothing else takes any.
 */
function within(
  gibibytes: number,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  const limited = `ulimit -v ${gibibytes * 2 ** 20} && exec "$0" "$@"`;
  return spawnSync('/bin/sh', ['-c', limited, process.execPath, ...args], { encoding: 'utf8' });
}

describe('a machine for which there is no room', () => {
  it('is refused in a sentence when a plan is larger than WebAssembly allows', () => {
    expect(() => new Machine(5 * 2 ** 30)).to.throw(
      ResourceError,
      /^a plan needs 5120 MiB, and WebAssembly has at most 4096: use fewer units/,
    );
  });

  it('is refused with the remedies when address space is limited, and each of them helps', function () {
    // Elsewhere there is no such limit, or it is not kept.
    if (process.platform !== 'linux') this.skip();
    const run = (gibibytes: number, ...flags: string[]) =>
      within(gibibytes, [...flags, '--input-type=module', '-e', program])
        .stdout.trim()
        .split('\n');
    const [compiled, after, eager, last] = run(8);
    expect(compiled).to.match(
      /^ResourceError: a plan needs \d MiB, and this process cannot reserve the 10 GiB of address space that WebAssembly takes for it: raise the limit \(ulimit -v\), start Node with --disable-wasm-trap-handler/,
    );
    expect([after, last]).to.deep.equal(['0 steps', '1 steps']);
    expect(eager).to.match(/^loss 1\.\d+$/);
    const both = [eager, '1 steps', eager, '1 steps'];
    if (process.allowedNodeEnvironmentFlags.has('--disable-wasm-trap-handler'))
      expect(run(8, '--disable-wasm-trap-handler')).to.deep.equal(both);
    expect(run(64)).to.deep.equal(both);
  });

  it('ends the command with the sentence, as a disk that is full does', async function () {
    if (process.platform !== 'linux') this.skip();
    const desk = createDesk();
    const main = join(root, 'dist', 'cli', 'main.js');
    const { status, stderr } = within(8, [
      main,
      'run',
      'anbn',
      '--steps',
      '5',
      '-q',
      '--out',
      desk.path('run'),
    ]);
    expect(status).to.equal(1);
    expect(stderr).to.match(/^norewind: a plan needs 1 MiB, and this process cannot reserve .*\n$/);
    desk.dispose();
  });
});
