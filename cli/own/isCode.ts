import { isFileName } from '../../trainers/registry/index.ts';
import type { Wish } from '../experiments/config.ts';

/** The parts of a run that a file of the user's can provide. */
export const ownParts = ['cell', 'estimator', 'optimizer'] as const;

/** Whether the task, the cell, the estimator or the optimiser of a wish is a file of the user's. */
export function hasCode(wish: Wish): boolean {
  return isFileName(wish.experiment) || ownParts.some((part) => isFileName(wish[part]?.name));
}
