import { expect } from 'chai';
import fc from 'fast-check';
import { add, mul, slice, stack, sum, tanh } from '../../../autodiff/index.ts';
import { seeded, type Tensor, zeros } from '../../../lib/index.ts';
import type { Cell } from '../../../nn/index.ts';
import { rtrl } from '../../../trainers/index.ts';
import { checkUnbiased, estimates, learnerOf } from '../../../trainers/testing/agreement.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';
import { fixture } from './sparse.ts';

/** New unit `to` gets parameter `weight` times old unit `from`. */
type Edge = { readonly to: number; readonly from: number; readonly weight: number };

/** Units with arbitrary connections, whose weights, in one vector and one scalar, may be shared. */
function network(
  units: number,
  weights: number,
  edges: readonly Edge[],
): Cell<{ readonly u: Tensor; readonly v: Tensor }, Tensor, Tensor> {
  const pick = (x: Tensor, i: number) => sum(slice(x, [i], [i + 1]));
  return {
    name: 'network',
    outputs: units,
    init: (noise) => ({ u: noise.normal([weights]), v: noise.normal([]) }),
    start: () => zeros([units]),
    step({ u, v }, h, x) {
      const next = Array.from({ length: units }, (_, i) =>
        edges
          .filter(({ to }) => to === i)
          .reduce<Tensor>(
            (z, { from, weight }) =>
              add(z, mul(weight === weights ? v : pick(u, weight), add(pick(h, from), 0.3))),
            pick(x, i),
          ),
      );
      const state = tanh(stack(next));
      return { state, output: state };
    },
  };
}

const networks = fc.integer({ min: 3, max: 8 }).chain((units) =>
  fc.integer({ min: 1, max: 6 }).chain((weights) =>
    fc.record({
      units: fc.constant(units),
      weights: fc.constant(weights),
      edges: fc.array(
        fc.record({ to: fc.nat(units - 1), from: fc.nat(units - 1), weight: fc.nat(weights) }),
        {
          minLength: 1,
          maxLength: units,
        },
      ),
      seed: fc.integer({ min: 1, max: 1e6 }),
    }),
  ),
);

describe('structured RTRL of random networks', () => {
  it('is backpropagation through time, with the kernels and as a plan', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(networks, ({ units, weights, edges, seed }) => {
        const run = fixture(network(units, weights, edges), units, 4, seed);
        checkUnbiased([run], rtrl, { tolerance: 1e-12 });
        const learner = learnerOf([run], rtrl(), seeded(1));
        for (const { input, target } of run.examples) learner.step(input, target);
        const plain = estimates([run], rtrl(), seeded(1), { eager: true });
        const plan = estimates([run], rtrl(), seeded(1));
        requireClose(
          numbersOf([...plan.gradients, plan.influence]),
          numbersOf([...plain.gradients, plain.influence]),
          1e-12,
          'as a plan',
        );
        const kind = /^sparse: .* most (\d)/.exec(learner.rule?.structure ?? '')?.[1] ?? 'dense';
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }),
      { seed: 1, numRuns: size(15, 40) },
    );
    // Parameters that reach one, two, three and more elements, and too many.
    for (const kind of ['1', '2', '3', '4', 'dense']) expect(kinds.get(kind) ?? 0, kind).to.be.above(0);
  });
});
