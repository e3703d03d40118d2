import { add, div, sqrt } from '../../../autodiff/index.ts';
import type { Tensor, Tree } from '../../../lib/index.ts';
import { dotTrees, normOf, scaleTree, unitFor, zerosOf } from '../../algebra.ts';
import type { Rule } from '../rule/rule.ts';
import type { StepStructure } from '../step/step-structure.ts';

/** s̃ and θ̃: trees like the state and like the parameters, whose outer product estimates ∂s/∂θ. */
export type RankOne<P = Tree, S = Tree> = {
  readonly stateTangent: S;
  readonly parameterTangent: P;
};

/** The part of a rule that follows from carrying one pair with E[s̃ ⊗ θ̃] = G. */
export function onePair({
  parameters,
  state,
}: StepStructure): Pick<Rule<RankOne>, 'structure' | 'start' | 'pull' | 'expand'> {
  return {
    structure: 'one pair of vectors',
    start: () => ({
      stateTangent: zerosOf(state),
      parameterTangent: zerosOf(parameters),
    }),
    pull: ({ stateTangent, parameterTangent }, cotangent) =>
      scaleTree(parameterTangent, dotTrees(cotangent, stateTangent)),
    expand: (pair) => pair,
  };
}

/** The same outer product, of two parts whose norms are equal but for ε. */
export function balanced({ stateTangent, parameterTangent }: RankOne, epsilon: number): RankOne {
  const rho = balance(parameterTangent, stateTangent, epsilon);
  return {
    stateTangent: scaleTree(stateTangent, rho),
    parameterTangent: scaleTree(parameterTangent, div(1, rho)),
  };
}

/**
 * √((‖w‖+ε)/(‖v‖+ε)). Scaling v by it and w by its inverse makes their norms equal, which minimises the
 * variance.
 */
export function balance(w: Tree, v: Tree, epsilon: number): Tensor {
  const unit = unitFor(epsilon);
  const padded = (tree: Tree) => add(normOf(tree, unit), epsilon / unit);
  return sqrt(div(padded(w), padded(v)));
}
