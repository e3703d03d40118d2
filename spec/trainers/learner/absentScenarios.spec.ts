import { expect } from 'chai';
import fc from 'fast-check';
import { NonFiniteError, tensor } from '../../../lib/index.ts';
import { crossEntropy, embedded, embedding, linear, model } from '../../../nn/index.ts';
import { adam, createLearner, restoreLearner, sgd } from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import {
  type Any,
  act,
  type Config,
  everyEstimator,
  forAll,
  looks,
  moves,
  requireSame,
  symbols,
} from './planned.ts';
import { singular } from './singular.ts';

/** Characters in, logits out, by cells whose derivative is infinite in their start state. */
const scenario = fc.record({
  estimator: fc.constantFrom(...Object.keys(everyEstimator)),
  cell: fc.constantFrom('root of each unit', 'root in another leaf', 'units that see each other'),
  lanes: fc.integer({ min: 1, max: 2 }),
  dtype: fc.constantFrom('float32' as const, 'float64' as const),
  isAdaptive: fc.boolean(),
  seed: fc.integer({ min: 1, max: 1000 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function configOf({ estimator, cell, lanes, dtype, isAdaptive, seed }: Scenario): Config {
  const inner = embedded(embedding({ symbols: 5, size: 2 }), singular[cell] as never);
  return {
    model: model({ cell: inner as never, readout: linear({ outputs: 5 }) }) as never,
    loss: crossEntropy as never,
    estimator: everyEstimator[estimator](),
    optimizer: isAdaptive ? adam({ rate: 0.01 }) : sgd({ rate: 0.01 }),
    dtype,
    seed,
    lanes,
  };
}

describe('a learner whose derivative is infinite at the start', () => {
  it('learns as a plan what it learns eagerly, through resets, and whether steps are scored or observed', () => {
    forAll(
      fc.tuple(scenario, moves),
      ([drawn, actions]) => {
        const config = configOf({ ...drawn, dtype: 'float64' });
        const [plan, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
        actions.forEach((action, t) => {
          const [a, b] = [plan, eager].map((learner) => act(learner, action, t));
          if (b !== undefined) requireClose([a as number], [b], 1e-9, `loss ${t}`);
        });
        for (const part of ['gradient', 'parameters', 'state', 'influence'] as const)
          requireClose(numbersOf(plan[part]), numbersOf(eager[part]), 1e-8, part);
      },
      14,
    );
  });

  it('does not depend on what is read of it, and continues from save at any moment, to the last bit', () => {
    forAll(
      fc.tuple(
        scenario,
        moves,
        fc.array(fc.tuple(fc.nat(3), looks), { minLength: 24, maxLength: 24 }),
        fc.nat(23),
        fc.boolean(),
      ),
      ([drawn, actions, glances, at, eager]) => {
        const config = { ...configOf(drawn), eager };
        const [seen, alone] = [createLearner(config), createLearner(config)];
        let copy: Any | undefined;
        actions.forEach((action, t) => {
          if (t === at % actions.length) copy = restoreLearner({ ...configOf(drawn), eager }, seen.save());
          const [a, b, c] = [seen, alone, copy].map((learner) => learner && act(learner, action, t));
          expect(a).to.equal(b);
          if (copy !== undefined) expect(c).to.equal(b);
          const [often, look] = glances[t];
          if (often === 0) act(seen, look, t);
        });
        requireSame(seen, alone, 'the one that was read');
        requireSame(copy as Any, alone, 'the copy');
      },
      14,
    );
  });

  it('is left as before by steps that fail, the first ones too', () => {
    forAll(
      fc.tuple(scenario, moves, fc.array(fc.nat(3), { minLength: 24, maxLength: 24 }), fc.boolean()),
      ([drawn, actions, fails, eager]) => {
        const own = { ...drawn, lanes: 1 };
        const [learner, twin] = [
          createLearner({ ...configOf(own), eager }),
          createLearner({ ...configOf(own), eager }),
        ];
        actions.forEach((action, t) => {
          const fail = () => learner.step(symbols(t, 1), tensor([Number.NaN, 0, 0, 0, 1]));
          if (fails[t] === 0 || t === 0) expect(fail).to.throw(NonFiniteError, `step ${learner.steps + 1}`);
          expect(act(learner, action, t)).to.equal(act(twin, action, t));
        });
        requireSame(learner, twin, 'the one that failed');
      },
      14,
    );
  });
});
