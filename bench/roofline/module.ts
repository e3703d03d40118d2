// A WebAssembly module of loops that use one thing at a time of what a core has. The bytes are those of the WebAssembly
// core specification, chapter 5.

type Code = readonly number[];

/** The names of the loops, each of the one thing that it measures. */
export const measures = ['products', 'quotients', 'roots', 'read', 'written'] as const;
export type Measure = (typeof measures)[number];

/** Bytes of memory that one turn of a loop passes. */
export const stride = 128;
const across = stride / 16;

/** The functions of the module: each passes `count` times over `size` bytes from `at`, a multiple of `stride`. */
export type Loops = Readonly<Record<Measure, (at: number, size: number, count: number) => void>>;

/** This file is compiled without the types of Node and browsers. */
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** The loops, over a memory of this many bytes that is full of 0.5. */
export function loopsOver(bytes: number): Loops {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) });
  new Float32Array(memory.buffer).fill(0.5);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()), { env: { memory } });
  return exports as Loops;
}

function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value % 128) + 128, ...unsigned(Math.floor(value / 128))];
}

/** A number below 64, or with its seventh bit cleared. */
function int32(value: number): Code {
  return [0x41, ...(value < 64 ? [value] : [(value % 128) + 128, Math.floor(value / 128)])];
}

const get = (local: number): Code => [0x20, local];
const set = (local: number, value: Code): Code => [...value, 0x21, local];
const simd = (opcode: number, ...given: readonly Code[]): Code => [
  ...given.flat(),
  0xfd,
  ...unsigned(opcode),
];
const loadAt = (local: number, offset: number): Code => [...get(local), 0xfd, 0, 0, ...unsigned(offset)];
const storeAt = (local: number, offset: number, value: Code): Code => [
  ...get(local),
  ...value,
  ...[0xfd, 0x0b, 0],
  ...unsigned(offset),
];
const [root, add, mul, div, or] = [0xe3, 0xe4, 0xe6, 0xe7, 0x50];

/** The locals: the arguments, the address, where it ends, a vector that stays, and those that a turn changes. */
const [at, size, count, address, end, half, first] = [0, 1, 2, 3, 4, 5, 6];
/** As many as there are registers for: an operation waits for the one before on the same vector. */
const vectors = 14;
/** The float32 numbers that one turn of a loop of quotients or roots computes, and that of products. */
export const [perTurn, productsPerTurn] = [4 * vectors, 32];

/** For each vector, its next value. */
function each(next: (own: Code) => Code): Code {
  return Array.from({ length: vectors }, (_, i) => set(first + i, next(get(first + i)))).flat();
}

const bodies: Readonly<Record<Measure, Code>> = {
  // Eight sums of products of two vectors from memory with four that stay, as in a product of matrices.
  products: [0, 16].flatMap((offset, i) => [
    ...set(first + 12 + i, loadAt(address, offset)),
    ...Array.from({ length: 4 }, (_, j) => {
      const sum = first + 4 * i + j;
      return set(sum, simd(add, get(sum), simd(mul, get(first + 8 + j), get(first + 12 + i))));
    }).flat(),
  ]),
  quotients: each((own) => simd(div, get(half), own)),
  roots: each((own) => simd(root, own)),
  read: Array.from({ length: across }, (_, i) =>
    set(first + (i % 4), simd(or, get(first + (i % 4)), loadAt(address, 16 * i))),
  ).flat(),
  written: Array.from({ length: across }, (_, i) => storeAt(address, 16 * i, get(half))).flat(),
};

function routine(body: Code): Code {
  const begin = [half, ...Array.from({ length: vectors }, (_, i) => first + i)];
  const turn = [...body, ...get(address), ...int32(stride), 0x6a, 0x22, address, ...get(end), 0x49, 0x0d, 0];
  const pass = [...set(address, get(at)), 0x03, 0x40, ...turn, 0x0b];
  const left = [...get(count), ...int32(1), 0x6b, 0x22, count, 0x0d, 0];
  // Stored in the end, so that they have to be computed.
  const all = Array.from({ length: vectors - 1 }, (_, i) => get(first + i + 1));
  const sum = all.reduce((total, own) => simd(add, total, own), get(first));
  return [
    ...[2, 2, 0x7f, vectors + 1, 0x7b],
    ...begin.flatMap((local) => set(local, loadAt(at, 0))),
    ...set(end, [...get(at), ...get(size), 0x6a]),
    ...[0x03, 0x40, ...pass, ...left, 0x0b],
    ...storeAt(at, 0, sum),
    ...storeAt(at, 0, get(half)),
    0x0b,
  ];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];
  const list = (entries: readonly Code[]): Code => [...unsigned(entries.length), ...entries.flat()];
  const text = (characters: string): Code => sized([...characters].map((own) => own.charCodeAt(0)));
  const sections: readonly (readonly [id: number, contents: Code])[] = [
    [1, list([[0x60, 3, 0x7f, 0x7f, 0x7f, 0]])],
    [2, list([[...text('env'), ...text('memory'), 2, 0, 1]])],
    [3, list(measures.map(() => [0]))],
    [7, list(measures.map((name, i) => [...text(name), 0, i]))],
    [10, list(measures.map((name) => sized(routine(bodies[name]))))],
  ];
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  return Uint8Array.from([...header, ...sections.flatMap(([id, contents]) => [id, ...sized(contents)])]);
}
