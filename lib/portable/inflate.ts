/**
 * Decompresses raw DEFLATE data (RFC 1951). The bundle for browsers needs one of its own: createLearner and the like
 * return at once, and a browser's `DecompressionStream` is asynchronous.
 * @param size that of the result. @throws RangeError for data that end too early, or hold a code that stands for nothing.
 */
export function inflate(data: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  let [bit, filled] = [0, 0];

  function bits(count: number): number {
    if (bit + count > 8 * data.length) throw tooShort();
    let value = 0;
    for (let i = 0; i < count; i++, bit++) value |= ((data[bit >> 3] >> (bit & 7)) & 1) << i;
    return value;
  }

  /** The next symbol of a code: the codes of a length are consecutive numbers. */
  function symbol({ counts, symbols }: Code): number {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length < 16; length++) {
      code |= bits(1);
      if (code - counts[length] < first) return symbols[index + code - first];
      index += counts[length];
      first = (first + counts[length]) << 1;
      code <<= 1;
    }
    throw new RangeError('inflate: no symbol has this code');
  }

  function block(literals: Code, distances: Code): void {
    for (let next = symbol(literals); next !== 256; next = symbol(literals)) {
      if (next < 256) {
        out[filled++] = next;
        continue;
      }
      const length = lengths.base[next - 257] + bits(lengths.extra[next - 257]);
      const own = symbol(distances);
      const back = far.base[own] + bits(far.extra[own]);
      for (let i = 0; i < length; i++, filled++) out[filled] = out[filled - back];
    }
  }

  function stored(): void {
    bit = (bit + 7) & ~7;
    const length = bits(16);
    // Their complement follows.
    bits(16);
    const at = bit >> 3;
    bit += 8 * length;
    if (bit > 8 * data.length) throw tooShort();
    out.set(data.subarray(at, at + length), filled);
    filled += length;
  }

  function dynamic(): void {
    const [literals, distances, own] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
    const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    const first = new Uint8Array(19);
    for (let i = 0; i < own; i++) first[order[i]] = bits(3);
    const code = codeOf(first);
    const all: number[] = [];
    while (all.length < literals + distances) {
      const next = symbol(code);
      if (next < 16) all.push(next);
      else {
        const value = next === 16 ? (all.at(-1) ?? 0) : 0;
        const times = next === 16 ? 3 + bits(2) : next === 17 ? 3 + bits(3) : 11 + bits(7);
        for (let i = 0; i < times; i++) all.push(value);
      }
    }
    block(codeOf(all.slice(0, literals)), codeOf(all.slice(literals)));
  }

  for (let isLast = false; !isLast; ) {
    isLast = bits(1) === 1;
    const kind = bits(2);
    if (kind === 0) stored();
    else if (kind === 1) block(fixedLiterals, fixedDistances);
    else dynamic();
  }
  return out;
}

function tooShort(): RangeError {
  return new RangeError('inflate: the data end too early');
}

/** A Huffman code: the number of codes of each length, and the symbols in the order of their codes. */
interface Code {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

function codeOf(given: ArrayLike<number>): Code {
  const own = Array.from(given);
  const counts = Array.from({ length: 16 }, (_, length) => own.filter((each) => each === length).length);
  const symbols = own
    .map((_, symbol) => symbol)
    .filter((symbol) => own[symbol] > 0)
    .sort((a, b) => own[a] - own[b] || a - b);
  return { counts: [0, ...counts.slice(1)], symbols };
}

/** Bases that grow by powers of two, with the number of bits that are added. */
function table(first: number, extra: readonly number[]) {
  const base: number[] = [];
  let next = first;
  for (const count of extra) {
    base.push(next);
    next += 1 << count;
  }
  return { base, extra };
}

/** Lengths of copies; the last one is an exception. */
const lengths = table(
  3,
  [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
);
lengths.base[28] = 258;
const far = table(
  1,
  Array.from({ length: 30 }, (_, i) => Math.max(0, (i >> 1) - 1)),
);
const fixedLiterals = codeOf(
  Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
);
const fixedDistances = codeOf(new Uint8Array(30).fill(5));
