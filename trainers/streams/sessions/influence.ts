import { leavesOf, type Tree } from '../../../lib/index.ts';
import { normOf } from '../../evaluation/norm.ts';
import type { Learner } from '../../learner/learner.ts';
import { estimatorTable } from '../../registry/estimators.ts';

/** Above this size, writing out an influence takes too long. */
const most = 1 << 24;

/**
 * The Euclidean norms of the estimator's influence: |s̃| and |θ̃| of UORO (over all pairs) and NoBackTrack,
 * |G| of RTRL, SnAp and RFLO, |factors| of all that the others carry. Empty for an estimator that is not built in or
 * has no influence, and for a G of more than 2²⁴ numbers. The first call of a step costs a copy of the influence.
 */
export function influenceNorms(learner: Carrying): Readonly<Record<string, number>> {
  const { name } = learner.estimator;
  // One of a file may carry anything.
  if (!Object.hasOwn(estimatorTable, name)) return {};
  const { carries } = estimatorTable[name];
  if (carries === 'pairs') {
    const { influence } = learner;
    const pairs = (Array.isArray(influence) ? influence : [influence]) as readonly Pair[];
    return {
      '|s̃|': normOf(pairs.map(({ stateTangent }) => stateTangent)),
      '|θ̃|': normOf(pairs.map(({ parameterTangent }) => parameterTangent)),
    };
  }
  if (carries === 'factors') return { '|factors|': normOf(learner.influence) };
  if (carries === 'nothing' || countNumbers(learner.state) * countNumbers(learner.parameters) > most)
    return {};
  return { '|G|': normOf(learner.influence) };
}

type Carrying = Pick<
  Learner<unknown, unknown, never, never>,
  'estimator' | 'influence' | 'state' | 'parameters'
>;

interface Pair {
  readonly stateTangent: unknown;
  readonly parameterTangent: unknown;
}

function countNumbers(tree: unknown): number {
  return leavesOf(tree as Tree).reduce((sum, { size }) => sum + size, 0);
}
