import { UsageError } from '../../lib/index.ts';
import { exitCodes, FailedError, sentenceOf } from '../errors.ts';
import { blamed } from '../own/blamed.ts';
import { signalExitCode } from '../signals.ts';
import { runEvents } from '../tensorboard/runEvents.ts';
import { formatMicroseconds, formatSeconds } from '../terminal/numbers.ts';
import { createProgress } from '../terminal/progress.ts';
import { complain, createScreen } from '../terminal/screen.ts';
import { shown } from '../terminal/shown.ts';
import { fileNames } from '../training/folder.ts';
import { describeRun, resultRows } from '../training/results.ts';
import { openRunFiles } from '../training/runFiles.ts';
import { type SignalWatch, watchSignals } from '../training/stop.ts';
import { type Listener, type Outcome, together, train } from '../training/train.ts';
import { runPage } from '../watch/runPage.ts';
import { type LivePage, openLivePage } from '../watch/server.ts';
import { beginRun, type OpenedRun, resumeOrBeginRun, resumeRun } from './openRunFolder.ts';
import { type RunOptions, refuseRunOptions } from './runOptions.ts';
import { wishFor } from './runWish.ts';

/**
 * `norewind run`. Returns the exit code.
 * @throws UsageError, ConfigurationError or DataError before anything is written; FailedError if the run
 * diverges.
 */
export async function run(subject: string | undefined, options: RunOptions): Promise<number> {
  const page = options.watch === undefined ? undefined : await openLivePage(options.watch);
  let ending = 'the run is over';
  try {
    const opened = await openedBy(subject, options);
    try {
      return await learn(opened, options, page);
    } catch (error) {
      throw blamed(error, opened.plan.config);
    }
  } catch (error) {
    ending = sentenceOf(error);
    throw error;
  } finally {
    await page?.close(ending);
  }
}

async function openedBy(subject: string | undefined, options: RunOptions): Promise<OpenedRun> {
  const { resume, resumeOrBegin, fromPrevious, out, force } = options;
  if (resume === undefined) {
    if (fromPrevious === true)
      throw new UsageError('--from-previous needs --resume, with the folder of the run');
    const wish = wishFor(subject, options);
    return resumeOrBegin === undefined
      ? beginRun(wish, out, force === true)
      : resumeOrBeginRun(wish, resumeOrBegin);
  }
  refuseRunOptions(options, 'a resumed run');
  if (out !== undefined || force !== undefined)
    throw new UsageError('a resumed run stays in its folder: leave out --out and --force');
  const opened = await resumeRun(resume, fromPrevious);
  const { experiment } = opened.plan.config;
  if (subject !== undefined && subject !== experiment)
    throw new UsageError(
      `the run in ${resume} is of ${experiment}, not of ${subject}: a resumed run needs its folder only`,
    );
  return opened;
}

/** Learns, shows it and reports. */
async function learn(opened: OpenedRun, options: RunOptions, page: LivePage | undefined): Promise<number> {
  const { plan, folder, from, before } = opened;
  const { config, prepared } = plan;
  const stop = watchSignals();
  const screen = createScreen();
  const emit = async (event: object) => {
    if (options.json) await stop.write(`${JSON.stringify(event)}\n`);
  };
  const steps = from?.loss.count ?? 0;
  const watch = page === undefined ? {} : { watch: page.address };
  void emit({ event: 'begin', folder: folder.path, config, steps, ...watch });
  if (page !== undefined) screen.tell(`norewind: watch it at ${page.address}`);
  const display = { title: describeRun(config), unit: prepared.unit, ...config };
  const progress = createProgress(screen, display, options.quiet === true);
  const listeners: Listener[] = [
    { onRecord: (record) => void emit({ event: 'metrics', ...record }) },
    progress,
    ...(page === undefined ? [] : [runPage(page, plan, folder.path)]),
    ...(options.tensorboard ? [runEvents(config, folder.path)] : []),
  ];
  const { checkpointSteps, checkpointSeconds, memory } = options;
  const going = { checkpointSteps, checkpointSeconds, memory, from, before };
  const files = openRunFiles(folder, plan, from);
  const outcome = await train(plan, files, stop, together(listeners), going);
  progress.finish();
  return report(opened, outcome, stop, emit, options);
}

async function report(
  { plan, folder }: OpenedRun,
  outcome: Outcome,
  stop: SignalWatch,
  emit: (event: object) => Promise<void>,
  { json }: RunOptions,
): Promise<number> {
  // Loading the plotting library takes longer than a short run.
  const { runReport } = await import('../report/runReport.ts');
  const report = folder.write(fileNames.report, runReport(plan, outcome));
  const { records: _, ...told } = outcome;
  await emit({ event: 'end', ...told, report });
  if (!json) await stop.write(summary(plan, outcome, folder.path));
  const { status, steps, checkpoint, problem } = outcome;
  if (problem !== undefined)
    throw new FailedError(
      `${problem.replace('clipByGlobalNorm', '--clip')}; the last good state is in ${checkpoint}`,
    );
  stop.requireOutput(`the state after step ${steps} is in ${checkpoint}`);
  if (status !== 'stopped' || stop.signal === undefined) return exitCodes.done;
  complain(
    `stopped by ${stop.signal} after step ${steps} of ${plan.config.steps}; the state is in ${checkpoint}; continue with --resume ${folder.path}`,
  );
  return signalExitCode(stop.signal);
}

function summary({ config, prepared }: OpenedRun['plan'], outcome: Outcome, folder: string): string {
  const { seconds, microseconds } = outcome;
  const rows: [string, string][] = [
    ...resultRows(config, prepared, outcome),
    ['time', `${formatSeconds(seconds)}, ${formatMicroseconds(microseconds)} a step`],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => shown(`  ${label.padEnd(width)}  ${value}`));
  const files = Object.values(fileNames).join(', ');
  return `${shown(describeRun(config))}\n${lines.join('\n')}\nRun folder: ${shown(folder)} (${files})\n`;
}
