import { add, concat, mul, reshape, where } from '../../../autodiff/index.ts';
import {
  allocate,
  DataError,
  type DType,
  dataOf,
  fromData,
  leavesOf,
  mapTree,
  rebuild,
  sizeOf,
  type Tensor,
  type Tree,
  zeros,
} from '../../../lib/index.ts';
import { flattenTree, unflattenTree } from '../../algebra.ts';
import { carriedBetween, pick } from '../step/pick.ts';
import { type Colouring, type LeafReach, repeated, type Structure } from '../step/slot-structure.ts';
import type { Pulled, Transition } from '../step/transition.ts';

/**
 * The entries of G = ∂s/∂θ that can be other than zero. A leaf has as many slots as one of its parameters
 * reaches state elements, at most; a slot has the shape of the leaf and holds one entry of G for each
 * parameter.
 */
export type StructuredInfluence = {
  /**
   * For each leaf, the state element of each entry: [slots, ...leaf], with 1 for an axis along which they
   * repeat.
   */
  readonly rows: readonly Tensor[];
  readonly slots: readonly (readonly Tensor[])[];
};

/** Zeros in all slots. */
export function startStructured(structure: Structure, parameters: Tree): StructuredInfluence {
  const leaves = leavesOf(parameters);
  return {
    rows: structure.leaves.map((leaf, i) => rowsOf(leaf, leaves[i].dtype)),
    slots: structure.leaves.map(({ shape, slots }, i) =>
      slots.map(() => zeros(shape, { dtype: leaves[i].dtype })),
    ),
  };
}

/**
 * @throws DataError if an influence has the rows of another step. In a plan its numbers are unknown, and not
 * checked.
 */
export function requireStructure(name: string, structure: Structure, { rows }: StructuredInfluence): void {
  const fits = (leaf: LeafReach, i: number) =>
    rows[i].level > 0 || equal(rows[i], rowsOf(leaf, rows[i].dtype));
  if (!structure.leaves.every(fits))
    throw new DataError(
      `${name}: the influence was carried for a model in which parameters reach other state elements`,
    );
}

/** Advances slots over a transition. */
export interface SlotRule {
  advance(structure: Structure, influence: StructuredInfluence, transition: Transition): StructuredInfluence;
  pulls(structure: Structure): number;
  /** Number of products of arrays, for a leaf with this many slots. */
  products(slots: number): number;
}

/**
 * G ← J G + I on the slots. With R the elements of parameter j,
 *
 *     G'[R_r, j] = Σ_q J[R_r, R_q] G[R_q, j] + I[R_r, j]
 *
 * The rows of J and I come from one pull for each colour, or the entries of J from the structure of the step.
 */
export const throughJacobian: SlotRule = {
  pulls: ({ immediate, recurrent }) =>
    immediate.pulls + (recurrent === immediate || recurrent === 'entries' ? 0 : recurrent.pulls),
  products: (slots) => slots * slots,
  advance(structure, influence, transition) {
    const { immediate } = structure;
    const pulled = pulledRows(immediate, transition, influence);
    const entries = entriesOf(structure, transition, (own) =>
      own === immediate ? pulled : pulledRows(own, transition, influence),
    );
    return moved(structure, influence, pulled, (to, leaf, i) =>
      leaf.slots.flatMap((from, q) => {
        const own = entries(to, from);
        return own === undefined ? [] : mul(reshape(own, leaf.compact), influence.slots[i][q]);
      }),
    );
  },
};

/** G ← factor·G + I on the slots. */
export function byFactor(factor: number): SlotRule {
  return {
    pulls: ({ immediate }) => immediate.pulls,
    products: (slots) => slots,
    advance(structure, influence, transition) {
      const pulled = pulledRows(structure.immediate, transition, influence);
      return moved(structure, influence, pulled, (_to, _leaf, i, r) => [mul(influence.slots[i][r], factor)]);
    },
  };
}

/** Adds the immediate part to the slots that are carried over. */
function moved(
  structure: Structure,
  { rows }: StructuredInfluence,
  pulled: readonly Pulled[],
  carry: (to: Int32Array, leaf: LeafReach, i: number, r: number) => readonly Tensor[],
): StructuredInfluence {
  const parameters = pulled.map((own) => leavesOf(own.parameters));
  const next = structure.leaves.map((leaf, i) => {
    const rowsOfI = parameters.map((own) => own[i]);
    return leaf.slots.map((to, r) => {
      const immediate = immediateOf(structure.immediate, leaf, to, rowsOfI);
      const whole = carry(to, leaf, i, r).reduce((total, part) => add(total, part), immediate);
      return to.includes(-1) ? where(masked(leaf, to, isElement), whole, 0) : whole;
    });
  });
  return { rows, slots: next };
}

