import type { CellEntry } from '../../nn/index.ts';
import { cellTable } from './cells.ts';
import type { EstimatorEntry, OptimizerEntry } from './entry.ts';
import { estimatorTable } from './estimators.ts';
import { optimizerTable } from './optimizers.ts';

/** The parts that a configuration can name. */
export interface Tables {
  readonly cells: Readonly<Record<string, CellEntry>>;
  readonly estimators: Readonly<Record<string, EstimatorEntry>>;
  readonly optimizers: Readonly<Record<string, OptimizerEntry>>;
}

export const builtIn: Tables = { cells: cellTable, estimators: estimatorTable, optimizers: optimizerTable };
