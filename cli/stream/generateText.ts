import { ConfigurationError } from '../../lib/index.ts';
import { UsageError } from '../errors.ts';
import type { SymbolData } from './config.ts';
import { generate } from './generate.ts';
import { type Code, symbolsOf } from './symbolReader.ts';
import type { SymbolSession } from './symbolSession.ts';
import { createWordWriter } from './wordWriter.ts';

export interface TextGeneration {
  /** What the network reads first. */
  readonly prime?: string;
  /** Below 1 for what is probable, above 1 for what is odd; 0 for the most probable symbol always. 1 if left out. */
  readonly temperature?: number;
  /** Of the draws; 1 if left out. */
  readonly seed?: number;
}

/**
 * What a model of text goes on with, symbol by symbol without end; by bytes where the model reads bytes, of which one may be a part of a character.
 * @throws ConfigurationError for a temperature below 0; UsageError for a prime outside the alphabet, and when there is nothing to begin with.
 */
export function generateText(
  session: SymbolSession,
  data: SymbolData,
  { prime = '', temperature = 1, seed = 1 }: TextGeneration,
): Generator<string | Uint8Array, never, undefined> {
  const { alphabet } = data;
  requireTemperature(temperature);
  for (const character of alphabet === undefined ? '' : prime)
    if (!alphabet?.includes(character))
      throw new UsageError(`the prime has ${JSON.stringify(character)}, which is not in the alphabet of the model`);
  const symbols = generate(session, { prime: symbolsOf(prime, data), temperature, seed });
  const written = writerOf(data.unit);
  return write();

  function* write(): Generator<string | Uint8Array, never, undefined> {
    for (;;) yield written(symbols.next().value);
  }
}

/** @throws ConfigurationError. */
export function requireTemperature(temperature: number): void {
  if (!(temperature >= 0)) throw new ConfigurationError(`temperature must be a number of at least 0, got ${temperature}`);
}

function writerOf(unit: SymbolData['unit']): (symbol: Code) => string | Uint8Array {
  if (unit === 'byte') return (byte) => Uint8Array.of(byte as number);
  if (unit === 'character') return (code) => String.fromCodePoint(code as number);
  const write = createWordWriter();
  return (word) => write(word as string);
}
