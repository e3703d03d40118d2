import { expect } from 'chai';
import fc from 'fast-check';
import { add, jvp, linearize, sin, vjp } from '../../../autodiff/index.ts';
import { cast, full, type Tensor } from '../../../lib/index.ts';
import { type Program, programs } from '../../../trainers/testing/index.ts';
import { size } from '../../support/size.ts';
import { eager, narrow, planned, requireClose, requirePlan, sample } from './agree.ts';

function forAll(arbitrary: fc.Arbitrary<Program>, check: (program: Program) => void, numRuns: number): void {
  fc.assert(fc.property(arbitrary, check), { seed: 1, numRuns: size(Math.ceil(numRuns / 2), numRuns) });
}

function directions(inputs: readonly Tensor[], phase = 0): Tensor[] {
  return inputs.map((input, i) => cast(sample(input.shape, i + phase), input.dtype as 'float64'));
}

/**
 * A program with all that can be derived from it, so that the plan has forward, reverse and mixed equations
 * side by side.
 */
function derived({ run, loss, inputs }: Program): (...xs: Tensor[]) => unknown {
  const one = (x: Tensor) => full([], 1, { dtype: x.dtype as 'float64' });
  return (...xs) => {
    const v = directions(inputs, 3).map((direction, i) => cast(direction, xs[i].dtype as 'float64'));
    const gradient = (...at: Tensor[]) => vjp(loss, ...at)[1](one(xs[0]));
    const step = linearize(run, ...xs);
    return [
      step.value,
      step.push(...v),
      // A cotangent that depends on the inputs, as a learner's does.
      step.pull(add(sin(step.value), 0.5)),
      jvp(run, xs, v),
      gradient(...xs),
      jvp(gradient, xs, v)[1],
      linearize((...at: Tensor[]) => jvp(loss, at, v)[1], ...xs).pull(one(xs[0])),
    ];
  };
}

describe('plans of random programs', () => {
  it('return the same as the programs, in float64', () => {
    forAll(
      programs({ kinks: true, maxLength: 16 }),
      ({ run, loss, inputs }) => void requirePlan((...xs) => [run(...xs), loss(...xs)], inputs),
      250,
    );
  });

  it('return the same as the programs, in float32', () => {
    forAll(
      programs({ kinks: true, maxLength: 10 }),
      ({ run, loss, inputs }) => void requirePlan((...xs) => [run(...xs), loss(...xs)], inputs.map(narrow)),
      120,
    );
  });

  it('return their derivatives, forward, reverse and mixed, in float64', () => {
    forAll(
      programs({ kinks: true, maxLength: 7 }),
      (program) => void requirePlan(derived(program), program.inputs),
      120,
    );
  });

  it('return their derivatives in float32', () => {
    forAll(
      programs({ kinks: true, maxLength: 5 }),
      (program) => void requirePlan(derived(program), program.inputs.map(narrow), 1e-4),
      60,
    );
  });

  it('do not depend on what a plan ran on before', () => {
    forAll(
      programs({ kinks: true }),
      ({ run, inputs }) => {
        const plan = planned(run, ...inputs);
        const first = plan.run(...inputs);
        const others = directions(inputs, 5);
        requireClose(plan.run(...others), eager(run, ...others));
        plan.run(...inputs).forEach((again, i) => {
          expect(again.toArray()).to.deep.equal(first[i].toArray());
        });
      },
      60,
    );
  });
});
