import { type Cell, type CellEntry, cells, type Input } from '../../nn/index.ts';
import { chooseNamed } from './choose.ts';
import type { Named } from './entry.ts';

/** A cell by name, with its size and settings. */
export type CellConfig = Named & { readonly units: number };

export const cellTable: Readonly<Record<string, CellEntry>> = cells;

/** Settings of every cell. */
export const cellCommon = ['units'];

/**
 * @param inputs the number of symbols, or the length of an input vector.
 * @param table the cells by name.
 * @throws UsageError for an unknown cell or setting, ConfigurationError for a value out of range.
 */
export function makeCell(
  config: CellConfig,
  inputs: number,
  of: 'symbols' | 'vectors',
  table = cellTable,
): Cell<unknown, unknown, Input> {
  const entry = chooseNamed('cell', table, config, cellCommon);
  const { name: _, sha256: __, units, ...settings } = config;
  const options = { ...settings, inputs, units };
  return of === 'symbols' ? entry.ofSymbols(options) : entry.ofVectors(options);
}
