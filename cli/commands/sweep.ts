import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { shortName } from '../../trainers/registry/index.ts';
import { readJson } from '../experiments/configFile.ts';
import { collected } from '../sweep/collect.ts';
import type { GridWish } from '../sweep/grid.ts';
import { gridWishIn, isGridFile, readGrid, sweepNames } from '../sweep/gridFile.ts';
import { shellWord } from '../terminal/shellWord.ts';
import { lockFolder } from '../training/lock.ts';
import { writeResults } from './collect.ts';
import { gridOptions, type SweepOptions } from './options/sweepOptions.ts';
import { resolveGrid } from './resolveGrid.ts';
import { claimSweep, type OpenedSweep, runGrid } from './runGrid.ts';

/**
 * `norewind sweep`. Returns the exit code: 1 if a run failed; one that diverged has not.
 * @throws UsageError, ConfigurationError or DataError before anything is written.
 */
export async function sweep(subject: string | undefined, options: SweepOptions): Promise<number> {
  const opened = options.resume === undefined ? await begin(subject, options) : resumed(subject, options);
  const { folder, runs } = opened;
  return runGrid(opened, options, {
    report: (watch) =>
      writeResults(folder, collected(folder, runs), { times: true, json: options.json === true }, watch),
    again: `norewind sweep --resume ${shellWord(folder)}`,
  });
}

/** A new sweep, or the one in the folder if it has the same grid. */
async function begin(subject: string | undefined, options: SweepOptions): Promise<OpenedSweep> {
  const { subject: experiment, ...wish } = wishOf(subject, options);
  const runs = await resolveGrid(experiment, wish);
  return claimSweep(runs, options, `${shortName(runs[0].config.experiment)}-sweep`);
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

/** The grid of the options and of a file, whose settings the options override. */
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
