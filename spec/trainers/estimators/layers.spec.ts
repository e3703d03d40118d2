import { expect } from 'chai';
import { ConfigurationError, leavesOf, seeded, type Tensor, type Tree } from '../../../lib/index.ts';
import {
  type Cell,
  crossEntropy,
  embedded,
  embedding,
  gru,
  indrnn,
  linear,
  lstm,
  meanSquare,
  model,
  rnn,
  stacked,
} from '../../../nn/index.ts';
import { createLearner, type Estimator, rtrl, sgd } from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

const readout = linear({ outputs: 2 });
const stacks = {
  rnn: stacked([rnn({ inputs: 2, units: 3 }), rnn({ inputs: 3, units: 2 })], { output: 'all' }),
  'gru and lstm': stacked([gru({ inputs: 2, units: 2 }), lstm({ inputs: 2, units: 3 })]),
  'three indrnn': stacked([
    indrnn({ inputs: 2, units: 3, activation: 'tanh' }),
    indrnn({ inputs: 3, units: 4, activation: 'tanh' }),
    indrnn({ inputs: 4, units: 2, activation: 'tanh' }),
  ]),
};

function learnerOf(cell: Cell<unknown, unknown, Tensor>, estimator: Estimator, eager = false) {
  const config = {
    model: model({ cell, readout }),
    loss: meanSquare,
    estimator,
    optimizer: sgd({ rate: 0.05 }),
  };
  return createLearner({ ...config, dtype: 'float64', seed: 3, eager });
}

describe("rtrl({ layers: 'own' })", () => {
  for (const [name, stack] of Object.entries(stacks))
    for (const eager of [true, false])
      it(`${name}: is the influence of RTRL without that on layers above${eager ? ', eagerly' : ''}`, () => {
        const cell = stack as unknown as Cell<unknown, unknown, Tensor>;
        const own = learnerOf(cell, rtrl({ layers: 'own' }), eager);
        const exact = learnerOf(cell, rtrl());
        const noise = seeded(5);
        for (let t = 0; t < 6; t++) {
          const x = noise.normal([2]);
          own.observe(x);
          exact.observe(x);
        }
        const sizes = (cell.start() as Tree[]).map((part) => numbersOf(part).length);
        const layers = sizes.flatMap((size, layer) => Array<number>(size).fill(layer));
        const all = (learner: typeof own) =>
          (learner.influence as { cell: Tree[] }).cell.map((part) => leavesOf(part));
        const [kept, whole] = [all(own), all(exact)];
        let dropped = 0;
        kept.forEach((leaves, layer) => {
          leaves.forEach((leaf, i) => {
            const wanted = numbersOf(whole[layer][i]);
            const row = wanted.length / layers.length;
            const expected = wanted.map((value, at) => (layers[Math.floor(at / row)] === layer ? value : 0));
            dropped += wanted.filter((value, at) => value !== expected[at]).length;
            requireClose(numbersOf(leaf), expected, 1e-12, `leaf ${i} of layer ${layer}`);
          });
        });
        expect(dropped).to.be.above(0);
      });

  it('takes P numbers and one pull a layer for a stack of diagonal layers', () => {
    const learner = learnerOf(
      stacks['three indrnn'] as unknown as Cell<unknown, unknown, Tensor>,
      rtrl({ layers: 'own' }),
    );
    learner.observe(seeded(1).normal([2]));
    expect(learner.rule?.structure).to.equal(
      'sparse: a parameter reaches at most 1 of 9 state elements, 3 pulls a step',
    );
    const parameters = leavesOf((learner.parameters as { cell: Tree }).cell).reduce(
      (sum, { size }) => sum + size,
      0,
    );
    expect(learner.rule?.cost.memory).to.equal(parameters);
  });

  it('is RTRL for the parameters of the top layer and for an embedding of a single layer, and says that it is biased', () => {
    expect([rtrl().bias, rtrl({ layers: 'all' }).bias, rtrl({ layers: 'own' }).bias]).to.deep.equal([
      'none',
      'none',
      'approximate',
    ]);
    expect(rtrl({ layers: 'own' }).settings).to.deep.equal({ structure: 'auto', layers: 'own' });
    const single = embedded(embedding({ symbols: 3, size: 2 }), stacked([rnn({ inputs: 2, units: 3 })]));
    const config = {
      model: model({ cell: single, readout: linear({ outputs: 3 }) }),
      loss: crossEntropy,
      seed: 2,
    };
    const [own, exact] = [rtrl({ layers: 'own' }), rtrl()].map((estimator) =>
      createLearner({ ...config, estimator, optimizer: sgd({ rate: 0.1 }), dtype: 'float64' }),
    );
    for (let t = 0; t < 12; t++) for (const learner of [own, exact]) learner.step(t % 3, (t * t) % 3);
    requireClose(numbersOf(own.parameters), numbersOf(exact.parameters), 1e-12, 'parameters');
  });

  it('is refused for what is no stack, and with a dense structure', () => {
    expect(() => rtrl({ layers: 'own', structure: 'dense' })).to.throw(ConfigurationError, 'leave out dense');
    const learner = learnerOf(
      rnn({ inputs: 2, units: 3 }) as unknown as Cell<unknown, unknown, Tensor>,
      rtrl({ layers: 'own' }),
    );
    expect(() => learner.observe(seeded(1).normal([2]))).to.throw(
      ConfigurationError,
      "layers: 'own' is for a stack",
    );
  });
});
