import { type Dependencies, dependencies, linearize } from '../../../autodiff/index.ts';
import type { Tree } from '../../../lib/index.ts';
import { StepStructure } from '../../../trainers/estimators/step/step-structure.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';
import { type Fixture, unitTrees } from '../../../trainers/testing/unrolled.ts';

/** Row by row, ∂s'/∂θ and ∂s'/∂s of one step. */
export function jacobians(
  { model }: Fixture,
  parameters: unknown,
  state: unknown,
  input: unknown,
): { I: number[][]; J: number[][] } {
  const { value, pull } = linearize(
    (theta, before) => model.step(theta, before, input).state as never,
    parameters as never,
    state as never,
  );
  const rows = unitTrees(value).map((unit) => pull(unit as never));
  return { I: rows.map(([theta]) => numbersOf(theta)), J: rows.map(([, before]) => numbersOf(before)) };
}

/** The dependencies of the step at an input. */
export function dependenciesOf({ model, parameters, state }: Fixture, input: unknown): Dependencies {
  const next = (theta: unknown, before: unknown) => model.step(theta, before, input).state;
  return dependencies(next, parameters, state);
}

/** The structure of the first step of a run. */
export function structureOfStep(run: Fixture): StepStructure {
  const { parameters, state, examples } = run;
  return new StepStructure(parameters as Tree, state as Tree, () => dependenciesOf(run, examples[0].input));
}
