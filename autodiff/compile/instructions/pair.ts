import type { wasm } from '../../../lib/index.ts';
import { type Buffer, bufferOf, type Instruction, readsOf, writtenBy } from './instruction.ts';

/** Products of one matrix with a vector that can share a pass over the matrix with another. */
const paired: { readonly [Name in wasm.OpName]?: wasm.OpName } = { matvec: 'matvec2', matvect: 'matvect2' };

/**
 * Two products with one matrix become one with two right-hand sides, where the second vector can be had
 * before the first product is needed: the step W h and its tangent W s̃ then read W once.
 *
 * The instructions that compute the second vector move ahead of the first product. Which products meet must
 * not depend on which results are copied out, because a product in a pair may round differently.
 */
export function pairProducts(
  instructions: readonly Instruction[],
  inputs: ReadonlySet<Buffer>,
): Instruction[] {
  let list = [...instructions];
  for (let at = 0; at < list.length; at++) {
    if (!isProduct(list[at])) continue;
    const partner = list.findIndex((other, i) => i > at && sameMatrix(list[at], other));
    if (partner < 0) continue;
    const ahead = sliceBefore(list, at, partner, inputs);
    if (ahead === undefined) continue;
    const moved = ahead.map((i) => list[i]);
    const rest = list.slice(at + 1).filter((_, i) => i + at + 1 !== partner && !ahead.includes(i + at + 1));
    list = [...list.slice(0, at), ...moved, merged(list[at], list[partner]), ...rest];
    at += moved.length;
  }
  return list;
}

function isProduct({ operation, operands }: Instruction): boolean {
  return operation in paired && operands[5] === 0;
}

function sameMatrix(a: Instruction, b: Instruction): boolean {
  return (
    isProduct(b) &&
    a.operation === b.operation &&
    a.operands[1] === b.operands[1] &&
    a.operands[3] === b.operands[3] &&
    a.operands[4] === b.operands[4]
  );
}

function merged(
  { operation, dtype, operands: [out, matrix, x, rows, columns] }: Instruction,
  { operands: [other, , y] }: Instruction,
): Instruction {
  return {
    operation: paired[operation] as wasm.OpName,
    dtype,
    operands: [out, other, matrix, x, y, rows, columns],
  };
}

/**
 * The instructions after the product `at` that the product `partner` waits for; undefined when one of them
 * waits for `at` itself, or when something on the way is overwritten.
 */
function sliceBefore(
  list: readonly Instruction[],
  at: number,
  partner: number,
  inputs: ReadonlySet<Buffer>,
): number[] | undefined {
  const needed = new Set<Buffer>(readsOf(list[partner]));
  const slice: number[] = [];
  for (let i = partner - 1; i > at; i--) {
    const written = writtenBy(list[i]);
    if (written.some((out) => out === list[at].operands[1])) return undefined;
    if (!written.some((out) => needed.has(out))) continue;
    // An input may be replaced in place after it was read; every other buffer is written before anything
    // reads it.
    if (written.some((out) => inputs.has(out))) return undefined;
    slice.push(i);
    for (const buffer of readsOf(list[i])) needed.add(buffer);
  }
  if (needed.has(bufferOf(list[at].operands[0]) as Buffer)) return undefined;
  return slice.reverse();
}
