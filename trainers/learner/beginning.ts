import { NoiseError, replay, seeded } from '../../lib/index.ts';
import type { Rule } from '../estimators/index.ts';
import { absent, type Memory } from './memory.ts';

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
