// exp, tanh and sigmoid of many float32, in three passes over a block: what to raise to, the polynomial, and the result. An
// element waits for each of forty operations in turn; in short passes the processor overlaps many elements, in one long
// pass two or three, and takes half as long again. Each element goes through the same operations either way.
import * as op from './opcodes';
import {
  expm1Core, expOf, expReduced, reducedOf, roundedBits, sigmoidOf, sigmoidReduced, tanhOf, tanhReduced,
} from './functions32';

/** Bytes of a block: with its parts it takes a small part of the first cache. */
const BLOCK: usize = 1024;
const remainders = memory.data(1024, 64);
/** The rounded multiples of ln 2, as bits. */
const multiples = memory.data(1024, 64);

/** The bytes of x and out, a multiple of 16. */
@inline export function inPasses(code: i32, out: usize, x: usize, size: usize): void {
  for (let begin: usize = 0; begin < size; begin += BLOCK) {
    const part = min(size - begin, BLOCK);
    const from = x + begin;
    const to = out + begin;
    for (let i: usize = 0; i < part; i += 16) {
      const reduced = reduce(code, v128.load(from + i));
      const bits = roundedBits(reduced);
      v128.store(multiples + i, bits);
      v128.store(remainders + i, reducedOf(reduced, bits));
    }
    for (let i: usize = 0; i < part; i += 16) v128.store(remainders + i, expm1Core(v128.load(remainders + i)));
    for (let i: usize = 0; i < part; i += 16)
      v128.store(to + i, resultOf(code, v128.load(from + i), v128.load(multiples + i), v128.load(remainders + i)));
  }
}

/** The exponent of e. */
@inline function reduce(code: i32, x: v128): v128 {
  if (code == op.TANH) return tanhReduced(x);
  return code == op.SIGMOID ? sigmoidReduced(x) : expReduced(x);
}

@inline function resultOf(code: i32, x: v128, bits: v128, core: v128): v128 {
  if (code == op.TANH) return tanhOf(x, bits, core);
  return code == op.SIGMOID ? sigmoidOf(x, expOf(bits, core)) : expOf(bits, core);
}
