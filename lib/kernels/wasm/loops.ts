import type { FloatDType } from '../../dtype.ts';
import {
  both,
  type Code,
  get,
  int32,
  loop,
  memory,
  moduleOf,
  plus,
  type Routine,
  set,
  simd,
  times,
  when,
  wordAt,
} from './binary.ts';
import { operands as namesOf, type OpName } from './opcodes.ts';

/**
 * An operand of a loop: a register of any number, which lasts for one vector; an address, by its place among those of the
 * instruction `loop`; or a number that is itself meant.
 */
export type LoopOperand = { readonly register: number } | { readonly address: number } | number;

/**
 * Elementwise instructions that run one after another on each vector of some arrays. What one passes on to the next
 * stays in the processor's registers.
 */
export interface Loop {
  readonly dtype: FloatDType;
  readonly members: readonly { readonly operation: OpName; readonly operands: readonly LoopOperand[] }[];
}

const float32 = {
  ...{ neg: 0xe1, abs: 0xe0, sqrt: 0xe3, add: 0xe4, sub: 0xe5, mul: 0xe6, div: 0xe7, max: 0xe9, floor: 0x68 },
  ...{ eq: 0x41, ne: 0x42, lt: 0x43, gt: 0x44, madd: 0x105, splat: 0x09, loadLane: 0x5c, storeLane: 0x5a },
  ...{ bytes: 4, one: [0, 0, 0x80, 0x3f], infinity: [0, 0, 0x80, 0x7f] },
};
const float64: typeof float32 = {
  ...{ neg: 0xed, abs: 0xec, sqrt: 0xef, add: 0xf0, sub: 0xf1, mul: 0xf2, div: 0xf3, max: 0xf5, floor: 0x75 },
  ...{ eq: 0x47, ne: 0x48, lt: 0x49, gt: 0x4a, madd: 0x107, splat: 0x0a, loadLane: 0x5d, storeLane: 0x5b },
  ...{ bytes: 8, one: [0, 0, 0, 0, 0, 0, 0xf0, 0x3f], infinity: [0, 0, 0, 0, 0, 0, 0xf0, 0x7f] },
};
const bits = {
  load: 0,
  store: 0x0b,
  constant: 0x0c,
  equal: 0x37,
  and: 0x4e,
  andnot: 0x4f,
  or: 0x50,
  anyTrue: 0x53,
};

/** The locals of a routine: the words of its instruction, the distance from the first element, and where to end. */
const [words, at, main, end] = [0, 1, 2, 3];
const addresses = 4;

/**
 * A module whose `run(i, words)` runs loop i: at `words` are the number of elements and the addresses. In a relaxed one a
 * product and a sum may be rounded once.
 */
export function loopsModule(loops: readonly Loop[], relaxed: boolean): Uint8Array<ArrayBuffer> {
  return moduleOf(loops.map((own) => new Writer(own, relaxed).routine()));
}

/** Whether an instruction can be a member of a loop. */
export function isLoopable(operation: OpName): boolean {
  return operation in plain || operation in products || operation in comparisons || operation === 'select';
}

/** Whether the result is an int32 array: all bits of an element in a register, 0 or 1 in memory. */
export function isComparison(operation: OpName): boolean {
  return operation in comparisons;
}

/** The code of a member's operand. */
type Given = (name: string) => Code;
type Ops = typeof float32;

const plain: { readonly [Name in OpName]?: (given: Given, ops: Ops, relaxed: boolean) => Code } = {
  copy: (x) => x('x'),
  fill: (x) => x('scalar'),
  neg: (x, { neg }) => simd(neg, x('x')),
  sqrt: (x, { sqrt }) => simd(sqrt, x('x')),
  floor: (x, { floor }) => simd(floor, x('x')),
  square: (x, { mul }) => simd(mul, x('x'), x('x')),
  reciprocal: (x, { div, one }) => simd(div, repeated(one), x('x')),
  add: (x, { add }) => simd(add, x('x'), x('y')),
  sub: (x, { sub }) => simd(sub, x('x'), x('y')),
  mul: (x, { mul }) => simd(mul, x('x'), x('y')),
  div: (x, { div }) => simd(div, x('x'), x('y')),
  maximum: (x, { max }) => simd(max, x('x'), x('y')),
  adds: (x, { add }) => simd(add, x('x'), x('scalar')),
  muls: (x, { mul }) => simd(mul, x('x'), x('scalar')),
  divs: (x, { div }) => simd(div, x('x'), x('scalar')),
  axpb: (x, { add, mul }) => simd(add, simd(mul, x('a'), x('x')), x('b')),
  axpby: (x, ops, relaxed) => summed(ops, relaxed, simd(ops.mul, x('a'), x('x')), x('b'), x('y')),
  axpbypcz: (x, ops, relaxed) =>
    summed(ops, relaxed, summed(ops, relaxed, simd(ops.mul, x('a'), x('x')), x('b'), x('y')), x('c'), x('z')),
};

