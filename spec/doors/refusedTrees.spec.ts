import { expect } from 'chai';
import { grad, sum } from '../../autodiff/index.ts';
import { leavesOf, mapTree, ones, type Tensor, TreeError, tensor } from '../../lib/index.ts';
import { type Estimator, rtrl, tbptt, uoro } from '../../trainers/index.ts';
import { learner, untyped } from './untyped.ts';

const steps: readonly (readonly [string, () => unknown, string])[] = [
  ['without output', () => ({ state: ones([1]) }), 'and its output is nothing, not a tensor'],
  ['with a number as output', () => ({ state: ones([1]), output: 3 }), 'and its output is 3, not a tensor'],
  [
    'with a record as output',
    () => ({ state: ones([1]), output: { y: ones([1]) } }),
    'and its output is a record, not a tensor',
  ],
  ['without state', () => ({ output: ones([1]) }), 'and its state is nothing, not a tree of tensors'],
  ['that returns a list', () => [ones([1]), ones([1])], 'got an array of 2'],
  ['that returns nothing', () => undefined, 'got nothing'],
  [
    'that is asynchronous',
    async () => ({ state: ones([1]), output: ones([1]) }),
    'got a Promise; a step is not asynchronous',
  ],
];

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
const nested = (depth: number) =>
  Array.from({ length: depth }).reduce((tree) => ({ part: tree }), tensor(1) as object);
const trees: readonly (readonly [string, unknown, string])[] = [
  ['contains itself', cyclic, 'a tree more than 256 deep'],
  [
    'contains itself twice',
    (() => {
      const pair: unknown[] = [];
      pair.push(pair, pair);
      return pair;
    })(),
    'a tree more than 256 deep',
  ],
  ['is 100,000 deep', nested(100_000), 'a tree more than 256 deep'],
  ['has holes', Object.assign([], { 1: tensor(1) }), 'an array of a tree has no holes'],
  ['is long and has nothing in it', new Array(2 ** 30), 'an array of a tree has no holes'],
  ['is a Map', new Map([['w', tensor(1)]]), 'a Map'],
  ['is a Set', new Set([tensor(1)]), 'a Set'],
  [
    'is an object of a class',
    new (class Own {
      readonly w = tensor(1);
    })(),
    'an Own',
  ],
  ['is a Promise', Promise.resolve(tensor(1)), 'a Promise'],
  ['is a function', () => tensor(1), 'a function'],
  [
    'has a getter that throws',
    {
      get w() {
        throw new TypeError('not now');
      },
    },
    'cannot be read: not now',
  ],
  ['holds a text', { w: 'x' }, 'the string "x" at'],
  ['holds null', { w: [null] }, 'null at'],
];

describe('cells and trees that are refused', () => {
  for (const [name, step, sentence] of steps)
    for (const eager of [true, false])
      for (const estimator of [uoro(), rtrl(), tbptt({ window: 2 })] as Estimator[])
        it(`of a cell with a step ${name}: ${estimator.name}, ${eager ? 'eagerly' : 'as a plan'}`, () => {
          const own = { name: 'own', init: () => ({ w: ones([1]) }), start: () => ones([1]), step };
          const made = learner({ model: own, estimator, eager });
          const refusal = `own.step: must return { state, output }, ${sentence}`;
          expect(() => made.step(untyped(ones([1])), untyped(ones([1])))).to.throw(TreeError, refusal);
          expect(() => made.predict(untyped(ones([1])))).to.throw(TreeError, 'own.step: must return');
        });

  for (const [name, tree, sentence] of trees)
    it(`of a tree that ${name}`, () => {
      const made = learner({});
      for (const use of [
        () => leavesOf(untyped(tree)),
        () => mapTree(untyped(tree), (leaf) => leaf),
        () => grad((p: unknown) => sum(tensor(p === undefined ? 0 : 1)))(tree),
        () => made.step(untyped(tree), untyped(ones([1]))),
        () => made.observe(untyped({ x: tree })),
        () => learner({ parameters: tree }),
        () => learner({ state: tree }),
      ])
        expect(use).to.throw(TreeError, sentence);
    });

  it('a tree as deep as models are is one, and so are getters and records without a prototype', () => {
    expect(leavesOf(nested(200) as never)).to.have.length(1);
    const bare: Record<string, Tensor> = Object.assign(Object.create(null), { w: tensor(1) });
    expect(leavesOf(bare)).to.have.length(1);
    expect(
      leavesOf({
        get w() {
          return tensor(2);
        },
      })[0].item(),
    ).to.equal(2);
  });
});
