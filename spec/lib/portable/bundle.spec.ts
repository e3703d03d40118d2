import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import * as norewind from '../../../trainers/norewind.ts';
import { root } from '../../support/project.ts';

const bundle = join(root, 'dist', 'browser', 'norewind.js');

/** Some numbers of learners, compiled and eager, and of operations that move elements. */
function numbersOf(library: typeof norewind): unknown {
  const { add, concat, createLearner, crossEntropy, gru, linear, model, mul, sgd, tensor, transpose, uoro } =
    library;
  const task = library.anbn({ max: 4 });
  const losses = [false, true].map((eager) => {
    const learner = createLearner({
      model: model({
        cell: gru({ inputs: task.symbols, units: 4 }),
        readout: linear({ outputs: task.symbols }),
      }),
      loss: crossEntropy,
      estimator: uoro(),
      optimizer: sgd({ rate: 0.01 }),
      seed: 1,
      eager,
    });
    const own: number[] = [];
    for (const { input, target } of task) {
      own.push(learner.step(input, target).loss);
      if (learner.steps === 30) return own;
    }
    return own;
  });
  const w = tensor([
    [1, 2],
    [3, 4],
  ]);
  return [losses, concat([add(w, transpose(w)), mul(w, 2)]).toArray()];
}

describe('norewind/browser', () => {
  it('has the exports of norewind, and the same numbers', async () => {
    const own = (await import(pathToFileURL(bundle).href)) as typeof norewind;
    expect(Object.keys(own).sort()).to.deep.equal(Object.keys(norewind).sort());
    expect(numbersOf(own)).to.deep.equal(numbersOf(norewind));
  });

  it('runs where no code may be made at run time', () => {
    const source = `
      import { add, tensor, transpose } from 'norewind/browser';
      const w = tensor([[1, 2], [3, 4]]);
      console.log(JSON.stringify(add(w, transpose(w)).toArray()));`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', source],
      { cwd: root, encoding: 'utf8' },
    );
    expect([stdout, stderr]).to.deep.equal(['[[2,5],[5,8]]\n', '']);
  });

  it('names its errors, and says that it has no relaxed kernels', async () => {
    const own = (await import(pathToFileURL(bundle).href)) as typeof norewind;
    const config = {
      model: own.model({ cell: own.rnn({ inputs: 1, units: 2 }), readout: own.linear({ outputs: 1 }) }),
      loss: own.meanSquare,
      estimator: own.rtrl(),
      optimizer: own.sgd({ rate: 0.1 }),
    };
    expect(own.createLearner({ ...config, relaxedSimd: 'auto' }).config.relaxedSimd).to.equal(false);
    expect(() => own.createLearner({ ...config, relaxedSimd: true }))
      .to.throw(own.ConfigurationError, 'norewind/browser has no relaxed kernels')
      .with.property('name', 'ConfigurationError');
  });

  it('is one file that imports nothing and is below 216 kB when compressed', () => {
    const text = readFileSync(bundle);
    expect(gzipSync(text, { level: 9 }).length).to.be.below(216_000);
    expect(text.toString('utf8')).not.to.match(/(^|[;}])import[\s{*"'(]|new Function|\beval\(/);
  });
});
