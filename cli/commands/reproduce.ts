import { join } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { exitCodes } from '../errors.ts';
import { findReproduction, reproductions } from '../reproductions/registry.ts';
import { legend, reproductionMarkdown, reproductionReport, scaleSentence } from '../reproductions/report.ts';
import { type Reproduction, stepsAt } from '../reproductions/reproduction.ts';
import { type CellRuns, resultsIn, resultTable } from '../reproductions/results.ts';
import { collected, resultsCsv } from '../sweep/collect.ts';
import type { GridRun } from '../sweep/grid.ts';
import { sweepNames } from '../sweep/gridFile.ts';
import { shown } from '../terminal/shown.ts';
import { formatTable } from '../terminal/table.ts';
import { openFolder } from '../training/folder.ts';
import { watchSignals } from '../training/stop.ts';
import { defaultSeeds, type ReproduceOptions } from './options/reproduceOptions.ts';
import { resolveGrid } from './resolveGrid.ts';
import { claimSweep, runGrid } from './runGrid.ts';

const names = { page: 'reproduction.html', table: 'reproduction.md' };

/**
 * `norewind reproduce`. Returns the exit code: 1 if a run failed; one that diverged has not.
 * @throws UsageError for an unknown name, or a scale that is too small.
 */
export async function reproduce(name: string | undefined, options: ReproduceOptions): Promise<number> {
  if (name === undefined) return list();
  const reproduction = findReproduction(name);
  const { scale, seeds, json } = options;
  if (!(scale > 0 && scale <= 1))
    throw new UsageError(`--scale is the share of the full length, above 0 and at most 1; got ${scale}`);
  const { runs, cells } = await gridFor(reproduction, stepsAt(reproduction.steps, scale), seeds);
  const { out = join('runs', scale === 1 ? name : `${name}-at-${scale}`) } = options;
  const opened = claimSweep(runs, { ...options, out }, name);
  const folder = openFolder(opened.folder);
  return runGrid(opened, options, {
    again: againWith(name, options, out),
    async report(watch) {
      const results = resultsIn(folder.path, reproduction.measure, cells);
      const table = resultTable(reproduction, results, scale);
      folder.write(sweepNames.results, resultsCsv(collected(folder.path, runs), true));
      folder.write(names.table, reproductionMarkdown(reproduction, table, scale));
      const page = folder.write(
        names.page,
        await reproductionReport(reproduction, table, folder.path, cells, scale),
      );
      if (json === true)
        for (const { cell, ...rest } of results)
          await watch.write(`${JSON.stringify({ ...cell, ...rest })}\n`);
      else
        await watch.write(
          [
            shown(reproduction.title),
            formatTable(table.header, table.rows),
            '',
            ...[...scaleSentence(reproduction.steps, scale), ...legend(reproduction)].map(
              (line) => `  ${shown(line)}`,
            ),
            '',
            `Page, with what differs from the publication: ${shown(page)}`,
            '',
          ].join('\n'),
        );
    },
  });
}

async function list(): Promise<number> {
  const watch = watchSignals();
  await watch.write(
    `${formatTable(
      ['name', 'what it reproduces'],
      reproductions.map(({ name, title }) => [name, title]),
    )}\n`,
  );
  watch.requireOutput();
  return exitCodes.done;
}

/** The command that finishes what was stopped. */
function againWith(name: string, { scale, seeds, out }: ReproduceOptions, folder: string): string {
  return [
    `norewind reproduce ${name}`,
    ...(scale === 1 ? [] : [`--scale ${scale}`]),
    ...(seeds === defaultSeeds ? [] : [`--seeds ${seeds}`]),
    ...(out === undefined ? [] : [`--out ${folder}`]),
  ].join(' ');
}

/** The runs, all cells with the first seed first, and those of each cell. Cells of equal settings share runs. */
async function gridFor(
  { cells, measure }: Reproduction,
  steps: number,
  seeds: string,
): Promise<{ runs: GridRun[]; cells: CellRuns[] }> {
  const bySetting = new Map<string, { label: string; runs: GridRun[] }>();
  const keyOf = ({ experiment, settings }: Reproduction['cells'][number]) =>
    JSON.stringify([experiment, settings]);
  for (const cell of cells) {
    const key = keyOf(cell);
    if (bySetting.has(key)) continue;
    const texts = Object.entries({ ...cell.settings, steps }).map(([name, value]) => [name, String(value)]);
    const alike = cells.filter((each) => keyOf(each) === key);
    const estimators = Object.fromEntries(
      alike.flatMap(({ label, estimator }) => (estimator === undefined ? [] : [[label, estimator] as const])),
    );
    const runs = await resolveGrid(cell.experiment, { settings: { ...Object.fromEntries(texts), seeds } });
    bySetting.set(key, {
      label: measure.of === 'run' ? cell.label : Object.values(cell.settings).join('-'),
      runs: runs.map((run) => ({
        ...run,
        ...(measure.of === 'probe' && { probe: { estimators, copies: measure.copies } }),
      })),
    });
  }
  const groups = [...bySetting.values()];
  const ordered = groups[0].runs.flatMap((_, seed) =>
    groups.map(({ label, runs }) => ({ group: label, run: runs[seed] })),
  );
  const width = String(ordered.length - 1).length;
  const renamed = new Map(
    ordered.map(({ group, run }, i) => {
      const name = `${String(i).padStart(width, '0')}-${slug(group)}-seed${run.config.seed}`;
      return [run, { ...run, name }] as const;
    }),
  );
  return {
    runs: [...renamed.values()],
    cells: cells.map((cell) => ({
      cell,
      runs: (bySetting.get(keyOf(cell))?.runs ?? []).flatMap((run) => renamed.get(run) ?? []),
    })),
  };
}

function slug(label: string): string {
  return label
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}.]+/gu, '-')
    .slice(0, 60);
}
