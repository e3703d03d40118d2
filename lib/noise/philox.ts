// Two multipliers, and two Weyl increments of the key: the golden ratio and sqrt(3) - 1, times 2^32.
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

/**
 * Philox 4x32-10: for each 64-bit key, a bijection of 128-bit counters that passes tests of randomness.
 *
 * With (h_i, l_i) = the high and low word of M_i · c_{2i}, a round maps c to
 * (h_1 ^ c_1 ^ k_0, l_1, h_0 ^ c_3 ^ k_1, l_0) and then adds (W_0, W_1) to the key.
 * Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 4.3.
 *
 * @param counter four 32-bit words @param key two 32-bit words @param out the result; may be `counter`
 */
export function philox(
  counter: ArrayLike<number>,
  key: ArrayLike<number>,
  out = new Uint32Array(4),
): Uint32Array {
  let c0 = counter[0];
  let c1 = counter[1];
  let c2 = counter[2];
  let c3 = counter[3];
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = highWord(M0, c0);
    const high1 = highWord(M1, c2);
    const low0 = Math.imul(M0, c0);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

/** High word of the 64-bit product of two words. Math.imul returns the low one; a double cannot hold both. */
function highWord(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  // Each sum stays below 2^32, so no carry is lost.
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const cross = a0 * b1 + (middle & 0xffff);
  return a1 * b1 + (middle >>> 16) + (cross >>> 16);
}
