import { expect } from 'chai';
import { dataOf, type FloatDType, seeded, type TypedArray } from '../../../../lib/index.ts';
import { float64, Machine, type OpName, opcodes, reservedBytes } from '../../../../lib/kernels/wasm/index.ts';
export const sizes = [0, 1, 2, 3, 4, 5, 7, 16, 63, 64, 65, 200];
/** Sizes of products, none square, with every kind of remainder. */
export const shapes: [m: number, n: number][] = [
  [0, 3],
  [3, 0],
  [1, 1],
  [1, 7],
  [5, 1],
  [2, 3],
  [4, 8],
  [3, 66],
  [64, 65],
  [67, 30],
  [130, 9],
];
const noise = seeded(11);

/** Random numbers of a dtype. */
export const randomOf = (dtype: FloatDType) => (n: number) => rounded(dtype, [...dataOf(noise.normal([n]))]);
const guard = 0x5a;

/** A machine with a stack of buffers, separated by guard bytes that no kernel may touch. */
class Workbench {
  readonly machine = new Machine(reservedBytes + (1 << 23));
  readonly #bytes = new Uint8Array(this.machine.memory.buffer);
  readonly #program = reservedBytes;
  #top = reservedBytes + 4096;
  #guards: number[] = [];

  clear(): void {
    this.#top = reservedBytes + 4096;
    this.#guards = [];
  }

  put(values: ArrayLike<number>, dtype: FloatDType | 'int32'): number {
    const size = values.length * (dtype === 'float64' ? 8 : 4);
    const at = this.#top + 64;
    this.#bytes.fill(guard, this.#top, at + size + 64);
    this.#guards.push(this.#top, at + size);
    this.view(at, values.length, dtype).set(values);
    this.#top = Math.ceil((at + size + 64) / 64) * 64;
    return at;
  }

  view(at: number, n: number, dtype: FloatDType | 'int32'): TypedArray {
    const { buffer } = this.machine.memory;
    if (dtype === 'float64') return new Float64Array(buffer, at, n);
    return dtype === 'float32' ? new Float32Array(buffer, at, n) : new Int32Array(buffer, at, n);
  }

  run(dtype: FloatDType, ...instructions: [OpName, ...number[]][]): void {
    const words = instructions.flatMap((each) => this.words(dtype, ...each));
    new Int32Array(this.machine.memory.buffer, this.#program, words.length).set(words);
    this.machine.run(this.#program, this.#program + 4 * words.length);
    for (const from of this.#guards)
      if (this.#bytes.subarray(from, from + 64).some((byte) => byte !== guard))
        throw new Error(
          `${instructions[0][0]} ${instructions[0].slice(1)} wrote outside its buffers, at ${from}`,
        );
  }

  words(dtype: FloatDType, name: OpName, ...values: number[]): number[] {
    return [opcodes[name] + (dtype === 'float64' ? float64 : 0), ...values];
  }
}

export const bench = new Workbench();
export const tested = new Set<OpName>();
export const round = (dtype: FloatDType, x: number) => (dtype === 'float32' ? Math.fround(x) : x);
export const rounded = (dtype: FloatDType, values: number[]) => values.map((x) => round(dtype, x));
const epsilon = (dtype: FloatDType) => (dtype === 'float32' ? 2 ** -23 : 2 ** -52);

/**
 * Runs one instruction whose first operand is a result of `n` elements. Arrays become buffers; numbers are
 * passed as they are.
 */
export function result(
  dtype: FloatDType,
  n: number,
  name: OpName,
  ...given: (number | number[] | Int32Array)[]
): number[] {
  bench.clear();
  const kind = ['greater', 'greaters', 'lessers', 'argmax'].includes(name) ? 'int32' : dtype;
  const out = bench.put(new Array<number>(n).fill(77), kind);
  const words = given.map((x) =>
    typeof x === 'number' ? x : bench.put(x, Array.isArray(x) ? dtype : 'int32'),
  );
  bench.run(dtype, [name, out, ...words]);
  return [...bench.view(out, n, kind)];
}

/** Equal up to rounding: `count` units of the size of the terms. */
export function near(dtype: FloatDType, got: number[], want: number[], scale: number, what: string): void {
  expect(got.length, what).to.equal(want.length);
  const tolerance = 4 * epsilon(dtype) * Math.max(scale, 1e-300);
  for (const [i, x] of got.entries())
    if (!(Math.abs(x - want[i]) <= tolerance))
      expect.fail(`${what}, element ${i}: ${x}, not ${want[i]} ± ${tolerance}`);
}

export const range = (n: number) => Array.from({ length: n }, (_, i) => i);
export const largest = (x: number[]) => Math.max(1, ...x.map(Math.abs));

/** A test, and the instructions it covers. */
export function test(names: OpName[], what: string, body: () => void): void {
  for (const name of names) tested.add(name);
  it(`${names.join(', ')}: ${what}`, body);
}
