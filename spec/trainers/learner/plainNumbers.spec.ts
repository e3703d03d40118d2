import { expect } from 'chai';
import { abs, add, mean, mul, sub, tanh } from '../../../autodiff/index.ts';
import { DTypeError, full, ShapeError, type Tensor, tensor } from '../../../lib/index.ts';
import {
  binaryCrossEntropy,
  type Cell,
  crossEntropy,
  linear,
  meanSquare,
  model,
  rnn,
} from '../../../nn/index.ts';
import {
  artbp,
  bptt,
  createLearner,
  type Estimator,
  rtrl,
  sgd,
  snap,
  tbptt,
  uoro,
} from '../../../trainers/index.ts';
import { size } from '../../support/size.ts';

const estimators: readonly (() => Estimator)[] = [
  () => uoro(),
  () => uoro({ window: 2 }),
  () => rtrl(),
  () => snap({ n: 1 }),
  () => tbptt({ window: 3 }),
  () => tbptt({ window: 3, stride: 1 }),
  () => bptt({ length: 2 }),
];
const losses = {
  meanSquare,
  binaryCrossEntropy,
  'one of the user, of numbers': (output: Tensor, target: Tensor | number) => mean(abs(sub(output, target))),
};
const values = [0.5, 1, 0, 0.25, -1.5, 3, 0.125];
const net = (outputs: number) => model({ cell: rnn({ inputs: 1, units: 2 }), readout: linear({ outputs }) });

/** h' = tanh(w h + b x), whose input is a real number. */
const scalar: Cell<{ w: Tensor; b: Tensor }, Tensor, Tensor | number> = {
  name: 'scalar',
  outputs: 1,
  init: () => ({ w: full([], 0.5), b: full([], 0.7) }),
  start: () => full([], 0),
  step({ w, b }, h, x) {
    const next = tanh(add(mul(w, h), mul(b, x)));
    return { state: next, output: next };
  },
};

describe('plain numbers that a learner is given', () => {
  for (const eager of [true, false])
    for (const [name, loss] of Object.entries(losses))
      it(`stand for a target with that value everywhere: ${name}, ${eager ? 'eagerly' : 'as a plan'}`, () => {
        for (const outputs of size([eager ? 1 : 3], [1, 3]))
          for (const estimator of estimators) {
            const run = (target: (value: number) => Tensor | number) => {
              const parts = {
                model: net(outputs),
                loss,
                estimator: estimator(),
                optimizer: sgd({ rate: 0.1 }),
              };
              const learner = createLearner({ ...parts, dtype: 'float64', eager });
              return values.map((value, t) => learner.step(tensor([Math.sin(t)]), target(value)).loss);
            };
            const numbers = run((value) => value);
            const tensors = run((value) => full([outputs], value));
            numbers.forEach((value, t) => {
              expect(value, `${estimator().name}, step ${t}`).to.be.closeTo(tensors[t], 1e-12);
            });
            expect(run((value) => tensor(value))).to.deep.equal(numbers);
          }
      });

  for (const eager of [true, false])
    it(`are real inputs of a cell that takes no classes, ${eager ? 'eagerly' : 'as a plan'}`, () => {
      for (const estimator of estimators) {
        const run = (input: (value: number) => Tensor | number) => {
          const parts = {
            model: scalar,
            loss: meanSquare,
            estimator: estimator(),
            optimizer: sgd({ rate: 0.1 }),
          };
          const learner = createLearner({ ...parts, dtype: 'float64', eager });
          return values.flatMap((value) => {
            const guess = learner.predict(input(value)).item();
            learner.observe(input(-value));
            return [guess, learner.step(input(value), value).loss];
          });
        };
        const [numbers, tensors] = [run((value) => value), run((value) => tensor(value))];
        numbers.forEach((value, t) => {
          expect(value, `${estimator().name}, ${t}`).to.be.closeTo(tensors[t], 1e-12);
        });
      }
    });

  it('are told apart where other steps of the same window have tensors in their place', () => {
    for (const estimator of [tbptt({ window: 3 }), artbp({ keep: 0.9 })] as Estimator[]) {
      const run = (number: (value: number, t: number) => Tensor | number) => {
        const parts = { model: scalar, loss: meanSquare, estimator, optimizer: sgd({ rate: 0.1 }) };
        const learner = createLearner({ ...parts, dtype: 'float64' });
        learner.observe(number(0.3, 0));
        return values.map((value, t) => learner.step(number(-value, t), number(value, t + 1)).loss);
      };
      const expected = run((value) => tensor(value));
      for (const part of [0, 1])
        expect(run((value, t) => (t % 2 === part ? value : tensor(value)))).to.deep.equal(expected);
    }
  });

  it('mean what they mean also after a first call that was refused for something else', () => {
    const parts = { model: net(1), loss: meanSquare, estimator: uoro(), optimizer: sgd({ rate: 0.1 }) };
    const [learner, twin] = [createLearner(parts), createLearner(parts)];
    expect(() => learner.step(tensor([1, 2]), 0.5)).to.throw(ShapeError, 'inner sizes differ');
    expect(learner.step(tensor([1]), 0.5).loss).to.equal(twin.step(tensor([1]), 0.5).loss);
  });

  for (const eager of [true, false])
    it(`are classes where the cell or the loss takes classes, and never cut to one, ${eager ? 'eagerly' : 'as a plan'}`, () => {
      const make = () => {
        const cell = rnn({ inputs: 3, units: 2 });
        const parts = { loss: crossEntropy, estimator: uoro(), optimizer: sgd({ rate: 0.1 }), eager };
        return createLearner({ ...parts, model: model({ cell, readout: linear({ outputs: 3 }) }) });
      };
      for (const wrong of [0.5, Number.NaN, 2 ** 32]) {
        const learner = make();
        expect(() => learner.step(wrong, 1)).to.throw(DTypeError, `${wrong} is not a`);
        expect(() => learner.step(1, wrong)).to.throw(DTypeError, `${wrong} is not a`);
        expect(() => learner.predict(wrong)).to.throw(DTypeError, `${wrong} is not a`);
        expect(learner.step(1, 2).loss).to.be.closeTo(make().step(1, 2).loss, 1e-6);
      }
    });
});
