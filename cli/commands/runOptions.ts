import { type Command, Option } from 'commander';
import { cellNames, estimatorNames, optimizerNames, type Setting } from '../../trainers/registry/index.ts';
import type { Wish } from '../experiments/config.ts';
import { experiments } from '../experiments/registry.ts';
import { parseCount, parseNumber } from './numbers.ts';

export interface OutputOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export type RunOptions = OutputOptions & Readonly<Record<string, Setting | undefined>>;

/** Declares every option of `run`; what is left out follows from the experiment. */
export function addRunOptions(command: Command): void {
  command.optionsGroup('What learns (if left out, as the experiment has it: see below):');
  command.option('--estimator <name>', `how gradients are estimated: ${estimatorNames.join(', ')}`);
  command.option('--window <count>', 'steps that are differentiated together (for bptt, the length of a sequence)', parseCount);
  command.option('--stride <count>', 'steps between updates, for tbptt', parseCount);
  command.option('--rank <count>', 'pairs that are averaged, for uoro', parseCount);
  command.option('--n <count>', 'steps within which an influence is kept, for snap', parseCount);
  command.option('--leak <number>', 'the leak of the units, for rflo', parseNumber);
  command.option('--cell <name>', `the recurrent network: ${cellNames.join(', ')}`);
  command.option('--units <count>', 'its units', parseCount);
  command.option('--optimizer <name>', optimizerNames.join(', '));
  command.option('--rate <number>', 'the learning rate γ of γ/(1 + α√t)', parseNumber);
  command.option('--alpha <number>', 'the α of γ/(1 + α√t); 0 keeps the rate constant', parseNumber);
  command.option('--clip <norm>', 'clip the gradient to this norm', parseNumber);
  command.option('--dtype <name>', 'float32 or float64');
  command.option('--seed <count>', 'of parameters, draws and data', parseCount);
  command.option('--length, --steps <count>', 'how many steps', parseCount);
  const declared = new Set(['units']);
  for (const { name, options } of experiments) {
    command.optionsGroup(`The task ${name}:`);
    for (const option of options) {
      if (declared.has(option.name)) continue;
      declared.add(option.name);
      const flags = `--${option.name} <${option.kind === 'count' ? 'count' : 'value'}>`;
      const declaration = new Option(flags, option.description);
      command.addOption(option.kind === 'count' ? declaration.argParser(parseCount) : declaration);
    }
  }
  command.optionsGroup('What comes out:');
  addOutputOptions(command);
}

export function addOutputOptions(command: Command): void {
  command.option('--out <folder>', 'where to put everything; a new folder below runs/ if left out');
  command.option('--force', 'replace the run in that folder');
  command.option('--json', 'results as NDJSON on standard output');
  command.option('-q, --quiet', 'no progress on standard error');
}

/** What the options ask for. */
export function wishOf(experiment: string, given: RunOptions): Wish {
  const tasks = experiments.find(({ name }) => name === experiment)?.options ?? [];
  const all = new Set(experiments.flatMap(({ options }) => options.map(({ name }) => name)));
  const ownUnits = tasks.some(({ name }) => name === 'units');
  const task = pick(
    given,
    [...all].filter((name) => name !== 'units' || ownUnits),
  );
  const { estimator, cell, optimizer } = given;
  return {
    experiment,
    task,
    cell: named(cell, ownUnits ? {} : pick(given, ['units'])),
    estimator: named(estimator, pick(given, ['window', 'stride', 'rank', 'n', 'leak'])),
    optimizer: named(optimizer, pick(given, ['rate', 'alpha', 'clip'])),
    ...pick(given, ['dtype', 'seed', 'steps']),
  };
}

function named(name: Setting | undefined, settings: Readonly<Record<string, Setting>>): Readonly<Record<string, Setting>> {
  return { ...(name === undefined ? {} : { name }), ...settings };
}

function pick(given: RunOptions, names: readonly string[]): Record<string, Setting> {
  return Object.fromEntries(names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name] as Setting]])));
}
