import { expect } from 'chai';
import { add, broadcastTo, concat, mul, sum } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  DTypeError,
  indices,
  mapTree,
  NonFiniteError,
  ShapeError,
  seeded,
  type Tensor,
  type Tree,
  TreeError,
  tensor,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, meanSquare } from '../../../nn/index.ts';
import {
  adam,
  bptt,
  createLearner,
  type Estimator,
  momentum,
  type Optimizer,
  rtrl,
  sgd,
  tbptt,
  uoro,
} from '../../../trainers/index.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';
import { cell, make, x, y } from '../gruLearner.ts';
import { everyEstimator } from './planned.ts';

interface Own {
  readonly of: Tree;
  readonly count: Tensor;
}

for (const eager of [true, false])
  describe(`calls that a learner refuses, ${eager ? 'eager' : 'with a plan'}`, () => {
    it('names what is wrong with an input or a target, and stays as it was', () => {
      const learner = make({ eager });
      learner.step(x, y);
      const before = [...learner.save()];
      const one = tensor([1]);
      for (const [call, error, message] of [
        [
          () => learner.step(tensor([1, 2]), y),
          ShapeError,
          /matmul: inner sizes differ.*input.*params\.cell\.reset\.w/,
        ],
        [() => learner.step(x, one), ShapeError, 'meanSquare: the output has shape [2], the target [1]'],
        [() => learner.step(x, undefined as never), TreeError, 'target: is missing'],
        [() => learner.step(undefined as never, y), TreeError, 'input: is missing'],
        [() => learner.step({ a: 1 } as never, y), TreeError, 'input'],
        [
          () => learner.predict(tensor([[1, 2, 3]])),
          ShapeError,
          'input: needs a vector [3] or a class index, got shape [1,3]',
        ],
        [() => learner.observe(tensor([1])), ShapeError, 'input'],
      ] as const)
        expect(call).to.throw(error, message);
      expect([...learner.save()]).to.deep.equal(before);
      learner.step(x, y);
      const lanes = make({ lanes: 2, eager });
      expect(() => lanes.step(x, y)).to.throw(
        ShapeError,
        'input: the first axis counts the 2 lanes, got shape [3]',
      );
      expect(() => lanes.step(2, y)).to.throw(ShapeError, 'input: one number for 2 lanes');
    });

    it('learns with every estimator after a first input that the model refuses', () => {
      for (const [name, estimator] of Object.entries(everyEstimator)) {
        const [refused, fresh] = [0, 1].map(() => make({ estimator: estimator(), eager }));
        expect(() => refused.step(tensor([1, 2]), y), name).to.throw(
          ShapeError,
          'matmul: inner sizes differ',
        );
        for (const learner of [refused, fresh]) for (let t = 0; t < 2; t++) learner.step(x, y);
        expect(numbersOf(refused.parameters), name).to.deep.equal(numbersOf(fresh.parameters));
      }
    });

    it('refuses a cell whose new state is not like the old one', () => {
      const bad = (next: (state: { h: Tensor }) => unknown): Cell<Tensor, { h: Tensor }, Tensor> => ({
        name: 'bad',
        init: () => tensor(0.5),
        start: () => ({ h: zeros([2]) }),
        step: (theta, { h }, input) => ({
          state: next({ h: add(mul(h, theta), input) }) as { h: Tensor },
          output: mul(input, theta),
        }),
      });
      const run = (next: (state: { h: Tensor }) => unknown) => () =>
        createLearner({
          model: bad(next),
          loss: meanSquare,
          estimator: uoro(),
          optimizer: sgd({ rate: 0.1 }),
          eager,
        }).step(tensor([1, 2]), tensor([0, 0]));
      expect(run((state) => state)).not.to.throw();
      expect(run(({ h }) => ({ h, extra: h }))).to.throw(TreeError, /bad\.step: state.*extra/);
      expect(run(() => ({}))).to.throw(ShapeError, 'bad.step: state.h is missing from the new state');
      expect(run(({ h }) => h)).to.throw(TreeError, 'bad.step: state');
      expect(run(() => ({ h: zeros([3], { dtype: 'float32' }) }))).to.throw(
        ShapeError,
        'bad.step: state.h changed its shape from [2] to [3]',
      );
      expect(run(() => ({ h: zeros([2], { dtype: 'float64' }) }))).to.throw(
        DTypeError,
        /bad\.step: state\.h/,
      );
    });

    it('refuses an optimiser whose memory or parameters change their form', () => {
      interface Own {
        readonly a: Tensor;
        readonly b: Tensor;
      }
      const float32 = { dtype: 'float32' } as const;
      const run = (next: (own: Own) => unknown, update: (g: Tensor) => Tensor = (g) => mul(g, -0.1)) => {
        const optimizer: Optimizer<Own> = {
          name: 'own',
          settings: {},
          init: () => ({ a: zeros([1], float32), b: zeros([2], float32) }),
          update: (gradient, memory) => ({
            update: mapTree(gradient as Tree, update) as typeof gradient,
            memory: next(memory) as Own,
          }),
        };
        return () => make({ optimizer: optimizer as Optimizer, eager }).step(x, y);
      };
      expect(run(({ b, a }) => ({ b: add(b, 1), a }))).not.to.throw();
      expect(run(({ a, b }) => ({ a: concat([a, a]), b }))).to.throw(
        ShapeError,
        'own.update: memory.a changed its shape from [1] to [2]',
      );
      expect(run(({ a }) => ({ a, b: zeros([2], { dtype: 'float64' }) }))).to.throw(
        DTypeError,
        'own.update: memory.b changed its dtype from float32 to float64',
      );
      expect(run(({ a }) => ({ a }))).to.throw(ShapeError, 'own.update: memory.b is missing');
      expect(run(({ a, b }) => ({ a, b, c: a }))).to.throw(TreeError, /own\.update: memory.*c/);
      const wider = (g: Tensor) => broadcastTo(sum(g), [7, ...g.shape]);
      expect(run((own) => own, wider)).to.throw(ShapeError, /own\.update: parameters.* changed its shape/);
    });

    it('refuses an optimiser whose first memory is no tree, and a loss of another dtype', () => {
      const optimizer: Optimizer = {
        ...sgd({ rate: 0.1 }),
        name: 'own',
        init: <M>() => ({ k: 0 }) as M,
      };
      expect(() => make({ optimizer, eager })).to.throw(TreeError, 'the number 0 at own.init().k');
      const loss = () => tensor(3);
      expect(() => make({ loss, eager, dtype: 'float32' }).step(x, y)).to.throw(
        DTypeError,
        'loss: is float64, and the output float32',
      );
    });

    for (const [name, optimizer] of Object.entries({
      sgd: sgd({ rate: 1e200 }),
      adam: adam({ rate: 1e300 }),
      momentum: momentum({ rate: 1e250 }),
    } as Record<string, Optimizer>))
      it(`stops with the step and the parameter when ${name} blows up, and is then as after the last good step`, () => {
        const learner = make({ optimizer, eager });
        let before: { save: number[]; steps: number } | undefined;
        let thrown: unknown;
        for (let t = 0; t < 400 && thrown === undefined; t++) {
          before = { save: [...learner.save()], steps: learner.steps };
          try {
            learner.step(x, y);
          } catch (error) {
            thrown = error;
          }
        }
        expect(thrown).to.be.instanceOf(NonFiniteError);
        expect((thrown as Error).message).to.match(
          new RegExp(
            `^step ${(before?.steps ?? 0) + 1}: (the loss|parameter (cell|readout)\\.|the influence|what the optimiser)`,
          ),
        );
        expect(learner.steps).to.equal(before?.steps);
        expect([...learner.save()]).to.deep.equal(before?.save);
      });

    it('names the parameter that breaks', () => {
      const learner = createLearner({
        model: {
          name: 'scale',
          init: () => ({ a: tensor(1), b: [tensor(1)] }),
          start: () => zeros([]),
          step: ({ a, b }, s: Tensor, input: Tensor) => ({
            state: s,
            output: add(mul(b[0], input), mul(a, 0)),
          }),
        } as Cell<{ a: Tensor; b: Tensor[] }, Tensor, Tensor>,
        loss: meanSquare,
        estimator: rtrl(),
        optimizer: sgd({ rate: 1e30 }),
        eager,
      });
      const call = () => {
        learner.step(tensor(1e9), tensor(0));
        return learner.parameters;
      };
      expect(call).to.throw(
        NonFiniteError,
        /step 1: parameter b\[0\] would become -Infinity \(gradient norm 2\.00e\+18, learning rate 1e\+30\)/,
      );
      expect([learner.steps, numbersOf(learner.parameters)]).to.deep.equal([0, [1, 1]]);
    });

    it('lets no NaN in: an input that is not a number stops it', () => {
      const learner = make({ eager });
      learner.step(x, y);
      const before = [...learner.save()];
      expect(() => learner.step(tensor([1, Number.NaN, 2]), y)).to.throw(
        NonFiniteError,
        'step 2: input[1] is NaN; the learner is left as it was after step 1: leave this input out',
      );
      expect(() => {
        learner.observe(tensor([1, Number.NaN, 2]));
        learner.save();
      }).to.throw(NonFiniteError);
      expect([...learner.save()]).to.deep.equal(before);
    });
  });

