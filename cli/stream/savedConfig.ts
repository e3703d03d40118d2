import { checkConfig } from './checkConfig.ts';
import type { RowData, StreamConfig, SymbolData } from './config.ts';
import { requireEntries, requireNumbers, requireSame } from './saved.ts';

type Parts<T> = Readonly<Record<keyof T, 'needed' | 'optional'>>;

const configParts: Parts<StreamConfig> = {
  data: 'needed',
  cell: 'needed',
  readout: 'optional',
  estimator: 'needed',
  optimizer: 'needed',
  dtype: 'needed',
  seed: 'needed',
  recent: 'needed',
  every: 'needed',
};
const symbolParts: Parts<SymbolData> = { kind: 'needed', unit: 'needed', symbols: 'needed', alphabet: 'optional' };
const rowParts: Parts<RowData> = {
  kind: 'needed',
  delimiter: 'needed',
  comment: 'optional',
  missing: 'optional',
  decimal: 'optional',
  columns: 'needed',
  categorical: 'needed',
  target: 'needed',
  predict: 'optional',
  horizon: 'needed',
  delay: 'optional',
  timestamp: 'optional',
  timeFormat: 'optional',
  categories: 'needed',
};

/** @throws DataError or ConfigurationError unless it is a configuration, with its parts and no others. */
export function requireConfig(config: StreamConfig): void {
  requireParts('the configuration', config, configParts);
  const { data, cell, estimator, optimizer } = config;
  requireParts('the configuration of the data', data, data?.kind === 'text' ? symbolParts : rowParts);
  requireEntries('the configuration of the cell', cell, ['name', 'units']);
  for (const named of [estimator, optimizer]) {
    requireEntries('what learns', named, ['name'], Object.keys(named ?? {}));
    requireSame('the type of its name', typeof named.name, 'string');
  }
  requireNumbers('a setting of the optimizer', [optimizer.rate, optimizer.alpha, optimizer.clip ?? 1], Number.MAX_VALUE);
  checkConfig(config);
}

function requireParts<T extends object>(what: string, value: T, parts: Parts<T>): void {
  const all = Object.entries(parts);
  const named = (kind: string) => all.filter(([, own]) => own === kind).map(([name]) => name);
  requireEntries(what, value, named('needed'), named('optional'));
}
