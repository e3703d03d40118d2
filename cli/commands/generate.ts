import { ConfigurationError } from '../../lib/index.ts';
import { exitCodes, UsageError } from '../errors.ts';
import type { SymbolData } from '../stream/config.ts';
import { generate as symbolsAfter } from '../stream/generate.ts';
import { openModel } from '../stream/model.ts';
import { type Code, symbolsOf } from '../stream/symbolReader.ts';
import { createWordWriter } from '../stream/wordWriter.ts';

export interface GenerateOptions {
  readonly length: number;
  readonly temperature: number;
  readonly prime: string;
  readonly seed: number;
}

/** `norewind generate`: writes what a model of text goes on with, without the prime, and gives the exit code. */
export function generate(path: string, { length, temperature, prime, seed }: GenerateOptions): number {
  if (!(temperature >= 0)) throw new ConfigurationError(`temperature must be a number of at least 0, got ${temperature}`);
  const model = openModel(path);
  if (model.kind === 'rows') throw new UsageError(`${path} is a model of rows: use norewind predict`);
  const { alphabet } = model.data;
  for (const character of alphabet === undefined ? '' : prime)
    if (!alphabet?.includes(character))
      throw new UsageError(`the prime has ${JSON.stringify(character)}, which is not in the alphabet of the model`);
  const symbols = symbolsAfter(model.session, { prime: symbolsOf(prime, model.data), temperature, seed });
  const written = writerOf(model.data.unit);
  for (let left = length; left > 0; left -= 1) process.stdout.write(written(symbols.next().value));
  return exitCodes.done;
}

function writerOf(unit: SymbolData['unit']): (symbol: Code) => string | Uint8Array {
  if (unit === 'byte') return (byte) => Uint8Array.of(byte as number);
  if (unit === 'character') return (code) => String.fromCodePoint(code as number);
  const write = createWordWriter();
  return (word) => write(word as string);
}
