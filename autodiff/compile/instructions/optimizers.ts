import type { DType } from '../../../lib/index.ts';
import type { Assembler } from './assembler.ts';
import { type Members, membersOf } from './chain.ts';
import type { Buffer, Instruction } from './instruction.ts';

/**
 * The kernels for Adam and RMSprop in place of the chain of elementwise instructions that the optimiser's
 * update of one parameter is made of: with all of it in registers, it takes a third of the time. Other steps
 * of the chain, such as clipping the gradient, come before it. Any other chain stays as it is.
 */
export function asOptimizers(
  part: readonly Instruction[],
  uses: ReadonlyMap<Buffer, number>,
  assembler: Assembler,
): readonly Instruction[] {
  const scalars = new Scalars(assembler);
  return part.flatMap((tile) => {
    const { body = [] } = tile;
    if (body.length < 7) return [tile];
    const members = membersOf(body, uses, assembler);
    return adamOf(body, members, uses, scalars) ?? rmspropOf(body, members, scalars) ?? [tile];
  });
}

/** A number times a factor that is known. */
interface Slot {
  readonly scalar: Buffer;
  readonly factor?: number;
}

/** The numbers of the kernels side by side, once for all parameters that share them. */
class Scalars {
  readonly assembler: Assembler;
  readonly #known: { readonly slots: readonly Slot[]; readonly buffer: Buffer }[] = [];

  constructor(assembler: Assembler) {
    this.assembler = assembler;
  }

  /** The buffer, and the instructions that fill it if it is new. */
  of(dtype: DType, slots: readonly Slot[]): { readonly buffer: Buffer; readonly before: Instruction[] } {
    const isSame = (own: readonly Slot[]) =>
      own.length === slots.length &&
      own.every(({ scalar, factor }, i) => scalar === slots[i].scalar && factor === slots[i].factor);
    const same = this.#known.find((own) => own.buffer.dtype === dtype && isSame(own.slots));
    if (same !== undefined) return { buffer: same.buffer, before: [] };
    const buffer = this.assembler.buffer(dtype, slots.length);
    this.#known.push({ slots, buffer });
    const before = slots.map(({ scalar, factor }, shift): Instruction => {
      const out = { buffer, shift };
      if (factor === undefined) return { operation: 'copy', dtype, operands: [out, scalar, 1] };
      return { operation: 'mul', dtype, operands: [out, scalar, this.assembler.scalar(dtype, factor), 1] };
    });
    return { buffer, before };
  }
}

/**
 *     q = g g; m ← β1 m + (1-β1) g; v ← β2 v + (1-β2) q; w ← w - η (c1 m) / (√(c2 v) + ε)
 *
 * where c1 m and c2 v come as sums of their own, with the corrections multiplied into their coefficients.
 */
function adamOf(
  [{ dtype, operands }]: readonly Instruction[],
  { buffers, makerOf, partsOf, updates, step, others }: Members,
  uses: ReadonlyMap<Buffer, number>,
  scalars: Scalars,
): Instruction[] | undefined {
  if (updates.length !== 3 || step === undefined) return undefined;
  const size = operands[operands.length - 1];
  const [w, , , rate, t] = step;
  const [, scaledMean, size2] = partsOf(t, 'div');
  const [, root, epsilon] = partsOf(size2, 'adds');
  const [, scaledSquares] = partsOf(root, 'sqrt');
  const [, a1, m, b1, g] = partsOf(scaledMean, 'axpby');
  const [, a2, v, b2, q] = partsOf(scaledSquares, 'axpby');
  const mean = updates.find(([out]) => out === m);
  const squares = updates.find(([out]) => out === v);
  const product = q && makerOf(q);
  const [, left, right] = product === undefined ? [] : buffers(product);
  const fits =
    product?.operation === 'mul' &&
    mean?.[4] === g &&
    squares?.[4] === q &&
    left === g &&
    right === g &&
    uses.get(q) === 3;
  if (!fits || mean === undefined || squares === undefined || a1 === undefined || a2 === undefined)
    return undefined;
  const before = others([mean[0], squares[0], w, t, size2, root, scaledMean, scaledSquares, q]);
  const [keep1, take1, keep2, take2] = [mean[1], mean[3], squares[1], squares[3]];
  const [share1, share2] = [take1, take2].map((take) => scalars.assembler.number(take));
  if (before === undefined || !share1 || !share2) return undefined;

  // c1 and c2 come back out of the coefficients that they were multiplied into.
  const { buffer, before: prepared } = scalars.of(dtype, [
    ...[keep1, take1, keep2, take2].map((scalar) => ({ scalar })),
    { scalar: b1, factor: 1 / share1 },
    { scalar: b2, factor: 1 / share2 },
    ...[rate, epsilon].map((scalar) => ({ scalar })),
  ]);
  return [...before, ...prepared, { operation: 'adam', dtype, operands: [w, m, v, g, size, buffer] }];
}

/**
 *     q = g g; n = β v + (1-β) q; w ← w - η (g / (√n + ε)); v ← n
 */
function rmspropOf(
  body: readonly Instruction[],
  { buffers, partsOf, step, others }: Members,
  scalars: Scalars,
): Instruction[] | undefined {
  if (step === undefined) return undefined;
  const [{ dtype, operands }] = body;
  const size = operands[operands.length - 1];
  const [w, , , rate, t] = step;
  const [, g, size2] = partsOf(t, 'div');
  const [, root, epsilon] = partsOf(size2, 'adds');
  const [, next] = partsOf(root, 'sqrt');
  const [, keep, v, take, q] = partsOf(next, 'axpby', 2);
  const [, left, right] = partsOf(q, 'mul');
  if (left === undefined || left !== g || right !== g) return undefined;
  const written = body.find((member) => member.operation === 'copy' && buffers(member)[1] === next);
  if (written === undefined || buffers(written)[0] !== v) return undefined;
  const before = others([q, next, root, size2, t, w, v]);
  if (before === undefined) return undefined;
  const { buffer, before: prepared } = scalars.of(
    dtype,
    [keep, take, rate, epsilon].map((scalar) => ({ scalar })),
  );
  return [...before, ...prepared, { operation: 'rmsprop', dtype, operands: [w, v, g, size, buffer] }];
}
