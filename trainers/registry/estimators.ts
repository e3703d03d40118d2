import { estimators } from '../estimators/index.ts';
import type { Estimator } from '../estimators/rule/estimator.ts';
import { chooseNamed } from './choose.ts';
import type { EstimatorEntry, Named, Setting } from './entry.ts';
import { isFileName, shortName } from './names.ts';

export const estimatorTable: Readonly<Record<string, EstimatorEntry>> = estimators;

/** @throws UsageError for an unknown name or setting, ConfigurationError for a value out of range. */
export function makeEstimator(named: Named, table = estimatorTable): Estimator {
  const { name: _, sha256: __, ...settings } = named;
  return chooseNamed('estimator', table, named).make(settings);
}

/** Its complete configuration. */
export function completeEstimator(
  named: Named,
  { name, settings }: Estimator,
  table = estimatorTable,
): Named {
  return table[named.name].isOwn ? named : { name, ...settings };
}

/** Its title in tables and plots: UORO, TBPTT-16, UORO memory-4. */
export function titleOf(named: Named): string {
  const { name, window, rank } = named;
  const entry = Object.hasOwn(estimatorTable, name) ? estimatorTable[name] : undefined;
  if (entry?.title !== undefined) return entry.title(named);
  const parts = (what: string, value: Setting | undefined) =>
    value === undefined || value === 1 ? [] : [`${what}-${value}`];
  return [
    isFileName(name) ? shortName(name) : name.toUpperCase(),
    ...parts('memory', window),
    ...parts('rank', rank),
  ].join(' ');
}
