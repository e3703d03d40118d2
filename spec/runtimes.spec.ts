import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { createProject, type Project, readManifest, root } from './support/project.ts';

/** How each runs a TypeScript file. */
const runtimes = { deno: ['run', '-A'], bun: ['run'] };

/** A program for all of them: learns, saves, resumes, draws, and prints the losses. */
const program = `
import { adam, anbn, createLearner, crossEntropy, gru, kfRtrl, linear, model, restoreLearner, rtrl, tbptt, uoro } from 'norewind';
import { plot } from 'norewind/plot';
import { createTextModel } from 'norewind/stream';

const losses: Record<string, number[]> = {};
for (const estimator of [uoro(), rtrl(), kfRtrl(), tbptt({ window: 8 })]) {
  const task = anbn({ max: 4 });
  const config = {
    model: model({ cell: gru({ inputs: 3, units: 4 }), readout: linear({ outputs: 3 }) }),
    loss: crossEntropy, estimator, optimizer: adam({ rate: 0.01 }),
  };
  let learner = createLearner({ ...config, seed: 1 });
  const own: number[] = [];
  for (const { input, target } of task) {
    own.push(learner.step(input, target).loss);
    if (learner.steps === 200) learner = restoreLearner(config, learner.save());
    if (learner.steps === 400) break;
  }
  losses[estimator.name] = own;
}
const text = createTextModel({ units: 4 });
let learnt = 0;
for await (const _ of text.learn(['over and over and over'])) learnt++;
console.log(JSON.stringify({ losses, drawn: plot(losses).endsWith('</svg>'), learnt }));
`;

describe('other runtimes', () => {
  let project: Project;

  interface Result {
    readonly losses: Readonly<Record<string, readonly number[]>>;
    readonly drawn: boolean;
    readonly learnt: number;
  }

  before(() => {
    project = createProject();
    project.link(readManifest().name, root);
    project.write('program.ts', program);
    // Node 20 does not run TypeScript. The program has no types but one.
    project.write('program.js', program.replace(/: (Record<string, number\[\]>|number\[\])/g, ''));
  });

  after(() => project.dispose());

  function run(command: string, args: readonly string[]): Result {
    const { stdout, stderr, status } = spawnSync(command, args, { cwd: project.folder, encoding: 'utf8' });
    expect(status, stderr).to.equal(0);
    return JSON.parse(stdout) as Result;
  }

  for (const [name, args] of Object.entries(runtimes))
    it(`${name} runs the same TypeScript file, with the losses of Node`, function () {
      this.timeout(120_000);
      if (spawnSync(name, ['--version'], { stdio: 'ignore' }).status !== 0) {
        console.log(`      ${name} is not on the PATH: not tested there`);
        this.skip();
      }
      const inNode = run(process.execPath, ['program.js']);
      expect(inNode.learnt).to.be.above(10);
      const { losses, ...others } = run(name, [...args, 'program.ts']);
      expect(others).to.deep.equal({ drawn: true, learnt: inNode.learnt });
      expect(Object.keys(losses)).to.deep.equal(Object.keys(inNode.losses));
      for (const [estimator, own] of Object.entries(losses)) {
        expect(own).to.have.length(400);
        // Engines round a few functions differently in the last place.
        for (const [t, loss] of own.entries())
          expect(loss, `${estimator}, step ${t}`).to.be.closeTo(inNode.losses[estimator][t], 1e-4);
      }
    });
});
