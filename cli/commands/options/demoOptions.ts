import type { Command } from 'commander';
import { length } from '../../demo/settings.ts';
import { parseCount } from './numbers.ts';
import { addOutputOptions, type OutputOptions } from './runOptions.ts';

export interface DemoOptions extends OutputOptions {
  readonly steps: number;
  readonly characters: number;
  readonly seed: number;
}

export function addDemoOptions(command: Command): void {
  command.option('--steps <count>', 'steps of influence balancing', parseCount, length.balancingSteps);
  command.option('--characters <count>', 'characters of the book', parseCount, length.bookCharacters);
  command.option('--seed <count>', 'seed of parameters, draws and data', parseCount, 1);
  addOutputOptions(command);
}
