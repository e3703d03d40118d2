import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { lineColumns } from '../compare/columns.ts';
import { linesOf, writeCsv } from '../compare/csv.ts';
import { levelsOf } from '../compare/levels.ts';
import { writeParquet } from '../compare/parquet.ts';
import { type PastRun, readRun } from '../compare/readRun.ts';
import { compareReport, comparisonOf } from '../compare/report.ts';
import { exitCodes } from '../errors.ts';
import { type DrawnFormat, drawingAs, drawnFormats } from '../report/figureFile.ts';
import { sweepNames } from '../sweep/gridFile.ts';
import { complain } from '../terminal/screen.ts';
import { shown } from '../terminal/shown.ts';
import { formatTable } from '../terminal/table.ts';
import { watchSignals } from '../training/stop.ts';
import { requireFree, writeWhole } from '../wholeFile.ts';

export interface CompareOptions {
  readonly out: string;
  readonly csv?: string;
  readonly parquet?: string;
  readonly baseline?: string;
  readonly each?: boolean;
  readonly figure?: string;
  readonly force?: boolean;
}

/**
 * `norewind compare`: writes a report and a CSV file over several runs. Returns the exit code.
 * @throws UsageError or DataError, before anything is written, if a folder has no run or runs differ in kind;
 * FailedError.
 */
export async function compare(folders: readonly string[], options: CompareOptions): Promise<number> {
  const { out, csv = `${out.replace(/\.html?$/i, '')}.csv` } = options;
  const figure = figureOf(options.figure);
  const { parquet, force } = options;
  const files = Object.entries({ out, csv, parquet, figure: figure?.path });
  const taken = new Map<string, string>();
  for (const [flag, path] of files) {
    if (path === undefined) continue;
    const other = taken.get(resolve(path));
    if (other !== undefined) throw new UsageError(`${path} cannot be both --${other} and --${flag}`);
    taken.set(resolve(path), flag);
  }
  for (const [flag, path] of files) if (path !== undefined) requireFree(path, flag, force);
  // Before the runs are read, which may take long.
  const draw = figure === undefined ? undefined : await drawingAs(figure.format);
  const runs: PastRun[] = [];
  const rests: string[] = [];
  const paths = once(folders.flatMap(runsIn));
  for (const folder of paths)
    runs.push(await readRun(folder, (sentence) => rests.push(sentence), paths.length));
  requireAlike(runs);
  for (const sentence of rests) complain(sentence);
  const { baseline, each: isEachDrawn = false } = options;
  const comparison = comparisonOf(runs, {
    ...(baseline !== undefined && { baseline }),
    isEachDrawn,
    levels: levelsOf(runs),
  });
  // The report comes last: an earlier failure leaves no file.
  const report = compareReport(runs, comparison, isEachDrawn);
  await writeCsv(csv, runs);
  if (parquet !== undefined) await writeParquet(parquet, lineColumns(runs), linesOf(runs));
  writeWhole(out, report);
  if (figure !== undefined && draw !== undefined)
    writeWhole(figure.path, draw(comparison.figures[figure.name]));
  const { header, rows } = comparison.table;
  const watch = watchSignals();
  await watch.write(`${formatTable(header, rows)}\n\nReport: ${shown(out)}\nCSV: ${shown(csv)}\n`);
  watch.requireOutput(`the report is in ${out}, the lines of metrics in ${csv}`);
  return exitCodes.done;
}

/** The runs of a sweep, for its folder. */
function runsIn(folder: string): string[] {
  if (!existsSync(join(folder, sweepNames.grid))) return [folder];
  const runs = join(folder, sweepNames.runs);
  return existsSync(runs)
    ? readdirSync(runs)
        .sort()
        .map((name) => join(runs, name))
    : [folder];
}

/** The folders, each once: a run that counted twice would pass for two seeds. */
function once(folders: readonly string[]): readonly string[] {
  const kept = new Map<string, string>();
  for (const folder of folders) {
    const path = existsSync(folder) ? realpathSync(folder) : resolve(folder);
    const before = kept.get(path);
    if (before === undefined) kept.set(path, folder);
    else
      complain(
        `${folder} ${before === folder ? 'is given twice, and' : `and ${before} are one run, which`} counts once`,
      );
  }
  return [...kept.values()];
}

const figures = ['loss', 'mean', 'gradient'] as const;

interface WantedFigure {
  readonly path: string;
  readonly name: (typeof figures)[number];
  readonly format: DrawnFormat;
}

/** The figure that a file is for, by its name. @throws UsageError. */
function figureOf(path: string | undefined): WantedFigure | undefined {
  if (path === undefined) return undefined;
  for (const name of figures)
    for (const format of drawnFormats)
      if (basename(path) === `${name}.${format}`) return { path, name, format };
  throw new UsageError(
    `--figure takes a file whose name says which figure: ${figures.map((each) => `${each}.svg`).join(', ')}, or .png; got ${path}`,
  );
}

/** Scores of different kinds cannot share a plot, nor can records and steps. */
function requireAlike([first, ...others]: readonly PastRun[]): void {
  for (const other of others) {
    const say = (what: (run: PastRun) => string) =>
      new UsageError(
        `${first.folder} is ${what(first)} and ${other.folder} ${what(other)}: compare runs of one kind`,
      );
    if (other.command !== first.command) throw say(({ command }) => `of norewind ${command}`);
    if (other.score !== first.score) throw say(({ score }) => `scored in ${score}`);
  }
}
