import { sizeOf, type Tensor } from '../../lib/index.ts';
import { matmul } from '../primitives/matmul.ts';
import { type Batch, type Entries, folded, reshaped, spread } from './batch.ts';
import { lowerMatmul } from './lower/contract.ts';
import { either } from './reach.ts';
import { type Entry, rule } from './row.ts';

type Flags = Parameters<typeof matmul.evaluate>[1];

/** Products of matrices, and of vectors as matrices of one row or column. */
export const products: readonly Entry[] = [
  rule(matmul, {
    keepsNaN: true,
    zero: 'any',
    lower: (plan, [x, y], flags, result) => lowerMatmul(plan, x, y, flags, result),

    // An element of X·Y depends on its row of X and its column of Y, as far as these are not coefficients.
    reaches({ operands: [x, y], sets, type, union }, { transposeLeft, transposeRight }) {
      const [rows, columns] = type.shape.slice(-2);
      const out = new Int32Array(sizeOf(type.shape));
      const size = rows * columns;
      for (let at = 0; at < out.length; at += size) {
        const left = lines(sets[0], x, at / size, transposeLeft ? 1 : 0).map(union);
        const right = lines(sets[1], y, at / size, transposeRight ? 0 : 1).map(union);
        for (let i = 0; i < size; i++)
          out[at + i] = either(left[Math.floor(i / columns)] ?? 0, right[i % columns] ?? 0, union);
      }
      return out;
    },

    batch(batch, [x, y], flags) {
      if (x.x.shape.length - Number(x.isMapped) === 3)
        return folded(
          [x, y].map((one) => spread(one, batch.size)),
          (both) => batch.apply(both, flags),
        );
      return (
        oneProduct(batch, x, y, flags) ?? batch.apply([spread(x, batch.size), spread(y, batch.size)], flags)
      );
    },
  }),
];

/**
 * A batch of products as one product of larger matrices, where only one side differs from entry to entry;
 * undefined where it is none.
 */
function oneProduct(
  { apply, size }: Batch<Flags>,
  { x, isMapped }: Entries,
  { x: y, isMapped: isRight }: Entries,
  flags: Flags,
): Tensor | undefined {
  if (isMapped && isRight) return undefined;
  const { transposeLeft, transposeRight } = flags;
  if (isMapped) {
    const [, rows, columns] = x.shape;
    // The rows of all entries below each other. A vector has the same elements either way round.
    if (transposeLeft && rows > 1 && columns > 1) return undefined;
    const [own, inner] = transposeLeft ? [columns, rows] : [rows, columns];
    const result = apply([reshaped(x, [size * own, inner]), y], { ...flags, transposeLeft: false });
    return reshaped(result, [size, own, result.shape[1]]);
  }
  const [, rows, columns] = y.shape;
  const [inner, own] = transposeRight ? [columns, rows] : [rows, columns];
  const left = x.shape[transposeLeft ? 1 : 0];
  // (X Y)ᵀ = Yᵀ Xᵀ, whose rows are those of all entries; it is turned back by name alone where it is a
  // vector.
  if (own > 1 && (left > 1 || (inner > 1 && !transposeRight))) return undefined;
  const result = apply([reshaped(y, [size * own, inner]), x], {
    ...flags,
    transposeLeft: false,
    transposeRight: !transposeLeft,
  });
  return reshaped(result, [size, left, own]);
}

/** The sets of each row (axis 0) or column (axis 1) of matrix `at` of a tensor; none for a coefficient. */
function lines(sets: Int32Array | undefined, x: Tensor, at: number, axis: number): Int32Array[] {
  if (sets === undefined) return [];
  const [rows, columns] = x.shape.slice(-2);
  const own = sets.subarray(at * rows * columns, (at + 1) * rows * columns);
  if (axis === 0) return Array.from({ length: rows }, (_, i) => own.subarray(i * columns, (i + 1) * columns));
  return Array.from({ length: columns }, (_, j) =>
    Int32Array.from({ length: rows }, (__, i) => own[i * columns + j]),
  );
}
