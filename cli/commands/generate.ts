import { exitCodes, UsageError } from '../errors.ts';
import { generateText, requireTemperature, type TextGeneration } from '../stream/generateText.ts';
import { readModel } from '../stream/model.ts';

export interface GenerateOptions extends Required<TextGeneration> {
  readonly length: number;
}

/** `norewind generate`: writes what a model of text goes on with, without the prime, and gives the exit code. */
export function generate(path: string, options: GenerateOptions): number {
  // Before a large model is read.
  requireTemperature(options.temperature);
  const model = readModel(path);
  if (model.kind === 'rows') throw new UsageError(`${path} is a model of rows: use norewind predict`);
  const symbols = generateText(model.session, model.data, options);
  for (let left = options.length; left > 0; left -= 1) process.stdout.write(symbols.next().value);
  return exitCodes.done;
}
