import { add, concat, div, dot, matmul, mul, outer, sub } from '../../autodiff/index.ts';
import { type FloatDType, guard, leavesOf, ones, type Tensor, type Tree, zeros } from '../../lib/index.ts';
import { addParts, addTrees, flattenTree, unflattenTree } from '../algebra.ts';
import { ageOf, unlessNew } from './rule/age.ts';
import { type Estimator, stepwise } from './rule/estimator.ts';
import { absent, type Rule } from './rule/rule.ts';
import type { Cost, Sizes } from './step/cost.ts';
import type { StepStructure } from './step/step-structure.ts';
import type { Transition } from './step/transition.ts';

export type DniInfluence = {
  /** A, [S, S + 1]: learnt. */
  readonly weights: Tensor;
  /** The steps since the start or a reset, at most 1; a scalar. */
  readonly age: Tensor;
};

export interface DniOptions {
  /** The rate at which A is learnt, relative to the squared norm of [s; 1]. 0.1 by default. */
  readonly rate?: number;
}

export const dniOptions = {
  rate: guard.setting(guard.between(0, 1), 'how fast the synthetic gradient is learnt'),
} satisfies guard.Checks<DniOptions>;

/**
 * Decoupled neural interfaces, DNI (Jaderberg et al. 2017, arXiv 1608.05343; online as in Marschall, Cho & Savin
 * 2020). It carries no influence of the past. A linear model of the state predicts the gradient of all later losses
 * with respect to the state, the synthetic gradient σ(s) = A [s; 1], and the gradient at a step s → s' with loss ℓ is
 *
 *     ∂ℓ/∂θ + σ(s')ᵀ I
 *
 * so that a parameter is credited with what it does to the future, where other estimators credit the past. A learns
 * from its own predictions, with the step's loss and J:
 *
 *     A ← A + η (∂ℓ/∂s + Jᵀσ(s') - σ(s)) ⊗ [s; 1]/(1 + ‖[s; 1]‖²)
 *
 * (Marschall et al. give the model the target too, take a copy of A that is some steps old in σ(s'), and do not
 * divide by the norm.) Two pulls a step, for any cell. What it has learnt is part of a checkpoint, and kept at a
 * reset. Biased by the error of the model, and while A is learnt.
 */
export function dni(options: DniOptions = {}): Estimator<DniInfluence> {
  const { rate = 0.1 } = guard.options('dni', options, dniOptions);
  const cost = ({ state, parameters }: Sizes): Cost => ({
    time: 5 * parameters + 3 * state * state,
    memory: state * (state + 1) + 1,
  });
  return {
    name: 'dni',
    bias: 'approximate',
    options: dniOptions,
    settings: { rate },
    ...stepwise,
    learns: true,
    cost,
    bind: (step) => ({ ...bindTo(step, rate), cost: cost(step.sizes) }),
  };
}

function bindTo({ state, sizes }: StepStructure, rate: number): Omit<Rule<DniInfluence>, 'cost'> {
  const [{ dtype }] = leavesOf(state);
  return {
    structure: `a linear model of ${sizes.state} state elements`,
    start: () => ({ weights: zeros([sizes.state, sizes.state + 1], { dtype }), age: ageOf(0, state) }),
    restart: ({ weights }) => ({ weights, age: ageOf(0, state) }),
    advance({ weights, age }, transition, _, moment) {
      if (moment === undefined) return { weights, age: ageOf(1, state) };
      const later = transition.pull(synthetic(weights, nextOf(transition))).state;
      const input = withOne(transition.state);
      const error = sub(flattenTree(addTrees(moment.before, later)), matmul(weights, input));
      const step = outer(mul(error, div(rate, add(dot(input, input), 1))), input);
      return { weights: add(weights, unlessNew(age, step)), age: ageOf(1, state) };
    },
    pull: () => undefined,
    expand: (influence) => influence,
    gradient(influence, { own, transition }) {
      if (influence === absent) return own;
      return addParts(own, transition.pull(synthetic(influence.weights, nextOf(transition))).parameters);
    },
  };
}

function nextOf({ evaluate, parameters, state, input }: Transition): Tree {
  return evaluate(parameters, state, input).state;
}

/** A [s; 1], a tree like the state. */
function synthetic(weights: Tensor, state: Tree): Tree {
  return unflattenTree(matmul(weights, withOne(state)), state);
}

function withOne(state: Tree): Tensor {
  const flat = flattenTree(state);
  return concat([flat, ones([1], { dtype: flat.dtype as FloatDType })]);
}
