import { hasCode } from '../own/isCode.ts';
import type { Wish } from './config.ts';
import { type Plan, resolveWish } from './resolve.ts';

/**
 * As `resolveWish`, with files of the user's in place of a task, a cell, an estimator or an optimiser.
 * @throws UsageError, ConfigurationError or DataError.
 */
export async function planOf(wish: Wish): Promise<Plan> {
  if (!hasCode(wish)) return resolveWish(wish);
  // The loader of TypeScript takes longer to load than a short run takes.
  const { loadOwn } = await import('../own/index.ts');
  const own = await loadOwn(wish);
  return resolveWish(own.wish, own.tables);
}
