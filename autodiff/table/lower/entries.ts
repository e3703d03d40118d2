import type { Tensor } from '../../../lib/index.ts';
import type { Planner } from '../../compile/terms/planner.ts';
import type { EntryOperand } from '../../compile/terms/repeat.ts';
import { repeatedOf } from '../../compile/terms/terms.ts';

/**
 * A tensor whose leading axis has `count` entries, as an operand that moves on: one that repeats for all of
 * them is not written out.
 */
export function entriesOf(plan: Planner, x: Tensor, count: number): EntryOperand {
  const repeated = repeatedOf(plan.terms(x));
  if (repeated?.factor === 1 && repeated.each === 1 && repeated.buffer.size * count === x.size)
    return { buffer: repeated.buffer, stride: 0 };
  return { buffer: plan.array(x), stride: count === 0 ? 0 : x.size / count };
}
