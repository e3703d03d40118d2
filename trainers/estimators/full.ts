import { add, concat, matmul, mul, reshape, slice, transpose, where } from '../../autodiff/index.ts';
import { eye, type FloatDType, leavesOf, type Tensor, zeros } from '../../lib/index.ts';
import { asMatrix, fromRows, partsLike, toRows } from '../algebra.ts';
import type { StepStructure } from './step-structure.ts';
import type { Transition } from './transition.ts';

/** The leaves of the parameters for which G is carried in full: S rows for each, leaf after leaf. */
export interface Selection {
  readonly step: StepStructure;
  /** The positions of these leaves. */
  readonly places: readonly number[];
  /** For each leaf, 1 where an entry of G is kept; left out if all are. */
  masks(): readonly (Tensor | undefined)[];
  /** `jacobian` keeps J; a number replaces it by that factor. */
  readonly kept: 'jacobian' | number;
}

/** Zeros, [S, ...leaf] for each leaf. */
export function startInFull({ step, places }: Selection): Tensor[] {
  const leaves = leavesOf(step.parameters);
  return places.map((place) =>
    zeros([step.sizes.state, ...leaves[place].shape], {
      dtype: leaves[place].dtype,
    }),
  );
}

/** G ← mask ∘ (J G + I), or G ← factor·G + I. */
export function advanceInFull(
  influence: readonly Tensor[],
  transition: Transition,
  selection: Selection,
): Tensor[] {
  const { step, places, kept } = selection;
  const masks = selection.masks();
  const leaves = leavesOf(step.parameters);
  const columns = places.reduce((sum, place) => sum + leaves[place].size, 0);
  const byPushes = kept === 'jacobian' && columns < step.sizes.state;
  const next = byPushes
    ? pushed(influence, transition, selection, columns)
    : pulled(influence, transition, selection);
  return next.map((leaf, i) => {
    const mask = masks[i];
    return mask === undefined ? leaf : where(mask, leaf, 0);
  });
}

/** Returns cᵀG for each leaf, for c as one vector. */
export function pullInFull(influence: readonly Tensor[], cotangent: Tensor): Tensor[] {
  return influence.map((leaf) => reshape(matmul(cotangent, asMatrix(leaf)), leaf.shape.slice(1)));
}

/** Computes J G + I by pulls: the pull of a unit vector of the state is a row of J and of I. */
function pulled(
  influence: readonly Tensor[],
  transition: Transition,
  { step, places, kept }: Selection,
): Tensor[] {
  const unit = eye(step.sizes.state, { dtype: dtypeOf(step) });
  const rows = transition.pullMany(fromRows(unit, step.state));
  const immediate = leavesOf(rows.parameters);
  const carry = kept === 'jacobian' ? through(toRows(rows.state)) : (leaf: Tensor) => mul(leaf, kept);
  return influence.map((leaf, i) => add(carry(leaf), immediate[places[i]]));
}

function through(jacobian: Tensor): (leaf: Tensor) => Tensor {
  return (leaf) => reshape(matmul(jacobian, asMatrix(leaf)), leaf.shape);
}

/**
 * Computes J G + I by pushes: the push of a column of G, with the unit vector of its parameter, is that
 * column of the result.
 */
function pushed(
  influence: readonly Tensor[],
  transition: Transition,
  { step, places }: Selection,
  columns: number,
): Tensor[] {
  const leaves = leavesOf(step.parameters);
  const own = places.map((place) => leaves[place]);
  const unit = fromRows(eye(columns, { dtype: dtypeOf(step) }), own) as readonly Tensor[];
  const directions = partsLike(
    step.parameters,
    leaves.map((_, place) => unit[places.indexOf(place)]),
  );
  const before = concat(influence.map(asMatrix), 1);
  const after = transpose(toRows(transition.pushMany(directions, fromRows(transpose(before), step.state))));
  const sizes = own.map(({ size }) => size);
  return influence.map((leaf, i) => {
    const begin = sizes.slice(0, i).reduce((sum, size) => sum + size, 0);
    return reshape(slice(after, [0, begin], [step.sizes.state, begin + sizes[i]]), leaf.shape);
  });
}

function dtypeOf({ state }: StepStructure): FloatDType {
  return leavesOf(state)[0].dtype as FloatDType;
}
