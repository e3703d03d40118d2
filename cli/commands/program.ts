import { Command, Option } from 'commander';
import { experiments } from '../experiments/registry.ts';
import { packageVersion } from '../package-root.ts';
import type { CompareOptions } from './compare.ts';
import { addDemoOptions, type DemoOptions } from './demoOptions.ts';
import { dialectOptions } from './dialectOptions.ts';
import { addExamples } from './examples.ts';
import { experimentHelp } from './experimentHelp.ts';
import type { GenerateOptions } from './generate.ts';
import { parseCount, parseNumber } from './numbers.ts';
import type { PredictOptions } from './predict.ts';
import { addRunOptions, type RunOptions } from './runOptions.ts';
import { suggest } from './suggestions.ts';
import { addTrainOptions, type TrainOptions } from './trainOptions.ts';

/** The commands and their options. `finish` receives the exit code. */
export function createProgram(finish: (code: number) => void): Command {
  const program = new Command('norewind')
    .description('Trains recurrent networks online, on a stream that never ends, without rewinding it.')
    .version(packageVersion())
    .exitOverride()
    // The caller reports errors.
    .configureOutput({ outputError: () => {} });
  const demo = program
    .command('demo')
    .description('a showcase of about two minutes: what unbiased gradients can do, and what they cost')
    .action(async (options: DemoOptions) => finish(await (await import('./demo.ts')).demo(options)));
  addDemoOptions(demo);
  const run = program
    .command('run')
    .description('run an experiment, reproducible from its run folder')
    .argument('<experiment>', `${experiments.map(({ name }) => name).join(', ')}, or a config.json`)
    .action(async (experiment: string, options: RunOptions) => finish(await (await import('./run.ts')).run(experiment, options)));
  addRunOptions(run);
  run.addHelpText('after', () => experimentHelp(experiments));
  const train = program
    .command('train')
    .description('learn online from text, CSV or NDJSON, a file or standard input, for ever if it does not end')
    .argument('<data...>', 'files in order, or - for standard input; .gz is decompressed')
    .action(async (data: string[], options: TrainOptions) => finish(await (await import('./train.ts')).train(data, options)));
  addTrainOptions(train);
  const predict = program
    .command('predict')
    .description('what a model from `train` says of other data, as NDJSON; the model on the disk stays as it is')
    .argument('<model>', 'the folder of a run, or a checkpoint')
    .argument('<data...>', 'files in order, or - for standard input')
    .option('--learn', 'learn on meanwhile')
    .option('--fresh', 'begin in the start state, not where the training ended')
    .addOption(
      new Option(
        '--format <name>',
        'csv or ndjson, for a model of rows; by the ending of the name, or else that of the training, if left out',
      ).choices(['csv', 'ndjson']),
    )
    .addOption(new Option('--on-error <action>', 'at a record that cannot be used').choices(['stop', 'skip']).default('stop'))
    .action(async (model: string, data: string[], options: PredictOptions) =>
      finish(await (await import('./predict.ts')).predict(model, data, options)),
    );
  const ofTraining = 'that of the training';
  for (const option of dialectOptions({ delimiter: ofTraining, others: () => ofTraining })) predict.addOption(option);
  program
    .command('generate')
    .description('what a model of text from `train` goes on with')
    .argument('<model>', 'the folder of a run, or a checkpoint')
    .option('--length <count>', 'how many symbols', parseCount, 500)
    .option('--temperature <number>', '0 for the most probable symbol always', parseNumber, 1)
    .option('--prime <text>', 'what is read first', '')
    .option('--seed <count>', 'of the draws', parseCount, 1)
    .action(async (model: string, options: GenerateOptions) =>
      finish(await (await import('./generate.ts')).generate(model, options)),
    );
  program
    .command('compare')
    .description('one report over several runs of `train`, or of `run`: curves, final figures, differences in configuration')
    .argument('<run...>', 'the folders of the runs')
    .option('--out <file>', 'where to write the report', 'compare.html')
    .option('--csv <file>', 'where to write every line of metrics as CSV; beside the report if left out')
    .option('--force', 'replace these files')
    .action(async (runs: string[], options: CompareOptions) =>
      finish(await (await import('./compare.ts')).compare(runs, options)),
    );
  addExamples(program);
  suggest(program);
  return program;
}
