import { expect } from 'chai';
import { add, concat, matmul, mul, slice, sum, tanh } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  cast,
  DataError,
  leavesOf,
  mapTree,
  pathsOf,
  seeded,
  type Tensor,
  type Tree,
  tensor,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, gru, indrnn, lstm, meanSquare, rnn } from '../../../nn/index.ts';
import { adam, createLearner, type Estimator, restoreLearner, rtrl, sgd } from '../../../trainers/index.ts';
import { checkUnbiased, estimates, learnerOf } from '../../../trainers/testing/agreement.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { type Fixture, jitter, zerosLike } from '../../../trainers/testing/unrolled.ts';
import { cascade, chain, elementwise, fixture, sparse, type Vectors, withReadout } from './sparse.ts';

/** Units that see themselves only, with two gains of which one may be that of the next unit. */
const twoGains = (turned: string): Cell<Vectors, Tensor, Tensor> => ({
  name: 'two gains',
  init: (noise) => ({ first: noise.normal([4]), second: noise.normal([4]) }),
  start: () => zeros([4]),
  step(gains, h, x) {
    const own = (name: string) => {
      const leaf = gains[name];
      return name === turned ? concat([slice(leaf, [1], [4]), slice(leaf, [0], [1])]) : leaf;
    };
    const next = tanh(add(mul(own('first'), x), mul(own('second'), h)));
    return { state: next, output: next };
  },
});

