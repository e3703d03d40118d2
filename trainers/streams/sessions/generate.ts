import { ConfigurationError, seeded, UsageError } from '../../../lib/index.ts';
import type { SymbolData } from '../given/config.ts';
import { type Code, symbolsOf } from '../reading/symbolReader.ts';
import { createWordWriter } from '../reading/words.ts';
import type { SymbolSession } from './symbolSession.ts';

export interface Generation {
  /** The first symbols. */
  readonly prime: readonly Code[];
  /**
   * Divides the logarithms of the probabilities: below 1 for probable text, above 1 for odd text; 0 always takes the most probable
   * symbol.
   */
  readonly temperature: number;
  readonly seed: number;
}

/**
 * Endless symbols, each drawn from the prediction after the earlier ones, among those with their own index.
 * @throws UsageError if there is neither a prime nor a text learnt from, or no symbol is known.
 */
export function* generate(
  session: SymbolSession,
  { prime, temperature, seed }: Generation,
): Generator<Code, never, undefined> {
  const { vocabulary } = session;
  const noise = seeded(seed);
  const walker = session.walk(false);
  const first = [...(session.last === undefined ? [] : [session.last]), ...prime.map(vocabulary.indexOf)];
  const { length } = vocabulary.save();
  if (first.length === 0 || length === 0)
    throw new UsageError('the model has seen no text yet: give one to begin with, with --prime');
  let said = first.map((symbol) => walker.step(symbol)).at(-1) as Float64Array;
  for (;;) {
    const known = said.subarray(0, length);
    const symbol =
      temperature === 0
        ? known.indexOf(Math.max(...known))
        : draw(known, temperature, noise.uniform([]).item());
    yield vocabulary.entryAt(symbol) as Code;
    said = walker.step(symbol);
  }
}

/** The symbol at which the cumulative probability exceeds a share of the total. */
function draw(said: Float64Array, temperature: number, share: number): number {
  const most = Math.max(...said);
  const weights = said.map((probability) => (probability / most) ** (1 / temperature));
  let left = share * weights.reduce((sum, weight) => sum + weight, 0);
  const symbol = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return symbol < 0 ? weights.indexOf(Math.max(...weights)) : symbol;
}

export interface TextGeneration {
  /** The first symbols. */
  readonly prime?: string;
  /** Below 1 for probable text, above 1 for odd text; 0 always takes the most probable symbol. Default 1. */
  readonly temperature?: number;
  /** The seed of the draws. Default 1. */
  readonly seed?: number;
}

/**
 * The endless continuation of a text model, symbol by symbol; for a model of bytes, a byte may be part of a
 * character.
 * @throws ConfigurationError for a temperature below 0, UsageError for a prime outside the alphabet or
 * nothing to start from.
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
      throw new UsageError(
        `the prime has ${JSON.stringify(character)}, which is not in the alphabet of the model`,
      );
  const symbols = generate(session, { prime: symbolsOf(prime, data), temperature, seed });
  const written = writerOf(data.unit);
  return write();

  function* write(): Generator<string | Uint8Array, never, undefined> {
    for (;;) yield written(symbols.next().value);
  }
}

/** @throws ConfigurationError. */
export function requireTemperature(temperature: number): void {
  if (!(temperature >= 0))
    throw new ConfigurationError(`temperature must be a number of at least 0, got ${temperature}`);
}

function writerOf(unit: SymbolData['unit']): (symbol: Code) => string | Uint8Array {
  if (unit === 'byte') return (byte) => Uint8Array.of(byte as number);
  if (unit === 'character') return (code) => String.fromCodePoint(code as number);
  const write = createWordWriter();
  return (word) => write(word as string);
}