/** sum + x y. */
function summed({ add, mul, madd }: Ops, relaxed: boolean, sum: Code, x: Code, y: Code): Code {
  return relaxed ? simd(madd, x, y, sum) : simd(add, sum, simd(mul, x, y));
}

/** Products and quotients that are 0, and not NaN, where a factor is 0: the second operand, and what makes it zero. */
const products: { readonly [Name in OpName]?: readonly ['x', 'y' | 'scalar', 'mul' | 'div'] } = {
  strongmul: ['x', 'y', 'mul'],
  strongmuls: ['x', 'scalar', 'mul'],
  strongdiv: ['x', 'y', 'div'],
  strongdivs: ['x', 'scalar', 'div'],
};

const comparisons: { readonly [Name in OpName]?: readonly ['y' | 'scalar', 'gt' | 'lt'] } = {
  greater: ['y', 'gt'],
  greaters: ['scalar', 'gt'],
  lessers: ['scalar', 'lt'],
};

const scalars = ['a', 'b', 'c', 'scalar'];
const zero = repeated([0]);

/** A constant vector of these bytes, over and over. */
function repeated(bytes: Code): Code {
  return [...simd(bits.constant), ...Array.from({ length: 16 }, (_, i) => bytes[i % bytes.length])];
}

/** Writes the routine of one loop. */
class Writer {
  readonly #loop: Loop;
  readonly #relaxed: boolean;
  readonly #ops: Ops;
  /** The number of addresses. */
  readonly #count: number;
  /** The vectors, by what they hold. */
  readonly #locals = new Map<string, number>();

  constructor(own: Loop, relaxed: boolean) {
    this.#loop = own;
    this.#relaxed = relaxed;
    this.#ops = own.dtype === 'float32' ? float32 : float64;
    const all = own.members.flatMap(({ operands }) => operands);
    this.#count = 1 + Math.max(-1, ...all.map((one) => (isAddress(one) ? one.address : -1)));
  }

