import { type Command, Option } from 'commander';
import { parseCount, parseNumber, parsePositive } from './numbers.ts';
import { runConfigOptions } from './runOptions.ts';

/** How the runs of a grid are run. */
export interface PoolOptions {
  readonly jobs?: number;
  readonly memory?: number;
  readonly checkpointSeconds?: number;
  readonly checkpointSteps?: number;
  readonly plan?: boolean;
  readonly slurm?: boolean;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export interface SweepOptions extends PoolOptions {
  readonly seeds?: string;
  readonly random?: number;
  readonly randomSeed?: number;
  readonly resume?: string;
  readonly set?: readonly string[];
  /** The settings, as texts. */
  readonly [name: string]: string | number | boolean | readonly string[] | undefined;
}

/** The settings of a grid, by the names of their options: all of `run`, with several values each. */
export const gridOptions: readonly (readonly [group: string, readonly Option[]])[] = runConfigOptions.map(
  ([group, options]) => [group, options.filter(({ long }) => long !== '--seed').map(ofSeveral)] as const,
);

/** An option that takes several values as one text. */
function ofSeveral(option: Option): Option {
  const own = new Option(option.flags.replace(/<(\w+)>/, '<values>'), option.description);
  // It collects assignments, whose values are read later.
  if (option.long === '--set') if (option.parseArg !== undefined) own.argParser(option.parseArg);
  return own;
}

export function addSweepOptions(command: Command): void {
  command.optionsGroup('The grid:');
  command.option('--seeds <values>', 'seeds of parameters and draws, such as 1..5; 1 if left out');
  command.option(
    '--random <count>',
    'draw this number of settings instead of taking all of them',
    parsePositive,
  );
  command.option('--random-seed <count>', 'with --random: the seed of the draws; 1 if left out', parseCount);
  for (const [group, options] of gridOptions) {
    command.optionsGroup(group);
    for (const option of options) command.addOption(option);
  }
  command.optionsGroup('Running and resuming:');
  command.option('--resume <folder>', 'finish the sweep in that folder');
  addPoolOptions(command);
}

/** The ways to run a grid, and where it is kept. */
export function addPoolOptions(command: Command, folder = 'a new one below runs/'): void {
  command.option(
    '--jobs <count>',
    'processes at a time; as many as there are cores if left out',
    parsePositive,
  );
  command.option(
    '--memory <MiB>',
    'the most that each process may take; 80 % of the memory over the jobs if left out',
    parsePositive,
  );
  command.option('--checkpoint-seconds <number>', 'seconds between checkpoints; 60 if left out', parseNumber);
  command.option('--checkpoint-steps <count>', 'steps between checkpoints', parsePositive);
  command.option('--plan', 'write the folder with its grid.json, and run nothing');
  command.option('--slurm', 'write an array job for Slurm into the folder too, and run nothing');
  command.optionsGroup('Output:');
  command.option(
    '--out <folder>',
    `folder of all files, which is finished if it has the same runs; ${folder} if left out`,
  );
  command.option('--force', 'replace what is in that folder');
  command.option('--json', 'write a line of JSON for each run to standard output');
  command.option('-q, --quiet', 'show no progress on standard error');
}
