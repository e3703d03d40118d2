import { add, mul } from '../../autodiff/index.ts';
import { mapTree, type Tree, zipTrees } from '../../lib/index.ts';
import type { Optimizer } from '../index.ts';
import type { Fixture } from './unrolled.ts';

/** An optimiser that ignores the gradient, so that the trajectory of the parameters is prescribed. */
export function prescribed(moves: readonly unknown[]): Optimizer {
  return {
    name: 'prescribed',
    settings: {},
    init: () => ({}),
    update(gradient, memory, _, clock) {
      const none = mapTree(gradient as Tree, (leaf) => mul(leaf, 0));
      const update = moves.reduce<Tree>((sum, move, i) => {
        const now = clock.updates((k) => (k === i + 1 ? 1 : 0));
        return zipTrees(sum, move as Tree, (a, b) => add(a, mul(b, now)), 'prescribed');
      }, none);
      return { update: update as typeof gradient, memory };
    },
  };
}

/** The parameters at each step, with an update after every `stride` steps that include a target. */
export function trajectoryOf(
  { parameters, examples }: Fixture,
  stride: number,
  moves: readonly unknown[],
  observed: readonly number[],
): unknown[] {
  let [current, updates] = [parameters as Tree, 0];
  let scored = false;
  return examples.map((_, t) => {
    const own = current;
    scored ||= !observed.includes(t);
    if ((t + 1) % stride === 0) {
      if (scored && updates < moves.length)
        current = zipTrees(current, moves[updates] as Tree, (a, b) => add(a, b), 'trajectory');
      if (scored) updates++;
      scored = false;
    }
    return own;
  });
}
