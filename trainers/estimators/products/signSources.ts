import { add, div, matmul, mul, norm, type Operand, reshape, sqrt, stack } from '../../../autodiff/index.ts';
import {
  alignLeaves,
  cast,
  type DType,
  leavesOf,
  mapTree,
  type Noise,
  ones,
  type Parts,
  partsLike,
  type Tensor,
  type Tree,
  zeros,
} from '../../../lib/index.ts';
import { addParts, addTrees, asMatrix, flattenTree, unflattenTree, zerosOf } from '../../algebra.ts';
import { rowNormsOf } from '../step/rowNorms.ts';
import type { StepStructure } from '../step/step-structure.ts';
import type { Transition } from '../step/transition.ts';
import { balanced, type RankOne } from './rank-one.ts';

/** A way to estimate I by signs: E[a ⊗ b] = I for what a draw adds to s̃ and to θ̃. */
export interface Sources {
  /** Pulls for the scales. */
  readonly pulls: number;
  /** Prepares the draws at a transition. */
  at(transition: Transition): (noise: Noise) => RankOne;
}

/** A sign for each state element. All have one scale, from the norms of what was drawn. */
export function drawnSources({ state }: StepStructure, epsilon: number): Sources {
  return {
    pulls: 0,
    at: (transition) => (noise) => {
      const signs = signsLike(state, noise);
      return balanced({ stateTangent: signs, parameterTangent: transition.pull(signs).parameters }, epsilon);
    },
  };
}

/** A sign for each state element, with the scale √‖I_i‖. */
export function stateSources(step: StepStructure, epsilon: number): Sources {
  const norms = rowNormsOf(step);
  return {
    pulls: norms.pulls,
    at(transition) {
      const rho = sqrt(div(add(norms.of(transition), epsilon), 1 + epsilon));
      return (noise) => {
        const signs = flattenTree(signsLike(step.state, noise));
        return {
          stateTangent: unflattenTree(mul(signs, rho), step.state),
          parameterTangent: transition.pull(unflattenTree(div(signs, rho), step.state)).parameters,
        };
      };
    },
  };
}

/**
 * A sign for each element of a pre-activation, and, for what the leaves without sites do, for each state element.
 * @param isScaled whether each has the scale of its own norms; if not, all have the one of what was drawn.
 */
export function preactivationSources(step: StepStructure, epsilon: number, isScaled: boolean): Sources {
  const { state, parameters } = step;
  const hasRest = step.unsited.length > 0;
  const [{ dtype }] = leavesOf(state);
  const size = step.sizes.state;
  const scale = (w: Tensor, v: Operand) => sqrt(div(add(w, epsilon), add(v, epsilon)));
  return {
    pulls: size,
    at(transition) {
      const { groups, rest } = transition.factors();
      const scales = isScaled
        ? groups.map(({ D, z }) => scale(norm(z), norm(D, { axes: 0 })))
        : groups.map(({ D, z }) => ones([D.shape[1]], { dtype: z.dtype as 'float64' }));
      const restScale = isScaled && hasRest ? scale(rowNorms(rest, parameters), 1) : 1;
      return (noise) => {
        const drawn = groups.map(({ D }) => signsOf(D.shape[1], D.dtype, noise));
        let tangent = groups.reduce(
          (total, { D }, g) => add(total, matmul(D, mul(drawn[g], scales[g]))),
          zeros([size], { dtype }),
        );
        let own = addParts(
          zerosOf(parameters),
          step.place(groups.map(({ z }, g) => ({ z, a: div(drawn[g], scales[g]) }))),
        );
        if (hasRest) {
          const signs = signsOf(size, dtype, noise);
          tangent = add(tangent, mul(signs, restScale));
          own = addParts(own, mixed(rest, parameters, div(signs, restScale)));
        }
        const pair = { stateTangent: unflattenTree(tangent, state), parameterTangent: own };
        return isScaled ? pair : balanced(pair, epsilon);
      };
    },
  };
}

/** One reduction J s̃ ⊗ θ̃ + I → s̃' ⊗ θ̃'. */
export function advanceBy(
  { stateTangent, parameterTangent }: RankOne,
  drawn: RankOne,
  transition: Transition,
  epsilon: number,
): RankOne {
  const pushed = transition.push(undefined, stateTangent);
  return addTrees(balanced({ stateTangent: pushed, parameterTangent }, epsilon), drawn);
}

function signsLike(tree: Tree, noise: Noise): Tree {
  return mapTree(tree, ({ shape, dtype }) => cast(noise.signs(shape), dtype));
}

function signsOf(length: number, dtype: DType, noise: Noise): Tensor {
  return cast(noise.signs([length]), dtype);
}

function rowNorms(rest: Parts, parameters: Tree): Tensor {
  const rows = alignLeaves(parameters, rest, 'uoro').flatMap((own) =>
    own === undefined ? [] : asMatrix(own),
  );
  return norm(stack(rows.map((own) => norm(own, { axes: 1 }))), { axes: 0 });
}

/** Σ_i w_i I_i for the rows of the leaves without sites. */
function mixed(rest: Parts, parameters: Tree, weights: Tensor): Parts {
  const rows = alignLeaves(parameters, rest, 'uoro');
  const shapes = leavesOf(parameters).map(({ shape }) => shape);
  return partsLike(
    parameters,
    rows.map((own, leaf) => own && reshape(matmul(weights, asMatrix(own)), shapes[leaf])),
  );
}
