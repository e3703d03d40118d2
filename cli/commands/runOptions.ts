import type { Command } from 'commander';
import {
  cellTable,
  estimatorTable,
  flagsOf,
  optimizerTable,
  optionOf,
  type Setting,
  scheduleOptions,
} from '../../trainers/registry/index.ts';
import type { Wish } from '../experiments/config.ts';
import { experiments } from '../experiments/registry.ts';
import { declared } from './declared.ts';
import { parseCount } from './numbers.ts';

export interface OutputOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export type RunOptions = OutputOptions & Readonly<Record<string, Setting | undefined>>;

const estimatorFlags = flagsOf(estimatorTable);
const cellFlags = flagsOf(cellTable);
const optimizerFlags = flagsOf(optimizerTable);

/** Declares the options of `run`. The experiment determines those left out. */
export function addRunOptions(command: Command): void {
  command.optionsGroup('The learner (defaults are those of the experiment, see below):');
  const names = (table: object) => Object.keys(table).join(', ');
  command.option('--estimator <name>', `how gradients are estimated: ${names(estimatorTable)}`);
  for (const flag of estimatorFlags) command.addOption(declared(flag.name, optionOf(flag)));
  command.option('--cell <name>', `the recurrent network: ${names(cellTable)}`);
  command.option('--units <count>', 'units of the network', parseCount);
  for (const flag of cellFlags) command.addOption(declared(flag.name, optionOf(flag)));
  command.option('--optimizer <name>', `the update rule: ${names(optimizerTable)}`);
  for (const flag of optimizerFlags) command.addOption(declared(flag.name, optionOf(flag)));
  for (const [name, check] of Object.entries(scheduleOptions)) command.addOption(declared(name, check));
  command.option('--dtype <name>', 'float32 or float64');
  command.option('--seed <count>', 'seed of parameters, draws and data', parseCount);
  command.option('--length, --steps <count>', 'number of time steps', parseCount);
  const taken = new Set(['units']);
  for (const { name: experiment, options } of experiments) {
    command.optionsGroup(`The task ${experiment}:`);
    for (const [name, check] of Object.entries(options)) {
      if (taken.has(name)) continue;
      taken.add(name);
      command.addOption(declared(name, check));
    }
  }
  command.optionsGroup('Output:');
  addOutputOptions(command);
}

export function addOutputOptions(command: Command): void {
  command.option('--out <folder>', 'folder for all files of the run; a new one below runs/ if left out');
  command.option('--force', 'replace the run in that folder');
  command.option('--json', 'write results as NDJSON to standard output');
  command.option('-q, --quiet', 'show no progress on standard error');
}

/** The settings from the options; those of estimators and cells by flag. */
export function wishOf(experiment: string, given: RunOptions): Wish {
  const own = experiments.find(({ name }) => name === experiment)?.options ?? {};
  const all = new Set(experiments.flatMap(({ options }) => Object.keys(options)));
  const ownUnits = Object.hasOwn(own, 'units');
  const task = pick(
    given,
    [...all].filter((name) => name !== 'units' || ownUnits),
  );
  const { estimator, cell, optimizer } = given;
  return {
    experiment,
    task,
    cell: named(cell, pick(given, [...(ownUnits ? [] : ['units']), ...cellFlags.map(({ name }) => name)])),
    estimator: named(
      estimator,
      pick(
        given,
        estimatorFlags.map(({ name }) => name),
      ),
    ),
    optimizer: named(
      optimizer,
      pick(given, [...optimizerFlags.map(({ name }) => name), ...Object.keys(scheduleOptions)]),
    ),
    ...pick(given, ['dtype', 'seed', 'steps']),
  };
}

function named(
  name: Setting | undefined,
  settings: Readonly<Record<string, Setting>>,
): Readonly<Record<string, Setting>> {
  return { ...(name === undefined ? {} : { name }), ...settings };
}

function pick(given: RunOptions, names: readonly string[]): Record<string, Setting> {
  return Object.fromEntries(
    names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name] as Setting]])),
  );
}
