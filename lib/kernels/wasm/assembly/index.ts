// The interpreter: runs the instructions between two addresses. opcodes.ts defines them.
import * as columns from './columns';
import { binaryOf, repeatBinary, unaryOf } from './dispatch';
import { dot } from './dot';
import * as e from './elementwise';
import { finite32, finite64 } from './finite';
import { gemm, panels } from './gemm';
import * as layout from './layout';
import { lines } from './lines';
import * as masks from './masks';
import * as op from './opcodes';
import { rank1norm, rank1pair, squares } from './pairs';
import { norm } from './norm';
import * as rank from './rank';
import * as reduce from './reduce';
import { matvec } from './rows';
import { matvec2 } from './rows2';
import * as strong from './strong';
import { tiles } from './tiles';
import { traces } from './traces';
import { adam, rmsprop } from './updates';

/** Where free memory starts. */
export function reservedBytes(): usize {
  return (__heap_base + 63) & ~63;
}

export { finite32, finite64 };

export function run(begin: usize, end: usize): void {
  let pc = begin;
  while (pc < end) pc = load<i32>(pc) & op.FLOAT64 ? series<f64>(pc, end, op.FLOAT64) : series<f32>(pc, end, 0);
}

@external("env", "call")
declare function call(id: i32): void;

/** Provided by the plan's own module. */
@external("env", "loop")
declare function loop(id: i32, words: usize): void;

/**
 * Runs one instruction `count` times; each of its words advances by the bytes given after it, where it stands, and
 * goes back at the end. Repetitions do not nest.
 */
function repeat(program: usize, words: usize, count: usize): void {
  const code = load<i32>(program);
  const isDouble = code & op.FLOAT64;
  if (isDouble ? repeatBinary<f64>(code - op.FLOAT64, program, count) : repeatBinary<f32>(code, program, count)) return;
  const size = words << 2;
  const end = program + size;
  for (let turn: usize = 0; turn < count; turn++) {
    run(program, end);
    for (let at = program; at < end; at += 4) store<i32>(at, load<i32>(at) + load<i32>(at + size));
  }
  for (let at = program; at < end; at += 4) store<i32>(at, load<i32>(at) - <i32>count * load<i32>(at + size));
}

