import { expect } from 'chai';
import { add, mul, slice, sum, tanh } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  leavesOf,
  pathsOf,
  seeded,
  type Tensor,
  type Tree,
  zeros,
} from '../../../lib/index.ts';
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
import { layered } from '../../../trainers/estimators/step/layers.ts';
import { structureOf } from '../../../trainers/estimators/step/slot-structure.ts';
import { createLearner, type Estimator, rtrl, sgd } from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { structureOfStep } from './oneStep.ts';
import { fixture } from './sparse.ts';

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

type Nested = {
  readonly outside: Tensor;
  readonly layers: readonly [
    { readonly u: Tensor },
    readonly [{ readonly v: Tensor }, { readonly w: Tensor }],
  ];
};

/** A layer, and above it a stack of two, which feed back; and parameters of none of them. */
const nested: Cell<Nested, readonly [Tensor, readonly [Tensor, Tensor]], Tensor> = {
  name: 'nested',
  outputs: 1,
  init: (noise) => ({
    layers: [{ u: noise.normal([1]) }, [{ v: noise.normal([2]) }, { w: noise.normal([1]) }]],
    outside: noise.normal([4]),
  }),
  start: () => [zeros([1]), [zeros([2]), zeros([1])]],
  step({ outside, layers: [{ u }, [{ v }, { w }]] }, [a, [b, c]], x) {
    const own = (i: number) => slice(outside, [i], [i + 1]);
    const own1 = mul(v, add(b, sum(x)));
    const first = tanh(add(mul(u, a), add(add(own(0), sum(own1)), sum(c))));
    const second = tanh(add(own1, add(own(1), a)));
    const third = tanh(add(mul(w, c), add(add(own(1), own(2)), sum(b))));
    return { state: [first, [second, third]], output: add(third, own(3)) };
  },
};

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

  it('takes a parameter for one of its own layer, or of the lowest that it reaches at once: also in stacks of stacks', () => {
    const step = structureOfStep(fixture(nested, 2, 1));
    const within = layered('rtrl', step);
    const { layers, reaches } = within;
    for (const [limit, isThere] of [
      [1, false],
      [2, true],
    ] as const)
      expect(structureOf(step, limit, Number.POSITIVE_INFINITY, within) !== undefined).to.equal(isThere);
    // In the order of the leaves of the state: the layers 0, 1 (two units) and 2.
    expect([...layers]).to.deep.equal([0, 1, 1, 2]);
    const kept = Object.fromEntries(
      pathsOf(step.parameters).map(({ path }, i) => [path, reaches[i].map((own) => own.join())]),
    );
    expect(kept).to.deep.equal({
      // The second parameter reaches the upper layers at once, and the lowest by way of them.
      outside: ['0', '1,2', '3', ''],
      'layers[0].u': ['0'],
      // Of its layer, though it also feeds back to the one below.
      'layers[1][0].v': ['1,2', '1,2'],
      'layers[1][1].w': ['3'],
    });
  });

  it('says in its settings only what is no default', () => {
    expect(rtrl().settings).to.deep.equal({ structure: 'auto' });
    expect(rtrl({ structure: 'dense' }).settings).to.deep.equal({ structure: 'dense' });
  });

  it('is refused for a step that reads values, and for lists that are no layers', () => {
    const observe = (cell: Cell<Tree, Tree, Tensor>) => () =>
      learnerOf(cell as unknown as Cell<unknown, unknown, Tensor>, rtrl({ layers: 'own' })).observe(
        seeded(1).normal([2]),
      );
    const listed = (
      parameters: (leaf: () => Tensor) => Tree,
      states: number,
      reads = false,
    ): Cell<Tree, Tree, Tensor> => ({
      name: 'listed',
      outputs: 2,
      init: (noise) => parameters(() => noise.normal([2])),
      start: () => Array.from({ length: states }, () => zeros([2])),
      step(theta, state, x) {
        const own = leavesOf(theta).reduce((sum, leaf) => add(sum, leaf));
        const next = (state as Tensor[]).map((leaf) =>
          tanh(add(mul(own, leaf), reads && numbersOf(leaf)[0] > 9 ? 0 : x)),
        );
        return { state: next, output: next[0] };
      },
    });
    observe(listed((leaf) => [leaf(), leaf()], 2))();
    observe(listed((leaf) => ({ a: leaf(), b: leaf(), layers: [leaf(), leaf()] }), 2))();
    for (const other of [
      listed((leaf) => [leaf()], 2),
      listed((leaf) => [leaf(), leaf(), leaf()], 2),
      listed((leaf) => ({ a: [leaf(), leaf()], b: [leaf(), leaf()] }), 2),
      listed((leaf) => ({ a: leaf() }), 2),
    ])
      expect(observe(other)).to.throw(ConfigurationError, "layers: 'own' is for a stack");
    expect(observe(listed((leaf) => [leaf(), leaf()], 2, true))).to.throw(
      ConfigurationError,
      'rtrl: what a parameter reaches is not known',
    );
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
