import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import {
  cellTable,
  estimatorTable,
  isFileName,
  type Options,
  type Setting,
  type Settings,
  settingsOf,
  shortName,
} from '../../trainers/registry/index.ts';
import { exitCodes, FailedError } from '../errors.ts';
import { mergeWishes, type Wish } from '../experiments/config.ts';
import { readConfigFile } from '../experiments/configFile.ts';
import { planOf } from '../experiments/plan.ts';
import { experiments } from '../experiments/registry.ts';
import type { Plan } from '../experiments/resolve.ts';
import { blamed } from '../own/blamed.ts';
import { signalExitCode } from '../signals.ts';
import { formatSeconds } from '../terminal/numbers.ts';
import { createProgress } from '../terminal/progress.ts';
import { complain, createScreen } from '../terminal/screen.ts';
import { shown } from '../terminal/shown.ts';
import { claimFolder, fileNames, type RunFolder } from '../training/folder.ts';
import { describeRun, resultRows } from '../training/results.ts';
import { watchSignals } from '../training/stop.ts';
import { type Outcome, train } from '../training/train.ts';
import { type RunOptions, wishOf } from './runOptions.ts';

/**
 * `norewind run`. Returns the exit code.
 * @throws UsageError, ConfigurationError or DataError before anything is written; FailedError if the run
 * diverges.
 */
export async function run(subject: string | undefined, options: RunOptions): Promise<number> {
  const wish = wishFor(subject, options);
  try {
    return await runPlan(await planOf(wish), options);
  } catch (error) {
    throw blamed(error, wish);
  }
}

async function runPlan(plan: Plan, options: RunOptions): Promise<number> {
  const { config, prepared } = plan;
  const folder = claimFolder(
    options.out,
    `${shortName(config.experiment)}-${shortName(config.estimator.name)}`,
    options.force === true,
  );
  folder.settle();
  const stop = watchSignals();
  const progress = createProgress(
    createScreen(),
    { title: describeRun(config), unit: prepared.unit, ...config },
    options.quiet === true,
  );
  const emit = async (event: object) => {
    if (options.json) await stop.write(`${JSON.stringify(event)}\n`);
  };
  void emit({ event: 'begin', folder: folder.path, config });
  const outcome = await train(plan, folder, stop, {
    ...progress,
    onRecord(record) {
      void emit({ event: 'metrics', ...record });
      progress.onRecord?.(record);
    },
  });
  progress.finish();
  // Loading the plotting library takes longer than a short run.
  const { runReport } = await import('../report/runReport.ts');
  const report = folder.write(fileNames.report, runReport(plan, outcome));
  const { status, steps, seconds, checkpoint, problem } = outcome;
  await emit({
    event: 'end',
    status,
    steps,
    seconds,
    checkpoint,
    report,
    ...(problem === undefined ? {} : { problem }),
  });
  if (!options.json) await stop.write(summary(plan, outcome, folder));
  if (problem !== undefined)
    throw new FailedError(
      `${problem.replace('clipByGlobalNorm', '--clip')}; the last good state is in ${checkpoint}`,
    );
  stop.requireOutput(`the state after step ${steps} is in ${checkpoint}`);
  if (status !== 'stopped' || stop.signal === undefined) return exitCodes.done;
  complain(`stopped by ${stop.signal} after step ${steps} of ${config.steps}; the state is in ${checkpoint}`);
  return signalExitCode(stop.signal);
}

/**
 * The settings of an experiment, of a task of the user's or of a configuration file, overridden by the options.
 */
function wishFor(subject: string | undefined, { task, ...options }: RunOptions): Wish {
  const file = taskFile(subject, task);
  if (subject === undefined && file === undefined)
    throw new UsageError(
      'name an experiment, such as anbn, or a file with a task of your own: --task ./mine.ts',
    );
  const config = subject === undefined || subject === file ? undefined : baseOf(subject);
  const base = config && file !== undefined ? withoutHash(config) : config;
  const experiment = file === undefined ? String(base?.experiment) : resolve(file);
  const wish = wishOf(experiment, options);
  return mergeWishes(base ?? { experiment }, {
    ...wish,
    estimator: byOption(estimatorTable, wish.estimator, base?.estimator?.name ?? 'uoro'),
    cell: byOption(cellTable, wish.cell, base?.cell?.name),
  });
}

/** A task that is named again is taken as it is now. */
function withoutHash(config: Wish): Wish {
  const { sha256: _, ...task } = config.task ?? {};
  return { ...config, task };
}

/** The file with a task of the user's, if there is one. */
function taskFile(subject: string | undefined, task: RunOptions[string]): string | undefined {
  const isOwn = subject !== undefined && /\.[cm]?[jt]s$/.test(subject);
  if (task === undefined) return isOwn ? subject : undefined;
  if (!isFileName(task))
    throw new UsageError(
      `--task takes a file with a task of your own, such as ./mine.ts, got ${String(task)}`,
    );
  if (isOwn || experiments.some(({ name }) => name === subject))
    throw new UsageError(`both ${subject} and --task ${String(task)} say what to run: give one of them`);
  return String(task);
}

/** An experiment with its defaults, or the settings in a configuration file. */
function baseOf(subject: string): Wish {
  const isFile =
    !experiments.some(({ name }) => name === subject) &&
    (/[/\\]|\.json$/.test(subject) || existsSync(subject));
  return isFile ? readConfigFile(subject) : { experiment: subject };
}

/** Settings by flag, renamed to the options that the flags set. */
function byOption(
  table: Readonly<Record<string, { readonly options: Options }>>,
  given: Settings = {},
  otherwise: Setting | undefined,
): Settings {
  const { name = otherwise, ...flags } = given;
  return {
    ...(given.name !== undefined && { name: given.name }),
    ...settingsOf(table[String(name)]?.options, flags),
  };
}

function summary(plan: Plan, outcome: Outcome, folder: RunFolder): string {
  const rows: [string, string][] = [
    ...resultRows(plan.config, plan.prepared, outcome),
    [
      'time',
      `${formatSeconds(outcome.seconds)}, ${Math.round(outcome.steps / outcome.seconds)} steps a second`,
    ],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => shown(`  ${label.padEnd(width)}  ${value}`));
  const files = Object.values(fileNames).join(', ');
  return `${shown(describeRun(plan.config))}\n${lines.join('\n')}\nRun folder: ${shown(folder.path)} (${files})\n`;
}
