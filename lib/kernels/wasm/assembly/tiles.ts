// A short program of elementwise instructions over n elements, tile by tile, so that its registers stay in
// the first-level cache.
import * as k from './elementwise';
import { select } from './masks';
import * as op from './opcodes';
import { binaryOf, unaryOf } from './dispatch';
import { dotOf } from './dot';

/** Elements per tile, and bytes per register. */
const TILE: usize = 256;
const REGISTER: usize = 2048;
const registers = memory.data(16 * 2048, 64);
/** The dot products of a program so far, in program order; at most sixteen. */
const dots = memory.data(16 * 8, 64);

/** The address of a tile: a register, or `offset` bytes into a buffer. */
@inline function at(operand: usize, offset: usize): usize {
  return operand < 16 ? registers + operand * REGISTER : operand + offset;
}

export function tiles<T>(program: usize, words: usize, n: usize): void {
  const end = program + (words << 2);
  for (let i: usize = 0; i < n; i += TILE) tile<T>(program, end, i, min(n - i, TILE));
}

function tile<T>(pc: usize, end: usize, first: usize, n: usize): void {
  const i = first << alignof<T>();
  let running = dots;
  while (pc < end) {
    const code = load<i32>(pc) & 127;
    const out = at(load<usize>(pc, 4), i);
    if (code < op.UNARY_END) {
      unaryOf<T>(code, out, at(load<usize>(pc, 8), i), n);
      pc += 16;
      continue;
    }
    const second = load<usize>(pc, 8);
    const third = load<usize>(pc, 12);
    if (code < op.SCALAR_END) {
      // Comparisons write int32, whatever the width of the compared elements.
      const isMask = code == op.GREATER || code == op.GREATERS || code == op.LESSERS;
      const to = isMask ? at(load<usize>(pc, 4), first << 2) : out;
      binaryOf<T>(code, to, at(second, i), code < op.BINARY_END ? at(third, i) : third, n);
      pc += 20;
      continue;
    }
    switch (code) {
      case op.FILL: k.fill<T>(out, second, n); pc += 16; break;
      case op.SELECT: select<T>(out, at(second, i), at(third, first << 2), load<i32>(pc, 16), n); pc += 24; break;
      case op.AXPBY: k.axpby<T>(out, second, at(third, i), load<usize>(pc, 16), at(load<usize>(pc, 20), i), n); pc += 28; break;
      case op.AXPB: k.axpb<T>(out, second, at(third, i), load<usize>(pc, 16), n); pc += 24; break;
      case op.AXPBYPCZ: {
        const y = at(load<usize>(pc, 20), i);
        const z = at(load<usize>(pc, 28), i);
        k.axpbypcz<T>(out, second, at(third, i), load<usize>(pc, 16), y, load<usize>(pc, 24), z, n);
        pc += 36;
        break;
      }
      case op.DOT: {
        const part = dotOf<T>(at(second, i), at(third, i), n << alignof<T>());
        const total = first > 0 ? load<f64>(running) + part : part;
        store<f64>(running, total);
        running += 8;
        store<T>(load<usize>(pc, 4), <T>total);
        pc += 20;
        break;
      }
      default: unreachable();
    }
  }
}
