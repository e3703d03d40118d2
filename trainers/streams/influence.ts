import { leavesOf, type Tree } from '../../lib/index.ts';
import { normOf } from '../evaluation/norm.ts';
import { choose } from '../registry/choose.ts';
import { estimatorTable } from '../registry/estimators.ts';
import type { StreamLearner } from './network.ts';

/** Beyond so many numbers, writing out an influence takes too long to be done by the way. */
const most = 1 << 24;

/**
 * The Euclidean norms of what the estimator carries: |s̃| and |θ̃| of UORO (of all pairs together) and NoBackTrack, |G| of RTRL, SnAp and RFLO; none for an estimator
 * that carries nothing, nor for a G of more than 2²⁴ numbers. The first call of a step costs a copy of the influence.
 */
export function influenceNorms(learner: StreamLearner): Readonly<Record<string, number>> {
  const { carries } = choose('estimator', estimatorTable, learner.estimator.name);
  if (carries === 'pairs') {
    const { influence } = learner;
    const pairs = (Array.isArray(influence) ? influence : [influence]) as readonly Pair[];
    return {
      '|s̃|': normOf(pairs.map(({ stateTangent }) => stateTangent)),
      '|θ̃|': normOf(pairs.map(({ parameterTangent }) => parameterTangent)),
    };
  }
  if (carries === 'nothing' || countNumbers(learner.state) * countNumbers(learner.parameters) > most) return {};
  return { '|G|': normOf(learner.influence) };
}

interface Pair {
  readonly stateTangent: unknown;
  readonly parameterTangent: unknown;
}

function countNumbers(tree: unknown): number {
  return leavesOf(tree as Tree).reduce((sum, { size }) => sum + size, 0);
}