/** Pulls once for each colour, which yields the sums of the rows of J and I of its elements. */
function pulledRows(
  { colours, pulls }: Colouring,
  transition: Transition,
  { slots }: StructuredInfluence,
): Pulled[] {
  if (pulls === 0) return [];
  const [{ dtype }] = slots.flat();
  return Array.from({ length: pulls }, (_, colour) => {
    const unit = Float64Array.from(colours, (own) => Number(own === colour));
    const cotangent = fromData(dtype === 'float32' ? Float32Array.from(unit) : unit, [colours.length]);
    return transition.pull(unflattenTree(cotangent, transition.state));
  });
}

/**
 * Returns cᵀG. Unused slots (row -1) get the factor 0, since the cotangent of another element may be
 * infinite.
 */
export function pullStructured(
  structure: Structure,
  { slots }: StructuredInfluence,
  cotangent: Tree,
  parameters: Tree,
): Tree {
  const flat = flattenTree(cotangent);
  const pulled = structure.leaves.map((leaf, i) => {
    const factors = leaf.slots.map((elements) => pick(flat, elements));
    const parts = factors.map((own, r) => mul(reshape(own, leaf.compact), slots[i][r]));
    return parts.length === 0
      ? zeros(leaf.shape, { dtype: flat.dtype })
      : parts.reduce((sum, part) => add(sum, part));
  });
  return rebuild(parameters, pulled);
}

/** Writes G out: a tree like the parameters, whose leaves have shape [S, ...leaf]. */
export function expandStructured({ rows, slots }: StructuredInfluence, parameters: Tree, size: number): Tree {
  let at = 0;
  return mapTree(parameters, (leaf) => {
    const i = at++;
    const [elements, compact] = [dataOf(rows[i]), rows[i].shape.slice(1)];
    const places = repeated(compact, leaf.shape);
    const whole = allocate(leaf.dtype, size * leaf.size);
    slots[i].forEach((slot, r) => {
      const shift = r * sizeOf(compact);
      dataOf(slot).forEach((value: number, j: number) => {
        const element = elements[shift + places[j]];
        if (element >= 0) whole[element * leaf.size + j] = value;
      });
    });
    return fromData(whole, [size, ...leaf.shape]);
  });
}

/**
 * How the entries J[to, from] of one slot by another are read: from the structure of the step, or from pulled rows;
 * undefined if all are structural zeros.
 */
function entriesOf(
  { size, recurrent, successors }: Structure,
  transition: Transition,
  rows: (colouring: Colouring) => readonly Pulled[],
): (to: Int32Array, from: Int32Array) => Tensor | undefined {
  const read =
    recurrent === 'entries'
      ? carriedBetween(transition.entries(), 'jacobian')
      : fromRows(recurrent, size, rows(recurrent));
  // -1 for a structural zero, where a pulled row holds the entry of another element of that colour.
  const linked = (to: Int32Array, from: Int32Array) =>
    to.map((element, at) =>
      isElement(element) && isElement(from[at]) && successors[from[at]].has(element) ? element : -1,
    );
  return (to, from) => {
    const own = linked(to, from);
    return own.some(isElement) ? read(own, from) : undefined;
  };
}

/** Reads entries from the rows of J, one pull for each colour. */
function fromRows(
  { colours }: Colouring,
  size: number,
  rows: readonly Pulled[],
): (to: Int32Array, from: Int32Array) => Tensor {
  const jacobian = rows.length === 0 ? zeros([0]) : concat(rows.map(({ state }) => flattenTree(state)));
  return (to, from) =>
    pick(
      jacobian,
      to.map((element, at) => (isElement(element) ? colours[element] * size + from[at] : -1)),
    );
}

function isElement(element: number): boolean {
  return element >= 0;
}

/** The rows of I for a slot, if they are spread over several pulls. */
function immediateOf(
  { colours }: Colouring,
  leaf: LeafReach,
  elements: Int32Array,
  pulled: readonly Tensor[],
): Tensor {
  const needed = [...new Set(elements.filter(isElement).map((element) => colours[element]))];
  if (needed.length === 1) return pulled[needed[0]];
  const own = (colour: number) =>
    masked(leaf, elements, (element) => isElement(element) && colours[element] === colour);
  return needed.map((colour) => where(own(colour), pulled[colour], 0)).reduce((sum, part) => add(sum, part));
}

/** Returns a mask of the leaf's shape, or of one that broadcasts to it. */
function masked({ compact }: LeafReach, elements: Int32Array, holds: (element: number) => boolean): Tensor {
  return fromData(
    Int32Array.from(elements, (element) => Number(holds(element))),
    compact,
  );
}

/** Row numbers in the dtype of the leaf, like all that is carried. float32 is exact up to 2²⁴. */
function rowsOf({ compact, slots }: LeafReach, dtype: DType): Tensor {
  const width = sizeOf(compact);
  const rows = allocate(dtype, slots.length * width);
  slots.forEach((slot, r) => {
    rows.set(slot, r * width);
  });
  return fromData(rows, [slots.length, ...compact]);
}

function equal(a: Tensor, b: Tensor): boolean {
  const [left, right] = [dataOf(a), dataOf(b)];
  return left.every((value: number, i: number) => value === right[i]);
}