  routine(): Routine {
    const { bytes } = this.#ops;
    const code = [
      ...set(end, times(wordAt(words, 0), bytes)),
      ...set(main, both(get(end), int32(-16))),
      ...this.#shared(),
      ...loop(at, 16, get(main), this.#vector()),
      ...loop(at, bytes, get(end), this.#body(true, true)),
    ];
    return { int32s: addresses - 1 + this.#count, vectors: this.#locals.size, code };
  }

  /** Loads the addresses, and what all elements share. */
  #shared(): Code {
    const code = Array.from({ length: this.#count }, (_, i) =>
      set(addresses + i, wordAt(words, 4 * (i + 1))),
    ).flat();
    for (const { operation, operands } of this.#loop.members)
      for (const [i, name] of namesOf[operation].entries()) {
        const operand = operands[i];
        if (!scalars.includes(name) || !isAddress(operand)) continue;
        const key = `all of ${operand.address}`;
        if (this.#locals.has(key)) continue;
        code.push(...set(this.#local(key), memory(this.#ops.splat, get(addresses + operand.address))));
      }
    return code;
  }

  /** One vector. Products that are strong are so only if a result is NaN, which is rare: then it is computed again. */
  #vector(): Code {
    if (!this.#loop.members.some(({ operation }) => operation in products)) return this.#body(false, false);
    const { code, written } = this.#values(false, false);
    const sum = get(this.#local('sum'));
    const isBroken = simd(bits.anyTrue, simd(this.#ops.ne, sum, sum));
    return [...code, ...when(isBroken, this.#values(true, false).code), ...this.#stores(written, false)];
  }

  #body(isStrong: boolean, isLane: boolean): Code {
    const { code, written } = this.#values(isStrong, isLane);
    return [...code, ...this.#stores(written, isLane)];
  }

  /** Computes the members in locals, with what is to be written to memory: addresses, and whether it is a comparison. */
  #values(isStrong: boolean, isLane: boolean): { code: Code; written: ReadonlyMap<number, boolean> } {
    const ops = this.#ops;
    const code: number[] = [];
    const held = new Set<string>();
    const written = new Map<number, boolean>();
    let isSummed = false;
    for (const { operation, operands } of this.#loop.members) {
      const names: readonly string[] = namesOf[operation];
      const given = (name: string): Code => {
        const operand = operands[names.indexOf(name)];
        if (isAddress(operand) && scalars.includes(name))
          return get(this.#local(`all of ${operand.address}`));
        const key = keyOf(operand);
        const local = this.#local(key);
        if (isAddress(operand) && !held.has(key)) {
          const own = memory(isLane ? ops.loadLane : bits.load, this.#at(operand.address));
          // In memory a comparison is 0 or 1, and in a register all bits of an element.
          const isOne = name === 'mask' ? simd(bits.equal, simd(bits.equal, own, zero), zero) : own;
          code.push(...set(local, isOne));
          held.add(key);
        }
        return get(local);
      };
      const value = this.#value(operation, operands, given, isStrong);
      const [out] = operands;
      const local = this.#local(keyOf(out));
      code.push(...set(local, value));
      held.add(keyOf(out));
      if (isAddress(out)) written.set(out.address, operation in comparisons);
      if (operation in products && !isStrong) {
        const sum = this.#local('sum');
        code.push(...set(sum, isSummed ? simd(ops.add, get(sum), get(local)) : get(local)));
        isSummed = true;
      }
    }
    return { code, written };
  }

  #value(
    operation: OpName,
    operands: readonly LoopOperand[],
    given: (name: string) => Code,
    isStrong: boolean,
  ): Code {
    const ops = this.#ops;
    const product = products[operation];
    if (product !== undefined) {
      const [left, right, kind] = product;
      const [x, y] = [given(left), given(right)];
      const result = simd(ops[kind], x, y);
      if (!isStrong) return result;
      const infinite = () => simd(ops.eq, simd(ops.abs, y), repeated(ops.infinity));
      const isZero = simd(
        bits.or,
        simd(ops.eq, x, zero),
        kind === 'mul' ? simd(ops.eq, y, zero) : infinite(),
      );
      return simd(bits.andnot, result, simd(bits.and, simd(ops.ne, result, result), isZero));
    }
    const comparison = comparisons[operation];
    if (comparison !== undefined) return simd(ops[comparison[1]], given('x'), given(comparison[0]));
    if (operation === 'select') {
      const isInverted = operands[namesOf.select.indexOf('inverted')] === 1;
      return simd(isInverted ? bits.andnot : bits.and, given('x'), given('mask'));
    }
    return plain[operation]?.(given, ops, this.#relaxed) ?? [];
  }

  #stores(written: ReadonlyMap<number, boolean>, isLane: boolean): Code {
    return [...written].flatMap(([address, isComparison]) => {
      const own = get(this.#local(keyOf({ address })));
      const value = isComparison ? simd(bits.and, own, repeated([1, 0, 0, 0])) : own;
      return memory(isLane ? this.#ops.storeLane : bits.store, this.#at(address), value, isLane);
    });
  }

  #at(address: number): Code {
    return plus(get(addresses + address), get(at));
  }

  #local(key: string): number {
    const own = this.#locals.get(key) ?? addresses + this.#count + this.#locals.size;
    this.#locals.set(key, own);
    return own;
  }
}

function isAddress(operand: LoopOperand | undefined): operand is { readonly address: number } {
  return typeof operand === 'object' && 'address' in operand;
}

function keyOf(operand: LoopOperand): string {
  return JSON.stringify(operand);
}
