// The elementwise kernels by opcode, for the interpreter and for tiles.
import * as e from './elementwise';
import { greater, greaters, lessers } from './masks';
import * as op from './opcodes';

/** The opcodes of form `unary`. */
export function unaryOf<T>(code: i32, out: usize, x: usize, n: usize): void {
  switch (code) {
    case op.COPY: e.copy<T>(out, x, n); break;
    case op.NEG: e.neg<T>(out, x, n); break;
    case op.EXP: e.exp<T>(out, x, n); break;
    case op.LOG: e.log<T>(out, x, n); break;
    case op.TANH: e.tanh<T>(out, x, n); break;
    case op.SIGMOID: e.sigmoid<T>(out, x, n); break;
    case op.RECIPROCAL: e.reciprocal<T>(out, x, n); break;
    case op.SQRT: e.sqrt<T>(out, x, n); break;
    case op.SIN: e.sin<T>(out, x, n); break;
    case op.COS: e.cos<T>(out, x, n); break;
    case op.ERF: e.erf<T>(out, x, n); break;
    case op.LOG1P: e.log1p<T>(out, x, n); break;
    case op.EXPM1: e.expm1<T>(out, x, n); break;
    case op.ATAN: e.atan<T>(out, x, n); break;
    case op.FLOOR: e.floor<T>(out, x, n); break;
    case op.BINADE: e.binade<T>(out, x, n); break;
    case op.SQUARE: e.square<T>(out, x, n); break;
    default: unreachable();
  }
}

/** The opcodes of form `binary`, and of form `scalar`, where y is one element. */
export function binaryOf<T>(code: i32, out: usize, x: usize, y: usize, n: usize): void {
  switch (code) {
    case op.ADD: e.add<T>(out, x, y, n); break;
    case op.SUB: e.sub<T>(out, x, y, n); break;
    case op.MUL: e.mul<T>(out, x, y, n); break;
    case op.STRONGMUL: e.strongmul<T>(out, x, y, n); break;
    case op.DIV: e.div<T>(out, x, y, n); break;
    case op.STRONGDIV: e.strongdiv<T>(out, x, y, n); break;
    case op.POW: e.pow<T>(out, x, y, n); break;
    case op.MAXIMUM: e.maximum<T>(out, x, y, n); break;
    case op.GREATER: greater<T>(out, x, y, n); break;
    case op.ADDS: e.adds<T>(out, x, y, n); break;
    case op.MULS: e.muls<T>(out, x, y, n); break;
    case op.STRONGMULS: e.strongmuls<T>(out, x, y, n); break;
    case op.DIVS: e.divs<T>(out, x, y, n); break;
    case op.STRONGDIVS: e.strongdivs<T>(out, x, y, n); break;
    case op.POWS: e.pows<T>(out, x, y, n); break;
    case op.GREATERS: greaters<T>(out, x, y, n); break;
    case op.LESSERS: lessers<T>(out, x, y, n); break;
    default: unreachable();
  }
}

/**
 * Runs an instruction of form `binary` or `scalar` `count` times, each of its three addresses moving on by the
 * bytes given after it. Returns whether the instruction is of such a form.
 */
export function repeatBinary<T>(code: i32, program: usize, count: usize): bool {
  if (<u32>code < <u32>op.UNARY_END || <u32>code >= <u32>op.SCALAR_END) return false;
  let out = load<usize>(program, 4);
  let x = load<usize>(program, 8);
  let y = load<usize>(program, 12);
  const n = load<usize>(program, 16);
  for (; count > 0; count--) {
    binaryOf<T>(code, out, x, y, n);
    out += load<usize>(program, 24);
    x += load<usize>(program, 28);
    y += load<usize>(program, 32);
  }
  return true;
}
