import { ConfigurationError } from '../../lib/index.ts';
import { exitCodes, UsageError } from '../errors.ts';
import { generate as symbolsOf } from '../stream/generate.ts';
import { openModel } from '../stream/model.ts';

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
  const isBytes = model.data.unit === 'byte';
  const { alphabet } = model.data;
  for (const character of alphabet === undefined ? '' : prime)
    if (!alphabet?.includes(character))
      throw new UsageError(`the prime has ${JSON.stringify(character)}, which is not in the alphabet of the model`);
  const first = isBytes ? [...new TextEncoder().encode(prime)] : Array.from(prime, (character) => character.codePointAt(0) ?? 0);
  const symbols = symbolsOf(model.session, { prime: first, temperature, seed });
  for (let left = length; left > 0; left -= 1) {
    const { value } = symbols.next();
    process.stdout.write(isBytes ? Uint8Array.of(value) : String.fromCodePoint(value));
  }
  return exitCodes.done;
}
