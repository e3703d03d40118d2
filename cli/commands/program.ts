import { Command, Option } from 'commander';
import { experiments } from '../experiments/registry.ts';
import { packageVersion } from '../package-root.ts';
import type { CheckOptions } from './check.ts';
import type { CollectOptions } from './collect.ts';
import type { CompareOptions } from './compare.ts';
import type { ExportOptions } from './export.ts';
import type { GenerateOptions } from './generate.ts';
import { addExamples } from './help/examples.ts';
import { experimentHelp } from './help/experimentHelp.ts';
import { suggest } from './help/suggestions.ts';
import type { InitOptions } from './init.ts';
import { parseNames } from './options/dataFormat.ts';
import { addDemoOptions, type DemoOptions } from './options/demoOptions.ts';
import { dialectOptions } from './options/dialectOptions.ts';
import { parseCount, parseNumber, parsePositive } from './options/numbers.ts';
import { refuseEmptyPaths } from './options/paths.ts';
import { addReproduceOptions, type ReproduceOptions } from './options/reproduceOptions.ts';
import { addRunOptions, type RunOptions, runConfigOptions } from './options/runOptions.ts';
import { addSweepOptions, type SweepOptions } from './options/sweepOptions.ts';
import { addTrainOptions, type TrainOptions } from './options/trainOptions.ts';
import type { PredictOptions } from './predict.ts';

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
    .description(
      'race estimators on two tasks, in about two minutes: the use of unbiased gradients, and their cost',
    )
    .action(async (options: DemoOptions) => finish(await (await import('./demo.ts')).demo(options)));
  addDemoOptions(demo);
  const run = program
    .command('run')
    .description('run an experiment, reproducible from its run folder')
    .argument(
      '[experiment]',
      `${experiments.map(({ name }) => name).join(', ')}, a config.json, or a file with a task of your own; none with --resume`,
    )
    .action(async (experiment: string | undefined, options: RunOptions) =>
      finish(await (await import('./run.ts')).run(experiment, options)),
    );
  addRunOptions(run);
  run.addHelpText('after', () => experimentHelp(experiments));
  const train = program
    .command('train')
    .description('learn online from text, CSV or NDJSON, in files or on standard input, which need not end')
    .argument('<data...>', 'files in order, or - for standard input; .gz is decompressed')
    .action(async (data: string[], options: TrainOptions) =>
      finish(await (await import('./train.ts')).train(data, options)),
    );
  addTrainOptions(train);
  const predict = program
    .command('predict')
    .description('predict other data with a model from `train`, as NDJSON; the saved model does not change')
    .argument('<model>', 'the folder of a run, or a checkpoint')
    .argument('[data...]', 'files in order, or - for standard input')
    .option(
      '--steps <count>',
      'predict this many rows after the latest one, without data or after data with --learn',
      parsePositive,
    )
    .option('--learn', 'also learn from these data, in memory only')
    .option('--fresh', 'begin in the start state, not in the state after training')
    .addOption(
      new Option(
        '--format <name>',
        'for a model of rows; if left out, by the ending of the file name, or else as in training',
      ).choices(['csv', 'ndjson']),
    )
    .addOption(
      new Option('--on-error <action>', 'stop at an unusable record, or skip it')
        .choices(['stop', 'skip'])
        .default('stop'),
    )
    .action(async (model: string, data: string[], options: PredictOptions) =>
      finish(await (await import('./predict.ts')).predict(model, data, options)),
    );
  const ofTraining = 'as in training';
  for (const option of dialectOptions({ delimiter: ofTraining, others: () => ofTraining }))
    predict.addOption(option);
  program
    .command('generate')
    .description('write a text with a model of text from `train`')
    .argument('<model>', 'the folder of a run, or a checkpoint')
    .option('--length <count>', 'symbols to write', parseCount, 500)
    .option('--temperature <number>', '0 always takes the most probable symbol', parseNumber, 1)
    .option('--prime <text>', 'a text to read first', '')
    .option('--seed <count>', 'seed of the draws', parseCount, 1)
    .action(async (model: string, options: GenerateOptions) =>
      finish(await (await import('./generate.ts')).generate(model, options)),
    );
  program
    .command('compare')
    .description(
      'write one report on several runs of `train`, or of `run`, grouped by all settings but the seed',
    )
    .argument('<run...>', 'the folders of the runs, or of a sweep for all of its runs')
    .option('--out <file>', 'file of the report', 'compare.html')
    .option('--csv <file>', 'file for all lines of metrics; beside the report if left out')
    .option('--parquet <file>', 'also write all lines of metrics as a Parquet file')
    .option(
      '--figure <file>',
      'also write a figure: loss.svg, mean.svg or gradient.svg, in any folder; or .png, if @resvg/resvg-js is installed',
    )
    .option(
      '--baseline <group>',
      'the group that others are compared with, by its name; the first if left out',
    )
    .option('--each', 'draw every run, thinly, in place of the range of its group')
    .option('--force', 'replace these files if they exist')
    .action(async (runs: string[], options: CompareOptions) =>
      finish(await (await import('./compare.ts')).compare(runs, options)),
    );
  const sweep = program
    .command('sweep')
    .description('run an experiment with all settings of a grid, several at a time; resumed after anything')
    .argument(
      '[experiment]',
      `${experiments.map(({ name }) => name).join(', ')}, a config.json, or a file with a grid`,
    )
    .action(async (experiment: string | undefined, options: SweepOptions) =>
      finish(await (await import('./sweep.ts')).sweep(experiment, options)),
    );
  addSweepOptions(sweep);
  sweep.addHelpText('after', () => experimentHelp(experiments));
  program
    .command('collect')
    .description('write the table of a sweep from what is there of its runs, whatever runs them')
    .argument('<folder>', 'the folder of the sweep')
    .option('--no-times', 'without the times, which differ from one sweep to the next')
    .option('--parquet <file>', 'also write the table of all runs as a Parquet file')
    .option('--force', 'replace this file if it exists')
    .option('--json', 'write a line of JSON for each run to standard output')
    .action(async (folder: string, options: CollectOptions) =>
      finish(await (await import('./collect.ts')).collect(folder, options)),
    );
  const reproduction = program
    .command('reproduce')
    .description(
      'run a published comparison with several seeds, and put what comes out beside what was published',
    )
    .argument('[name]', 'what to reproduce; a list of all if left out')
    .action(async (name: string | undefined, options: ReproduceOptions) =>
      finish(await (await import('./reproduce.ts')).reproduce(name, options)),
    );
  addReproduceOptions(reproduction);
  program
    .command('check')
    .description(
      'check the laws of a cell, a primitive, an estimator or an optimiser of your own, and say which do not hold',
    )
    .argument('<file...>', 'TypeScript or JavaScript files that export what to check')
    .option('--json', 'a line of JSON for each law')
    .action(async (files: string[], options: CheckOptions) =>
      finish(await (await import('./check.ts')).check(files, options)),
    );
  program
    .command('init')
    .description('write a folder with a cell of your own, a study of it, and its tests, to begin with')
    .argument('<folder>', 'a folder that is empty or does not exist')
    .option(
      '--norewind <what>',
      'where npm finds norewind: a version, a tarball or an address of git; if left out, the package of this command',
    )
    .action(async (folder: string, options: InitOptions) =>
      finish(await (await import('./init.ts')).init(folder, options)),
    );
  program
    .command('export')
    .description('write the parameters of a run by name, for NumPy, PyTorch and others')
    .argument('<run>', 'the folder of a run of `run` or `train`, or a checkpoint')
    .addOption(
      new Option('--format <name>', 'by the ending of the file if left out, else json').choices([
        'npz',
        'safetensors',
        'json',
      ]),
    )
    .option('--out <file>', 'the file; standard output if left out')
    .option('--force', 'replace this file if it exists')
    .action(async (path: string, options: ExportOptions) =>
      finish(await (await import('./export.ts')).exportRun(path, options)),
    );
  const probe = program
    .command('probe')
    .description('measure how far the gradients of several estimators are from the exact one, over time')
    .argument('[experiment]', 'as for `run`')
    .requiredOption('--estimators <names>', 'those to follow, such as uoro,tbptt,./mine.ts', parseNames)
    .option('--copies <count>', 'independent copies of each that draws; 8 if left out', parsePositive)
    .option('--replay <count>', 'also measure staleness, by replays of this many steps', parsePositive)
    .option('--report <file>', 'file of the report', 'probe.html')
    .option('--force', 'replace this file if it exists')
    .option('--json', 'write a line of NDJSON for each measurement')
    .action(
      async (experiment: string | undefined, { estimators, copies, replay, report, force, json, ...rest }) =>
        finish(
          await (await import('./probe.ts')).probe(
            experiment,
            { estimators, copies, replay, report, force, json },
            rest,
          ),
        ),
    );
  for (const [group, options] of runConfigOptions) {
    probe.optionsGroup(group);
    for (const option of options) probe.addOption(option);
  }
  addExamples(program);
  refuseEmptyPaths(program);
  suggest(program);
  return program;
}
