import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { writeCsv } from '../compare/csv.ts';
import { type PastRun, readRun } from '../compare/readRun.ts';
import { compareReport, finalTable } from '../compare/report.ts';
import { exitCodes } from '../errors.ts';
import { complain } from '../terminal/screen.ts';
import { shown } from '../terminal/shown.ts';
import { formatTable } from '../terminal/table.ts';
import { watchSignals } from '../training/stop.ts';
import { requireReplaceable, writeWhole } from '../wholeFile.ts';

export interface CompareOptions {
  readonly out: string;
  readonly csv?: string;
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
  for (const path of [out, csv]) {
    if (existsSync(path) && options.force !== true)
      throw new UsageError(
        `${path} exists already: give another file with --${path === out ? 'out' : 'csv'}, or --force to replace it`,
      );
    requireReplaceable(path);
  }
  const runs: PastRun[] = [];
  const rests: string[] = [];
  for (const folder of folders) runs.push(await readRun(folder, (sentence) => rests.push(sentence)));
  requireAlike(runs);
  for (const sentence of rests) complain(sentence);
  // The report comes last: an earlier failure leaves neither file.
  const report = compareReport(runs);
  await writeCsv(csv, runs);
  writeWhole(out, report);
  const { header, rows } = finalTable(runs);
  const watch = watchSignals();
  await watch.write(`${formatTable(header, rows)}\n\nReport: ${shown(out)}\nCSV: ${shown(csv)}\n`);
  watch.requireOutput(`the report is in ${out}, the lines of metrics in ${csv}`);
  return exitCodes.done;
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
