import {
  alignLeaves,
  ConfigurationError,
  type DType,
  guard,
  leavesOf,
  type Noise,
  partsLike,
  type Tensor,
  type Tree,
} from '../../../lib/index.ts';
import { addIfThere, flattenTree } from '../../algebra.ts';
import { type Estimator, stepwise } from '../rule/estimator.ts';
import type { Rule } from '../rule/rule.ts';
import { blocksOf, entriesOf, reachedBlocks } from '../step/blocks.ts';
import type { Cost, Sizes } from '../step/cost.ts';
import { type Carried, exactLeaves } from '../step/exact.ts';
import { factorsBy, type Jacobian } from '../step/jacobian.ts';
import type { GroupPart, StepGroup } from '../step/sites.ts';
import type { StepStructure } from '../step/step-structure.ts';
import type { Factors } from '../step/transition.ts';

/** The numbers carried: a product for each group of sites, and exact ones for each leaf without sites. */
export type SitedInfluence<G extends Tree> = {
  readonly groups: readonly G[];
  readonly exact: readonly Carried[];
};

export interface KroneckerOptions {
  /** Added to norms so that nothing is divided by zero. 1e-5 by default. */
  readonly epsilon?: number;
}

export const kroneckerOptions = {
  epsilon: guard.setting(guard.between(Number.MIN_VALUE), 'added to norms'),
} satisfies guard.Checks<KroneckerOptions>;

/** How one estimator carries the influence of a group of sites. */
export interface GroupRule<G> {
  /**
   * Multiply-adds a time step, and numbers carried.
   * @param entries the entries of J that are multiplied with a vector.
   */
  time(group: StepGroup, entries: number): number;
  memory(group: StepGroup): number;
  /** Zeros. */
  start(group: StepGroup): G;
  /** J G + D ⊗ z, or an estimate of it. */
  advance(
    own: G,
    jacobian: Jacobian,
    immediate: Factors['groups'][number],
    noise: Noise,
    group: StepGroup,
  ): G;
  /**
   * cᵀG as a matrix [inputs, units], as an outer product z ⊗ a, or as a sum of as many parts for each group, from c
   * as one vector.
   */
  pull(own: G, cotangent: Tensor, group: StepGroup): GroupPart | GroupPart[];
}

/**
 * An unbiased estimator that carries the influence of each group of sites by itself.
 * @param ruleFor the rule for this many state elements of this dtype.
 */
export function kronecker<G extends Tree>(
  name: string,
  options: KroneckerOptions,
  cost: (sizes: Sizes) => Cost,
  ruleFor: (given: {
    readonly state: number;
    readonly dtype: DType;
    readonly epsilon: number;
  }) => GroupRule<G>,
): Estimator<SitedInfluence<G>> {
  const { epsilon = 1e-5 } = guard.options(name, options, kroneckerOptions);
  return {
    name,
    bias: 'none',
    options: kroneckerOptions,
    settings: { epsilon },
    ...stepwise,
    cost,
    bind(step) {
      const [{ dtype }] = leavesOf(step.state);
      return onSites(name, step, ruleFor({ state: step.sizes.state, dtype, epsilon }));
    },
  };
}

/**
 * The rule that carries the influence of each group of sites by itself, and exactly that of the leaves
 * without sites.
 * @throws ConfigurationError for a matrix without sites that reaches much of the state, and for a step that
 * cannot be traced.
 */
export function onSites<G extends Tree>(
  name: string,
  step: StepStructure,
  rule: GroupRule<G>,
): Rule<SitedInfluence<G>> {
  if (!step.isTraceable)
    throw new ConfigurationError(
      `${name}: where parameters enter products is not known, because this step cannot be traced; use uoro(), or a step that reads no values`,
    );
  const blocks = blocksOf(step);
  const reachedFrom = reachedBlocks(step, blocks, true);
  const { leaves, refused } = exactLeaves(step);
  if (refused !== undefined)
    throw new ConfigurationError(
      `${name}: ${refused} is not a factor of a product with a vector, and is too large to be carried exactly; use uoro(), or write its use as matmul`,
    );
  const { groups, parameters, sizes } = step;
  const [sited, exact] = [groups, leaves].map((own) => own.map(({ reaches }) => reachedFrom(reaches)));
  /** The entries of J between blocks. */
  const entries = (own: readonly number[]) =>
    own.reduce((sum, to) => own.reduce((row, from) => row + entriesOf(blocks[to], from, blocks), sum), 0);
  const total = (numbers: readonly number[]) => numbers.reduce((sum, own) => sum + own, 0);
  return {
    structure: [
      `${groups.length} ${groups.length === 1 ? 'group' : 'groups'} of sites`,
      ...(leaves.length === 0
        ? []
        : [`${leaves.length} ${leaves.length === 1 ? 'leaf' : 'leaves'} without sites carried exactly`]),
    ].join('; '),
    cost: {
      time:
        (sizes.state + 3) * sizes.parameters +
        total(groups.map((group, i) => rule.time(group, entries(sited[i])))) +
        total(leaves.map((leaf, i) => leaf.time(entries(exact[i])))),
      memory: total(groups.map((group) => rule.memory(group))) + total(leaves.map(({ memory }) => memory)),
    },
    start: () => ({
      groups: groups.map((group) => rule.start(group)),
      exact: leaves.map((leaf) => leaf.start()),
    }),
    advance(influence, transition, noise) {
      const { jacobian, groups: immediate, rest } = factorsBy(blocks, transition, step);
      const rows = alignLeaves(parameters, rest, name);
      return {
        groups: influence.groups.map((own, i) =>
          rule.advance(own, jacobian(sited[i]), immediate[i], noise, groups[i]),
        ),
        exact: influence.exact.map((own, i) =>
          leaves[i].advance(own, jacobian(exact[i]), rows[leaves[i].leaf] as Tensor),
        ),
      };
    },
    pull(influence, cotangent) {
      const c = flattenTree(cotangent);
      const outers = influence.groups.map((own, i) => [rule.pull(own, c, groups[i])].flat());
      const pulled: (Tensor | undefined)[] = leavesOf(parameters).map(() => undefined);
      for (let i = 0; i < Math.max(0, ...outers.map(({ length }) => length)); i++)
        alignLeaves(parameters, step.place(outers.map((own) => own[i])), name).forEach((part, leaf) => {
          pulled[leaf] = addIfThere(pulled[leaf], part);
        });
      leaves.forEach((own, i) => {
        pulled[own.leaf] = own.pull(influence.exact[i], c);
      });
      return partsLike(parameters, pulled);
    },
    expand: (influence) => influence,
  };
}
