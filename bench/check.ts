import type { Contestant } from './contestant.ts';
import { nameOf, type Problem } from './problem.ts';

/** A contestant computes something else than the reference, so timing it would be meaningless. */
export class Disagreement extends Error {}

const steps = 48;

/**
 * Checks that fresh contestants have the losses of the first at every step, and then its parameters, within
 * rounding.
 * @throws Disagreement with the first number that differs.
 */
export function requireSame(problem: Problem, [reference, ...others]: readonly Contestant[]): void {
  const { stream, signs, period, dtype } = problem;
  const tolerance = dtype === 'float32' ? 2e-4 : 1e-10;
  const losses = (contestant: Contestant) =>
    Array.from({ length: steps }, (_, t) =>
      contestant.step(stream[t % period], stream[(t + 1) % period], signs[t % period]),
    );
  const expected = losses(reference);
  const before = problem.leaves;
  const after = reference.parameters();
  for (const other of others) {
    const fail = (what: string, own: number, its: number) => {
      throw new Disagreement(
        `${nameOf(problem)}: ${other.name} has ${own} for ${what}, ${reference.name} has ${its}; they do not compute the same, so they are not timed`,
      );
    };
    losses(other).forEach((loss, t) => {
      if (!(Math.abs(loss - expected[t]) <= tolerance * Math.abs(expected[t])))
        fail(`the loss of step ${t}`, loss, expected[t]);
    });
    other.parameters().forEach((leaf, at) => {
      // Compare what was learnt rather than the parameters, which hardly move in so few steps.
      let [difference, size, scale] = [0, 0, 0];
      for (let i = 0; i < after[at].length; i++) {
        difference += (leaf[i] - after[at][i]) ** 2;
        size += (after[at][i] - before[at][i]) ** 2;
        scale += after[at][i] ** 2;
      }
      const allowed =
        50 * tolerance * Math.sqrt(size) + (dtype === 'float32' ? 3e-7 : 1e-15) * Math.sqrt(scale);
      if (leaf.length !== after[at].length || !(Math.sqrt(difference) <= allowed))
        fail(`the distance of parameter ${at} from the reference's`, Math.sqrt(difference), 0);
    });
  }
}
