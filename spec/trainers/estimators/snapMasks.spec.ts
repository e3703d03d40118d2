import { expect } from 'chai';
import fc from 'fast-check';
import { add, gather, mul, tanh } from '../../../autodiff/index.ts';
import { indices, seeded, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import { meanSquare } from '../../../nn/index.ts';
import { createLearner, rtrl, sgd, snap } from '../../../trainers/index.ts';
import { influenceOf, learnerOf } from '../../../trainers/testing/agreement.ts';
import { requireClose } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';
import { fixture } from './sparse.ts';
import { edgesOf, masked, type Wiring, wired, wirings } from './wired.ts';

/** mask_n, S rows of P: which parameters reach which units within n steps, from the wiring alone. */
function maskOf({ units, shape: [rows, columns], edges }: Wiring, n: number): boolean[][] {
  const [S, size] = [units[0] + units[1], rows * columns];
  // Leaves in the order of `init`: the scalar, the table, the biases.
  const placeOf = (weight: number) => (weight === size ? 0 : 1 + weight);
  let reached = Array.from({ length: S }, (_, i) =>
    Array.from(
      { length: 1 + size + units[0] },
      (_, j) => j === 1 + size + i || edges.some(({ to, weight }) => to === i && placeOf(weight) === j),
    ),
  );
  for (let step = 1; step < n; step++) {
    const before = reached;
    reached = before.map((row, i) =>
      row.map((own, j) => own || edges.some(({ to, from }) => to === i && before[from][j])),
    );
  }
  return reached;
}

/** A wiring, and edges like its own: some left out, and perhaps another. */
const alternatives = wirings(true).chain((wiring) =>
  fc
    .tuple(
      fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
      fc.option(edgesOf(wiring, true), { freq: 2 }),
    )
    .map(([kept, more]) => ({
      wiring,
      others: [...wiring.edges.filter((_, i) => kept[i]), ...(more?.slice(0, 1) ?? [])],
    })),
);

const handedOn = {
  wiring: {
    units: [1, 2] as const,
    shape: [1, 2] as const,
    edges: [
      { to: 0, from: 0, weight: 0 },
      { to: 1, from: 0, weight: 1 },
      { to: 2, from: 2, weight: 2 },
    ],
  },
  others: [
    { to: 0, from: 0, weight: 0 },
    { to: 2, from: 1, weight: 2 },
    { to: 2, from: 2, weight: 2 },
  ],
};

describe('SnAp-n of random sparse cells', () => {
  for (const withLoops of [false, true])
    it(`is mask_n ∘ (J G + I) for every n, where units ${withLoops ? 'may see' : 'do not see'} themselves`, () => {
      const seen = new Set<string>();
      let truncated = 0;
      fc.assert(
        fc.property(wirings(withLoops), fc.integer({ min: 1, max: 1e6 }), (wiring, seed) => {
          const S = wiring.units[0] + wiring.units[1];
          const run = fixture(wired(wiring), S, 4, seed);
          const exact = masked(run, maskOf(wiring, S));
          for (let n = 1; n <= S; n++) {
            const expected = masked(run, maskOf(wiring, n)).flat();
            if (expected.some((entry, at) => Math.abs(entry - exact.flat()[at]) > 1e-6)) truncated++;
            const learner = learnerOf([run], snap({ n }), seeded(1), {
              eager: true,
            });
            for (const { input, target } of run.examples) learner.step(input, target);
            requireClose(influenceOf(learner, [run]).flat(), expected, 1e-12, `SnAp-${n}`);
            const structure = learner.rule?.structure ?? '';
            seen.add(/^sparse: .* most (\d)/.exec(structure)?.[1] ?? 'dense');
            if (/ reach more, and all/.test(structure)) seen.add('sparse and dense leaves');
          }
          const n = 1 + (seed % S);
          const plan = learnerOf([run], snap({ n }), seeded(1));
          for (const { input, target } of run.examples) plan.step(input, target);
          requireClose(
            influenceOf(plan, [run]).flat(),
            masked(run, maskOf(wiring, n)).flat(),
            1e-12,
            `SnAp-${n} as a plan`,
          );
        }),
        { seed: 1, numRuns: size(10, 25) },
      );
      expect(truncated, 'cases in which something is cut off').to.be.above(size(8, 20));
      for (const kind of ['1', '2', '3', 'sparse and dense leaves']) expect([...seen], kind).to.include(kind);
    });

  for (const eager of [true, false])
    it(`has the figures of three units of which two see each other only; eager: ${eager}`, () => {
      const learner = createLearner({
        model: {
          name: 'three',
          init: () => ({
            w: tensor([0.5, 0.7, -0.9]),
            u: tensor([1, 0.3, 0.6]),
          }),
          start: () => zeros([3]),
          step({ w, u }: { w: Tensor; u: Tensor }, h: Tensor, x: Tensor) {
            const state = tanh(add(mul(w, gather(h, indices([0, 2, 1]))), mul(u, x)));
            return { state, output: state };
          },
        },
        loss: meanSquare,
        estimator: snap({ n: 1 }),
        optimizer: sgd({ rate: 0 }),
        dtype: 'float64',
        eager,
      });
      for (const x of [1, -0.5]) learner.step(tensor(x), zeros([3]));
      const { u } = learner.influence as { u: Tensor };
      const [, second, third] = u.toArray() as number[][];
      // With s = tanh(u) after the first step: -0.5 (1 - tanh²(0.7 s₂ - 0.15)) and -0.5 (1 - tanh²(-0.9 s₁ -
      // 0.3)).
      expect(second[1]).to.be.closeTo(-0.4753, 5e-5);
      expect(third[2]).to.be.closeTo(-0.3702, 5e-5);
      requireClose([second[0], second[2], third[0], third[1]], [0, 0, 0, 0], 0, 'what is cut off');
    });

  for (const [name, make] of Object.entries({
    snap: (n: number) => snap({ n }),
    rtrl: () => rtrl(),
  }))
    it(`${name}: refuses an input of another type, or is right for it too`, () => {
      const verdicts = { refused: 0, right: 0, dense: 0 };
      fc.assert(
        fc.property(
          alternatives,
          fc.nat(2),
          fc.integer({ min: 1, max: 1e6 }),
          ({ wiring, others }, more, seed) => {
            const n = name === 'rtrl' ? 9 : 1 + more;
            const S = wiring.units[0] + wiring.units[1];
            const run = fixture(wired(wiring, others), S, 4, seed);
            const learner = learnerOf([run], make(n), seeded(1), {
              eager: true,
            });
            const examples = run.examples.map(({ target, input }, t) => ({
              target,
              input: t % 2 === 0 ? input : tensor([0.3 * t]),
            }));
            try {
              for (const { input, target } of examples) learner.step(input, target);
            } catch (error) {
              expect((error as Error).message).to.contain('with an input of this type');
              verdicts.refused++;
              return;
            }
            const all = maskOf({ ...wiring, edges: [...wiring.edges, ...others] }, 9);
            const mask = name === 'rtrl' ? all : maskOf(wiring, n);
            requireClose(
              influenceOf(learner, [run]).flat(),
              masked({ ...run, examples }, mask).flat(),
              1e-12,
              'the influence',
            );
            verdicts[/^dense| reach more, and all/.test(learner.rule?.structure ?? '') ? 'dense' : 'right']++;
          },
        ),
        // Unit 1 gets its influence by an edge of the one type, and hands it to unit 2 by one of the other.
        { seed: 1, numRuns: size(50, 200), examples: [[handedOn, 0, 1]] },
      );
      for (const [verdict, count] of Object.entries(verdicts)) expect(count, verdict).to.be.above(size(1, 5));
    });
});
