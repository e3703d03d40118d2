import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { shortName } from '../../trainers/registry/index.ts';
import { exitCodes, FailedError } from '../errors.ts';
import { signalExitCode } from '../signals.ts';
import { showSweep } from '../sweep/display.ts';
import type { GridRun } from '../sweep/grid.ts';
import { readGrid, sweepNames, writeGrid } from '../sweep/gridFile.ts';
import { goingFlags, membersOf, runPool } from '../sweep/pool.ts';
import { arrayScript } from '../sweep/slurm.ts';
import { counted } from '../terminal/numbers.ts';
import { complain, createScreen } from '../terminal/screen.ts';
import { shellWord } from '../terminal/shellWord.ts';
import { shown } from '../terminal/shown.ts';
import { claimFolder, openFolder } from '../training/folder.ts';
import { type Lock, lockFolder } from '../training/lock.ts';
import { type SignalWatch, watchSignals } from '../training/stop.ts';
import type { PoolOptions } from './options/sweepOptions.ts';

/** A sweep in its folder, locked by this process. */
export interface OpenedSweep {
  readonly folder: string;
  readonly lock: Lock;
  readonly runs: readonly GridRun[];
}

/** The results that a command makes of its runs. */
interface Ending {
  /** Writes the results, once no run is left. */
  report(watch: SignalWatch): Promise<void>;
  /** The command that finishes what was stopped or has failed. */
  readonly again: string;
}

/**
 * Runs what is left of a sweep in its folder, or writes how others can run it. Returns the exit code: 1 if a run
 * failed; one that diverged has not.
 */
export async function runGrid(
  opened: OpenedSweep,
  options: PoolOptions,
  { report, again }: Ending,
): Promise<number> {
  const { folder, runs } = opened;
  const grid = join(folder, sweepNames.grid);
  const watch = watchSignals(() => onStop());
  let onStop = () => {};
  if (options.plan === true || options.slurm === true) {
    await watch.write(
      options.slurm === true ? slurmText(opened, options) : planText(grid, runs.length, options),
    );
    watch.requireOutput(`the grid is in ${grid}`);
    return exitCodes.done;
  }
  const { jobs = availableParallelism(), checkpointSeconds, checkpointSteps, quiet } = options;
  const { memory = Math.floor((0.8 * totalmem()) / 2 ** 20 / jobs) } = options;
  const members = membersOf(folder, runs);
  const screen = createScreen();
  if (quiet !== true)
    screen.tell(`${counted(runs.length, 'run')}, ${jobs} at a time; everything is kept in ${folder}`);
  const endShow = showSweep(screen, members, quiet === true);
  try {
    await runPool(members, { grid, jobs, memory, checkpointSeconds, checkpointSteps }, watch, (action) => {
      onStop = action;
    });
  } finally {
    endShow();
  }
  const kept = `what was learnt is in ${folder}`;
  if (watch.signal !== undefined) {
    watch.requireOutput(kept);
    complain(`stopped by ${watch.signal}; ${kept}; continue with ${again}`);
    return signalExitCode(watch.signal);
  }
  await report(watch);
  watch.requireOutput(kept);
  const failed = members.filter(({ end }) => end === 'failed');
  if (failed.length === 0) return exitCodes.done;
  throw new FailedError(
    `${failed.length} of ${runs.length} runs failed, the first with: ${failed[0].sentence}; ${again} tries them again`,
  );
}

/**
 * A new folder for a sweep, or the one with the same runs. @throws UsageError if it has another sweep.
 * @param name of a new folder below `runs`, unless one is given.
 */
export function claimSweep(runs: readonly GridRun[], { out, force }: PoolOptions, name: string): OpenedSweep {
  if (out !== undefined && force !== true && existsSync(join(out, sweepNames.grid))) {
    const lock = lockFolder(out);
    if (JSON.stringify(readGrid(join(out, sweepNames.grid))) === JSON.stringify(runs))
      return { folder: out, lock, runs };
    throw new UsageError(
      `${out} has another sweep: give another folder with --out, norewind sweep --resume ${shellWord(out)} to finish that one, or --force to replace it`,
    );
  }
  const claimed = claimFolder(out, name, force === true, filesOf);
  claimed.settle();
  writeGrid(claimed.path, runs);
  return { folder: claimed.path, lock: claimed.lock, runs };
}

/** The files that a sweep left in its folder, which another one replaces. */
function filesOf(folder: string): string[] {
  if (!existsSync(join(folder, sweepNames.grid))) return [];
  return readdirSync(folder).filter(
    (name) => Object.values<string>(sweepNames).includes(name) || /^slurm-\d+\.out$/.test(name),
  );
}

function planText(grid: string, count: number, options: PoolOptions): string {
  const { jobs = 4, memory, checkpointSeconds, checkpointSteps } = options;
  const going = goingFlags({ memory, checkpointSeconds, checkpointSteps });
  const command = [`norewind run --grid ${shellWord(grid)} --index {} --resume --quiet`, ...going].join(' ');
  return `${count} runs: ${shown(grid)}
With xargs:         seq 0 ${count - 1} | xargs -P ${jobs} -I{} ${shown(command)}
With GNU parallel:  seq 0 ${count - 1} | parallel -j ${jobs} ${shown(command)}
`;
}

function slurmText({ folder, runs }: OpenedSweep, options: PoolOptions): string {
  const { jobs, memory, checkpointSeconds, checkpointSteps } = options;
  const open = openFolder(folder);
  const text = arrayScript({
    name: `norewind-${shortName(runs[0].config.experiment)}`,
    folder: resolve(folder),
    grid: join(folder, sweepNames.grid),
    runs: runs.length,
    jobs,
    memory,
    checkpointSeconds,
    checkpointSteps,
  });
  const path = open.write(sweepNames.script, text);
  return `${runs.length} runs as an array job: sbatch ${shellWord(shown(path))}\nIts table, whenever you like: norewind collect ${shellWord(shown(folder))}\n`;
}
