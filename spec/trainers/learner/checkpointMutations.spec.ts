import { expect } from 'chai';
import {
  DataError,
  dataOf,
  leavesOf,
  NonFiniteError,
  readSafetensors,
  readSafetensorsMetadata,
  recording,
  seeded,
  type Tensor,
  type Tree,
  tensor,
  writeSafetensors,
} from '../../../lib/index.ts';
import { type Cell, gru, indrnn, type Loss, linear, meanSquare, model, rnn } from '../../../nn/index.ts';
import {
  adam,
  bptt,
  chain,
  clipByGlobalNorm,
  createLearner,
  type Estimator,
  type Learner,
  momentum,
  noBackTrack,
  type Optimizer,
  restoreLearner,
  rflo,
  rmsprop,
  rtrl,
  sgd,
  snap,
  tbptt,
  uoro,
} from '../../../trainers/index.ts';
import { checksumOf } from '../../../trainers/learner/checkpoint/checksum.ts';
import { size } from '../../support/size.ts';
import { changesAt, otherTensors, placesIn } from './mutations.ts';

interface Subject {
  readonly cell: Cell<unknown, unknown, Tensor>;
  readonly estimator: Estimator;
  readonly optimizer: Optimizer;
  readonly lanes?: number;
  readonly eager: boolean;
  readonly steps: number;
  readonly noise?: 'recorded';
}

const around = (cell: unknown) =>
  model({ cell: cell as Cell<unknown, unknown, Tensor>, readout: linear({ outputs: 2 }) }) as Cell<
    unknown,
    unknown,
    Tensor
  >;
const sizes = { inputs: 1, units: 2 };
const bare = rnn(sizes) as unknown as Cell<unknown, unknown, Tensor>;

const subjects: Readonly<Record<string, Subject>> = {
  'uoro and adam, compiled': {
    cell: bare,
    estimator: uoro(),
    optimizer: adam({ rate: 0.01 }),
    eager: false,
    steps: 3,
  },
  'uoro of rank 2 in windows, two lanes and momentum, eager': {
    cell: bare,
    estimator: uoro({ rank: 2, window: 2 }),
    optimizer: momentum({ rate: 0.01 }),
    lanes: 2,
    eager: true,
    steps: 5,
  },
  'sparse rtrl and rmsprop, compiled': {
    cell: around(indrnn(sizes)),
    estimator: rtrl(),
    optimizer: rmsprop({ rate: 0.01 }),
    eager: false,
    steps: 3,
  },
  'rtrl of some leaves and sgd, eager': {
    cell: around(gru(sizes)),
    estimator: rtrl(),
    optimizer: sgd({ rate: 0.1 }),
    eager: true,
    steps: 3,
  },
  'dense rtrl, compiled': {
    cell: around(rnn(sizes)),
    estimator: rtrl({ structure: 'dense' }),
    optimizer: sgd({ rate: 0.1 }),
    eager: false,
    steps: 3,
  },
  'snap and a chain, compiled': {
    cell: around(rnn(sizes)),
    estimator: snap({ n: 1 }),
    optimizer: chain(clipByGlobalNorm(1), adam({ rate: 0.01 })),
    eager: false,
    steps: 3,
  },
  'tbptt within a window, compiled': {
    cell: bare,
    estimator: tbptt({ window: 3 }),
    optimizer: adam({ rate: 0.01 }),
    eager: false,
    steps: 5,
  },
  'tbptt with a stride, two lanes, eager': {
    cell: bare,
    estimator: tbptt({ window: 3, stride: 2 }),
    optimizer: sgd({ rate: 0.1 }),
    lanes: 2,
    eager: true,
    steps: 5,
  },
  'bptt within a sequence, compiled': {
    cell: bare,
    estimator: bptt({ length: 3 }),
    optimizer: sgd({ rate: 0.1 }),
    eager: false,
    steps: 4,
  },
  'rflo, compiled': {
    cell: around(rnn(sizes)),
    estimator: rflo({ leak: 0.5 }),
    optimizer: momentum({ rate: 0.1 }),
    eager: false,
    steps: 3,
  },
  'noBackTrack with recorded noise': {
    cell: bare,
    estimator: noBackTrack(),
    optimizer: sgd({ rate: 0.1 }),
    eager: true,
    steps: 3,
    noise: 'recorded',
  },
};

