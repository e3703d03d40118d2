import { DataError } from '../../lib/index.ts';
import { exitCodes } from '../errors.ts';
import { type Model, readModel } from '../stream/model.ts';
import { Problem } from '../stream/problem.ts';
import { readData } from '../stream/readData.ts';
import { rowPredictor } from '../stream/rowPredictor.ts';
import type { Row } from '../stream/rows.ts';
import { openSources } from '../stream/source.ts';
import { symbolPredictor } from '../stream/symbolPredictor.ts';
import type { Code } from '../stream/symbolReader.ts';
import { signalExitCode, watchSignals } from '../training/stop.ts';

export interface PredictOptions {
  readonly learn?: boolean;
  readonly fresh?: boolean;
  readonly onError: 'stop' | 'skip';
}

/** `norewind predict`: writes a line for each record of the data, and gives the exit code. The model stays as it is on the disk. */
export async function predict(path: string, data: readonly string[], options: PredictOptions): Promise<number> {
  const { sources, close } = openSources(data);
  const model = readModel(path);
  const take = predictorOf(model, { learn: options.learn === true, fresh: options.fresh === true });
  const watch = watchSignals(close);
  let record = 0;
  let skipped = 0;
  for await (const batch of readData(sources, model.config)) {
    if (watch.signal !== undefined) break;
    const lines: string[] = [];
    for (const entry of batch) {
      if (entry instanceof Problem) {
        if (options.onError === 'stop') {
          await write(lines);
          throw new DataError(`${entry.sentence}; use --on-error skip to leave such records out`);
        }
        skipped++;
        continue;
      }
      record++;
      const prediction = take(entry);
      if (prediction !== undefined) lines.push(`${JSON.stringify({ record, ...prediction })}\n`);
    }
    await write(lines);
  }
  if (skipped > 0) process.stderr.write(`norewind: ${skipped} records were left out\n`);
  if (watch.signal !== undefined) return signalExitCode(watch.signal as NodeJS.Signals);
  if (record === 0) throw new DataError('the data have no record: there is nothing to predict');
  return exitCodes.done;
}

function predictorOf(
  model: Model,
  use: { readonly learn: boolean; readonly fresh: boolean },
): (entry: unknown) => object | undefined {
  if (model.kind === 'rows') {
    const take = rowPredictor(model.data, model.session, use);
    return (entry) => take(entry as Row);
  }
  const take = symbolPredictor(model.data, model.session, use);
  return (entry) => take(entry as Code);
}

/** Waits until whoever reads has room again. */
async function write(lines: readonly string[]): Promise<void> {
  if (lines.length === 0 || process.stdout.write(lines.join('')) || process.stdout.destroyed) return;
  await new Promise<void>((resolve) => {
    process.stdout.once('drain', resolve).once('close', resolve);
  });
}
