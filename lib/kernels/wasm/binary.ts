// A WebAssembly module of functions over an imported memory, as bytes. The numbers are those of the
// WebAssembly core specification, chapter 5, and of its relaxed SIMD instructions.

/** Instructions as bytes. */
export type Code = readonly number[];

/** An unsigned number in LEB128. */
function unsigned(value: number): Code {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}

/** A 32-bit number in LEB128, whose sign is that of its highest bit. */
function signed(value: number): Code {
  const bytes: number[] = [];
  for (let left = value | 0; ; left >>= 7) {
    if (left >= -64 && left < 64) return [...bytes, left & 127];
    bytes.push((left & 127) + 128);
  }
}

/** Bytes with their number before them. */
function sized(bytes: Code): Code {
  return [...unsigned(bytes.length), ...bytes];
}

function listOf(entries: readonly Code[]): Code {
  return [...unsigned(entries.length), ...entries.flat()];
}

function text(characters: string): Code {
  return sized([...characters].map((own) => own.charCodeAt(0)));
}

/** Reads a local. */
export function get(local: number): Code {
  return [0x20, ...unsigned(local)];
}

/** Sets a local to a value. */
export function set(local: number, value: Code): Code {
  return [...value, 0x21, ...unsigned(local)];
}

/** An instruction on vectors, after its operands. */
export function simd(opcode: number, ...given: readonly Code[]): Code {
  return [...given.flat(), 0xfd, ...unsigned(opcode)];
}

/** The instruction at an address, on memory, with the `value` that it stores; of the first lane, if there is a `lane`. */
export function memory(opcode: number, address: Code, value: Code = [], lane = false): Code {
  return [...address, ...value, 0xfd, ...unsigned(opcode), 0, 0, ...(lane ? [0] : [])];
}

/** The int32 `offset` bytes after the address in a local. */
export function wordAt(local: number, offset: number): Code {
  return [...get(local), 0x28, 2, ...unsigned(offset)];
}

/** The sum of two int32. */
export function plus(a: Code, b: Code): Code {
  return [...a, ...b, 0x6a];
}

/** An int32 times a number. */
export function times(a: Code, factor: number): Code {
  return [...a, ...int32(factor), 0x6c];
}

/** The bits that two int32 share. */
export function both(a: Code, b: Code): Code {
  return [...a, ...b, 0x71];
}

export function int32(value: number): Code {
  return [0x41, ...signed(value)];
}

/** While a local is below the one at `end`: a body, and `step` more. */
export function loop(local: number, step: number, end: Code, body: Code): Code {
  const isBelow = [...get(local), ...end, 0x49];
  const next = set(local, plus(get(local), int32(step)));
  return when(isBelow, [0x03, 0x40, ...body, ...next, ...isBelow, 0x0d, 0, 0x0b]);
}

/** Runs a body if a condition is not 0. */
export function when(condition: Code, body: Code): Code {
  return [...condition, 0x04, 0x40, ...body, 0x0b];
}

/** A function of an address, its local 0. Then it has locals that are int32, and vectors. */
export interface Routine {
  readonly int32s: number;
  readonly vectors: number;
  readonly code: Code;
}

const [i32, vectorType, functionType, functionReference] = [0x7f, 0x7b, 0x60, 0x70];

/** A module that exports one function, `run(i, address)`, which calls the routine with this index. */
export function moduleOf(routines: readonly Routine[]): Uint8Array<ArrayBuffer> {
  const count = routines.length;
  const bodies = routines.map(({ int32s, vectors, code }) =>
    sized([
      ...listOf([
        [...unsigned(int32s), i32],
        [...unsigned(vectors), vectorType],
      ]),
      ...code,
      0x0b,
    ]),
  );
  const run = sized([0, ...get(1), ...get(0), 0x11, 0, 0, 0x0b]);
  const sections: readonly (readonly [id: number, contents: Code])[] = [
    [
      1,
      listOf([
        [functionType, 1, i32, 0],
        [functionType, 2, i32, i32, 0],
      ]),
    ],
    [2, listOf([[...text('env'), ...text('memory'), 2, 0, 1]])],
    [3, listOf([...routines.map(() => [0]), [1]])],
    [4, listOf([[functionReference, 1, ...unsigned(count), ...unsigned(count)]])],
    [7, listOf([[...text('run'), 0, ...unsigned(count)]])],
    [9, listOf([[0, ...int32(0), 0x0b, ...listOf(routines.map((_, i) => unsigned(i)))]])],
    [10, listOf([...bodies, run])],
  ];
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  return Uint8Array.from([...header, ...sections.flatMap(([id, contents]) => [id, ...sized(contents)])]);
}
