import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import {
  DataError,
  leavesOf,
  readSafetensors,
  readSafetensorsMetadata,
  type Tree,
  tensor,
  writeSafetensors,
} from '../../../lib/index.ts';
import { meanSquare, rnn } from '../../../nn/index.ts';
import { createLearner, restoreLearner, rtrl, sgd, snap, tbptt, uoro } from '../../../trainers/index.ts';
import { checksumOf } from '../../../trainers/learner/checkpoint/checksum.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { type OldCheckpoint, oldCheckpoints } from './versionOne.ts';

const estimators = {
  uoro: () => uoro(),
  rtrl: () => rtrl(),
  snap: () => snap({ n: 1 }),
  tbptt: () => tbptt({ window: 2 }),
};
const configOf = (estimator: OldCheckpoint['estimator'], eager: boolean) => ({
  model: rnn({ inputs: 1, units: 2 }),
  loss: meanSquare,
  estimator: estimators[estimator](),
  optimizer: sgd({ rate: 0.1 }),
  dtype: 'float64' as const,
  eager,
});

describe('a checkpoint of an earlier version', () => {
  for (const { estimator, steps, losses, file } of oldCheckpoints)
    for (const eager of [true, false])
      it(`${estimator} after ${steps} steps is read and resumes as its writer did; eager: ${eager}`, () => {
        const bytes = gunzipSync(Buffer.from(file.join(''), 'base64'));
        expect(readSafetensorsMetadata(bytes).version).to.equal('1');
        const learner = restoreLearner(configOf(estimator, eager), bytes);
        expect(learner.steps).to.equal(steps);
        expect(readSafetensorsMetadata(learner.save()).version).to.equal('2');
        const own = losses.map((_, t) => learner.step(tensor([Math.sin(5 + t)]), tensor([0.1, -0.2])).loss);
        requireClose(own, losses, 1e-13, 'the losses');
      });
});

describe('the influence in a checkpoint', () => {
  const kept = (learner: { save(): Uint8Array }) =>
    JSON.parse(readSafetensorsMetadata(learner.save()).learner).memory.lanes.map(
      (lane: { influence: unknown }) => lane.influence,
    );
  const [input, target] = [tensor([0.3]), tensor([0.1, -0.2])];

  for (const [name, estimator] of Object.entries(estimators))
    for (const eager of [true, false])
      it(`${name}: is absent until a window is complete, and after a reset; eager: ${eager}`, () => {
        const learner = createLearner({ ...configOf('uoro', eager), estimator: estimator() });
        expect(kept(learner)).to.deep.equal(['absent']);
        learner.resetState();
        expect(kept(learner)).to.deep.equal(['absent']);
        const { window } = learner.estimator;
        for (let t = 1; t < window; t++) learner.step(input, target);
        expect(kept(learner)).to.deep.equal(['absent']);
        learner.step(input, target);
        expect(kept(learner)).not.to.deep.equal(['absent']);
        learner.resetState();
        expect(kept(learner)).to.deep.equal(['absent']);
        expect(numbersOf(learner.influence).every((value) => value === 0)).to.equal(true);
      });

  it('is refused when it is no tree, or absent in one lane alone', () => {
    const config = { ...configOf('uoro', false), lanes: 2 };
    const learner = createLearner(config);
    learner.step(
      tensor([[0.3], [0.1]]),
      tensor([
        [0.1, -0.2],
        [0.3, 0.4],
      ]),
    );
    const bytes = learner.save();
    const [metadata, tensors] = [readSafetensorsMetadata(bytes), readSafetensors(bytes)];
    const changed = (influence: unknown) => {
      const description = JSON.parse(metadata.learner);
      description.memory.lanes[1].influence = influence;
      const text = JSON.stringify(description);
      return writeSafetensors(tensors, { ...metadata, learner: text, checksum: checksumOf(text, tensors) });
    };
    for (const influence of ['present', 3, null])
      expect(() => restoreLearner(config, changed(influence))).to.throw(
        DataError,
        /^checkpoint: lanes\[1\]\.influence cannot be used: .* at lanes\[1\]\.influence is not a tree/,
      );
    expect(() => restoreLearner(config, changed('absent'))).to.throw(
      DataError,
      'checkpoint: some lanes have an influence',
    );
    expect(leavesOf(restoreLearner(config, bytes).influence as Tree).length).to.equal(8);
  });
});
