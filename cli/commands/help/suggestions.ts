import { type Command, CommanderError } from 'commander';
import { guard } from '../../../lib/index.ts';

/** Names that other tools use for these commands and options. */
const synonyms: guard.Synonyms = {
  train: ['learn', 'fit'],
  predict: ['forecast', 'infer', 'test', 'eval'],
  check: ['verify', 'laws', 'lint'],
  generate: ['sample', 'write'],
  compare: ['diff', 'report'],
  export: ['save', 'dump', 'weights'],
  sweep: ['grid', 'search', 'tune', 'gridsearch'],
  collect: ['merge', 'gather'],
  '--rate': ['lr', 'learningrate', 'eta', 'stepsize'],
  '--units': ['hidden', 'hiddensize', 'size', 'neurons'],
  '--cell': ['model', 'network', 'net'],
  '--records': ['steps', 'length', 'limit', 'rows', 'lines', 'count'],
  '--steps': ['iterations', 'iters', 'records', 'epochs'],
  '--columns': ['features', 'inputs', 'fields'],
  '--ignore': ['exclude', 'drop', 'omit', 'except'],
  '--categorical': ['category', 'factors'],
  '--target': ['y', 'label', 'output'],
  '--delimiter': ['separator', 'sep'],
  '--out': ['output', 'folder', 'dir', 'directory'],
  '--force': ['overwrite', 'replace'],
  '--quiet': ['silent'],
  '--resume': ['continue', 'restore', 'checkpoint'],
  '--follow': ['tail', 'wait'],
  '--prime': ['prompt', 'start', 'prefix'],
};

/**
 * Suggests names by the rule of the library. Commander's rule accepts three different letters, and suggests
 * --version for --epsilon.
 */
export function suggest(program: Command): void {
  for (const command of [program, ...program.commands])
    command.showSuggestionAfterError(false).exitOverride((error) => {
      throw new CommanderError(error.exitCode, error.code, error.message + hintFor(command, error));
    });
}

function hintFor(command: Command, { code, message }: CommanderError): string {
  const [, given = ''] = /'([^'=]*)/.exec(message) ?? [];
  const path = command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;
  const help = `; ${path} --help lists them all`;
  if (code === 'commander.unknownOption') return guard.didYouMean(given, flagsOf(command), synonyms) || help;
  if (code !== 'commander.unknownCommand') return '';
  return (
    guard.didYouMean(
      given,
      command.commands.map((each) => each.name()),
      synonyms,
    ) || help
  );
}

/** The long forms of the flags of a command and of its program. */
function flagsOf(command: Command): string[] {
  const all = command.parent === null ? [command] : [command, command.parent];
  const options = all.flatMap((each) => each.createHelp().visibleOptions(each));
  return options.flatMap(({ short, long }) =>
    [short, long].filter((flag) => flag?.startsWith('--')),
  ) as string[];
}
