import type { Estimator } from '../estimators/estimator.ts';
import { estimators } from '../estimators/index.ts';
import { chooseNamed } from './choose.ts';
import type { EstimatorEntry, Named, Setting } from './entry.ts';

export const estimatorTable: Readonly<Record<string, EstimatorEntry>> = estimators;

/** @throws UsageError for an unknown name or setting, ConfigurationError for a value out of range. */
export function makeEstimator(named: Named): Estimator {
  const { name: _, ...settings } = named;
  return chooseNamed('estimator', estimatorTable, named).make(settings);
}

/** Its title in tables and plots: UORO, TBPTT-16, UORO memory-4. */
export function titleOf(named: Named): string {
  const { name, window, rank } = named;
  const entry = Object.hasOwn(estimatorTable, name) ? estimatorTable[name] : undefined;
  if (entry?.title !== undefined) return entry.title(named);
  const parts = (what: string, value: Setting | undefined) =>
    value === undefined || value === 1 ? [] : [`${what}-${value}`];
  return [name.toUpperCase(), ...parts('memory', window), ...parts('rank', rank)].join(' ');
}
