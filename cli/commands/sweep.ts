import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { shortName } from '../../trainers/registry/index.ts';
import { exitCodes, FailedError } from '../errors.ts';
import { readJson } from '../experiments/configFile.ts';
import { signalExitCode } from '../signals.ts';
import { collected } from '../sweep/collect.ts';
import { showSweep } from '../sweep/display.ts';
import type { GridRun, GridWish } from '../sweep/grid.ts';
import { gridWishIn, isGridFile, readGrid, sweepNames, writeGrid } from '../sweep/gridFile.ts';
import { membersOf, runPool } from '../sweep/pool.ts';
import { arrayScript } from '../sweep/slurm.ts';
import { complain, createScreen } from '../terminal/screen.ts';
import { shown } from '../terminal/shown.ts';
import { claimFolder, openFolder } from '../training/folder.ts';
import { type Lock, lockFolder } from '../training/lock.ts';
import { watchSignals } from '../training/stop.ts';
import { writeResults } from './collect.ts';
import { resolveGrid } from './resolveGrid.ts';
import { gridOptions, type SweepOptions } from './sweepOptions.ts';

/** A sweep in its folder, locked by this process. */
interface OpenedSweep {
  readonly folder: string;
  readonly lock: Lock;
  readonly runs: readonly GridRun[];
}

/**
 * `norewind sweep`. Returns the exit code: 1 if a run failed; one that diverged has not.
 * @throws UsageError, ConfigurationError or DataError before anything is written.
 */
export async function sweep(subject: string | undefined, options: SweepOptions): Promise<number> {
  const opened = options.resume === undefined ? await begin(subject, options) : resumed(subject, options);
  const { folder, runs } = opened;
  const grid = join(folder, sweepNames.grid);
  const watch = watchSignals(() => onStop());
  let onStop = () => {};
  if (options.plan === true || options.slurm === true) {
    await watch.write(options.slurm === true ? slurmText(opened, options) : planText(grid, runs.length));
    watch.requireOutput(`the grid is in ${grid}`);
    return exitCodes.done;
  }
  const { jobs = availableParallelism(), checkpointSeconds, checkpointSteps, quiet } = options;
  const { memory = Math.floor((0.8 * totalmem()) / 2 ** 20 / jobs) } = options;
  const members = membersOf(folder, runs);
  const screen = createScreen();
  if (quiet !== true) screen.tell(`${runs.length} runs, ${jobs} at a time; everything is kept in ${folder}`);
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
    complain(`stopped by ${watch.signal}; ${kept}; continue with norewind sweep --resume ${folder}`);
    return signalExitCode(watch.signal);
  }
  await writeResults(folder, collected(folder, runs), { times: true, json: options.json === true }, watch);
  watch.requireOutput(kept);
  const failed = members.filter(({ end }) => end === 'failed');
  if (failed.length === 0) return exitCodes.done;
  throw new FailedError(
    `${failed.length} of ${runs.length} runs failed, the first with: ${failed[0].sentence}; norewind sweep --resume ${folder} tries them again`,
  );
}

/** A new sweep, or the one in the folder if it has the same grid. */
async function begin(subject: string | undefined, options: SweepOptions): Promise<OpenedSweep> {
  const { subject: experiment, ...wish } = wishOf(subject, options);
  const runs = await resolveGrid(experiment, wish);
  const { out, force } = options;
  if (out !== undefined && force !== true && existsSync(join(out, sweepNames.grid))) {
    const lock = lockFolder(out);
    if (JSON.stringify(readGrid(join(out, sweepNames.grid))) === JSON.stringify(runs))
      return { folder: out, lock, runs };
    throw new UsageError(
      `${out} has another sweep: give another folder with --out, --resume ${out} to finish that one, or --force to replace it`,
    );
  }
  const claimed = claimFolder(out, `${shortName(runs[0].config.experiment)}-sweep`, force === true, filesOf);
  claimed.settle();
  writeGrid(claimed.path, runs);
  return { folder: claimed.path, lock: claimed.lock, runs };
}

