import type { Command } from 'commander';
import { parseNumber } from './numbers.ts';
import { addPoolOptions, type PoolOptions } from './sweepOptions.ts';

export interface ReproduceOptions extends PoolOptions {
  readonly scale: number;
  readonly seeds: string;
}

export const defaultSeeds = '1..5';

export function addReproduceOptions(command: Command): void {
  command.option(
    '--scale <number>',
    'the share of the full length, such as 0.1, where other figures are to be expected',
    parseNumber,
    1,
  );
  command.option('--seeds <values>', 'seeds of parameters, draws and data', defaultSeeds);
  addPoolOptions(command, 'one below runs/ with its name');
}
