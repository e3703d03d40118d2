import { expect } from 'chai';
import { Execution } from '../../../autodiff/index.ts';
import { indices, type Tensor } from '../../../lib/index.ts';
import { crossEntropy, gru, linear, model } from '../../../nn/index.ts';
import {
  createLearner,
  dni,
  dodge,
  type Estimator,
  eprop,
  frozen,
  kernl,
  kfRtrl,
  noBackTrack,
  ok,
  pes,
  restoreLearner,
  rflo,
  rKfRtrl,
  rtrl,
  sgd,
  sketched,
  snap,
  tbptt,
  uoro,
} from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';
import { type Any, type Config, estimators } from './planned.ts';

const every: Readonly<Record<string, () => Estimator>> = {
  ...estimators,
  'uoro of preactivations': () => uoro({ noise: 'preactivations' }),
  'rtrl, dense': () => rtrl({ structure: 'dense' }),
  snap: () => snap({ n: 1 }),
  rflo: () => rflo({ leak: 0.5 }),
  eprop: () => eprop(),
  frozen: () => frozen(),
  kernl: () => kernl(),
  kfRtrl: () => kfRtrl(),
  rKfRtrl: () => rKfRtrl(),
  ok: () => ok({ rank: 2 }),
  dni: () => dni(),
  dodge: () => dodge(),
  pes: () => pes({ particles: 4 }),
  sketched: () => sketched({ rank: 3 }),
};

/** One estimator for each way to carry lanes, and all of them in the long run. */
const each = (usual: readonly string[]) =>
  Object.entries(every).filter(([name]) => size(usual.includes(name), true));

/** One of each rule, without those that differ in a setting alone. */
const rules = Object.keys(every).filter((name) => !/ 1$|rank|bptt 3|dense|to 2|rflo|frozen/.test(name));

const modelOf = (units: number) =>
  model({ cell: gru({ inputs: 5, units }), readout: linear({ outputs: 5 }) }) as unknown as Config['model'];

function learnerOf(estimator: Estimator, lanes: number, more: Partial<Config> = {}): Any {
  return createLearner({
    model: modelOf(4),
    loss: crossEntropy as never,
    estimator,
    optimizer: sgd({ rate: 0.1 }),
    dtype: 'float64',
    lanes,
    seed: 3,
    ...more,
  });
}

/** Symbols of the lanes at time t. */
function symbols(lanes: number, t: number): Tensor {
  const own = Array.from({ length: lanes }, (_, lane) => (3 * t + 2 * lane + ((t * lane) % 4)) % 5);
  return indices(lanes === 1 ? own[0] : own);
}

function steps(learner: Any, lanes: number, from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => {
    const t = from + i;
    return learner.step(symbols(lanes, t), symbols(lanes, t + 1)).loss;
  });
}

/** The number of instructions of the plan that ran last. */
function instructionsOf(run: () => void): number {
  const own = Execution.prototype.run;
  let count = 0;
  Execution.prototype.run = function (this: Execution, stage?: number) {
    count = this.plan.instructions.length;
    own.call(this, stage);
  };
  try {
    run();
  } finally {
    Execution.prototype.run = own;
  }
  return count;
}

describe('lanes', () => {
  for (const [name, estimator] of each([...rules, 'tbptt 1 to 2', 'rflo']))
    it(`of a plan learn what lanes learn that are taken one by one: ${name}`, () => {
      const [plan, eager] = [learnerOf(estimator(), 3), learnerOf(estimator(), 3, { eager: true })];
      requireClose(steps(plan, 3, 0, 7), steps(eager, 3, 0, 7), 1e-9, 'losses');
      for (const learner of [plan, eager]) learner.observe(symbols(3, 7));
      for (const part of ['gradient', 'parameters', 'state', 'influence'] as const)
        requireClose(numbersOf(plan[part]), numbersOf(eager[part]), 1e-9, part);
      const ahead = [symbols(3, 8), symbols(3, 9)];
      requireClose(
        numbersOf(plan.predictMany(ahead)),
        numbersOf(eager.predictMany(ahead)),
        1e-9,
        'predictions',
      );
    });

  for (const [name, estimator] of each(['uoro of window 3', 'joint uoro', 'tbptt 4', 'dni', 'kfRtrl']))
    it(`resume bit for bit, in the middle of a window: ${name}`, () => {
      const learner = learnerOf(estimator(), 3, { dtype: 'float32' });
      steps(learner, 3, 0, 6);
      const restored = restoreLearner(learner.config, learner.save()) as Any;
      expect(steps(restored, 3, 6, 14)).to.deep.equal(steps(learner, 3, 6, 14));
      expect(numbersOf(restored.parameters)).to.deep.equal(numbersOf(learner.parameters));
    });

  for (const [name, estimator] of each(rules)) {
    const { lanesApart, joint } = estimator();
    if (lanesApart || joint) continue;
    it(`take as many instructions, within a tenth, whatever their number: ${name}`, () => {
      const [three, eight] = [3, 8].map((lanes) => {
        const learner = learnerOf(estimator(), lanes);
        return instructionsOf(() => steps(learner, lanes, 0, 12));
      });
      // A few more or less, where an array is longer than a tile or a product deeper.
      expect(Math.abs(eight - three)).to.be.at.most(0.1 * three);
    });
  }

  for (const own of [
    () => tbptt({ window: 4 }),
    () => uoro(),
    () => uoro({ window: 4 }),
    () => noBackTrack(),
  ])
    it(`of ${own().name} with a window of ${own().window}: 32 take as many instructions as one, within a tenth`, () => {
      const [one, many] = [1, 32].map((lanes) => {
        const learner = learnerOf(own(), lanes, { model: modelOf(16) });
        return instructionsOf(() => steps(learner, lanes, 0, 8));
      });
      expect(many).to.be.at.most(1.1 * one);
    });

  for (const own of [() => dodge(), () => uoro(), () => uoro({ rank: 2 }), () => noBackTrack()])
    it(`of ${own().name} see different noise`, () => {
      const learner = learnerOf(own(), 2);
      // The same stream for both.
      for (let t = 0; t < 3; t++) learner.step(indices([t, t]), indices([t + 1, t + 1]));
      const [first, second] = learner.influence as unknown[];
      expect(numbersOf(first)).not.to.deep.equal(numbersOf(second));
    });
});
