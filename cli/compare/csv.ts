import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { FailedError, fileProblem } from '../errors.ts';
import { clearWay } from '../plainFile.ts';
import { removePart } from '../training/folder.ts';
import { entriesOf } from './entries.ts';
import type { PastRun } from './readRun.ts';

/**
 * Writes the metrics of all runs as CSV, one row per line; missing figures are empty. @throws FailedError if
 * that fails.
 */
export async function writeCsv(path: string, runs: readonly PastRun[]): Promise<void> {
  const baselines = [...new Set(runs.flatMap(({ last }) => Object.keys(last.baselines)))];
  const columns = baselines.flatMap((name) => [text(`${name} mean`), text(`${name} recent`)]);
  const part = `${path}.part`;
  let file: number | undefined;
  // A signal ends the process between two pieces of a metrics file.
  const drop = () => removePart(path);
  process.once('exit', drop);
  try {
    clearWay(part);
    file = openSync(part, 'w');
    const to = file;
    const write = (rows: readonly (readonly (string | number)[])[]) =>
      writeAll(to, stringify(rows as (string | number)[][]));
    const settings = [...new Set(runs.flatMap((run) => [...run.settings.keys()]))];
    write([['run', ...settings.map(text), 'step', 'unit', 'mean', 'recent', 'gradient norm', ...columns]]);
    for (const { folder, metrics, settings: own } of runs) {
      const fixed = [text(folder), ...settings.map((name) => settingCell(own.get(name)))];
      for await (const { at, score, mean, recent, gradientNorm, baselines: pairs } of entriesOf(
        metrics,
        () => {},
      )) {
        const others = baselines.flatMap((name) => [cell(pairs[name]?.mean), cell(pairs[name]?.recent)]);
        write([[...fixed, at, score, cell(mean), cell(recent), cell(gradientNorm), ...others]]);
      }
    }
    closeSync(file);
    file = undefined;
    renameSync(part, path);
  } catch (error) {
    if (file !== undefined) closeSync(file);
    drop();
    throw (error as { code?: string }).code === undefined
      ? error
      : new FailedError(fileProblem('write', path, error));
  } finally {
    process.removeListener('exit', drop);
  }
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/**
 * A text cell. A spreadsheet takes text that begins with one of these characters (full-width forms too) for a
 * formula, and the name of a folder or baseline may contain anything: an apostrophe in front makes it text.
 * Numbers do not pass through here and keep their minus.
 */
export function text(value: string): string {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value;
}

/** A setting: a number as it is, and a text that no spreadsheet takes for a formula. */
function settingCell(value = ''): string {
  return value !== '' && Number.isFinite(Number(value)) ? value : text(value);
}

function cell(value: number | undefined): number | string {
  return value === undefined || Number.isNaN(value) ? '' : value;
}
