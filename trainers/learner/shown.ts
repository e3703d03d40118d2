import { seeded } from '../../lib/index.ts';
import { copyOfTree, zerosOf } from '../algebra.ts';
import type { Rule } from '../estimators/index.ts';
import { absent, type Lane } from './memory.ts';

/** The influence of each lane, or of the only one, as its rule shows it; without a rule, as it is carried. */
export function shownInfluence(lanes: readonly Lane[], rule: Rule | undefined): unknown {
  const all = lanes.map(({ influence }) => {
    if (rule === undefined) return influence === absent ? [] : influence;
    return influence === absent ? zerosOf(rule.expand(rule.start(seeded(0)))) : rule.expand(influence);
  });
  return copyOfTree(all.length === 1 ? all[0] : all);
}
