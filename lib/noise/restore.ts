import { DataError } from '../errors.ts';
import { describe } from '../guard/index.ts';
import type { Noise, SeededWords } from './noise.ts';
import { recordingInto } from './recording.ts';
import { isSign, replayFrom } from './replay.ts';
import { seededFrom } from './seeded.ts';

/** The deepest nesting of recordings: a bound on the recursion over a file. */
const DEEPEST = 16;

/**
 * The source that `noise.save()` described, resuming exactly where it stood. Accepts any parsed file.
 * @throws DataError if `saved` is not what `save` writes.
 */
export function restoreNoise(saved: unknown): Noise {
  return restore(saved, 0);
}

function restore(saved: unknown, depth: number): Noise {
  if (typeof saved !== 'object' || saved === null)
    throw new DataError(`saved noise: an object is needed, got ${describe(saved)}`);
  if (depth > DEEPEST) throw new DataError(`saved noise: recordings are nested more than ${DEEPEST} deep`);
  const { kind, words, draws, position, noise } = saved as Record<string, unknown>;
  switch (kind) {
    case 'seeded':
      return seededFrom(seededWords(words));
    case 'replay': {
      const signs = Float64Array.from(signList(draws, 'replay'));
      if (
        typeof position !== 'number' ||
        !Number.isInteger(position) ||
        position < 0 ||
        position > signs.length
      )
        throw new DataError(
          `saved noise: position must be a whole number from 0 to ${signs.length}, got ${describe(position)}`,
        );
      return replayFrom(signs, position);
    }
    case 'recording':
      return recordingInto([...signList(draws, 'recording')], restore(noise, depth + 1));
    default:
      throw new DataError(`saved noise: kind must be seeded, replay or recording, got ${describe(kind)}`);
  }
}

function seededWords(words: unknown): SeededWords {
  if (!Array.isArray(words) || words.length !== 6)
    throw new DataError(`saved noise: words must be an array of six 32-bit words, got ${describe(words)}`);
  for (let i = 0; i < 6; i++) {
    const word: unknown = words[i];
    if (typeof word !== 'number' || word !== word >>> 0)
      throw new DataError(
        `saved noise: word ${i} must be a whole number from 0 to 2^32 - 1, got ${describe(word)}`,
      );
  }
  return words as unknown as SeededWords;
}

function signList(draws: unknown, kind: string): number[] {
  if (!Array.isArray(draws))
    throw new DataError(`saved noise: the draws of a ${kind} must be an array, got ${describe(draws)}`);
  for (let i = 0; i < draws.length; i++)
    if (!isSign(draws[i]))
      throw new DataError(`saved noise: draw ${i} of a ${kind} must be +1 or -1, got ${describe(draws[i])}`);
  return draws;
}
