/** Pseudo-random whole numbers below 2³², by Marsaglia's xorshift. */
export function* randomWords(seed: number): Generator<number, never, undefined> {
  for (let word = seed; ; ) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    yield word >>> 0;
  }
}
