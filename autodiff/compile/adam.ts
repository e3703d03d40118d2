import type { wasm } from '../../lib/index.ts';
import type { Assembler } from './assembler.ts';
import { type Buffer, bufferOf, type Instruction } from './instruction.ts';

/**
 * The kernel for Adam in place of the chain of elementwise instructions that the optimiser's update of one
 * parameter is made of: with all of it in registers, it takes a third of the time. Other steps of the chain,
 * such as clipping the gradient, come before it. Undefined for any other chain.
 *
 *     q = g g; m ← β1 m + (1-β1) g; v ← β2 v + (1-β2) q; w ← w - η (c1 m) / (√(c2 v) + ε)
 *
 * where c1 m and c2 v come as sums of their own, with the corrections multiplied into their coefficients.
 */
export function asAdam(
  tile: Instruction,
  uses: ReadonlyMap<Buffer, number>,
  assembler: Assembler,
): readonly Instruction[] {
  return adamOf(tile.body ?? [], uses, assembler) ?? [tile];
}

function adamOf(
  members: readonly Instruction[],
  uses: ReadonlyMap<Buffer, number>,
  assembler: Assembler,
): Instruction[] | undefined {
  if (members.length < 9) return undefined;
  const [{ dtype, operands }] = members;
  const size = operands[operands.length - 1];
  const buffers = (instruction: Instruction) => instruction.operands.slice(0, -1).map(bufferOf) as Buffer[];
  const makerOf = (buffer: Buffer) => members.find((member) => bufferOf(member.operands[0]) === buffer);
  const partsOf = (buffer: Buffer, operation: wasm.OpName): Buffer[] => {
    const maker = makerOf(buffer);
    // A maker read by others too would be missed; one that is not there, or another operation, is another
    // chain.
    return maker?.operation === operation && uses.get(buffer) === 2 ? buffers(maker) : [];
  };

  // w ← 1 w + (-η) t is the one that updates in place with what the chain passes on.
  const updates = members
    .filter(({ operation, operands: [out, , x] }) => operation === 'axpby' && bufferOf(out) === bufferOf(x))
    .map(buffers);
  if (updates.length !== 3) return undefined;
  const last = updates.find(([, , , , y]) => makerOf(y)?.operation === 'div' && uses.get(y) === 2);
  if (last === undefined) return undefined;
  const [w, one, , rate, t] = last;
  const [, scaledMean, size2] = partsOf(t, 'div');
  const [, root, epsilon] = partsOf(size2, 'adds');
  const [, scaledSquares] = partsOf(root, 'sqrt');
  const [, a1, m, b1, g] = partsOf(scaledMean, 'axpby');
  const [, a2, v, b2, q] = partsOf(scaledSquares, 'axpby');
  const mean = updates.find(([out]) => out === m);
  const squares = updates.find(([out]) => out === v);
  const [, left, right] =
    q === undefined ? [] : buffers(makerOf(q) ?? { operation: 'mul', dtype, operands: [] });
  const fits =
    mean?.[4] === g &&
    squares?.[4] === q &&
    left === g &&
    right === g &&
    uses.get(q) === 3 &&
    assembler.number(one) === 1;
  if (!fits || mean === undefined || squares === undefined || a1 === undefined || a2 === undefined)
    return undefined;
  const own = [mean[0], squares[0], w, t, size2, root, scaledMean, scaledSquares, q];
  const others = members.filter((member) => !own.includes(bufferOf(member.operands[0]) as Buffer));
  const isApart = others.every(({ operands: read }) =>
    read.every((operand) => !own.includes(bufferOf(operand) as Buffer)),
  );
  if (others.length + own.length !== members.length || !isApart) return undefined;
  const [keep1, take1, keep2, take2] = [mean[1], mean[3], squares[1], squares[3]];
  const shares = [take1, take2].map((take) => assembler.number(take));
  if (shares.some((share) => share === undefined || share === 0)) return undefined;

  // c1 and c2, back out of the coefficients that they were multiplied into.
  const scalars = assembler.buffer(dtype, 8);
  const slots = [keep1, take1, keep2, take2, b1, b2, rate, epsilon];
  const prepared = slots.map((scalar, shift): Instruction => {
    const share = shift === 4 ? shares[0] : shift === 5 ? shares[1] : undefined;
    const out = { buffer: scalars, shift };
    if (share === undefined) return { operation: 'copy', dtype, operands: [out, scalar, 1] };
    return { operation: 'mul', dtype, operands: [out, scalar, assembler.scalar(dtype, 1 / share), 1] };
  });
  return [...others, ...prepared, { operation: 'adam', dtype, operands: [w, m, v, g, size, scalars] }];
}