/** Runs instructions until one of the other dtype; returns its address. */
function series<T>(pc: usize, end: usize, dtype: i32): usize {
  while (pc < end) {
    const code = load<i32>(pc) - dtype;
    if (<u32>code < <u32>op.UNARY_END) {
      unaryOf<T>(code, load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12));
      pc += 16;
      continue;
    }
    if (<u32>code < <u32>op.SCALAR_END) {
      binaryOf<T>(code, load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16));
      pc += 20;
      continue;
    }
    switch (code) {
      case op.FILL:
        e.fill<T>(load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12));
        pc += 16;
        break;
      case op.SELECT:
        masks.select<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<i32>(pc, 16), load<usize>(pc, 20),
        );
        pc += 24;
        break;
      case op.AXPBY:
        e.axpby<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<usize>(pc, 24),
        );
        pc += 28;
        break;
      case op.AXPBYPCZ:
        e.axpbypcz<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<usize>(pc, 24), load<usize>(pc, 28), load<usize>(pc, 32),
        );
        pc += 36;
        break;
      case op.OUTER:
        rank.outer<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<usize>(pc, 24),
        );
        pc += 28;
        break;
      case op.RANK1:
        rank.rank1<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<usize>(pc, 24), load<usize>(pc, 28), load<usize>(pc, 32),
        );
        pc += 36;
        break;
      case op.RANK1TWO:
        rank.rank1two<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<usize>(pc, 24), load<usize>(pc, 28), load<usize>(pc, 32),
          load<usize>(pc, 36), load<usize>(pc, 40),
        );
        pc += 44;
        break;
      case op.LINES: lines<T>(pc); pc += 68; break;
      case op.TRACES: traces<T>(pc); pc += 92; break;
      case op.ROWADD:
        rank.rowadd<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20),
        );
        pc += 24;
        break;
      case op.ROWDOT:
        rank.rowdot<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20),
        );
        pc += 24;
        break;
      case op.DOT:
        dot<T>(load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16));
        pc += 20;
        break;
      case op.BILINEAR:
        columns.bilinear<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<usize>(pc, 24),
        );
        pc += 28;
        break;
      case op.MATVEC:
        matvec<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<i32>(pc, 24),
        );
        pc += 28;
        break;
      case op.MATVECT:
        columns.matvect<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<i32>(pc, 24),
        );
        pc += 28;
        break;
      case op.MATVEC2:
        matvec2<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<usize>(pc, 24), load<usize>(pc, 28),
        );
        pc += 32;
        break;
      case op.MATVECT2:
        columns.matvect2<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<usize>(pc, 24), load<usize>(pc, 28),
        );
        pc += 32;
        break;
      case op.GEMM:
        gemm<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<usize>(pc, 24), load<i32>(pc, 28), load<i32>(pc, 32), load<i32>(pc, 36),
        );
        pc += 40;
        break;
      case op.PANELS: panels<T>(pc); pc += 24; break;
      case op.SUM:
        reduce.sum<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20),
        );
        pc += 24;
        break;
      case op.MAX:
        reduce.maximum<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20),
        );
        pc += 24;
        break;
      case op.CUMSUM:
        reduce.cumsum<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<i32>(pc, 24),
        );
        pc += 28;
        break;
      case op.ARGMAX:
        reduce.argmax<T>(load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16));
        pc += 20;
        break;
      case op.STRIDED: {
        const rank = load<usize>(pc, 12);
        layout.strided<T>(load<usize>(pc, 4), load<usize>(pc, 8), rank, pc + 16);
        pc += 16 + 12 * rank;
        break;
      }
      case op.GATHER:
        layout.gather<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20),
        );
        pc += 24;
        break;
      case op.SCATTERADD:
        layout.scatteradd<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<usize>(pc, 24), load<usize>(pc, 28),
        );
        pc += 32;
        break;
      case op.ADAM: adam<T>(pc); pc += 28; break;
      case op.RMSPROP: rmsprop<T>(pc); pc += 24; break;
      case op.ADD1:
        store<T>(load<usize>(pc, 4), <T>(load<T>(load<usize>(pc, 8)) + load<T>(load<usize>(pc, 12))));
        pc += 16;
        break;
      case op.MUL1:
        store<T>(load<usize>(pc, 4), <T>(load<T>(load<usize>(pc, 8)) * load<T>(load<usize>(pc, 12))));
        pc += 16;
        break;
      case op.DIV1:
        store<T>(load<usize>(pc, 4), <T>(load<T>(load<usize>(pc, 8)) / load<T>(load<usize>(pc, 12))));
        pc += 16;
        break;
      case op.RECIPROCAL1: store<T>(load<usize>(pc, 4), <T>(<T>1 / load<T>(load<usize>(pc, 8)))); pc += 12; break;
      case op.SQRT1: store<T>(load<usize>(pc, 4), sqrt<T>(load<T>(load<usize>(pc, 8)))); pc += 12; break;
      case op.AXPB:
        e.axpb<T>(load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16), load<usize>(pc, 20));
        pc += 24;
        break;
      case op.SQUARES:
        squares<T>(load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16));
        pc += 20;
        break;
      case op.RANK1NORM:
        rank1norm<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16), load<usize>(pc, 20),
          load<usize>(pc, 24), load<usize>(pc, 28), load<usize>(pc, 32), load<i32>(pc, 36),
        );
        pc += 40;
        break;
      case op.RANK1PAIR:
        rank1pair<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16), load<usize>(pc, 20),
          load<usize>(pc, 24), load<usize>(pc, 28), load<usize>(pc, 32), load<usize>(pc, 36), load<usize>(pc, 40),
          load<usize>(pc, 44), load<usize>(pc, 48), load<usize>(pc, 52), load<usize>(pc, 56), load<i32>(pc, 60),
        );
        pc += 64;
        break;
      case op.MEND:
        strong.mend<T>(
          load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12), load<usize>(pc, 16),
          load<usize>(pc, 20), load<usize>(pc, 24), load<i32>(pc, 28), load<i32>(pc, 32),
        );
        pc += 36;
        break;
      case op.STRONGOUTER: strong.outer<T>(pc); pc += 28; break;
      case op.STRONGRANK1: strong.rank1<T>(pc); pc += 36; break;
      case op.STRONGRANK1TWO: strong.rank1two<T>(pc); pc += 44; break;
      case op.STRONGBILINEAR: strong.bilinear<T>(pc); pc += 28; break;
      case op.STRONGRANK1NORM: strong.rank1norm<T>(pc); pc += 40; break;
      case op.STRONGRANK1PAIR: strong.rank1pair<T>(pc); pc += 64; break;
      case op.NORM: pc = norm<T>(pc); break;
      case op.REPEAT: repeat(load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12)); pc += 16; break;
      case op.LOOP: loop(load<i32>(pc, 4), pc + 12); pc += 12 + (load<usize>(pc, 8) << 2); break;
      case op.CALL: call(load<i32>(pc, 4)); pc += 8; break;
      case op.TILES:
        tiles<T>(load<usize>(pc, 4), load<usize>(pc, 8), load<usize>(pc, 12));
        pc += 16;
        break;
      default:
        // An unknown opcode of this dtype traps; one of the other dtype returns to run().
        if ((load<i32>(pc) & op.FLOAT64) == dtype) unreachable();
        return pc;
    }
  }
  return pc;
}
