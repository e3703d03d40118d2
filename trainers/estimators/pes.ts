import { broadcastTo, matmul, mul, reshape, stack, sub, vmap, where } from '../../autodiff/index.ts';
import {
  cast,
  guard,
  leavesOf,
  mapTree,
  type Noise,
  type Tensor,
  type Tree,
  zeros,
  zipTrees,
} from '../../lib/index.ts';
import { addTrees, asMatrix, entryOf, flattenTree, scaleTree, toRows, zerosOf } from '../algebra.ts';
import { ageOf, isBegun } from './rule/age.ts';
import { type Estimator, stepwise } from './rule/estimator.ts';
import { absent, type Rule } from './rule/rule.ts';
import type { Cost, Sizes } from './step/cost.ts';
import type { StepStructure } from './step/step-structure.ts';
import type { Transition } from './step/transition.ts';

/** Trees with a first axis of pairs. */
export type PesInfluence = {
  /** ν, the signs of the present step, like the parameters. */
  readonly signs: Tree;
  /** Their sum since the start. */
  readonly sums: Tree;
  /** The states of the particles at θ + σν, and at θ - σν. */
  readonly states: readonly [Tree, Tree];
  /** 0 before the first step, 1 after it; a scalar. */
  readonly age: Tensor;
};

export interface PesOptions {
  /** How many particles, in pairs: an even number. 32 by default. */
  readonly particles?: number;
  /** The size σ of the perturbation of the parameters. 0.01 by default. */
  readonly deviation?: number;
}

const even = guard.whole(2, 2 ** 16);

export const pesOptions = {
  particles: guard.setting(
    {
      ...even,
      what: 'an even number from 2 to 65536',
      holds: (value) => even.holds(value) && Number(value) % 2 === 0,
    },
    'particles, in pairs of opposite perturbations',
    'particles',
  ),
  deviation: guard.setting(guard.between(1e-8, 10), 'size of the perturbation of the parameters'),
} satisfies guard.Checks<PesOptions>;

/**
 * Persistent evolution strategies, PES (Vicol, Metz & Sohl-Dickstein 2021, arXiv 2112.13835). It takes no derivative:
 * N particles each carry a state of their own, at parameters that are perturbed anew at every step, and the sum of
 * all perturbations since the start,
 *
 *     s_i' = F(θ + σν_i, s_i, x)        ξ_i ← ξ_i + ν_i        ∂ℓ/∂θ is estimated by Σ_i ξ_i ℓ_i/(N σ)
 *
 * with ν uniform in {±1}^P, in pairs ν, -ν (the paper draws normal numbers). The mean is the gradient up to terms of
 * the order of σ², and exactly where the losses are quadratic in all the perturbations; it has no truncation. So it
 * serves for steps with jumps or plateaus, whose derivative is zero or not there. The variance grows with P and with
 * time, since ξ does: reset the state now and then. N forward passes a step, twice. Nothing is learnt from the first loss
 * of all, as no particle has been drawn yet.
 */
export function pes(options: PesOptions = {}): Estimator<PesInfluence> {
  const { particles = 32, deviation = 0.01 } = guard.options('pes', options, pesOptions);
  const cost = ({ state, parameters }: Sizes): Cost => ({
    time: (2 * particles + 1) * parameters,
    memory: particles * (parameters + state) + 1,
  });
  return {
    name: 'pes',
    bias: 'approximate',
    options: pesOptions,
    settings: { particles, deviation },
    ...stepwise,
    cost,
    bind: (step) => ({ ...bindTo(step, particles / 2, deviation), cost: cost(step.sizes) }),
  };
}

function bindTo(step: StepStructure, pairs: number, sigma: number): Omit<Rule<PesInfluence>, 'cost'> {
  const { parameters, state } = step;
  const [{ dtype }] = leavesOf(state);
  const repeated = (tree: Tree) => mapTree(tree, (leaf) => broadcastTo(leaf, [pairs, ...leaf.shape]));
  const draw = (noise: Noise) =>
    mapTree(parameters, (leaf) => cast(noise.signs([pairs, ...leaf.shape]), leaf.dtype));
  const factor = 1 / (2 * pairs * sigma);
  /** Evaluates each particle at its parameters θ ± σν and its state. */
  const both = <T extends Tree>(
    theta: Tree,
    signs: Tree,
    states: readonly [Tree, Tree],
    of: (parameters: Tree, state: Tree) => T,
  ): [T, T] => {
    const side = (own: Tree, size: number) => {
      const one = (nu: Tree, at: Tree) => of(addTrees(theta, scaleTree(nu, size)), at);
      return step.isTraceable ? vmap(one)(signs, own) : each(one, signs, own, pairs);
    };
    return [side(states[0], sigma), side(states[1], -sigma)];
  };
  /** The states of the particles, which all begin in the first one. */
  const now = ({ states, age }: PesInfluence, transition: Transition): [Tree, Tree] => {
    const known = isBegun(age);
    const first = repeated(transition.state);
    const from = (own: Tree) => zipTrees(own, first, (a, b) => where(known, a, b), 'pes');
    return [from(states[0]), from(states[1])];
  };
  return {
    structure: `${2 * pairs} particles`,
    start(noise) {
      const signs = draw(noise);
      const states = () => zerosOf(repeated(state));
      return { signs, sums: signs, states: [states(), states()], age: ageOf(0, state) };
    },
    // The signs of the next step are drawn already, and do not depend on what was.
    restart: ({ signs, states: [plus, minus] }) => ({
      signs,
      sums: signs,
      states: [zerosOf(plus), zerosOf(minus)],
      age: ageOf(0, state),
    }),
    advance(influence, transition, noise) {
      const { signs, sums } = influence;
      const { parameters: theta, input } = transition;
      const moved = both(
        theta,
        signs,
        now(influence, transition),
        (own, at) => transition.evaluate(own, at, input).state,
      );
      const next = draw(noise);
      return { signs: next, sums: addTrees(sums, next), states: moved, age: ageOf(1, state) };
    },
    pull({ signs, sums, states: [plus, minus] }, cotangent) {
      // Without those of the step that is yet to come.
      const before = zipTrees(sums, signs, (sum, own) => sub(sum, own), 'pes');
      const apart = matmul(sub(toRows(plus), toRows(minus)), flattenTree(cotangent));
      return weighted(before, mul(apart, factor));
    },
    expand: (influence) => influence,
    gradient(influence, { transition, evaluate }) {
      if (influence === absent) return undefined;
      const { parameters: theta, input } = transition;
      const [plus, minus] = both(
        theta,
        influence.signs,
        now(influence, transition),
        (own, at) => evaluate(own, at, input).loss ?? zeros([], { dtype }),
      );
      return weighted(influence.sums, mul(sub(plus, minus), factor));
    },
  };
}

/** Σ_i w_i ξ_i, for trees with a first axis. */
function weighted(trees: Tree, weights: Tensor): Tree {
  return mapTree(trees, (leaf) => reshape(matmul(weights, asMatrix(leaf)), leaf.shape.slice(1)));
}

/** As `vmap`, entry by entry, for a step that reads values. */
function each<T extends Tree>(f: (nu: Tree, at: Tree) => T, signs: Tree, states: Tree, count: number): T {
  const entry = (tree: Tree, i: number) => mapTree(tree, (leaf) => entryOf(leaf, i));
  const all = Array.from({ length: count }, (_, i) => f(entry(signs, i), entry(states, i)));
  const leaves = all.map((one) => leavesOf(one));
  let at = 0;
  return mapTree(all[0], () => {
    const own = at++;
    return stack(leaves.map((list) => list[own]));
  }) as T;
}
