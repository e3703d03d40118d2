import fc from 'fast-check';

/** Damage to a file: truncation, changed, missing or extra bytes, or a repeated piece. */
type Mutation = (bytes: readonly number[]) => number[];

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const byte = fc.oneof(
  fc.nat(255),
  fc.constantFrom(0, 0x20, 0x22, 0x2c, 0x30, 0x39, 0x5b, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xff),
);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  place.map(
    (at): Mutation =>
      (bytes) =>
        bytes.slice(0, Math.floor(at * bytes.length)),
  ),
  fc.tuple(place, byte).map(
    ([at, value]): Mutation =>
      (bytes) =>
        bytes.with(Math.min(Math.floor(at * bytes.length), bytes.length - 1), value),
  ),
  fc.tuple(place, fc.array(byte, { minLength: 1, maxLength: 9 })).map(
    ([at, values]): Mutation =>
      (bytes) =>
        bytes.toSpliced(Math.floor(at * bytes.length), 0, ...values),
  ),
  fc.tuple(place, fc.nat(9)).map(
    ([at, count]): Mutation =>
      (bytes) =>
        bytes.toSpliced(Math.floor(at * bytes.length), count),
  ),
  fc.tuple(place, place, fc.nat(40)).map(
    ([from, to, count]): Mutation =>
      (bytes) => {
        const begin = Math.floor(from * bytes.length);
        return bytes.toSpliced(Math.floor(to * bytes.length), 0, ...bytes.slice(begin, begin + count));
      },
  ),
);

/** Changes only numbers: a byte near the end. */
const harmless: fc.Arbitrary<Mutation> = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.nat(255)).map(
  ([back, value]): Mutation =>
    (bytes) =>
      bytes.length < back ? [...bytes] : bytes.with(-back, value),
);

/** Files with one to three mutations. */
export function mutationsOf(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...files), fc.array(fc.oneof(mutation, harmless), { minLength: 1, maxLength: 3 }))
    .map(([file, mutations]) =>
      Uint8Array.from(
        mutations.reduce<number[]>(
          (bytes, mutate) => (bytes.length === 0 ? bytes : mutate(bytes)),
          [...file],
        ),
      ),
    );
}

/** Bytes of a text, one per character. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function concatBytes(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
