import { expect } from 'chai';
import { add, mul, tanh } from '../../../autodiff/index.ts';
import {
  dataOf,
  fromData,
  leavesOf,
  seeded,
  type Tensor,
  type Tree,
  tensor,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, linear, lstm, meanSquare, model, rnn } from '../../../nn/index.ts';
import {
  adam,
  bptt,
  createLearner,
  dni,
  type Estimator,
  kernl,
  type Learner,
  noBackTrack,
  pes,
  restoreLearner,
  rflo,
  rtrl,
  snap,
  tbptt,
} from '../../../trainers/index.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';
import { type Any, type Config, estimators, requireSame } from './planned.ts';

const all = {
  ...estimators,
  'tbptt of stride 1': () => tbptt({ window: 3, stride: 1 }),
  snap: () => snap({ n: 1 }),
  rflo: () => rflo({ leak: 0.5 }),
  noBackTrack: () => noBackTrack(),
};

/** Overwrites every number of a tree. */
function scribble(tree: unknown): void {
  for (const leaf of leavesOf(tree as Tree)) dataOf(leaf).fill(1e3);
}

/** An input and a target in buffers that are used again and again, as a reader of a stream does. */
function buffers() {
  const [x, y] = [new Float32Array(2), new Float32Array(1)];
  const [input, target] = [fromData(x, [2]), fromData(y, [1])];
  return {
    input,
    target,
    fill(t: number) {
      x[0] = Math.sin(t);
      x[1] = Math.cos(3 * t);
      y[0] = Math.sin(t + 1);
    },
  };
}

const cell = model({
  cell: rnn({ inputs: 2, units: 3 }),
  readout: linear({ outputs: 1 }),
}) as unknown as Cell<unknown, unknown, unknown>;