describe('structured RTRL', () => {
  for (const [name, [cell, inputs, most, pulls]] of Object.entries(sparse)) {
    it(`${name}: is backpropagation through time, also while the parameters move`, () => {
      const run = fixture(cell, inputs, 7);
      checkUnbiased([run], rtrl, { tolerance: 1e-12 });
      const noise = seeded(2);
      checkUnbiased([run], rtrl, {
        tolerance: 1e-12,
        moves: run.examples.map(() => jitter(zerosLike(run.parameters), noise, 0.3)),
      });
    });

    it(`${name}: says that a parameter reaches at most ${most}, in ${pulls}, and carries no more`, () => {
      const run = fixture(cell, inputs, 2);
      const learner = learnerOf([run], rtrl(), seeded(1));
      expect(learner.rule).to.equal(undefined);
      learner.step(run.examples[0].input, run.examples[0].target);
      const size = numbersOf(run.state).length;
      expect(learner.rule?.structure).to.equal(
        `sparse: a parameter reaches at most ${most} of ${size} state elements, ${pulls} ${pulls === 1 ? 'pull' : 'pulls'} a step`,
      );
      const reaching = pathsOf(run.parameters as Tree).filter(({ path }) => !/^readout|\.[cd]\b/.test(path));
      const count = reaching.reduce((total, { tensor }) => total + tensor.size, 0);
      const memory = learner.rule?.cost.memory;
      // Leaves of the cascade reach one or two elements.
      if (name === 'cascade') expect(memory).to.equal(2 * 8 + 4 + 2 * 12);
      else expect(memory).to.equal(most * count);
    });

    it(`${name}: equals dense RTRL, as a plan and in float32`, () => {
      const run = fixture(cell, inputs, 9, 3);
      const of = (estimator: Estimator, eager: boolean) => estimates([run], estimator, seeded(1), { eager });
      const whole = of(rtrl({ structure: 'dense' }), true);
      for (const eager of [true, false]) {
        const own = of(rtrl(), eager);
        requireClose(
          numbersOf(own.gradients),
          numbersOf(whole.gradients),
          1e-12,
          `gradients, eager: ${eager}`,
        );
        requireClose(
          numbersOf(own.influence),
          numbersOf(whole.influence),
          1e-12,
          `influence, eager: ${eager}`,
        );
      }
      const single = (structure: 'auto' | 'dense', eager: boolean) => {
        const { model, loss, parameters, state, examples } = run;
        const learner = createLearner({
          model,
          loss,
          parameters,
          state,
          estimator: rtrl({ structure }),
          optimizer: adam({ rate: 0.01 }),
          eager,
        });
        for (const { input, target } of examples) learner.step(input, target);
        expect(leavesOf(learner.influence as Tree).every(({ dtype }) => dtype === 'float32')).to.equal(true);
        return [...numbersOf(learner.parameters), ...numbersOf(learner.influence)];
      };
      const expected = single('dense', true);
      for (const eager of [true, false])
        requireClose(single('auto', eager), expected, 1e-5, `float32, eager: ${eager}`);
    });
  }

  it('does not mistake units that are off for units that nothing reaches', () => {
    const run = fixture(indrnn({ inputs: 1, units: 3 }), 1, 6);
    const cell = run.model as Cell<Vectors, Tensor, Tensor>;
    const parameters = { w: tensor([[1.5, 2, 1]]), u: tensor([0.7, 0.2, 0.4]), b: tensor([0.25, 0.1, 0.3]) };
    // Units are off in the first step, or go off in a later one, and come back.
    for (const signs of [
      [-1, -1, 1, -1, 1, 1],
      [1, 1, -1, -1, 1, 1],
    ]) {
      const examples = run.examples.map(({ target }, t) => ({ input: tensor([signs[t]]), target }));
      let state = cell.start();
      const on = examples.map(({ input }) => {
        state = cell.step(parameters, state, input).state;
        return numbersOf(state).every((value) => value > 0);
      });
      expect([on.includes(true), on.includes(false), on[5]]).to.deep.equal([true, true, true]);
      const own = { ...run, parameters, state: cell.start(), examples };
      checkUnbiased([own], rtrl, { tolerance: 1e-12 });
      const influence = (eager: boolean) =>
        numbersOf(estimates([own], rtrl(), seeded(1), { eager }).influence);
      requireClose(influence(false), influence(true), 1e-12, 'as a plan');
    }
  });

  for (const [name, cell] of Object.entries({
    rnn: rnn({ inputs: 2, units: 5 }),
    gru: gru({ inputs: 2, units: 4 }),
    lstm: lstm({ inputs: 2, units: 3 }),
    chain,
  }))
    it(`${name}: is dense, and says so, without the readout`, () => {
      const run = fixture(withReadout(cell), 2, 3);
      const learner = learnerOf([run], rtrl(), seeded(1));
      for (const { input, target } of run.examples) learner.step(input, target);
      const { parameters, state } = run as Fixture<{ cell: Tree; readout: Tree }>;
      const [size, own, idle] = [state, parameters.cell, parameters.readout].map(
        (tree) => numbersOf(tree).length,
      );
      expect(learner.rule?.structure).to.equal(
        `dense: parameters reach too many of the ${size} state elements; ${idle} never reach the state`,
      );
      expect(learner.rule?.cost.memory).to.equal(size * own);
      const { influence } = learner as unknown as { influence: { cell: Tree; readout: Tree } };
      expect(leavesOf(influence.readout as Tree).map(({ shape }) => shape)).to.deep.equal(
        [
          [size, 2],
          [size, 2, leavesOf(parameters.readout)[0].shape[1]],
        ].reverse(),
      );
      expect(Math.max(...numbersOf(influence.readout).map(Math.abs))).to.equal(0);
      checkUnbiased([run], rtrl, { tolerance: 1e-12 });
    });

  it('is dense when it is told so, before the first step and after', () => {
    const run = fixture(indrnn({ inputs: 2, units: 3 }), 2, 1);
    const learner = learnerOf([run], rtrl({ structure: 'dense' }), seeded(1));
    const shapes = () => leavesOf(learner.influence as Tree).map(({ shape }) => shape);
    expect(shapes()).to.deep.equal([
      [3, 2, 3],
      [3, 3],
      [3, 3],
    ]);
    learner.step(run.examples[0].input, run.examples[0].target);
    expect(shapes()).to.deep.equal([
      [3, 2, 3],
      [3, 3],
      [3, 3],
    ]);
    expect(learner.rule?.structure).to.equal('dense');
    expect(() => rtrl({ structure: 'sparse' as never })).to.throw(
      ConfigurationError,
      'rtrl: structure must be auto or dense, got "sparse"',
    );
  });

  for (const eager of [true, false])
    it(`shows the whole of ∂s/∂θ before the first step, after it, and from a checkpoint; eager: ${eager}`, () => {
      const run = fixture(withReadout(cascade), 3, 3);
      const { parameters, state, examples, loss } = run;
      const config = {
        model: run.model,
        loss,
        estimator: rtrl(),
        optimizer: sgd({ rate: 0.1 }),
        dtype: 'float64' as const,
        parameters,
        state,
        eager,
      };
      const learner = createLearner(config);
      const shapes = () => leavesOf(learner.influence as Tree).map(({ shape }) => shape);
      const expected = leavesOf(parameters as Tree).map(({ shape }) => [9, ...shape]);
      expect(shapes()).to.deep.equal(expected);
      expect(Math.max(...numbersOf(learner.influence))).to.equal(0);
      expect(numbersOf(restoreLearner(config, learner.save()).influence)).to.deep.equal(
        numbersOf(learner.influence),
      );
      for (const { input, target } of examples) learner.step(input, target);
      expect(shapes()).to.deep.equal(expected);
      const restored = restoreLearner(config, learner.save());
      expect(numbersOf(restored.influence)).to.deep.equal(numbersOf(learner.influence));
      learner.resetState();
      restored.resetState();
      for (const one of [learner, restored]) one.step(examples[0].input, examples[0].target);
      expect([...restored.save()]).to.deep.equal([...learner.save()]);
    });

  for (const eager of [true, false])
    it(`refuses a checkpoint of a model with the same shapes in which other state elements are reached; eager: ${eager}`, () => {
      const make = (reverse: boolean): Cell<Vectors, Tensor, Tensor> => ({
        ...elementwise,
        step(params, c, x) {
          const { state, output } = elementwise.step(params, c, x);
          return {
            state: reverse ? concat([slice(state, [1], [5]), slice(state, [0], [1])]) : state,
            output,
          };
        },
      });
      const config = (reverse: boolean) => ({
        model: make(reverse),
        loss: meanSquare,
        estimator: rtrl(),
        optimizer: sgd({ rate: 0.1 }),
        eager,
      });
      const learner = createLearner(config(false));
      const [input, target] = [seeded(1).normal([3]), seeded(2).normal([5])];
      learner.step(input, target);
      expect(() => restoreLearner(config(true), learner.save()).step(input, target)).to.throw(
        DataError,
        'influence',
      );
    });

  for (const turned of ['first', 'second'])
    it(`refuses a checkpoint of a model in which the parameters of the ${turned} leaf have other units`, () => {
      const config = (leaf: string) => ({
        model: twoGains(leaf),
        loss: meanSquare,
        estimator: rtrl(),
        optimizer: sgd({ rate: 0.1 }),
        eager: true,
      });
      const learner = createLearner(config('none'));
      const [input, target] = [seeded(1).normal([4]), seeded(2).normal([4])];
      learner.step(input, target);
      for (const eager of [true, false]) {
        const saved = () => restoreLearner({ ...config(turned), eager }, learner.save());
        expect(() => saved().step(input, target)).to.throw(
          DataError,
          'the influence was carried for a model in which parameters reach other state elements',
        );
        restoreLearner({ ...config('none'), eager }, learner.save()).step(input, target);
      }
    });

  for (const eager of [true, false])
    it(`says when another type of input reaches more; eager: ${eager}`, () => {
      const cell: Cell<Vectors, Tensor, Tensor> = {
        name: 'two ways',
        init: (noise) => ({ u: noise.normal([4]) }),
        start: () => zeros([4]),
        step({ u }, h, x) {
          const next = tanh(add(mul(u, x.shape[0] === 4 ? h : sum(h)), x));
          return { state: next, output: next };
        },
      };
      const learner = createLearner({
        model: cell,
        loss: meanSquare,
        estimator: rtrl(),
        optimizer: sgd({ rate: 0.1 }),
        eager,
      });
      const target = seeded(1).normal([4]);
      learner.step(seeded(2).normal([4]), target);
      const before = [...learner.save()];
      expect(() => learner.step(seeded(3).normal([1]), target)).to.throw(
        ConfigurationError,
        "use rtrl({ structure: 'dense' })",
      );
      expect([...learner.save()]).to.deep.equal(before);
      const wider = createLearner({
        model: cell,
        loss: meanSquare,
        estimator: rtrl(),
        optimizer: sgd({ rate: 0.1 }),
        eager,
      });
      wider.step(seeded(3).normal([1]), target);
      wider.step(seeded(2).normal([4]), target);
      expect(wider.rule?.structure).to.match(/^dense/);
    });

  it('is dense for a step that reads values, whose structure may change', () => {
    const cell: Cell<Vectors, Tensor, Tensor> = {
      ...elementwise,
      step: (params, c, x) =>
        elementwise.step(params, numbersOf(x)[0] > 0 ? c : matmul(add(zeros([5, 5]), 0.3), c), x),
    };
    const run = fixture(cell, 3, 6);
    expect(new Set(run.examples.map(({ input }) => numbersOf(input)[0] > 0)).size).to.equal(2);
    checkUnbiased([run], rtrl, { tolerance: 1e-12, eager: true });
    const learner = learnerOf([run], rtrl(), seeded(1), { eager: true });
    learner.step(run.examples[0].input, run.examples[0].target);
    expect(learner.rule?.structure).to.equal('dense');
  });

  for (const eager of [true, false])
    it(`keeps what a wrapper replaces; eager: ${eager}`, () => {
      const run = fixture(indrnn({ inputs: 2, units: 3, activation: 'tanh' }), 2, 5);
      const doubled: Estimator<Tree> = {
        ...rtrl(),
        bind(step) {
          const rule = rtrl().bind(step);
          return {
            ...rule,
            pull: (influence, cotangent) =>
              rule.pull(
                influence,
                mapTree(cotangent, (leaf) => mul(leaf, 2)),
              ),
          };
        },
      };
      const [own, twice] = [rtrl(), doubled].map((estimator) =>
        numbersOf(estimates([run], estimator, seeded(1), { eager }).influence),
      );
      requireClose(
        twice,
        own.map((value) => 2 * value),
        1e-12,
        'twice',
      );
    });

  it('needs nothing for a model whose parameters never reach its state', () => {
    const cell: Cell<Vectors, Tensor, Tensor> = {
      name: 'reservoir',
      init: (noise) => ({ c: noise.normal([2, 3]) }),
      start: () => zeros([3]),
      step(params, h, x) {
        const next = tanh(add(mul(h, 0.5), x));
        return { state: next, output: matmul(params.c, next) };
      },
    };
    const run = fixture(cell, 3, 3);
    for (const eager of [true, false]) {
      const learner = createLearner({
        model: run.model,
        loss: run.loss,
        estimator: rtrl(),
        optimizer: sgd({ rate: 0.1 }),
        eager,
      });
      for (const { input, target } of run.examples) learner.step(cast(input as Tensor, 'float32'), target);
      expect(learner.rule?.cost).to.deep.equal({ time: 0, memory: 0 });
      expect(numbersOf(learner.influence)).to.deep.equal(new Array(18).fill(0));
    }
  });
});
