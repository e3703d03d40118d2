import { add, div, greater, mul, where } from '../../autodiff/index.ts';
import {
  cast,
  full,
  guard,
  leavesOf,
  mapTree,
  type Noise,
  type Tensor,
  type Tree,
  zipTrees,
} from '../../lib/index.ts';
import { addTrees, dotTrees, scaleTree, zerosOf } from '../algebra.ts';
import { type Estimator, stepwise } from './rule/estimator.ts';
import type { Rule } from './rule/rule.ts';
import type { Cost, Sizes } from './step/cost.ts';
import type { StepStructure } from './step/step-structure.ts';
import type { Transition } from './step/transition.ts';

/**
 * A direction v, a tree like the parameters, and the tangent ṡ of the state along it, a tree like the state.
 */
export type Directed = { readonly direction: Tree; readonly tangent: Tree };

/** `age`: the steps since directions were drawn, where they are drawn anew; without leaves otherwise. */
export type DodgeInfluence = {
  readonly directions: readonly Directed[];
  readonly age: readonly Tensor[];
};

export interface DodgeOptions {
  /** How many directions are averaged. 1 by default. */
  readonly directions?: number;
  /** After how many steps directions are drawn anew, with nothing carried over; 0, the default, for never. */
  readonly every?: number;
}

export const dodgeOptions = {
  directions: guard.setting(guard.whole(1, 2 ** 16), 'directions that are averaged', 'directions'),
  every: guard.setting(
    guard.whole(0, 2 ** 16),
    'steps after which directions are drawn anew, 0 for never',
    'redraw',
  ),
} satisfies guard.Checks<DodgeOptions>;

/**
 * DODGE, the directional derivatives of deep online stochastic gradient estimation (Silver, Goyal, Danihelka,
 * Hessel & van Hasselt 2022, ICLR): a direction v in the space of the parameters is kept, and the state's
 * tangent along it is carried forward,
 *
 *     ṡ' = J ṡ + I v                    G is estimated by ṡ ⊗ v
 *
 * with v uniform in {±1}^P, so that E[v ⊗ v] is the identity. One push a step, for any cell; k directions are
 * averaged. The relative variance is (P - 1)/k, so it grows with the parameters, where that of UORO grows
 * with the state.
 *
 * The paper multiplies v with the whole directional derivative of the loss, ∂ℓ/∂s · ṡ + ∂ℓ/∂θ · v; here the
 * step's own part ∂ℓ/∂θ is exact, as for all estimators: the same mean, less noise. Unbiased while v is kept.
 * With `every`, v is drawn anew after that number of steps, and ṡ restarts, as the old one belongs to the old
 * v: influence from before the draw is left out.
 */
export function dodge(options: DodgeOptions = {}): Estimator<DodgeInfluence> {
  const { directions = 1, every = 0 } = guard.options('dodge', options, dodgeOptions);
  const cost = ({ state, parameters }: Sizes): Cost => ({
    time: (3 + 2 * directions) * parameters,
    memory: directions * (parameters + state),
  });
  return {
    name: 'dodge',
    bias: every === 0 ? 'none' : 'truncated',
    options: dodgeOptions,
    settings: { directions, every },
    ...stepwise,
    cost,
    bind: (step) => ({
      ...(every === 0 ? kept(step, directions) : redrawn(step, directions, every)),
      structure: directions === 1 ? 'one direction' : `${directions} directions`,
      cost: cost(step.sizes),
      pull: (influence, cotangent) =>
        influence.directions
          .map(({ direction, tangent }) =>
            scaleTree(direction, div(dotTrees(cotangent, tangent), directions)),
          )
          .reduce((sum, part) => addTrees(sum, part)),
      expand: (influence) => influence,
    }),
  };
}

type Movement = Pick<Rule<DodgeInfluence>, 'start' | 'advance'>;

function kept({ parameters, state }: StepStructure, count: number): Movement {
  return {
    start: (noise) => ({
      directions: times(count, () => ({
        direction: signsLike(parameters, noise),
        tangent: zerosOf(state),
      })),
      age: [],
    }),
    advance: ({ directions, age }, transition) => ({
      directions: directions.map(({ direction, tangent }) => ({
        direction,
        tangent: transition.push(direction, tangent),
      })),
      age,
    }),
  };
}

/** A plan draws at every step; what is drawn counts when the directions have been kept for long enough. */
function redrawn({ parameters, state }: StepStructure, count: number, every: number): Movement {
  const [{ dtype }] = leavesOf(state);
  return {
    start: () => ({
      directions: times(count, () => ({
        direction: zerosOf(parameters),
        tangent: zerosOf(state),
      })),
      age: [full([], 0, { dtype })],
    }),
    advance({ directions, age: [age] }, transition, noise) {
      const isOld = greater(age, 0.5);
      const older = add(age, 1);
      return {
        directions: directions.map((own) => chosen(own, signsLike(parameters, noise), isOld, transition)),
        age: [where(greater(older, every - 0.5), mul(older, 0), older)],
      };
    },
  };
}

/** With an old direction the tangent is carried on; a new one begins without, whatever J is. */
function chosen(
  { direction, tangent }: Directed,
  drawn: Tree,
  isOld: Tensor,
  transition: Transition,
): Directed {
  const own = zipTrees(direction, drawn, (before, now) => where(isOld, before, now), 'dodge');
  const carried = mapTree(transition.push(undefined, tangent), (leaf) => where(isOld, leaf, 0));
  return {
    direction: own,
    tangent: addTrees(transition.push(own, undefined), carried),
  };
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

function signsLike(tree: Tree, noise: Noise): Tree {
  return mapTree(tree, ({ shape, dtype }) => cast(noise.signs(shape), dtype));
}
