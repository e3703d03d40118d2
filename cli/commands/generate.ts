import { setImmediate } from 'node:timers/promises';
import { UsageError } from '../../lib/index.ts';
import { generateText, requireTemperature, type TextGeneration } from '../../trainers/streams/index.ts';
import { exitCodes } from '../errors.ts';
import { signalExitCode } from '../signals.ts';
import { readModel } from '../stream/checkpoint/model.ts';
import { watchSignals } from '../training/stop.ts';

export interface GenerateOptions extends Required<TextGeneration> {
  readonly length: number;
}

/**
 * `norewind generate`: writes the continuation of a model of text, without the prime. Returns the exit code.
 */
export async function generate(path: string, options: GenerateOptions): Promise<number> {
  // Check before reading a large model.
  requireTemperature(options.temperature);
  const model = await readModel(path);
  if (model.kind === 'rows') throw new UsageError(`${path} is a model of rows: use norewind predict`);
  const symbols = generateText(model.session, model.data, options);
  const watch = watchSignals();
  for (let left = options.length; left > 0 && watch.signal === undefined; left -= 1) {
    await watch.write(symbols.next().value);
    // Signals arrive between two turns of the event loop, and a write may take none.
    await setImmediate();
  }
  watch.requireOutput();
  return watch.signal === undefined ? exitCodes.done : signalExitCode(watch.signal);
}