const configOf = ({ cell, estimator, optimizer, lanes = 1, eager }: Subject) => ({
  model: cell,
  loss: meanSquare as Loss<Tensor>,
  estimator,
  optimizer,
  lanes,
  eager,
});

function stepOf(learner: Learner<unknown, unknown, Tensor, Tensor>, t: number): number {
  const lanes = learner.config.lanes ?? 1;
  const [x, y] = [[Math.sin(t)], [Math.cos(t), 0.5]];
  const many = <T>(value: T) => Array.from({ length: lanes }, () => value);
  return learner.step(tensor(lanes === 1 ? x : many(x)), tensor(lanes === 1 ? y : many(y))).loss;
}

const allFinite = (tree: unknown) =>
  leavesOf(tree as Tree).every((leaf) => dataOf(leaf).every(Number.isFinite));

/** Refused in a sentence, or continued with nothing but finite numbers; what it was. */
function fate(
  restore: () => Learner<unknown, unknown, Tensor, Tensor>,
): 'refused' | 'refused late' | 'continued' {
  let learner: Learner<unknown, unknown, Tensor, Tensor>;
  try {
    learner = restore();
  } catch (error) {
    expect(error).to.be.instanceOf(DataError);
    expect((error as Error).message).to.match(/^[^\n]{10,600}$/);
    return 'refused';
  }
  const read = () => [learner.parameters, learner.gradient, learner.influence, learner.state];
  try {
    expect(allFinite(read())).to.equal(true);
    for (let t = 0; t < 2; t++) expect(Number.isFinite(stepOf(learner, t + 100))).to.equal(true);
    expect(allFinite(read())).to.equal(true);
  } catch (error) {
    if (!(error instanceof DataError || error instanceof NonFiniteError)) throw error;
    expect(error.message).to.match(/^[^\n]{10,600}$/);
    return 'refused late';
  }
  expect(restoreLearner(learner.config, learner.save()).steps).to.equal(learner.steps);
  return 'continued';
}

describe('a checkpoint with a right checksum and one thing changed', () => {
  for (const [name, subject] of Object.entries(subjects))
    describe(name, () => {
      const config = configOf(subject);
      let metadata: Record<string, string>;
      let tensors: Record<string, Tensor>;

      before(() => {
        const learner = createLearner({
          ...config,
          ...(subject.noise ? { noise: recording(seeded(1)) } : {}),
        });
        for (let t = 0; t < subject.steps; t++) stepOf(learner, t);
        const bytes = learner.save();
        metadata = readSafetensorsMetadata(bytes);
        tensors = readSafetensors(bytes);
      });

      const file = (text: string, own: Record<string, Tensor>) =>
        writeSafetensors(own, { ...metadata, learner: text, checksum: checksumOf(text, own) });
      const fateOf = (what: string, text: string, own: Record<string, Tensor>) => {
        try {
          return fate(() => restoreLearner(config, file(text, own)));
        } catch (error) {
          throw new Error(`${what}: ${(error as Error).stack}`);
        }
      };

      it('in its description', () => {
        const description = JSON.parse(metadata.learner) as Record<string, unknown>;
        let [refusals, drawn] = [0, 0];
        for (const place of placesIn(description))
          for (const [change, text] of changesAt(description, place, Object.keys(tensors)))
            if (
              drawn++ % size(31, 1) === 0 &&
              fateOf(`${place.join('.')} ${change}`, text, tensors) === 'refused'
            )
              refusals++;
        expect(refusals).to.be.above(size(7, 300));
      });

      it('in its tensors', () => {
        for (const [i, [key, x]] of Object.entries(tensors).entries()) {
          if (i % size(3, 1) > 0) continue;
          const { [key]: _, ...rest } = tensors;
          expect(fateOf(`${key} is removed`, metadata.learner, rest)).to.equal('refused');
          for (const [change, other] of otherTensors(x, subject.eager))
            fateOf(`${key} ${change}`, metadata.learner, { ...tensors, [key]: other });
        }
      });
    });
});
