import { resolve } from 'node:path';
import { builtIn, isFileName, type Settings, type Tables } from '../../trainers/registry/index.ts';
import type { OwnParts, StreamConfig } from '../../trainers/streams/index.ts';
import { hasCode, ownParts } from './isCode.ts';

type Named = Partial<Record<(typeof ownParts)[number], Settings>>;

/**
 * The parts of a stream's learner that files provide, with the hashes of these.
 * @param named the parts by name, with their settings.
 * @throws UsageError or DataError for a file that is not what it must be, or not the one of the configuration.
 */
export async function partsFrom(named: Named): Promise<OwnParts> {
  const wish = { experiment: 'a stream', ...named };
  if (!hasCode(wish)) return named;
  // The loader of TypeScript takes longer to load than a short run takes.
  const { loadOwn } = await import('./index.ts');
  const { wish: found, tables } = await loadOwn(wish);
  return {
    ...Object.fromEntries(ownParts.map((part) => [part, found[part]])),
    tables: {
      cells: { ...builtIn.cells, ...tables.cells },
      estimators: { ...builtIn.estimators, ...tables.estimators },
      optimizers: { ...builtIn.optimizers, ...tables.optimizers },
    },
  };
}

/** The parts that a complete configuration may name. @throws as `partsFrom`. */
export async function tablesOf({ cell, estimator, optimizer }: StreamConfig): Promise<Tables> {
  const { tables = builtIn } = await partsFrom({ cell, estimator, optimizer });
  return tables;
}

/** The name of a part, from any folder. */
export function absolute(name: string): string {
  return isFileName(name) ? resolve(name) : name;
}
