import { expect } from 'chai';
import fc from 'fast-check';
import { add, mul } from '../../../autodiff/index.ts';
import {
  DataError,
  readSafetensors,
  readSafetensorsMetadata,
  recording,
  replay,
  ShapeError,
  seeded,
  type Tensor,
  tensor,
  writeSafetensors,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, gru, linear, lstm, meanSquare, model } from '../../../nn/index.ts';
import {
  adam,
  bptt,
  chain,
  clipByGlobalNorm,
  createLearner,
  type Estimator,
  inverseSqrt,
  type LearnerConfig,
  momentum,
  type Optimizer,
  restoreLearner,
  rmsprop,
  rtrl,
  sgd,
  tbptt,
  uoro,
} from '../../../trainers/index.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';

const cell = model({ cell: lstm({ inputs: 3, units: 2 }), readout: linear({ outputs: 2 }) });
type P = ReturnType<typeof cell.init>;
type S = ReturnType<typeof cell.start>;
type Config = LearnerConfig<P, S, Tensor | number, Tensor>;

const estimators: Readonly<Record<string, () => Estimator>> = {
  uoro: () => uoro(),
  'uoro(window 3, rank 2)': () => uoro({ window: 3, rank: 2 }),
  'uoro(joint)': () => uoro({ lanes: 'joint' }),
  rtrl: () => rtrl(),
  'tbptt(4, 2)': () => tbptt({ window: 4, stride: 2 }),
  'tbptt(3)': () => tbptt({ window: 3 }),
  bptt: () => bptt({ length: 3 }),
};

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => sgd({ rate: inverseSqrt(0.1) }),
  momentum: () => momentum({ rate: 0.01 }),
  adam: () => adam({ rate: inverseSqrt(0.01) }),
  'clip and rmsprop': () => chain(clipByGlobalNorm(0.5), rmsprop({ rate: 0.001 })),
};

const config = (changes: Partial<Config> = {}): Config => ({
  model: cell,
  loss: meanSquare,
  estimator: uoro(),
  optimizer: adam({ rate: 0.01 }),
  ...changes,
});
const noise = seeded(1);
const stream = Array.from({ length: 24 }, () => ({ input: noise.normal([3]), target: noise.normal([2]) }));
const wide = Array.from({ length: 24 }, () => ({
  input: noise.normal([2, 3]),
  target: noise.normal([2, 2]),
}));

/** Learns from a stretch of the stream; some steps are only observed, some only predicted. */
function learn(
  learner: ReturnType<typeof createLearner<P, S, Tensor | number, Tensor>>,
  examples: typeof stream,
  begin: number,
  end: number,
): void {
  for (let t = begin; t < end; t++)
    if (t % 5 === 3) learner.observe(examples[t].input);
    else learner.step(examples[t].input, examples[t].target);
}

