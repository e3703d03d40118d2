import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { UsageError } from '../../../lib/index.ts';
import {
  cellTable,
  estimatorTable,
  type Flag,
  flagsOf,
  isFileName,
  optimizerTable,
  optionOf,
  type Setting,
  type Settings,
  scheduleOptions,
} from '../../../trainers/registry/index.ts';
import type { Wish } from '../../experiments/config.ts';
import { experiments } from '../../experiments/registry.ts';
import { declared } from './declared.ts';
import { parseCount, parseNumber, parsePort, parsePositive } from './numbers.ts';

export interface OutputOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The options of the configuration, by name. */
export interface RunSettings {
  /** Settings by their paths in the configuration, such as `estimator.beta=0.5`. */
  readonly set?: readonly string[];
  readonly [name: string]: Setting | readonly string[] | undefined;
}

export interface RunOptions extends OutputOptions {
  readonly set?: readonly string[];
  readonly resume?: string | true;
  readonly resumeOrBegin?: string;
  readonly fromPrevious?: boolean;
  readonly checkpointSteps?: number;
  readonly checkpointSeconds: number;
  readonly memory?: number;
  readonly grid?: string;
  readonly index?: number;
  readonly watch?: number;
  readonly tensorboard?: boolean;
  readonly [name: string]: Setting | readonly string[] | undefined;
}

/** After the names of what is built in. */
export const orFile = ', or a file of your own, such as ./mine.ts';

export const estimatorFlags = flagsOf(estimatorTable);
export const cellFlags = flagsOf(cellTable);
export const optimizerFlags = flagsOf(optimizerTable);

/** The options that determine the configuration, in groups. The experiment determines those left out. */
export const runConfigOptions: readonly (readonly [group: string, readonly Option[]])[] = groupedOptions();

function groupedOptions(): [string, Option[]][] {
  const names = (table: object) => Object.keys(table).join(', ');
  const flags = (all: readonly Flag[]) => all.map((flag) => declared(flag.name, optionOf(flag)));
  const count = (written: string, purpose: string) => new Option(written, purpose).argParser(parseCount);
  const learner = [
    new Option('--estimator <name>', `how gradients are estimated: ${names(estimatorTable)}${orFile}`),
    ...flags(estimatorFlags),
    new Option('--cell <name>', `the recurrent network: ${names(cellTable)}${orFile}`),
    count('--units <count>', 'units of the network'),
    ...flags(cellFlags),
    new Option('--optimizer <name>', `the update rule: ${names(optimizerTable)}${orFile}`),
    ...flags(optimizerFlags),
    ...Object.entries(scheduleOptions).map(([name, check]) => declared(name, check)),
    new Option('--dtype <name>', 'float32 or float64'),
    count(
      '--seed <count>',
      'seed of parameters and draws, and of the data without --data-seed; 1 if left out',
    ),
    count('--data-seed <count>', 'seed of the data; 2^32 more than the other seed if left out'),
    count('--length, --steps <count>', 'number of time steps'),
    new Option('--task <file>', 'in place of an experiment: a file with a task of your own'),
    setOption(
      'any setting by its path in config.json, such as cell.leak=0.1 of a file of your own; may be repeated',
    ),
    new Option(
      '--stop-when <condition>',
      "end early once the condition holds, from the first full mean on: recent, mean or gradientNorm, < or >, and a number, as in 'recent < 0.2'",
    ),
  ];
  const taken = new Set(['units']);
  const tasks = experiments.map(({ name: experiment, options }): [string, Option[]] => {
    const own = Object.entries(options).filter(([name]) => !taken.has(name));
    for (const [name] of own) taken.add(name);
    return [`The task ${experiment}:`, own.map(([name, check]) => declared(name, check))];
  });
  return [['The learner (defaults are those of the experiment, see below):', learner], ...tasks];
}

/** The option for settings by their paths. @param what says which. */
export function setOption(what: string): Option {
  return new Option('--set <assignment>', what).argParser(
    (assignment: string, before: readonly string[] = []) => [...before, assignment],
  );
}

/** Declares the options of `run`. */
export function addRunOptions(command: Command): void {
  for (const [group, options] of runConfigOptions) {
    command.optionsGroup(group);
    for (const option of options) command.addOption(option);
  }
  command.optionsGroup('Running and resuming:');
  command.option(
    '--resume [folder]',
    'resume the run in that folder, bit for bit; with --grid, resume or begin in the folder that it has there',
  );
  command.addOption(
    new Option(
      '--resume-or-begin <folder>',
      'resume the run in that folder, or begin it there if there is none',
    ).conflicts(['resume', 'fromPrevious', 'out', 'force']),
  );
  command.option('--from-previous', 'with --resume: start from the checkpoint before the newest one');
  command.option('--checkpoint-steps <count>', 'steps between checkpoints', parsePositive);
  command.option('--checkpoint-seconds <number>', 'seconds between checkpoints', parseNumber, 60);
  command.option('--memory <MiB>', 'stop with an error if the process takes more than this', parsePositive);
  command.option('--grid <file>', 'take the run from the grid.json of a sweep, in place of an experiment');
  command.option('--index <count>', 'with --grid: which of its runs, from 0', parseCount);
  command.optionsGroup('Output:');
  addLiveOptions(command);
  addOutputOptions(command);
}

/** The ways to follow a run while it lasts. */
export function addLiveOptions(command: Command): void {
  command.option(
    '--watch <port>',
    'show the run live on a local page, at this port; 0 for any free one',
    parsePort,
  );
  command.option('--tensorboard', 'also write the metrics as TensorBoard event files');
}

/** @throws UsageError for an option that a run already has. @param what has it. */
export function refuseRunOptions(given: object, what: string): void {
  const all = new Map(Object.entries(given));
  for (const [, options] of runConfigOptions)
    for (const option of options)
      if (all.get(option.attributeName()) !== undefined)
        throw new UsageError(`${what} keeps its configuration: leave out ${option.long}`);
}

export function addOutputOptions(command: Command): void {
  command.option('--out <folder>', 'folder for all files of the run; a new one below runs/ if left out');
  command.option('--force', 'replace the run in that folder');
  command.option('--json', 'write results as NDJSON to standard output');
  command.option('-q, --quiet', 'show no progress on standard error');
}

/** The settings from the options; those of estimators and cells by flag. */
export function wishOf(experiment: string, given: RunSettings): Wish {
  const own = experiments.find(({ name }) => name === experiment)?.options ?? {};
  const all = new Set(experiments.flatMap(({ options }) => Object.keys(options)));
  const ownUnits = Object.hasOwn(own, 'units');
  const task = pick(
    given,
    [...all].filter((name) => name !== 'units' || ownUnits),
  );
  const { estimator, cell, optimizer, dataSeed } = given;
  const set = assigned(given.set ?? []);
  return {
    experiment,
    task: { ...task, ...pick({ seed: dataSeed }, ['seed']), ...set.task },
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
    ...pick(given, ['dtype', 'seed', 'steps', 'stopWhen']),
  };
}

function named(name: RunSettings[string], settings: Settings): Settings {
  if (typeof name !== 'string') return settings;
  return { name: isFileName(name) ? resolve(name) : name, ...settings };
}

const allGroups = ['task', 'cell', 'estimator', 'optimizer'];

/** The settings of `--set`, by their groups. @throws UsageError for one that is not of the form. */
export function assigned(
  assignments: readonly string[],
  groups: readonly string[] = allGroups,
): Readonly<Record<string, Settings>> {
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

function pick(given: RunSettings, names: readonly string[]): Record<string, Setting> {
  return Object.fromEntries(
    names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name] as Setting]])),
  );
}