for (const eager of [true, false])
  describe(`the trees of a learner, ${eager ? 'eager' : 'with a plan'}`, () => {
    for (const [name, estimator] of Object.entries(all).filter((_, i) =>
      size(eager === (i % 2 === 1), true),
    )) {
      const config = (): Config => ({
        model: cell,
        loss: meanSquare as never,
        estimator: estimator(),
        optimizer: adam({ rate: 0.01 }),
        seed: 4,
        eager,
      });
      const fresh = (t: number) => tensor([Math.sin(t), Math.cos(3 * t)], { dtype: 'float32' });
      const freshTarget = (t: number) => tensor([Math.sin(t + 1)], { dtype: 'float32' });

      it(`${name}: are its own, whatever is done to what it hands out or is given`, () => {
        const parameters = cell.init(seeded(9));
        const state = tensor([0.1, 0.2, 0.3], { dtype: 'float32' });
        const [learner, twin] = [parameters, cell.init(seeded(9))].map((own, i) =>
          createLearner({ ...config(), parameters: own, state: i === 0 ? state : tensor([0.1, 0.2, 0.3]) }),
        );
        scribble(parameters);
        scribble(state);
        const { input, target, fill } = buffers();
        for (let t = 0; t < 11; t++) {
          fill(t);
          const predicted = learner.predict(input);
          const scored = learner.step(input, target);
          twin.step(fresh(t), freshTarget(t));
          for (const tree of [input, target, predicted, scored.output, learner.parameters, learner.state])
            scribble(tree);
          if (t % 3 === 1) for (const tree of [learner.gradient, learner.influence]) scribble(tree);
          if (t === 6)
            for (const one of [learner, twin]) {
              one.observe(fresh(t));
              if (eager || t > 6) one.resetState();
            }
          requireSame(learner, twin, `after ${t}`);
        }
      });

      it(`${name}: a learner saved at any place of a window resumes bit for bit, from buffers that are used again`, () => {
        const whole = createLearner(config());
        const { input, target, fill } = buffers();
        const saved: Uint8Array[] = [];
        const act = (learner: Any, t: number) => {
          fill(t);
          if (t % 5 === 2) learner.observe(input);
          else learner.step(input, target);
          fill(1000 + t);
        };
        for (let t = 0; t < 13; t++) {
          saved.push(whole.save());
          act(whole, t);
        }
        for (const [at, bytes] of saved.slice(0, 4 + whole.estimator.window).entries()) {
          if (at < 3 || (at % 2 === 0 && size(true, false))) continue;
          const resumed = restoreLearner(config(), bytes);
          expect(Buffer.compare(resumed.save(), bytes), `saved again at ${at}`).to.equal(0);
          for (let t = at; t < 13; t++) act(resumed, t);
          requireSame(resumed, whole, `resumed at ${at}`);
        }
      });
    }

    it('are known by their keys, in whatever order a step returns them', () => {
      const own = lstm({ inputs: 1, units: 2 });
      const turned: typeof own = {
        ...own,
        step(theta, state, x) {
          const { state: next, output } = own.step(theta, state, x);
          return { output, state: { c: next.c, h: next.h } };
        },
      };
      for (const estimator of [kernl({ rate: 0.3 }), dni(), pes({ particles: 2 }), tbptt({ window: 2 })]) {
        const [learner, twin] = [own, turned].map((lstmCell) =>
          createLearner({
            model: model({ cell: lstmCell, readout: linear({ outputs: 1 }) }),
            loss: meanSquare,
            estimator: estimator as Estimator,
            optimizer: adam({ rate: 0.1 }),
            eager,
          }),
        );
        for (let t = 0; t < 6; t++)
          for (const one of [learner, twin]) one.step(tensor([Math.sin(t)]), tensor([Math.cos(t)]));
        expect([...twin.save()], estimator.name).to.deep.equal([...learner.save()]);
      }
    });

    it('are known by their keys, in whatever order states and cotangents are given', () => {
      const own = lstm({ inputs: 1, units: 2 });
      const [h, c] = [tensor([0.1, -0.2]), tensor([0.3, 0.4])];
      for (const estimator of [rtrl(), tbptt({ window: 2 }), bptt({ length: 3 })] as Estimator[]) {
        const config = {
          model: own,
          loss: meanSquare,
          estimator,
          optimizer: adam({ rate: 0.1 }),
          dtype: 'float64',
          eager,
        } as const;
        const learn = (learner: Learner<unknown, unknown, Tensor, Tensor>, steps: number) => {
          for (let t = 0; t < steps; t++) learner.step(tensor([Math.sin(t)]), tensor([Math.cos(t), 0]));
          return numbersOf(learner.parameters);
        };
        const learner = createLearner({ ...config, state: { h, c } });
        learn(learner, 4);
        expect(numbersOf(learner.pull({ c, h })), 'pull').to.deep.equal(numbersOf(learner.pull({ h, c })));
        const bytes = learner.save();
        const [one, other] = [
          { h, c },
          { c, h },
        ].map((state) => {
          const resumed = restoreLearner({ ...config, state }, bytes);
          if (estimator.name !== 'bptt') resumed.resetState();
          return learn(resumed, 4);
        });
        expect(other, `${estimator.name}, begun again`).to.deep.equal(one);
      }
    });

    it('are known by their keys where one state is given for all lanes', () => {
      const own: Cell<Tensor, { readonly a: Tensor; readonly b: Tensor }, Tensor> = {
        name: 'own',
        init: () => tensor([0.5, 1]),
        start: () => ({ a: zeros([]), b: zeros([2]) }),
        step: (w, { a, b }, x) => ({ state: { a, b: mul(w, b) }, output: add(x, a) }),
      };
      const config = {
        model: own,
        loss: meanSquare,
        estimator: rtrl(),
        optimizer: adam({ rate: 0.1 }),
        eager,
      };
      const given = createLearner({ ...config, lanes: 2, state: { b: tensor([1, 2]), a: tensor(3) } });
      expect(numbersOf(given.state)).to.deep.equal([1, 2, 1, 2, 3, 3]);
    });

    it('are its own where a cell hands out its state, its parameters or its input', () => {
      type P = { readonly w: Tensor };
      const odd = (output: (theta: P, state: Tensor, x: Tensor) => Tensor): Cell<P, Tensor, Tensor> => ({
        name: 'odd',
        init: () => ({ w: tensor([0.5, -0.25]) }),
        start: () => start,
        step(theta, s, x) {
          const next = tanh(add(mul(theta.w, s), x));
          return { state: next, output: output(theta, next, x) };
        },
      });
      const start = zeros([2]);
      for (const output of [
        (_: P, s: Tensor) => s,
        ({ w }: P) => w,
        (_: P, __: Tensor, x: Tensor) => add(x, 0),
      ]) {
        const make = () =>
          createLearner({
            model: odd(output),
            loss: meanSquare,
            estimator: tbptt({ window: 3 }),
            optimizer: adam({ rate: 0.1 }),
            dtype: 'float64',
            eager,
          });
        const [learner, twin] = [make(), make()];
        for (let t = 0; t < 7; t++) {
          scribble(learner.predict(tensor([t, 1])));
          scribble(learner.step(tensor([t, 1]), tensor([0, 0])).output);
          twin.step(tensor([t, 1]), tensor([0, 0]));
          scribble(learner.state);
        }
        expect([...learner.save()]).to.deep.equal([...twin.save()]);
        expect(start.toArray()).to.deep.equal([0, 0]);
      }
    });
  });
