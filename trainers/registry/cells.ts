import { type Cell, type CellEntry, cells, type Input } from '../../nn/index.ts';
import { chooseNamed } from './choose.ts';
import type { Named } from './entry.ts';

/** A built-in cell by its name, with its size and its settings. */
export type CellConfig = Named & { readonly units: number };

export const cellTable: Readonly<Record<string, CellEntry>> = cells;

/**
 * @param inputs how many symbols there are, or how many numbers a vector has.
 * @throws UsageError for an unknown cell or a setting that it does not take, ConfigurationError for a value out of range.
 */
export function makeCell(config: CellConfig, inputs: number, of: 'symbols' | 'vectors'): Cell<unknown, unknown, Input> {
  const entry = chooseNamed('cell', cellTable, config, ['units']);
  const { name: _, units, ...settings } = config;
  const options = { ...settings, inputs, units };
  return of === 'symbols' ? entry.ofSymbols(options) : entry.ofVectors(options);
}
