/** The deepest product that the kernel of `gemm` adds up in one piece. */
export const deepest = 256;

/** Whether the factors of a product [rows, columns] are smaller than itself, so that to copy or keep them is cheap. */
export function isShallow(rows: number, columns: number, depth: number): boolean {
  return rows > 1 && columns > 1 && depth > 0 && depth * (rows + columns) <= rows * columns;
}
