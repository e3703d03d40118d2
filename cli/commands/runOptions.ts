import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../lib/index.ts';
import {
  cellTable,
  estimatorTable,
  flagsOf,
  isFileName,
  optimizerTable,
  optionOf,
  type Setting,
  type Settings,
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

export interface RunOptions extends OutputOptions {
  /** Settings by their paths in the configuration, such as `estimator.beta=0.5`. */
  readonly set?: readonly string[];
  readonly [name: string]: Setting | readonly string[] | undefined;
}

const estimatorFlags = flagsOf(estimatorTable);
const cellFlags = flagsOf(cellTable);
const optimizerFlags = flagsOf(optimizerTable);

/** Declares the options of `run`. The experiment determines those left out. */
export function addRunOptions(command: Command): void {
  command.optionsGroup('The learner (defaults are those of the experiment, see below):');
  const names = (table: object) => Object.keys(table).join(', ');
  const orFile = ', or a file of your own, such as ./mine.ts';
  command.option('--estimator <name>', `how gradients are estimated: ${names(estimatorTable)}${orFile}`);
  for (const flag of estimatorFlags) command.addOption(declared(flag.name, optionOf(flag)));
  command.option('--cell <name>', `the recurrent network: ${names(cellTable)}${orFile}`);
  command.option('--units <count>', 'units of the network', parseCount);
  for (const flag of cellFlags) command.addOption(declared(flag.name, optionOf(flag)));
  command.option('--optimizer <name>', `the update rule: ${names(optimizerTable)}${orFile}`);
  for (const flag of optimizerFlags) command.addOption(declared(flag.name, optionOf(flag)));
  for (const [name, check] of Object.entries(scheduleOptions)) command.addOption(declared(name, check));
  command.option('--dtype <name>', 'float32 or float64');
  command.option('--seed <count>', 'seed of parameters, draws and data', parseCount);
  command.option('--length, --steps <count>', 'number of time steps', parseCount);
  command.option('--task <file>', 'in place of an experiment: a file with a task of your own');
  command.option(
    '--set <assignment>',
    'any setting by its path in config.json, such as cell.leak=0.1 of a file of your own; may be repeated',
    (assignment: string, before: readonly string[] = []) => [...before, assignment],
  );
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
  const set = assigned(given.set ?? []);
  return {
    experiment,
    task: { ...task, ...set.task },
    cell: named(cell, {
      ...pick(given, [...(ownUnits ? [] : ['units']), ...cellFlags.map(({ name }) => name)]),
      ...set.cell,
    }),
    estimator: named(estimator, {
      ...pick(
        given,
        estimatorFlags.map(({ name }) => name),
      ),
      ...set.estimator,
    }),
    optimizer: named(optimizer, {
      ...pick(given, [...optimizerFlags.map(({ name }) => name), ...Object.keys(scheduleOptions)]),
      ...set.optimizer,
    }),
    ...pick(given, ['dtype', 'seed', 'steps']),
  };
}

function named(name: RunOptions[string], settings: Settings): Settings {
  if (typeof name !== 'string') return settings;
  return { name: isFileName(name) ? resolve(name) : name, ...settings };
}

const groups = ['task', 'cell', 'estimator', 'optimizer'];

/** The settings of `--set`, by their groups. @throws UsageError for one that is not of the form. */
function assigned(assignments: readonly string[]): Readonly<Record<string, Settings>> {
  const sets: Record<string, Record<string, Setting>> = {};
  for (const assignment of assignments) {
    const [, group = '', key = '', text = ''] = /^(\w+)\.(\w+)=(.*)$/s.exec(assignment) ?? [];
    if (!groups.includes(group) || key === 'name')
      throw new UsageError(
        `--set takes a group, a setting and its value, such as estimator.beta=0.5, with the group ${groups.join(', ')}; got ${JSON.stringify(assignment)}`,
      );
    sets[group] = { ...sets[group], [key]: settingOf(text) };
  }
  return sets;
}

/** A number or a truth value if the text is one. */
function settingOf(text: string): Setting {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function pick(given: RunOptions, names: readonly string[]): Record<string, Setting> {
  return Object.fromEntries(
    names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name] as Setting]])),
  );
}