describe('a checkpoint', () => {
  for (const [i, [estimator, makeEstimator]] of Object.entries(estimators).entries())
    for (const [optimizer, makeOptimizer] of Object.entries(optimizers).filter((_, k) =>
      size((i + k) % 4 === 0, true),
    ))
      it(`${estimator} with ${optimizer} continues bit for bit, with a plan and without`, () => {
        const lanesToo = optimizer === 'adam' ? ([[false, 2, size([9], [4, 9])]] as const) : [];
        for (const [eager, lanes, cuts] of [
          [true, 1, size([11], [4, 7, 9, 11])],
          [false, 1, [7]],
          ...lanesToo,
        ] as const) {
          const own = () =>
            config({ estimator: makeEstimator(), optimizer: makeOptimizer(), eager, lanes, seed: 5 });
          const examples = lanes === 1 ? stream : wide;
          const whole = createLearner(own());
          const marks = new Map<number, Uint8Array>();
          for (let t = 0; t < 14; t++) {
            if (cuts.some((cut) => cut === t)) marks.set(t, whole.save());
            learn(whole, examples, t, t + 1);
          }
          const end = [...whole.save()];
          for (const cut of cuts) {
            const { seed: _, ...rest } = own();
            const restored = restoreLearner(rest, marks.get(cut) ?? new Uint8Array());
            expect([...restored.save()], `saved again at ${cut}`).to.deep.equal([...(marks.get(cut) ?? [])]);
            learn(restored, examples, cut, 14);
            expect([...restored.save()], `from ${cut}`).to.deep.equal(end);
            expect(restored.steps).to.equal(whole.steps);
          }
        }
      });

  it('goes from a plan to eager steps and back', () => {
    const eager = createLearner(config({ eager: true, dtype: 'float64' }));
    learn(eager, stream, 0, 6);
    const plan = restoreLearner(config({ dtype: 'float64' }), eager.save());
    learn(eager, stream, 6, 12);
    learn(plan, stream, 6, 12);
    numbersOf(plan.parameters).forEach((value, i) => {
      expect(value).to.be.closeTo(numbersOf(eager.parameters)[i], 1e-13);
    });
  });

  it('keeps replayed and recorded noise', () => {
    const draws = numbersOf(seeded(3).signs([100]));
    for (const source of [replay(draws), recording(seeded(3))]) {
      const parameters = cell.init(seeded(4));
      const learner = createLearner({ ...config(), parameters, noise: source });
      learn(learner, stream, 0, 6);
      const restored = restoreLearner(config(), learner.save());
      learn(learner, stream, 6, 12);
      learn(restored, stream, 6, 12);
      expect([...restored.save()]).to.deep.equal([...learner.save()]);
    }
  });

  it('is a safetensors file with the parameters by their paths', () => {
    const learner = createLearner(config());
    learn(learner, stream, 0, 3);
    const tensors = readSafetensors(learner.save());
    expect(numbersOf(tensors['parameters.readout.w'])).to.deep.equal(numbersOf(learner.parameters.readout.w));
    expect(readSafetensorsMetadata(learner.save()).format).to.equal('norewind.learner');
  });

  it('keeps apart parameters whose paths read alike', () => {
    type Odd = { 'a.b': Tensor; a: { b: Tensor } };
    const odd: Cell<Odd, Tensor, Tensor> = {
      name: 'odd',
      init: () => ({ 'a.b': tensor(1), a: { b: tensor(2) } }),
      start: () => zeros([]),
      step: (theta, s, x) => ({ state: s, output: add(mul(theta['a.b'], x), theta.a.b) }),
    };
    const own = { model: odd, loss: meanSquare, estimator: rtrl(), optimizer: sgd({ rate: 0.1 }) };
    const learner = createLearner(own);
    learner.step(tensor(3), tensor(0));
    const restored = restoreLearner(own, learner.save());
    expect(numbersOf(restored.parameters)).to.deep.equal(numbersOf(learner.parameters));
    expect(new Set(numbersOf(restored.parameters)).size).to.equal(2);
  });

  it('names parameters in messages after restoring as before', () => {
    const learner = createLearner(config());
    const message = (own: typeof learner) => {
      try {
        own.step(tensor([1, 2]), tensor([0, 0]));
      } catch (error) {
        expect(error).to.be.instanceOf(ShapeError);
        return (error as Error).message;
      }
      return '';
    };
    expect(message(learner)).to.contain('params.cell.input.w');
    expect(message(restoreLearner(config(), learner.save()))).to.equal(message(learner));
  });

  describe('is refused with a DataError', () => {
    const learner = createLearner(config({ estimator: tbptt({ window: 4 }) }));
    learn(learner, stream, 0, 6);
    const bytes = learner.save();
    const own = (changes: Partial<Config> = {}) => config({ estimator: tbptt({ window: 4 }), ...changes });

    for (const [what, changes, message] of [
      [
        'another model',
        { model: model({ cell: gru({ inputs: 3, units: 2 }), readout: linear({ outputs: 2 }) }) as never },
        'its model is "lstm", the given one is "gru"',
      ],
      [
        'another size',
        { model: model({ cell: lstm({ inputs: 3, units: 4 }), readout: linear({ outputs: 2 }) }) },
        'has shape',
      ],
      [
        'another readout',
        { model: model({ cell: lstm({ inputs: 3, units: 2 }), readout: linear({ outputs: 5 }) }) },
        'parameters.readout.w has shape [2,2]',
      ],
      ['no readout', { model: lstm({ inputs: 3, units: 2 }) as never }, 'parameters.'],
      ['another estimator', { estimator: rtrl() }, 'its estimator is'],
      ['other options of the estimator', { estimator: tbptt({ window: 5 }) }, '"window":5'],
      ['another optimiser', { optimizer: sgd({ rate: 1 }) }, 'its optimizer is'],
      ['another dtype', { dtype: 'float64' }, 'its dtype is "float32", the given one is "float64"'],
      ['other lanes', { lanes: 2 }, 'its lanes is 1, the given one is 2'],
    ] as readonly (readonly [string, Partial<Config>, string])[])
      it(`for ${what}`, () => {
        expect(() => restoreLearner(own(changes), bytes)).to.throw(DataError, message);
      });

    it('when it is cut short anywhere', () => {
      for (let length = 0; length < bytes.length; length += length < 40 ? 1 : 97)
        expect(() => restoreLearner(own(), bytes.slice(0, length)), `${length}`).to.throw(DataError);
      expect(() => restoreLearner(own(), bytes.slice(0, -1))).to.throw(DataError);
    });

    it('when any byte is changed, or else nothing it says has changed', () => {
      let refused = 0;
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
          const damaged = bytes.slice();
          damaged[at] ^= flip;
          try {
            expect([...restoreLearner(own(), damaged).save()]).to.deep.equal([...bytes]);
          } catch (error) {
            expect(error).to.be.instanceOf(DataError);
            refused++;
          }
        }),
        { seed: 1, numRuns: size(60, 300) },
      );
      expect(refused).to.be.greaterThan(size(50, 280));
    });

    it('when it is something else altogether', () => {
      expect(() => restoreLearner(own(), new TextEncoder().encode('not a checkpoint at all'))).to.throw(
        DataError,
      );
      expect(() => restoreLearner(own(), writeSafetensors({ x: tensor([1]) }))).to.throw(
        DataError,
        'not a norewind learner',
      );
      const other = { ...readSafetensorsMetadata(bytes), version: '7' };
      expect(() => restoreLearner(own(), writeSafetensors(readSafetensors(bytes), other))).to.throw(
        DataError,
        'format version 7',
      );
      const rewritten = { ...readSafetensorsMetadata(bytes), learner: '{"identity":{}}' };
      expect(() => restoreLearner(own(), writeSafetensors(readSafetensors(bytes), rewritten))).to.throw(
        DataError,
        'checksum',
      );
    });
  });
});
