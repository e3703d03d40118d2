/** Pseudo-random numbers from 0 to 1, by Marsaglia's xorshift. */
export function draws(seed: number): () => number {
  let word = seed;
  return () => {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    return (word >>> 0) / 2 ** 32;
  };
}
