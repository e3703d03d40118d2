import { ConfigurationError } from '../../lib/index.ts';
import { UsageError } from '../errors.ts';
import type { SymbolData } from './config.ts';
import { generate } from './generate.ts';
import type { SymbolSession } from './symbolSession.ts';

export interface TextGeneration {
  /** What the network reads first. */
  readonly prime?: string;
  /** Below 1 for what is probable, above 1 for what is odd; 0 for the most probable symbol always. 1 if left out. */
  readonly temperature?: number;
  /** Of the draws; 1 if left out. */
  readonly seed?: number;
}

/**
 * What a model of text goes on with, symbol by symbol without end, in UTF-8; a byte may be a part of a character.
 * @throws ConfigurationError for a temperature below 0; UsageError for a prime outside the alphabet, and when there is nothing to begin with.
 */
export function generateText(
  session: SymbolSession,
  { unit, alphabet }: SymbolData,
  { prime = '', temperature = 1, seed = 1 }: TextGeneration,
): Generator<Uint8Array, never, undefined> {
  if (!(temperature >= 0)) throw new ConfigurationError(`temperature must be a number of at least 0, got ${temperature}`);
  for (const character of alphabet === undefined ? '' : prime)
    if (!alphabet?.includes(character))
      throw new UsageError(`the prime has ${JSON.stringify(character)}, which is not in the alphabet of the model`);
  const encoder = new TextEncoder();
  const first = unit === 'byte' ? [...encoder.encode(prime)] : Array.from(prime, (character) => character.codePointAt(0) ?? 0);
  const symbols = generate(session, { prime: first, temperature, seed });
  return write();

  function* write(): Generator<Uint8Array, never, undefined> {
    for (;;) {
      const code = symbols.next().value;
      yield unit === 'byte' ? Uint8Array.of(code) : encoder.encode(String.fromCodePoint(code));
    }
  }
}
