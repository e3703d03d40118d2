import { NoiseError, replay, seeded } from '../../../lib/index.ts';
import { copyOfTree, zerosOf } from '../../algebra.ts';
import type { Rule } from '../../estimators/index.ts';
import { absent, type Lane, type Memory } from './memory.ts';

/** Whether the influence of a memory is absent. */
export function isAbsent({ lanes }: Memory): boolean {
  return lanes.every(({ influence }) => influence === absent);
}

/** Replaces an absent influence in a memory by the rule's `start`. */
export function begun(rule: Rule, memory: Memory): Memory {
  if (!isAbsent(memory)) return memory;
  return { ...memory, lanes: memory.lanes.map((lane) => ({ ...lane, influence: rule.start(seeded(0)) })) };
}

/**
 * Whether a plan cannot use zeros for an absent influence, as the rule starts with draws or makes the
 * gradient itself.
 */
export function beginsApart(rule: Rule): boolean {
  if (rule.gradient !== undefined) return true;
  try {
    rule.start(replay([]));
    return false;
  } catch (error) {
    if (error instanceof NoiseError) return true;
    throw error;
  }
}

/** The influence of each lane, or of the only one, as its rule shows it; without a rule, as it is carried. */
export function shownInfluence(lanes: readonly Lane[], rule: Rule | undefined): unknown {
  const all = lanes.map(({ influence }) => {
    if (rule === undefined) return influence === absent ? [] : influence;
    return influence === absent ? zerosOf(rule.expand(rule.start(seeded(0)))) : rule.expand(influence);
  });
  return copyOfTree(all.length === 1 ? all[0] : all);
}
