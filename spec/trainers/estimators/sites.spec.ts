import { expect } from 'chai';
import { add, concat, matmul, mul, reshape, slice, sub, tanh, transpose } from '../../../autodiff/index.ts';
import {
  leavesOf,
  type Noise,
  type Parts,
  seeded,
  type Tensor,
  type Tree,
  tensor,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, embedded, embedding, gru, indrnn, lru, lstm, rnn } from '../../../nn/index.ts';
import { type Rule, rtrl, type StepStructure, type Transition } from '../../../trainers/index.ts';
import { learnerOf } from '../../../trainers/testing/agreement.ts';
import { numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import { type Fixture, fixtureOf, unitTrees } from '../../../trainers/testing/unrolled.ts';
import { withReadout } from './sparse.ts';

type Leaves = { readonly [name: string]: Tensor };

/** A cell h' = tanh(a(θ, h, x)) of 3 units and 2 inputs. */
function cellOf(
  init: (noise: Noise) => Leaves,
  a: (theta: Leaves, h: Tensor, x: Tensor) => Tensor,
): Cell<Leaves, Tensor, Tensor> {
  return {
    name: 'sited',
    init,
    start: () => zeros([3]),
    step(theta, h, x) {
      const next = tanh(a(theta, h, x));
      return { state: next, output: next };
    },
  };
}

/** The structure and the transition of a step, as an estimator sees them on the last of some steps. */
function seen(run: Fixture, window = 1): { step: StepStructure; transition: Transition } {
  let found: StepStructure | undefined;
  let last: Transition | undefined;
  const learner = learnerOf(
    [run],
    {
      ...rtrl(),
      window,
      stride: window,
      bind(step) {
        found = step;
        const rule = rtrl({ structure: 'dense' }).bind(step);
        const watching: Rule<Tree> = {
          ...rule,
          advance(influence, transition, noise) {
            last = transition;
            return rule.advance(influence, transition, noise);
          },
        };
        return watching;
      },
    },
    seeded(1),
    { eager: true },
  );
  for (const { input, target } of run.examples) learner.step(input, target);
  return { step: found as StepStructure, transition: last as Transition };
}

/** Row k of I, by the sites and by what is left. */
function rowBySites(step: StepStructure, transition: Transition, k: number): number[] {
  const { groups, rest } = transition.factors();
  const rows = leavesOf(step.parameters).map((leaf) => numbersOf(leaf).map(() => 0));
  const addAll = (parts: Parts) =>
    leavesOf(step.parameters).forEach((_, leaf) => {
      const own = at(parts, step, leaf);
      if (own !== undefined)
        numbersOf(own).forEach((value, i) => {
          rows[leaf][i] += value;
        });
    });
  const count = step.groups.length;
  for (let begin = 0; begin < groups.length; begin += count)
    addAll(
      step.place(
        groups
          .slice(begin, begin + count)
          .map(({ D, z }) => ({ z, a: reshape(slice(D, [k, 0], [k + 1, D.shape[1]]), [D.shape[1]]) })),
      ),
    );
  leavesOf(step.parameters).forEach((_, leaf) => {
    const own = at(rest, step, leaf);
    if (own !== undefined)
      numbersOf(own)
        .slice(k * rows[leaf].length, (k + 1) * rows[leaf].length)
        .forEach((value, i) => {
          rows[leaf][i] += value;
        });
  });
  return rows.flat();
}

function at(parts: Parts, { parameters }: StepStructure, leaf: number): Tensor | undefined {
  const found: (Tensor | undefined)[] = [];
  const visit = (like: Tree, own: Parts): void => {
    if ('dtype' in like && 'toNdarray' in like) found.push(own as Tensor | undefined);
    else
      for (const [key, part] of Object.entries(like)) visit(part as Tree, (own as Leaves | undefined)?.[key]);
  };
  visit(parameters, parts);
  return found[leaf];
}

const vector = (noise: Noise) => noise.normal([2]);
const of = (cell: unknown, input: (noise: Noise) => unknown = vector, steps = 3) =>
  fixtureOf(cell as Cell<unknown, unknown, unknown>, { input, steps, seed: 4 }) as Fixture;

const mixing = tensor([
  [1, 2],
  [-1, 0.5],
  [0.3, -2],
]);
const two = (noise: Noise) => ({ w: noise.normal([2, 3]), u: noise.normal([3, 3]), b: noise.normal([3]) });
/** Cells, with how many groups of sites they have, and what has none. */
const cells: Readonly<
  Record<
    string,
    readonly [
      run: Fixture,
      groups: readonly (readonly [inputs: number, units: number])[],
      unsited: readonly string[],
    ]
  >
> = {
  rnn: [of(rnn({ inputs: 2, units: 3 })), [[6, 3]], []],
  gru: [
    of(withReadout(gru({ inputs: 2, units: 3 }))),
    [
      [6, 3],
      [6, 3],
      [6, 3],
    ],
    [],
  ],
  lstm: [
    of(lstm({ inputs: 2, units: 3 })),
    [
      [6, 3],
      [6, 3],
      [6, 3],
      [6, 3],
    ],
    [],
  ],
  'picked rows': [
    of(embedded(embedding({ symbols: 4, size: 2 }), rnn({ inputs: 2, units: 3 })), (noise) =>
      noise.integer(4),
    ),
    [
      [4, 2],
      [6, 3],
    ],
    [],
  ],
  'from the left, transposed': [
    of(
      cellOf(
        (noise) => ({ w: noise.normal([3, 2]), u: noise.normal([3, 3]) }),
        ({ w, u }, h, x) => add(matmul(w, x), matmul(transpose(u), h)),
      ),
    ),
    [[5, 3]],
    [],
  ],
  'slices of one matrix': [
    of(
      cellOf(
        (noise) => ({ w: noise.normal([5, 6]) }),
        ({ w }, h, x) => {
          const z = concat([x, h]);
          return mul(matmul(z, slice(w, [0, 0], [5, 3])), matmul(z, slice(w, [0, 3], [5, 6])));
        },
      ),
    ),
    [
      [5, 3],
      [5, 3],
    ],
    [],
  ],
  'added to the input before a constant matrix, a row of which is a z': [
    of(
      cellOf(
        (noise) => ({ b: noise.normal([2]), u: noise.normal([3, 3]) }),
        ({ b, u }, h, x) => add(matmul(mixing, sub(x, b)), matmul(h, u)),
      ),
    ),
    [
      [2, 1],
      [2, 1],
      [2, 1],
      [3, 3],
    ],
    [],
  ],
  'added to the input before another parameter': [
    of(
      cellOf(
        (noise) => ({ b: noise.normal([2]), w: noise.normal([2, 3]), u: noise.normal([3, 3]) }),
        ({ b, w, u }, h, x) => add(matmul(add(x, b), w), matmul(h, u)),
      ),
    ),
    [
      [2, 1],
      [2, 1],
      [2, 1],
      [5, 3],
    ],
    [],
  ],
  'matrices joined': [
    of(cellOf(two, ({ w, u, b }, h, x) => add(matmul(concat([x, h]), concat([w, u])), b))),
    [[11, 3]],
    [],
  ],
  'used twice, and scaled': [
    of(
      cellOf(
        (noise) => ({ u: noise.normal([3, 3]) }),
        ({ u }, h) => add(matmul(mul(u, 0.5), h), matmul(tanh(matmul(h, u)), u)),
      ),
    ),
    [
      [6, 3],
      [3, 3],
    ],
    [],
  ],
  'a bias of two gates': [
    of(cellOf(two, ({ w, u, b }, h, x) => add(add(matmul(x, w), b), mul(tanh(add(matmul(h, u), b)), h)))),
    [
      [3, 3],
      [4, 3],
    ],
    [],
  ],
  'several rows at once': [
    of(
      cellOf(
        (noise) => ({ u: noise.normal([3, 3]) }),
        ({ u }, h) => {
          const both = matmul(concat([reshape(h, [1, 3]), reshape(mul(h, 2), [1, 3])]), u);
          return add(
            reshape(slice(both, [0, 0], [1, 3]), [3]),
            tanh(reshape(slice(both, [1, 0], [2, 3]), [3])),
          );
        },
      ),
    ),
    [
      [3, 3],
      [3, 3],
    ],
    [],
  ],
  indrnn: [of(indrnn({ inputs: 2, units: 3, activation: 'tanh' })), [[3, 3]], ['params.u']],
  'masked weights': [
    of(cellOf(two, ({ w, u, b }, h, x) => add(add(matmul(x, w), b), matmul(h, mul(u, u))))),
    [[3, 3]],
    ['params.u'],
  ],
};

describe('the sites of a step', () => {
  for (const [name, [run, groups, unsited]] of Object.entries(cells)) {
    it(`${name}: are grouped by what they share, and what has none is named`, () => {
      const { step } = seen(run);
      expect(step.groups.map(({ inputs, units }) => [inputs, units])).to.deep.equal(groups);
      expect(step.unsited.map(({ path }) => path)).to.deep.equal(unsited);
    });

    for (const window of [1, 2])
      it(`${name}: yield I and J, over ${window} ${window === 1 ? 'step' : 'steps'}`, () => {
        const { step, transition } = seen({ ...run, examples: run.examples.slice(0, 2) }, window);
        const { jacobian } = transition.factors();
        unitTrees(transition.state).forEach((unit, k) => {
          const { parameters, state } = transition.pull(unit);
          requireClose(rowBySites(step, transition, k), numbersOf(parameters), 1e-13, `row ${k} of I`);
          requireClose(
            numbersOf(jacobian).slice(k * step.sizes.state, (k + 1) * step.sizes.state),
            numbersOf(state),
            1e-13,
            `row ${k} of J`,
          );
        });
        requireLive(numbersOf(jacobian), 'J');
      });

    it(`${name}: many pushes and pulls at once are those one by one`, () => {
      const { transition } = seen(run);
      const noise = seeded(8);
      const many = (like: Tree) => {
        const leaves = leavesOf(like).map(({ shape }) => noise.normal([4, ...shape]));
        let i = 0;
        const visit = (tree: Tree): Tree =>
          'toNdarray' in tree
            ? leaves[i++]
            : Array.isArray(tree)
              ? tree.map(visit)
              : Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, visit(part as Tree)]));
        return visit(like);
      };
      const entry = (tree: Tree, k: number): Tree =>
        'toNdarray' in tree
          ? reshape(
              slice(
                tree as Tensor,
                [k, ...(tree as Tensor).shape.slice(1).map(() => 0)],
                [k + 1, ...(tree as Tensor).shape.slice(1)],
              ),
              (tree as Tensor).shape.slice(1),
            )
          : Array.isArray(tree)
            ? tree.map((part) => entry(part, k))
            : Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, entry(part as Tree, k)]));
      const [directions, tangents] = [many(transition.parameters), many(transition.state)];
      const [pushed, pulled] = [transition.pushMany(directions, tangents), transition.pullMany(tangents)];
      const carried = transition.pushMany(undefined, tangents);
      for (let k = 0; k < 4; k++) {
        const [theta, s] = [entry(directions, k), entry(tangents, k)];
        requireClose(numbersOf(entry(pushed, k)), numbersOf(transition.push(theta, s)), 1e-15, 'pushed');
        requireClose(
          numbersOf(entry(carried, k)),
          numbersOf(transition.push(undefined, s)),
          1e-15,
          'carried',
        );
        const one = transition.pull(s);
        requireClose(numbersOf(entry(pulled.parameters, k)), numbersOf(one.parameters), 1e-15, 'parameters');
        requireClose(numbersOf(entry(pulled.state, k)), numbersOf(one.state), 1e-15, 'state');
      }
    });
  }

  it('know what each element of a can influence, and which leaves never reach the state', () => {
    const { step } = seen(of(withReadout(gru({ inputs: 2, units: 3 }))));
    const reaches = Object.fromEntries(step.groups.map(({ sites: [{ path }], reaches: own }) => [path, own]));
    expect(reaches['params.cell.update.w']).to.deep.equal([[0], [1], [2]]);
    expect(reaches['params.cell.reset.w']).to.deep.equal([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect([...step.idle].sort()).to.deep.equal(['params.readout.b', 'params.readout.w']);
    expect(step.reaches(1)?.length).to.equal(leavesOf(step.parameters).length);
    expect(step.reaches(2, 1)).to.equal(undefined);
    const { step: diagonal } = seen(of(lru({ inputs: 2, units: 2 })));
    expect(diagonal.unsited.map(({ path }) => path)).to.include('params.nu');
  });
});
