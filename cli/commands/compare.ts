import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { writeCsv } from '../compare/csv.ts';
import { levelsOf } from '../compare/levels.ts';
import { type PastRun, readRun } from '../compare/readRun.ts';
import { compareReport, comparisonOf } from '../compare/report.ts';
import { exitCodes } from '../errors.ts';
import { drawSvg } from '../report/plots.ts';
import { complain } from '../terminal/screen.ts';
import { shown } from '../terminal/shown.ts';
import { formatTable } from '../terminal/table.ts';
import { watchSignals } from '../training/stop.ts';
import { requireReplaceable, writeWhole } from '../wholeFile.ts';

export interface CompareOptions {
  readonly out: string;
  readonly csv?: string;
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
  if (resolve(out) === resolve(csv))
    throw new UsageError(`${out} cannot be both the report and the CSV file`);
  const figure = figureOf(options.figure);
  for (const path of [out, csv, ...(figure === undefined ? [] : [figure.path])]) {
    if (existsSync(path) && options.force !== true)
      throw new UsageError(
        `${path} exists already: give another file with --${path === out ? 'out' : path === csv ? 'csv' : 'figure'}, or --force to replace it`,
      );
    requireReplaceable(path);
  }
  const runs: PastRun[] = [];
  const rests: string[] = [];
  for (const folder of folders)
    runs.push(await readRun(folder, (sentence) => rests.push(sentence), folders.length));
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
  writeWhole(out, report);
  if (figure !== undefined)
    writeWhole(
      figure.path,
      `<?xml version="1.0" encoding="UTF-8"?>\n${drawSvg(comparison.figures[figure.name])}\n`,
    );
  const { header, rows } = comparison.table;
  const watch = watchSignals();
  await watch.write(`${formatTable(header, rows)}\n\nReport: ${shown(out)}\nCSV: ${shown(csv)}\n`);
  watch.requireOutput(`the report is in ${out}, the lines of metrics in ${csv}`);
  return exitCodes.done;
}

const figures = ['loss', 'mean', 'gradient'] as const;

/** The figure that a file is for, by its name. @throws UsageError. */
function figureOf(path: string | undefined): { path: string; name: (typeof figures)[number] } | undefined {
  if (path === undefined) return undefined;
  const name = figures.find((each) => basename(path) === `${each}.svg`);
  if (name !== undefined) return { path, name };
  throw new UsageError(
    `--figure takes a file whose name says which figure: ${figures.map((each) => `${each}.svg`).join(', ')}; got ${path}`,
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
