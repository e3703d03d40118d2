import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { DivergedError, exitCodes, sentenceOf } from '../errors.ts';
import { blamed } from '../own/blamed.ts';
import { probeInFolder } from '../probing/probedRun.ts';
import { signalExitCode } from '../signals.ts';
import { type PoolListener, poolOfThisRun } from '../sweep/child.ts';
import type { GridProbe } from '../sweep/grid.ts';
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
import {
  beginRun,
  noteFailure,
  type OpenedRun,
  openGridRun,
  resumeOrBeginRun,
  resumeRun,
} from './openRunFolder.ts';
import { type RunOptions, refuseRunOptions } from './options/runOptions.ts';
import { wishFor } from './runWish.ts';

/**
 * `norewind run`. Returns the exit code.
 * @throws UsageError, ConfigurationError or DataError before anything is written; FailedError if the run
 * diverges.
 */
export async function run(subject: string | undefined, options: RunOptions): Promise<number> {
  const pool = poolOfThisRun();
  const page = options.watch === undefined ? undefined : await openLivePage(options.watch);
  let ending = 'the run is over';
  try {
    const opened = await openedBy(subject, options);
    try {
      const { probe } = opened;
      return await (probe === undefined
        ? learn(opened, options, page, pool)
        : measure({ ...opened, probe }, options, pool));
    } catch (error) {
      const told = blamed(error, opened.plan.config);
      // A run that diverged has said so already.
      if (opened.folder.lock.isOwn && !(told instanceof DivergedError)) noteFailure(opened.folder.path, told);
      throw told;
    }
  } catch (error) {
    ending = sentenceOf(error);
    throw error;
  } finally {
    await page?.close(ending);
  }
}

async function openedBy(subject: string | undefined, options: RunOptions): Promise<OpenedRun> {
  const { resume, resumeOrBegin, fromPrevious, out, force, grid } = options;
  if (grid !== undefined) return openedInGrid(grid, subject, options);
  if (options.index !== undefined)
    throw new UsageError('--index needs --grid, with the grid.json of a sweep');
  if (resume === true)
    throw new UsageError('--resume needs the folder of the run, or --grid and --index, which have one');
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

async function openedInGrid(
  grid: string,
  subject: string | undefined,
  options: RunOptions,
): Promise<OpenedRun> {
  const { index, resume, out, force, resumeOrBegin, fromPrevious } = options;
  refuseRunOptions(options, 'a run of a grid');
  if (index === undefined) throw new UsageError('--grid needs --index, which of its runs to take, from 0');
  if (subject !== undefined)
    throw new UsageError(`both ${subject} and --grid say what to run: give one of them`);
  if (
    [out, force, resumeOrBegin, fromPrevious].some((each) => each !== undefined) ||
    typeof resume === 'string'
  )
    throw new UsageError(
      'a run of a grid has its folder beside the file: give --resume, without a folder, to resume it, and no other folder',
    );
  return openGridRun(grid, index, resume === true);
}

/** Probes, which a grid can ask for. @throws UsageError for what a probe does not have. */
async function measure(
  { plan, folder, probe }: OpenedRun & { readonly probe: GridProbe },
  { watch, tensorboard, json }: RunOptions,
  pool: PoolListener,
): Promise<number> {
  const given = Object.entries({ watch, tensorboard, json }).find(([, value]) => value !== undefined);
  if (given !== undefined)
    throw new UsageError(`this run of the grid is a probe, which has no --${given[0]}: leave it out`);
  const stop = watchSignals();
  const { steps, isWhole } = await probeInFolder(plan, probe, folder, stop, pool.onProgress);
  if (isWhole || stop.signal === undefined) return exitCodes.done;
  complain(`stopped by ${stop.signal} after step ${steps} of ${plan.config.steps}: a probe is begun again`);
  return signalExitCode(stop.signal);
}

/** Learns, shows it and reports. */
async function learn(
  opened: OpenedRun,
  options: RunOptions,
  page: LivePage | undefined,
  pool: Listener,
): Promise<number> {
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
    pool,
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
  options: RunOptions,
): Promise<number> {
  const { records: _, ...told } = outcome;
  if (options.grid === undefined) {
    // Loading the plotting library takes longer than a short run. The runs of a grid are compared instead.
    const { runReport } = await import('../report/runReport.ts');
    await emit({ event: 'end', ...told, report: folder.write(fileNames.report, runReport(plan, outcome)) });
  } else await emit({ event: 'end', ...told });
  if (!options.json) await stop.write(summary(plan, outcome, folder.path));
  const { status, steps, checkpoint, problem } = outcome;
  if (problem !== undefined)
    throw new DivergedError(
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
  const files = Object.values(fileNames)
    .filter((name) => existsSync(join(folder, name)))
    .join(', ');
  return `${shown(describeRun(config))}\n${lines.join('\n')}\nRun folder: ${shown(folder)} (${files})\n`;
}
