import { extname } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { exitCodes } from '../errors.ts';
import { formats } from '../export/formats.ts';
import { parametersOf } from '../export/parameters.ts';
import { signalExitCode } from '../signals.ts';
import { isTerminal } from '../terminal/output.ts';
import { watchSignals } from '../training/stop.ts';
import { requireFree, writeWhole } from '../wholeFile.ts';

export interface ExportOptions {
  readonly format?: string;
  readonly out?: string;
  readonly force?: boolean;
}

/**
 * `norewind export`: writes the parameters of a run to a file, or to standard output. Returns the exit code.
 * @throws UsageError, DataError or FailedError; nothing is written then.
 */
export async function exportRun(path: string, { format, out, force }: ExportOptions): Promise<number> {
  const ending = Object.keys(formats).find((name) => out?.endsWith(`.${name}`) === true);
  if (format === undefined && ending === undefined && out !== undefined && extname(out) !== '')
    throw new UsageError(
      `${out} does not say in which format to write: let it end in one of ${Object.keys(formats)
        .map((name) => `.${name}`)
        .join(', ')}, or add --format`,
    );
  const chosen = format ?? ending ?? 'json';
  if (out === undefined && chosen !== 'json' && isTerminal())
    throw new UsageError(`${chosen} is not for a terminal: give a file with --out, or a pipe`);
  if (out !== undefined) requireFree(out, 'out', force);
  const bytes = formats[chosen](parametersOf(path));
  if (out !== undefined) {
    writeWhole(out, bytes);
    return exitCodes.done;
  }
  const watch = watchSignals();
  await watch.write(bytes);
  watch.requireOutput();
  return watch.signal === undefined ? exitCodes.done : signalExitCode(watch.signal);
}
