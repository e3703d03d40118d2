/**
 * Decompresses LZMA data, without a header, of the usual settings (lc 3, lp 0, pb 2): the kernels are a quarter smaller than
 * by DEFLATE. The names are those of Igor Pavlov's LZMA specification, 2015. It is synchronous, as createLearner and the
 * like return at once.
 * @param size that of the result. @throws RangeError for data that end too early, or copy from before the beginning.
 */
export function decodeLzma(data: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  let places = 0;
  const take = (count: number): number => {
    places += count;
    return places - count;
  };
  const isMatch = take(states << 4);
  const isRep = take(states);
  const isRepG0 = take(states);
  const isRepG1 = take(states);
  const isRepG2 = take(states);
  const isRep0Long = take(states << 4);
  const slots = take(4 << 6);
  const special = take(1 << 7);
  const align = take(1 << 4);
  const matchLength = take(lengths);
  const repLength = take(lengths);
  const literals = take(0x300 << 3);
  /** The probability of a 0 in each context, in 2048ths. */
  const odds = new Uint16Array(places).fill(1024);

  let at = 1;
  /** The range and the code. Kept in an array, they need no memory at every change. */
  const coder = Uint32Array.of(0xffffffff, 0);
  const next = (): number => {
    if (at >= data.length) throw new RangeError('lzma: the data end too early');
    return data[at++];
  };
  for (let i = 0; i < 4; i++) coder[1] = (coder[1] << 8) | next();

  function narrow(): void {
    if (coder[0] >= 1 << 24) return;
    coder[0] <<= 8;
    coder[1] = (coder[1] << 8) | next();
  }

  function bit(place: number): number {
    const bound = (coder[0] >>> 11) * odds[place];
    const isOne = coder[1] >= bound;
    if (isOne) {
      coder[0] -= bound;
      coder[1] -= bound;
      odds[place] -= odds[place] >> 5;
    } else {
      coder[0] = bound;
      odds[place] += (2048 - odds[place]) >> 5;
    }
    narrow();
    return isOne ? 1 : 0;
  }

  /** A number of some bits, each in the context of those before it. */
  function tree(place: number, bits: number): number {
    let node = 1;
    for (let i = 0; i < bits; i++) node = 2 * node + bit(place + node);
    return node - (1 << bits);
  }

  /** The same, from the lowest bit on. */
  function reverseTree(place: number, bits: number): number {
    let [node, value] = [1, 0];
    for (let i = 0; i < bits; i++) {
      const own = bit(place + node);
      node = 2 * node + own;
      value |= own << i;
    }
    return value;
  }

  /** A number of some bits that are as likely 0 as 1. */
  function direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      coder[0] >>>= 1;
      const own = coder[1] >= coder[0] ? 1 : 0;
      coder[1] -= own * coder[0];
      value = 2 * value + own;
      narrow();
    }
    return value;
  }

  function length(place: number, position: number): number {
    if (bit(place) === 0) return 2 + tree(place + 2 + (position << 3), 3);
    if (bit(place + 1) === 0) return 10 + tree(place + 2 + (1 << 5) + (position << 3), 3);
    return 18 + tree(place + 2 + (1 << 6), 8);
  }

  function distance(count: number): number {
    const slot = tree(slots + (Math.min(count - 2, 3) << 6), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) << bits;
    if (slot < 14) return base + reverseTree(special + base - slot, bits);
    return base + (direct(bits - 4) << 4) + reverseTree(align, 4);
  }

  let state = 0;
  let [rep0, rep1, rep2, rep3] = [0, 0, 0, 0];
  let filled = 0;

  function literal(): void {
    const place = literals + 0x300 * (filled === 0 ? 0 : out[filled - 1] >> 5);
    let node = 1;
    // After a copy, the byte that would have continued it is a context too, as long as its bits are the same.
    if (state >= 7)
      for (let other = out[filled - rep0 - 1]; node < 256; ) {
        const expected = (other >> 7) & 1;
        other <<= 1;
        const own = bit(place + ((1 + expected) << 8) + node);
        node = 2 * node + own;
        if (own !== expected) break;
      }
    while (node < 256) node = 2 * node + bit(place + node);
    out[filled++] = node & 255;
    state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  /** The number of bytes of a copy, whose distance is put into `rep0`. */
  function copied(position: number): number {
    if (bit(isRep + state) === 0) {
      [rep3, rep2, rep1] = [rep2, rep1, rep0];
      const count = length(matchLength, position);
      rep0 = distance(count);
      state = state < 7 ? 7 : 10;
      return count;
    }
    if (bit(isRepG0 + state) === 0) {
      if (bit(isRep0Long + (state << 4) + position) === 0) {
        state = state < 7 ? 9 : 11;
        return 1;
      }
    } else if (bit(isRepG1 + state) === 0) [rep1, rep0] = [rep0, rep1];
    else if (bit(isRepG2 + state) === 0) [rep2, rep1, rep0] = [rep1, rep0, rep2];
    else [rep3, rep2, rep1, rep0] = [rep2, rep1, rep0, rep3];
    const count = length(repLength, position);
    state = state < 7 ? 8 : 11;
    return count;
  }

  while (filled < size) {
    const position = filled & 3;
    if (bit(isMatch + (state << 4) + position) === 0) {
      literal();
      continue;
    }
    const end = filled + copied(position);
    if (rep0 >= filled || end > size) throw new RangeError('lzma: a copy reaches beyond the data');
    for (; filled < end; filled++) out[filled] = out[filled - rep0 - 1];
  }
  return out;
}

/** The states of what came before: literals, matches and repetitions. */
const states = 12;
/** The places of a coder of lengths: two choices, 8 short and 8 middle ones for each position, and 256 long ones. */
const lengths = 2 + (1 << 6) + (1 << 8);
