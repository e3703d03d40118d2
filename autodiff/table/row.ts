import type { Tensor } from '../../lib/index.ts';
import type { Planner } from '../compile/terms/planner.ts';
import type { Terms } from '../compile/terms/terms.ts';
import type { Parameters, Primitive } from '../primitive.ts';
import type { Batch, Entries } from './batch.ts';
import type { Reach } from './reach.ts';

/**
 * One row of the table: all that the rest of norewind knows of a primitive besides its derivative.
 *
 * A primitive without a row, such as one that a user declares, is called by its `evaluate` in a plan, counts
 * as depending on all of its operands, and is applied to a batch entry by entry.
 */
export interface Row<P extends Parameters> {
  /**
   * Emits the instructions for one equation and returns the terms that its result stands for; undefined for a
   * call of `evaluate`.
   */
  lower(plan: Planner, operands: readonly Tensor[], parameters: P, result: Tensor): Terms | undefined;
  /**
   * Which operands make the result zero when they are known to be zero: the first alone, any, or all of them.
   * None by default.
   */
  readonly zero?: 'first' | 'any' | 'all';
  /**
   * Whether a NaN in an operand, of an index the first, always makes the result NaN: never by default, as in
   * a comparison.
   */
  readonly keepsNaN?: true;
  /**
   * For a primitive whose second operand is an index: how many rows it points into. A plan checks it before
   * it runs.
   */
  rows?(operands: readonly Tensor[], parameters: P): number;
  /**
   * Whether each element of the result is an element of an operand, so that a plan can check indices before
   * it runs.
   */
  readonly moves?: true;
  /** The places that each element of the result depends on. */
  reaches(given: Reach, parameters: P): Int32Array;
  /** The primitive on a batch: operands and result with a leading axis, by as many equations as without. */
  batch(batch: Batch<P>, operands: readonly Entries[], parameters: P): Tensor;
}

/** A primitive with the type of its parameters, which `rule` infers from it. */
type Typed<P extends Parameters> = Primitive & {
  evaluate(operands: readonly Tensor[], parameters: P): Tensor;
};

export type Entry = readonly [Primitive, Row<Parameters>];

/**
 * One row of the table. The parameters that its columns are given have the type that the primitive declares.
 */
export function rule<P extends Parameters>(primitive: Typed<P>, row: Row<P>): Entry {
  // Sound: a row is called only for equations of its own primitive.
  return [primitive, row as Row<Parameters>];
}
