import { leavesOf, rebuild, type Tree } from '../../../lib/index.ts';
import type { Rule } from '../rule/rule.ts';
import type { StepStructure } from '../step/step-structure.ts';
import { expanded, type MixedInfluence, type ReachingInfluence } from './expanded.ts';
import type { StructuredInfluence } from './slots.ts';

/** The rules for the two kinds of leaves. */
export interface MixedRules {
  readonly narrow: Rule<StructuredInfluence>;
  readonly wide: Rule<ReachingInfluence>;
  /** By leaf. */
  readonly isWide: readonly boolean[];
  /** Number of entries of the wide leaves that are left out. It tells steps apart that are cut differently. */
  readonly left: number;
}

/**
 * A rule for a step in which some leaves reach too much for slots: in a GRU whose reset gate acts before the
 * product, the parameters of that gate reach every unit within one step, and those of the other gates one each.
 */
export function mixed(step: StepStructure, { narrow, wide, isWide, left }: MixedRules): Rule<MixedInfluence> {
  const leaves = leavesOf(step.parameters);
  const chosen = (few: Tree, many: Tree) => {
    const [one, other] = [leavesOf(few), leavesOf(many)];
    return rebuild(
      step.parameters,
      isWide.map((own, i) => (own ? other[i] : one[i])),
    );
  };
  const size = leaves.reduce((sum, leaf, i) => sum + (isWide[i] ? leaf.size : 0), 0);
  return {
    structure: `${narrow.structure}; ${size} parameters reach more, and all of theirs is carried${left === 0 ? '' : ` but ${left} entries`}`,
    cost: {
      time: narrow.cost.time + wide.cost.time,
      memory: narrow.cost.memory + wide.cost.memory,
    },
    start: (noise) => ({ narrow: narrow.start(noise), wide: wide.start(noise) }),
    advance: (influence, transition, noise) => ({
      narrow: narrow.advance(influence.narrow, transition, noise),
      wide: wide.advance(influence.wide, transition, noise),
    }),
    pull: (influence, cotangent) =>
      chosen(narrow.pull(influence.narrow, cotangent) as Tree, wide.pull(influence.wide, cotangent) as Tree),
    expand: (influence) => expanded(influence, step),
  };
}