describe('an estimator that a plan refuses', () => {
  it('has an influence that changes its form', () => {
    const whole = rtrl({ structure: 'dense' });
    const estimator: Estimator = {
      ...whole,
      name: 'own',
      bind: (step) => {
        const rule = whole.bind(step);
        return {
          ...rule,
          start: (noise) => ({ of: rule.start(noise), count: zeros([1], { dtype: 'float32' }) }),
          pull: (carried, cotangent) => rule.pull((carried as Own).of, cotangent),
          expand: (carried) => rule.expand((carried as Own).of),
          advance: (carried, ...rest) => {
            const { of, count } = carried as Own;
            return { of: rule.advance(of, ...rest), count: concat([count, count]) };
          },
        };
      },
    };
    expect(() => make({ estimator, dtype: 'float32' }).step(x, y)).to.throw(
      ShapeError,
      'own: memory.lanes[0].influence.count changed its shape from [1] to [2]',
    );
  });
});

describe('configurations that createLearner refuses', () => {
  it('refuses options that do not fit', () => {
    expect(() => make({ lanes: 0 })).to.throw(
      ConfigurationError,
      'createLearner: lanes must be a whole number from 1 to 65536, got 0',
    );
    expect(() => make({ lanes: 1.5 })).to.throw(ConfigurationError, 'lanes');
    expect(() => make({ seed: 1, noise: seeded(1) })).to.throw(
      ConfigurationError,
      'either a seed or a noise',
    );
    for (const options of [{ window: 0 }, { rank: 1.5 }])
      expect(() => uoro(options)).to.throw(ConfigurationError, 'uoro:');
    expect(() => uoro({ epsilon: 0 })).to.throw(ConfigurationError, 'uoro: epsilon');
    expect(() => tbptt({ window: 2, stride: 3 })).to.throw(
      ConfigurationError,
      'tbptt: stride must be at most 2',
    );
    expect(() => bptt({ length: 0 })).to.throw(ConfigurationError, 'bptt: length');
  });

  it('refuses parameters and states of integers, by which no estimator differentiates', () => {
    const own: Cell<Tensor, Tensor, Tensor> = {
      name: 'own',
      init: () => tensor([1]),
      start: () => indices([0]),
      step: (w, state, input) => ({ state, output: add(w, input) }),
    };
    const config = { loss: meanSquare, estimator: tbptt({ window: 2 }), optimizer: sgd({ rate: 0.1 }) };
    expect(() => createLearner({ ...config, model: own })).to.throw(
      DTypeError,
      'createLearner: state is int32, and estimators differentiate by parameters and states; keep a class as a one-hot vector, gather(eye(n), index)',
    );
    const turned = { ...own, init: () => indices([0]), start: () => tensor([1]) };
    expect(() => createLearner({ ...config, model: turned })).to.throw(DTypeError, 'parameters is int32');
  });

  it('refuses parameters and states that are not those of the model', () => {
    const parameters = cell.init(seeded(1));
    const { readout, ...rest } = parameters;
    expect(() => make({ parameters: rest as never })).to.throw(TreeError, /parameters.*readout/);
    expect(() => make({ parameters: { ...parameters, readout: { ...readout, w: zeros([2, 5]) } } })).to.throw(
      ShapeError,
      /readout\.w.*\[2,5\].*\[2,2\]/,
    );
    expect(() => make({ parameters: { ...parameters, more: readout } as never })).to.throw(TreeError, /more/);
    expect(() => make({ state: tensor([1, 2, 3]) })).to.throw(ShapeError, /state.*\[3\].*\[2\]/);
    expect(() => make({ state: { h: tensor([1, 2]) } as never })).to.throw(TreeError, /state/);
    expect(() => make({ lanes: 2, state: zeros([3, 2]) })).to.throw(ShapeError, /state.*lanes.*\[3,2\]/);
    expect(() => make({ state: 3 as never })).to.throw(TreeError, 'the number 3 at state is not a tree');
  });

  it('names the function of a cell that returns no tree', () => {
    const own: Cell<unknown, unknown, unknown> = { ...cell, name: 'own', step: cell.step as never };
    for (const init of [() => null, async () => cell.init(seeded(1))])
      expect(() => make({ model: { ...own, init } as never })).to.throw(
        TreeError,
        'at own.init is not a tree',
      );
    expect(() => make({ model: { ...own, start: () => null } as never })).to.throw(
      TreeError,
      'null at state',
    );
  });
});
