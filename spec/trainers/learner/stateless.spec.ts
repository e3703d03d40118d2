import { expect } from 'chai';
import { matmul } from '../../../autodiff/index.ts';
import { cast, seeded, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import { type Cell, meanSquare } from '../../../nn/index.ts';
import {
  adam,
  chain,
  clipByGlobalNorm,
  createLearner,
  frozen,
  intentional,
  restoreLearner,
  sgd,
  tbptt,
} from '../../../trainers/index.ts';
import { builtIn } from '../../../trainers/registry/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

type Stateless = Cell<Readonly<Record<string, Tensor>>, Readonly<Record<string, never>>, Tensor>;

/** One layer, whose past has no effect. */
const layer: Stateless = {
  name: 'layer',
  init: (noise) => ({ w: noise.normal([2, 3]) }),
  start: () => ({}),
  step: ({ w }, state, x) => ({ state, output: matmul(w, x) }),
};
/** The same without anything to learn. */
const fixed: Stateless = {
  name: 'fixed',
  init: () => ({}),
  start: () => ({}),
  step: (_, state, x) => ({ state, output: x }),
};

/** Settings without a default. */
const settings: Readonly<Record<string, object>> = {
  tbptt: { window: 2 },
  bptt: { length: 2 },
  snap: { n: 1 },
  rflo: { leak: 0.5 },
};
const estimators = Object.entries(builtIn.estimators).map(
  ([name, { make }]) => [name, () => make(settings[name] ?? {})] as const,
);

const input = (t: number) => tensor([Math.sin(t), Math.cos(t), 1]);

describe('models without a state', () => {
  for (const [name, make] of estimators)
    for (const eager of [false, true])
      it(`have the gradient of one step with ${name}, ${eager ? 'eagerly' : 'as a plan'}`, () => {
        const learners = [make(), tbptt({ window: 1 })].map((estimator) =>
          createLearner({
            ...{ model: layer, loss: meanSquare, estimator, optimizer: sgd({ rate: 0.1 }), eager },
            noise: seeded(1),
            parameters: { w: cast(seeded(2).normal([2, 3]), 'float32') },
          }),
        );
        const [own, plain] = learners;
        for (let t = 0; t < 6; t++) for (const one of learners) one.step(input(t), zeros([2]));
        if (own.estimator.window === 1)
          requireClose(numbersOf(own.parameters), numbersOf(plain.parameters), 1e-6, 'the parameters');
        const { parameters: _, ...config } = own.config;
        const restored = restoreLearner(config, own.save());
        const losses = [own, restored].map((one) => one.step(input(7), zeros([2])).loss);
        expect(losses[1]).to.equal(losses[0]);
      });

  it('may be without parameters too', () => {
    for (const [, make] of estimators) {
      const learner = createLearner({
        ...{ model: fixed, loss: meanSquare, estimator: make(), optimizer: sgd({ rate: 0.1 }) },
        seed: 1,
      });
      expect(learner.step(input(0), zeros([3])).loss).to.be.closeTo((1 + 1) / 3, 1e-6);
    }
  });

  it('may be without parameters with every optimiser', () => {
    const optimizers = [intentional(), chain(clipByGlobalNorm(1), adam({ rate: 0.1 }))];
    for (const optimizer of optimizers) {
      const learner = createLearner({
        model: fixed,
        loss: meanSquare,
        estimator: frozen(),
        optimizer,
        eager: true,
      });
      expect(learner.step(input(0), zeros([3])).loss).to.be.closeTo((1 + 1) / 3, 1e-6);
    }
  });
});