/** What a sweep left in its folder, which another one replaces. */
function filesOf(folder: string): string[] {
  if (!existsSync(join(folder, sweepNames.grid))) return [];
  return readdirSync(folder).filter(
    (name) => Object.values<string>(sweepNames).includes(name) || /^slurm-\d+\.out$/.test(name),
  );
}

function resumed(subject: string | undefined, options: SweepOptions): OpenedSweep {
  const folder = String(options.resume);
  const all = gridOptions.flatMap(([, own]) => own.map((option) => option.attributeName()));
  const given = ['seeds', 'random', 'randomSeed', 'out', 'force', ...all].find(
    (name) => options[name] !== undefined,
  );
  if (subject !== undefined || given !== undefined)
    throw new UsageError(
      `a sweep that is resumed has its grid and its folder: leave out ${subject ?? `--${given}`}`,
    );
  if (!existsSync(join(folder, sweepNames.grid)))
    throw new UsageError(`${folder} has no sweep to resume: it has no ${sweepNames.grid}`);
  const runs = readGrid(join(folder, sweepNames.grid));
  return { folder, lock: lockFolder(folder), runs };
}

/** What the options ask for, and a file with a grid, whose settings they override. */
function wishOf(
  subject: string | undefined,
  options: SweepOptions,
): GridWish & { readonly subject?: string | undefined } {
  const content = subject?.endsWith('.json') ? readJson(subject) : undefined;
  const base = subject !== undefined && isGridFile(content) ? gridWishIn(subject, content) : undefined;
  const own = gridOptions.flatMap(([, all]) =>
    all.flatMap((option): [string, string][] => {
      const value = options[option.attributeName()];
      return typeof value === 'string' || value === true ? [[option.attributeName(), String(value)]] : [];
    }),
  );
  const random = options.random ?? base?.random;
  const randomSeed = options.randomSeed ?? base?.randomSeed;
  if (random === undefined && randomSeed !== undefined)
    throw new UsageError('--random-seed needs --random, the number of draws');
  return {
    subject: base === undefined ? subject : base.subject,
    settings: {
      ...base?.settings,
      ...Object.fromEntries(own),
      ...Object.fromEntries((options.set ?? []).map(assignment)),
      ...(options.seeds === undefined ? {} : { seeds: options.seeds }),
    },
    ...(random === undefined ? {} : { random }),
    ...(randomSeed === undefined ? {} : { randomSeed }),
  };
}

function assignment(text: string): [string, string] {
  const [, path, values] = /^(\w+\.\w+)=(.*)$/s.exec(text) ?? [];
  if (path === undefined)
    throw new UsageError(
      `--set takes a setting by its path and its values, such as cell.leak=0.1,0.3; got ${JSON.stringify(text)}`,
    );
  return [path, values];
}

function planText(grid: string, count: number): string {
  const path = /^[\w./+-]+$/.test(grid) ? grid : `'${grid.replaceAll("'", "'\\''")}'`;
  const command = `norewind run --grid ${path} --index {} --resume --quiet`;
  return `${count} runs: ${shown(grid)}
With xargs:         seq 0 ${count - 1} | xargs -P 4 -I{} ${shown(command)}
With GNU parallel:  seq 0 ${count - 1} | parallel -j 4 ${shown(command)}
`;
}

function slurmText({ folder, runs }: OpenedSweep, options: SweepOptions): string {
  const { jobs, memory, checkpointSeconds } = options;
  const open = openFolder(folder);
  const text = arrayScript({
    name: `norewind-${shortName(runs[0].config.experiment)}`,
    folder: resolve(folder),
    grid: join(folder, sweepNames.grid),
    runs: runs.length,
    jobs,
    memory,
    checkpointSeconds,
  });
  const path = open.write(sweepNames.script, text);
  return `${runs.length} runs as an array job: sbatch ${shown(path)}\nIts table, whenever you like: norewind collect ${shown(folder)}\n`;
}
