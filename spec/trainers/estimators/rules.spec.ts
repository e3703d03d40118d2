import { expect } from 'chai';
import { add, grad, matmul, mul } from '../../../autodiff/index.ts';
import {
  cast,
  leavesOf,
  mapTree,
  replay,
  seeded,
  type Tensor,
  type Tree,
  zeros,
} from '../../../lib/index.ts';
import { gru, type LinearParameters, meanSquare, rnn } from '../../../nn/index.ts';
import {
  absent,
  addParts,
  createLearner,
  type Estimator,
  type RankOne,
  restoreLearner,
  rtrl,
  sgd,
  snap,
  uoro,
} from '../../../trainers/index.ts';
import { estimates, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import { fixture, withReadout } from './sparse.ts';

/** The published pairing: the updated influence with the derivative at the new state. */
function published(inner: Estimator<Tree>): Estimator<Tree> {
  return {
    ...inner,
    bias: 'approximate',
    bind(step) {
      const rule = inner.bind(step);
      return {
        ...rule,
        gradient(influence, { transition, after, direct }) {
          const none = replay([]);
          const next = rule.advance(influence === absent ? rule.start(none) : influence, transition, none);
          return addParts(direct, rule.pull(next, after));
        },
      };
    },
  };
}

/** UORO's reduction with draws that are not signs, some of them from a source that was split off. */
function gaussian(): Estimator<RankOne> {
  const inner = uoro() as Estimator<RankOne>;
  return {
    ...inner,
    bias: 'approximate',
    bind(step) {
      const rule = inner.bind(step);
      const of = (tree: Tree, draw: (shape: readonly number[]) => Tensor) =>
        mapTree(tree, (leaf) => cast(draw(leaf.shape), leaf.dtype));
      return {
        ...rule,
        // It begins with a pair of zeros and a direction that is drawn.
        start: (noise) => ({
          stateTangent: mapTree(step.state, ({ shape, dtype }) => zeros(shape, { dtype })),
          parameterTangent: of(step.parameters, noise.normal),
        }),
        advance({ stateTangent, parameterTangent }, transition, noise) {
          const own = noise.split();
          const [first, second] = [of(stateTangent, own.normal), of(stateTangent, noise.split().uniform)];
          const nu = addParts(first, second);
          return {
            stateTangent: addParts(transition.push(undefined, stateTangent), nu),
            parameterTangent: addParts(parameterTangent, transition.pull(nu).parameters),
          };
        },
      };
    },
  };
}

describe('rules', () => {
  for (const [name, cell] of Object.entries({
    rnn: withReadout(rnn({ inputs: 2, units: 3 })),
    gru: gru({ inputs: 2, units: 3 }),
  }))
    for (const eager of [true, false])
      it(`${name}: may make the gradient from the influence after the step; eager: ${eager}`, () => {
        const run = fixture(cell, 2, 5);
        const learner = learnerOf([run], published(snap({ n: 1 })), seeded(1), { eager });
        for (const { input, target } of run.examples) {
          learner.step(input, target);
          const gradient = numbersOf(learner.gradient);
          const { readout } = learner.parameters as { readonly readout?: LinearParameters };
          const loss = (s: Tensor, own = readout) =>
            meanSquare(own ? add(matmul(own.w, s), own.b) : s, target as Tensor);
          const delta = grad((s: Tensor) => loss(s))(learner.state as Tensor);
          const carried = learner.pull(delta) as Tree;
          const direct =
            readout && grad((own: LinearParameters) => loss(learner.state as Tensor, own))(readout);
          const expected = direct === undefined ? carried : addParts(carried, { readout: direct });
          requireLive(numbersOf(expected), 'the gradient');
          requireClose(gradient, numbersOf(expected), 1e-12, 'the gradient');
        }
      });

  for (const eager of [true, false])
    it(`may evaluate the model, and know the time; eager: ${eager}`, () => {
      const run = fixture(withReadout(rnn({ inputs: 2, units: 3 })), 2, 4);
      const seen: Estimator<Tree> = {
        ...rtrl({ structure: 'dense' }),
        bind(step) {
          const rule = rtrl({ structure: 'dense' }).bind(step);
          return {
            ...rule,
            gradient(_, { transition, evaluate, clock, output }) {
              const { loss } = evaluate(transition.parameters, transition.state, transition.input);
              const time = clock.steps((t) => 10 * t);
              const all = add(add(loss ?? 0, time), output.size);
              return mapTree(step.parameters, (leaf) => add(mul(leaf, 0), all));
            },
          };
        },
      };
      const learner = learnerOf([run], seen, seeded(1), { eager });
      run.examples.forEach(({ input, target }, t) => {
        const { loss, output } = learner.step(input, target);
        const [first] = numbersOf(learner.gradient);
        expect(first).to.be.closeTo(loss + 10 * t + output.size, 1e-12);
      });
    });

  describeInfluence({ name: 'one with a gradient of its own', estimator: () => published(snap({ n: 1 })) });
  describeInfluence({
    name: 'one that draws normal and uniform numbers from split sources, and where it begins',
    estimator: gaussian,
  });

  it('show zeros before the first input and after a reset, and pull zeros', () => {
    const run = fixture(rnn({ inputs: 2, units: 3 }), 2, 3);
    for (const eager of [true, false]) {
      const learner = learnerOf([run], gaussian(), seeded(1), { eager });
      const shapes = () => leavesOf(learner.influence as Tree).map(({ shape }) => shape);
      const before = shapes();
      const rest = () =>
        [learner.influence, learner.pull(zeros([3]))].every((tree) =>
          numbersOf(tree).every((value) => value === 0),
        );
      expect(rest()).to.equal(true);
      expect(learner.rule).to.equal(undefined);
      for (const { input, target } of run.examples) learner.step(input, target);
      expect(shapes()).to.deep.equal(before);
      expect(learner.rule?.structure).to.equal('one pair of vectors');
      learner.resetState();
      expect(rest()).to.equal(true);
    }
  });

  it('are not needed to show what a checkpoint brought', () => {
    const run = fixture(rnn({ inputs: 2, units: 3 }), 2, 3);
    const { model, loss, parameters, state } = run;
    for (const make of [() => uoro(), () => rtrl(), () => snap({ n: 1 })]) {
      const config = {
        model,
        loss,
        parameters,
        state,
        dtype: 'float64' as const,
        optimizer: sgd({ rate: 0.1 }),
        estimator: make(),
      };
      const learner = createLearner(config);
      for (const { input, target } of run.examples) learner.step(input, target);
      const restored = restoreLearner(config, learner.save());
      expect(restored.rule).to.equal(undefined);
      const c = seeded(3).normal([3]);
      requireClose(
        numbersOf([restored.influence, restored.pull(c)]),
        numbersOf([learner.influence, learner.pull(c)]),
        1e-13,
        'shown',
      );
    }
  });

  it('estimate the same, whatever asks for them', () => {
    const run = fixture(rnn({ inputs: 2, units: 3 }), 2, 4);
    const [own, wrapped] = [uoro(), { ...uoro(), bind: uoro().bind }].map((estimator) =>
      estimates([run], estimator, seeded(4)),
    );
    requireClose(numbersOf(wrapped.gradients), numbersOf(own.gradients), 0, 'gradients');
  });
});
