import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { writeParquet } from '../compare/parquet.ts';
import { exitCodes } from '../errors.ts';
import { type Collected, collected, resultColumns, resultsCsv } from '../sweep/collect.ts';
import { readGrid, sweepNames } from '../sweep/gridFile.ts';
import { groupTable } from '../sweep/groups.ts';
import { shown } from '../terminal/shown.ts';
import { formatTable } from '../terminal/table.ts';
import { openFolder } from '../training/folder.ts';
import { type SignalWatch, watchSignals } from '../training/stop.ts';
import { requireFree } from '../wholeFile.ts';

export interface CollectOptions {
  readonly times: boolean;
  readonly json?: boolean;
  /** Also a file for tables of columns. */
  readonly parquet?: string;
  readonly force?: boolean;
}

/**
 * `norewind collect`: writes the table of a sweep from what is there of its runs, whatever ran them. Returns the exit
 * code.
 * @throws UsageError or DataError for a folder without a sweep, or with metrics that cannot be read.
 */
export async function collect(folder: string, options: CollectOptions): Promise<number> {
  const { parquet, force } = options;
  if (parquet !== undefined) requireFree(parquet, 'parquet', force);
  const watch = watchSignals();
  const all = collectedIn(folder);
  if (parquet !== undefined) await writeParquet(parquet, resultColumns(all, options.times), all);
  await writeResults(folder, all, options, watch);
  watch.requireOutput(`the table is in ${join(folder, sweepNames.results)}`);
  return exitCodes.done;
}

function collectedIn(folder: string): Collected[] {
  const grid = join(folder, sweepNames.grid);
  if (!existsSync(grid))
    throw new UsageError(`${folder} is not the folder of a sweep: it has no ${sweepNames.grid}`);
  return collected(folder, readGrid(grid));
}

/** Writes results.csv, and the table of groups to standard output. */
export async function writeResults(
  folder: string,
  all: readonly Collected[],
  { times, json }: CollectOptions,
  watch: SignalWatch,
): Promise<void> {
  const csv = openFolder(folder).write(sweepNames.results, resultsCsv(all, times));
  if (json === true) {
    for (const [index, { run, outcome, last }] of all.entries())
      await watch.write(
        `${JSON.stringify({ index, ...run, outcome: times ? outcome : timeless(outcome), last })}\n`,
      );
    return;
  }
  const { header, rows } = groupTable(all, times);
  const unfinished = all.filter(({ outcome }) => outcome?.status !== 'done');
  const told = unfinished.map(({ run, outcome }) => {
    const { status = 'waiting', steps = 0, sentence } = outcome ?? {};
    const where = status === 'waiting' || status === 'failed' ? '' : ` after step ${steps}`;
    return `  ${run.name}: ${status}${where}${sentence === undefined ? '' : `: ${sentence}`}`;
  });
  const rest =
    told.length === 0
      ? ''
      : `\n${unfinished.length} of ${all.length} runs are not done:\n${told.slice(0, 50).join('\n')}\n${told.length > 50 ? `  and ${told.length - 50} more, in ${csv}\n` : ''}`;
  const probes = all.some(({ run }) => run.probe !== undefined)
    ? 'Probes have no loss: norewind reproduce, with the same name, scale, seeds and folder, prints what they found\n'
    : '';
  await watch.write(
    `${formatTable(header, rows)}\n${probes}${rest.split('\n').map(shown).join('\n')}\nTable of all runs: ${shown(csv)}\n`,
  );
}

function timeless(outcome: Collected['outcome']): object | undefined {
  if (outcome === undefined) return undefined;
  const { seconds: _, cpuSeconds: __, microseconds: ___, ...rest } = outcome;
  return rest;
}
