import type { Assembler } from './assembler.ts';
import { type Buffer, type Instruction, writtenBy } from './instruction.ts';

/** A product that reads its right matrix in panels, and what packs them before the first of several. */
interface Panels {
  readonly product: Instruction;
  readonly before?: Instruction;
}

/** The most rows of a matrix in panels: `gemm` takes more of them block by block. */
const deepest = 256;
/** The bytes of a row in a panel. */
const width = 32;

/**
 * The products of a plan that multiply with one matrix, while it stays as it is. `gemm` packs its right matrix into
 * panels, which takes a tenth of the time for 32 rows, and more for fewer; these share what is packed once.
 */
export function panelsIn(
  parts: readonly (readonly Instruction[])[],
  assembler: Assembler,
): ReadonlyMap<Instruction, Panels> {
  const found = new Map<Instruction, Panels>();
  /** The products with each matrix so far, since it was written. */
  const open = new Map<Buffer, Map<string, Instruction[]>>();
  const close = (groups: ReadonlyMap<string, Instruction[]> | undefined) => {
    for (const products of groups?.values() ?? []) share(products, assembler, found);
  };
  for (const instruction of parts.flat()) {
    const right = rightOf(instruction);
    if (right !== undefined) {
      const groups = open.get(right.matrix) ?? new Map<string, Instruction[]>();
      groups.set(right.form, [...(groups.get(right.form) ?? []), instruction]);
      open.set(right.matrix, groups);
    }
    for (const buffer of writtenBy(instruction)) {
      close(open.get(buffer));
      open.delete(buffer);
    }
  }
  for (const groups of open.values()) close(groups);
  return found;
}

/** The part with these products, and with what packs for them. */
export function withPanels(
  part: readonly Instruction[],
  panels: ReadonlyMap<Instruction, Panels>,
): readonly Instruction[] {
  return part.flatMap((instruction) => {
    const own = panels.get(instruction);
    if (own === undefined) return [instruction];
    return own.before === undefined ? [own.product] : [own.before, own.product];
  });
}

/** The right matrix of a product, and the form in which it is read. */
function rightOf({ operation, dtype, operands }: Instruction): { matrix: Buffer; form: string } | undefined {
  if (operation !== 'gemm') return undefined;
  const [, , matrix, , n, k, , isTransposed] = operands;
  if (typeof matrix !== 'object' || !('address' in matrix) || typeof k !== 'number') return undefined;
  return k > 0 && k <= deepest ? { matrix, form: [dtype, n, k, isTransposed].join() } : undefined;
}

function share(
  products: readonly Instruction[],
  assembler: Assembler,
  found: Map<Instruction, Panels>,
): void {
  if (products.length < 2) return;
  const [{ dtype, operands: words }] = products;
  const [, , matrix, , n, k, , isTransposed] = words;
  const lanes = width / (dtype === 'float64' ? 8 : 4);
  const packed = assembler.buffer(dtype, Math.ceil((n as number) / lanes) * lanes * (k as number));
  const before: Instruction = { operation: 'panels', dtype, operands: [packed, matrix, n, k, isTransposed] };
  for (const [i, product] of products.entries()) {
    const [out, left, , ...sizes] = product.operands;
    const operands = [out, left, packed, ...sizes.slice(0, 4), 2, ...sizes.slice(5)];
    found.set(product, { product: { ...product, operands }, ...(i === 0 ? { before } : {}) });
  }
}
