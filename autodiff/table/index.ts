import type { Parameters, Primitive } from '../primitive.ts';
import { arithmetic } from './arithmetic.ts';
import { functions } from './functions.ts';
import { layout } from './layout.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import type { Row } from './row.ts';
import { rows } from './rows.ts';

/** Every built-in primitive with its row. By identity: a user's own primitive may be called tanh too. */
const table: ReadonlyMap<Primitive, Row<Parameters>> = new Map([
  ...arithmetic,
  ...functions,
  ...layout,
  ...reductions,
  ...products,
  ...rows,
]);

/** The row of a primitive; undefined for one that a user declared. */
export function rowOf(primitive: Primitive): Row<Parameters> | undefined {
  return table.get(primitive);
}
