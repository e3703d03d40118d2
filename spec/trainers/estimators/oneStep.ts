import { linearize } from '../../../autodiff/index.ts';
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
