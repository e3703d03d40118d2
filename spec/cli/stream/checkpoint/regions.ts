/** The beginning and the end of each part of a checkpoint. */
export function regionsOf(bytes: Uint8Array): ReadonlyMap<string, readonly [begin: number, end: number]> {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const text = new TextDecoder('latin1').decode(bytes.subarray(8, 8 + length));
  const checksum = text.indexOf('"checksum":"') + 8 + '"checksum":"'.length;
  const header = JSON.parse(text) as Record<string, { data_offsets: [number, number] }>;
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return new Map([
    ['header length', [0, 8]],
    ['metadata', [8, checksum]],
    ['checksum', [checksum, checksum + 64]],
    ['rest of the header', [checksum + 64, 8 + length]],
    ...tensors.map(
      ([
        name,
        {
          data_offsets: [begin, end],
        },
      ]) => [name, [8 + length + begin, 8 + length + end]] as const,
    ),
  ]);
}
