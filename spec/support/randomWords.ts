/** Whole numbers below 2³² that look random, by Marsaglia's xorshift. */
export function* randomWords(seed: number): Generator<number, never, undefined> {
  for (let word = seed; ; ) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    yield word >>> 0;
  }
}
