import { leavesOf, rebuild, type Tensor, type Tree } from '../../lib/index.ts';
import type { Rule } from './rule.ts';
import type { StructuredInfluence } from './slots.ts';
import type { StepStructure } from './step-structure.ts';

/** G for the leaves that reach the state, by their positions among the parameters. */
export type ReachingInfluence = {
  readonly jacobians: { readonly [place: string]: Tensor };
};

/** Slots for the leaves whose parameters reach few state elements, and all of G for the others. */
export type MixedInfluence = {
  readonly narrow: StructuredInfluence;
  readonly wide: ReachingInfluence;
};

/** Two rules for the two kinds of leaves, and one for all of them, which is the form of older checkpoints. */
export interface MixedRules {
  readonly narrow: Rule<StructuredInfluence>;
  readonly wide: Rule<Tree>;
  readonly all: Rule<Tree>;
  /** By leaf. */
  readonly isWide: readonly boolean[];
  /** Number of entries of the wide leaves that are left out. It tells steps apart that are cut differently. */
  readonly left: number;
}

/**
 * A rule for a step in which some leaves reach too much for slots: in a GRU whose reset gate acts before the
 * product, the parameters of that gate reach every unit within one step, and those of the other gates one each.
 */
export function mixed(
  { parameters }: StepStructure,
  { narrow, wide, all, isWide, left }: MixedRules,
): Rule<Tree> {
  const chosen = (few: Tree, many: Tree) => {
    const [one, other] = [leavesOf(few), leavesOf(many)];
    return rebuild(
      parameters,
      isWide.map((own, i) => (own ? other[i] : one[i])),
    );
  };
  const size = leavesOf(parameters).reduce((sum, leaf, i) => sum + (isWide[i] ? leaf.size : 0), 0);
  return {
    structure: `${narrow.structure}; ${size} parameters reach more, and all of theirs is carried${left === 0 ? '' : ` but ${left} entries`}`,
    cost: {
      time: narrow.cost.time + wide.cost.time,
      memory: narrow.cost.memory + wide.cost.memory,
    },
    start: (noise) => ({ narrow: narrow.start(noise), wide: wide.start(noise) }),
    advance: (influence, transition, noise) =>
      isMixed(influence)
        ? {
            narrow: narrow.advance(influence.narrow, transition, noise),
            wide: wide.advance(influence.wide, transition, noise),
          }
        : all.advance(influence, transition, noise),
    pull: (influence, cotangent) =>
      isMixed(influence)
        ? chosen(
            narrow.pull(influence.narrow, cotangent) as Tree,
            wide.pull(influence.wide, cotangent) as Tree,
          )
        : all.pull(influence, cotangent),
    expand: (influence) => all.expand(influence),
  };
}

export function isMixed(influence: Tree): influence is MixedInfluence {
  return 'narrow' in influence && 'wide' in influence;
}
