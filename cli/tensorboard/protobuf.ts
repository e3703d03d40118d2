/** A field of a message, encoded: protobuf.dev/programming-guides/encoding. */
export type Field = Uint8Array;

/** A non-negative int64 or an enumeration. */
export function varintField(number: number, value: number): Field {
  return concat([varint(number << 3), varint(value)]);
}

export function doubleField(number: number, value: number): Field {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return concat([varint((number << 3) | 1), bytes]);
}

export function floatField(number: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concat([varint((number << 3) | 5), bytes]);
}

/** A text, or a message as a list of fields. */
export function lengthField(number: number, content: string | readonly Field[]): Field {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : concat(content);
  return concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Seven bits per byte, lowest first; every byte but the last has its highest bit set. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  // Shifts do not work above 2³¹.
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.of(...bytes, rest);
}
