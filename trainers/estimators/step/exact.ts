import { add, matmul, mul, reshape } from '../../../autodiff/index.ts';
import { leavesOf, type Tensor, zeros } from '../../../lib/index.ts';
import { asMatrix } from '../../algebra.ts';
import type { Jacobian } from './jacobian.ts';
import { pick } from './pick.ts';
import type { Elements } from './sites.ts';
import type { StepStructure } from './step-structure.ts';

/** The numbers carried for one leaf, in as many tensors as its kind has. */
export type Carried = readonly Tensor[];

/** How the influence of a leaf without sites is carried exactly, beside what the sites carry. */
export interface ExactLeaf {
  /** Which leaf. */
  readonly leaf: number;
  /** For each of its elements, the state elements that it reaches in the end. */
  readonly reaches: readonly Elements[];
  /**
   * Multiply-adds per time step, and numbers carried.
   * @param entries the entries of J that are multiplied with a vector.
   */
  time(entries: number): number;
  readonly memory: number;
  /** Zeros. */
  start(): Carried;
  /** J G + I, from J and the rows of I, [S, ...leaf]. */
  advance(influence: Carried, jacobian: Jacobian, immediate: Tensor): Carried;
  /** cᵀG, of the leaf's shape, from c as one vector. */
  pull(influence: Carried, cotangent: Tensor): Tensor;
}

/**
 * The leaves that reach the state otherwise than by sites: vectors, and tensors of which each element reaches
 * few state elements. `refused` is the path of the first of another kind, whose influence is S times as large
 * as the leaf.
 */
export function exactLeaves(step: StepStructure): {
  readonly leaves: readonly ExactLeaf[];
  readonly refused?: string;
} {
  if (step.unsited.length === 0) return { leaves: [] };
  const reaches = step.reaches() ?? [];
  const all = leavesOf(step.parameters);
  const { state } = step.sizes;
  // Entry by entry takes q² passes for q elements, so it pays for few, as slots do.
  const limit = Math.min(state - 1, Math.floor(2 * Math.sqrt(state)));
  const leaves: ExactLeaf[] = [];
  for (const { leaf, path } of step.unsited) {
    const most = reaches[leaf].reduce((longest, { length }) => Math.max(longest, length), 0);
    const isVector = all[leaf].shape.filter((length) => length > 1).length <= 1;
    if (most <= limit) leaves.push(entries(leaf, all[leaf], reaches[leaf], most, state));
    else if (isVector) leaves.push(rows(leaf, all[leaf], reaches[leaf], state));
    else return { leaves, refused: path };
  }
  return { leaves };
}

/** All of G: for a vector no larger than a factor of a Kronecker product. */
function rows(
  leaf: number,
  { shape, size, dtype }: Tensor,
  reaches: readonly Elements[],
  state: number,
): ExactLeaf {
  return {
    leaf,
    reaches,
    time: (entries) => entries * size,
    memory: state * size,
    start: () => [zeros([state, ...shape], { dtype })],
    advance: ([own], jacobian, immediate) => [
      add(reshape(jacobian.times(asMatrix(own)), own.shape), immediate),
    ],
    pull: ([own], cotangent) => reshape(matmul(cotangent, asMatrix(own)), shape),
  };
}

/** The r-th state element that each element of a leaf reaches; -1 where it reaches fewer. */
function slotsOf(reached: readonly Elements[], most: number): Int32Array[] {
  return Array.from({ length: most }, (_, r) => Int32Array.from(reached, (elements) => elements[r] ?? -1));
}

/**
 * The entries of G that can be other than zero, one for each element of the leaf in a slot: G'[R_r, j] = Σ_q
 * J[R_r, R_q] G[R_q, j] + I[R_r, j].
 */
function entries(
  leaf: number,
  { shape, size, dtype }: Tensor,
  reaches: readonly Elements[],
  most: number,
  state: number,
): ExactLeaf {
  const slots = slotsOf(reaches, most);
  const sumOf = (parts: readonly Tensor[]) =>
    parts.reduce((sum, part) => add(sum, part), zeros([size], { dtype }));
  return {
    leaf,
    reaches,
    time: () => slots.length ** 2 * size,
    memory: slots.length * size,
    start: () => slots.map(() => zeros([size], { dtype })),
    advance(influence, jacobian, immediate) {
      const [J, I] = [jacobian.whole(), immediate].map((matrix) => reshape(matrix, [matrix.size]));
      return slots.map((to) => {
        const carried = slots.map((from, q) =>
          mul(
            pick(
              J,
              to.map((row, at) => (row < 0 || from[at] < 0 ? -1 : row * state + from[at])),
            ),
            influence[q],
          ),
        );
        return add(
          sumOf(carried),
          pick(
            I,
            to.map((row, at) => (row < 0 ? -1 : row * size + at)),
          ),
        );
      });
    },
    pull: (influence, cotangent) =>
      reshape(sumOf(slots.map((own, q) => mul(pick(cotangent, own), influence[q]))), shape),
  };
}
